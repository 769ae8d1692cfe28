"""A person's hold that comes after the release (§4.5): what a warehouse has is stopped, and goes on when nothing holds.

A hold that blocks release, picking or shipping would hold nothing of what a warehouse was handed already: so it is
recalled, from the dock too, and released anew once no hold is open. What a carrier has, no hold stops.
"""

from __future__ import annotations

from domain.holds import Hold
from domain.manual.recall import RecallState, recall, with_warehouse
from domain.manual.turn import Turn
from domain.order import Order
from domain.shipments import Shipment
from domain.taking.holding import STOPS
from domain.taking.recall import has_moved

OF_GOODS = frozenset({"release", "pick", "ship"})


def stop_held(turn: Turn) -> None:
    """Have stopped what was with a warehouse when a hold came that stops goods."""
    for hold in turn.order.open_holds:
        if hold.about.get(STOPS) and not turn.order.ending:
            _stop(turn, hold)


def _stop(turn: Turn, hold: Hold) -> None:
    for shipment in turn.order.live_shipments:
        asked = turn.order.effect(f"recall/{shipment.number}/hold/{hold.id}") is not None
        if not asked and (shipment.planned_at > hold.at or not with_warehouse(turn.order, shipment)):
            continue
        match recall(turn, shipment, f"hold/{hold.id}"):
            case RecallState.SILENT:
                about = {"shipments": [shipment.number], "hold": hold.id}
                turn.task(f"hold-{hold.id}/{shipment.subject}", "RECALL_GOODS", "warehouse", params=about)
            case RecallState.REFUSED if turn.mark_once(f"hold/{hold.id}/{shipment.subject}"):
                mark = f"hold/{hold.id}/{shipment.subject}/gone"
                turn.note(mark, "hold_too_late", hold=hold.id, subject=shipment.subject)


def holds_nothing(order: Order, blocks: tuple[str, ...]) -> bool:
    """Whether a hold of these blocks would hold nothing: all goods are with a carrier, or delivered."""
    if not order.policy.recall.holds or not blocks or not set(blocks) <= OF_GOODS:
        return False
    return (
        bool(order.live_shipments)
        and not any(_is_here(order, each) for each in order.live_shipments)
        and not any(line.to_ship for line in order.lines)
    )


def _is_here(order: Order, shipment: Shipment) -> bool:
    return bool(shipment.lines) and not has_moved(order, shipment)
