"""How long an order keeps its stock, and what is done about units that a count did not find (edge cases 29, 61)."""

from __future__ import annotations

from datetime import datetime

from domain.clocks import TICK
from domain.effects import EffectKind, ReleaseStockRequest
from domain.holds import EffectStatus
from domain.manual.turn import Turn
from domain.order import Order
from domain.payment import PaymentState
from domain.shipments import ShipmentState
from domain.taking.stock import GIVING_BACK, RESERVING, lapsed


def lapse(turn: Turn) -> None:
    """What nobody paid for in time goes back, and the order waits for its payment; it is not cancelled by this."""
    due = lapses_at(turn.order)
    if due is None or turn.running(*RESERVING, *GIVING_BACK):
        return
    if turn.judged_at <= due:
        turn.look_at(due + TICK, "stock of an unpaid order")
        return
    turn.order = lapsed(turn.order)
    turn.start(EffectKind.RELEASE_STOCK, f"expired/{_times(turn.order) + 1}", ReleaseStockRequest)


def lapses_at(order: Order) -> datetime | None:
    """Until when an order keeps what it has reserved; None where it keeps it: paid, not to be paid first, given up.

    Counted from the first units that are reserved since the last were given back. Money that came, though not what is
    due, keeps the goods: finance looks at it.
    """
    unpaid_for = order.policy.stock.unpaid_for
    if unpaid_for is None or order.ending or order.payment.state is not PaymentState.UNPAID:
        return None
    since = _reserved_at(order)
    return since + unpaid_for if since and any(line.reserved for line in order.lines) else None


def _reserved_at(order: Order) -> datetime | None:
    since = None
    for effect in order.effects:
        if effect.kind in GIVING_BACK:
            since = None
        if effect.kind in RESERVING and effect.status is EffectStatus.DONE:
            since = since or effect.done_at
    return since


def _times(order: Order) -> int:
    return sum(effect.kind == EffectKind.RELEASE_STOCK for effect in order.effects)


def shelf(turn: Turn) -> None:
    """A warehouse was handed units that a count did not find: it looks on the shelf before the parcel is missed."""
    for shipment in turn.order.live_shipments:
        if shipment.doubted and shipment.state is not ShipmentState.OUTBOUND:
            turn.task(
                f"shelf/{shipment.subject}",
                "CHECK_SHELF",
                "warehouse",
                params={"lines": {part.line: part.quantity for part in shipment.doubted}},
            )
