"""Goods of a called-off shipment that went out all the same while their order lives on (edge case 59).

The fact counts. What was planned in their place is stopped in its warehouse where it still can be. Where it cannot,
both are under way (``DOUBLE_DELIVERY``): the first parcel counts as replaced by the second, and is asked back.
"""

from __future__ import annotations

from domain.carrier_orders import InterceptRequest
from domain.effects import EffectKind, ReleaseStockRequest
from domain.holds import Case
from domain.manual.carrier_words import give
from domain.manual.recall import UNDECIDED, RecallState, recall
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.shipments import Package, Shipment, ShipmentState
from domain.taking.recall import awaiting_no_more
from domain.taking.warehouse import arrived, with_package

CAUSE = "left_called_off"
STOPPED = "STOPPED"


def left_called_off(turn: Turn) -> None:
    """Every parcel of a shipment that was to stay here."""
    if turn.order.ending or not turn.order.policy.late.follows:
        return
    for package in turn.order.packages:
        shipment = _its(turn.order, package)
        if package.counts and shipment.state is ShipmentState.CANCELLED and shipment.called_off_at:
            _settle(turn, package, shipment)


def twins(order: Order, package: Package, shipment: Shipment) -> tuple[Shipment, ...]:
    """The live shipments that send units which left with this package: more is planned than was ordered."""
    ordered = {line.line: line.ordered - line.cancelled for line in order.lines}
    for each in (*order.live_shipments, shipment):
        for part in each.lines if not each.replaces else ():
            ordered[part.line] = ordered.get(part.line, 0) - part.quantity
    over = {part.line for part in package.lines if ordered.get(part.line, 0) < 0}
    later = [each for each in order.live_shipments if not each.replaces]
    return tuple(each for each in later if over & {part.line for part in each.lines})


def _its(order: Order, package: Package) -> Shipment:
    return next(each for each in order.shipments if each.number == package.shipment)


def _settle(turn: Turn, package: Package, shipment: Shipment) -> None:
    known = turn.order.case_ever(CaseKind.DOUBLE_DELIVERY, package.subject)
    mine = twins(turn.order, package, shipment)
    if mine:
        turn.mark_once(f"twin/{package.id}")
    gone = [each for each in mine if _is_out(turn.order, each)]
    states = {recall(turn, each, f"double/{package.id}") for each in mine if each not in gone}
    if gone or RecallState.REFUSED in states:
        _both_under_way(turn, package, mine)
    elif UNDECIDED & states:
        if RecallState.SILENT in states and known is None:
            case = _open(turn, package)
            about = {"shipments": [each.number for each in mine]}
            turn.task(f"case/{case.no}/stop", "RECALL_GOODS", "warehouse", case_no=case.no, params=about)
    else:
        _stands(turn, package, shipment)
        if known is not None and known.open:
            turn.close_case(known, STOPPED)


def _is_out(order: Order, shipment: Shipment) -> bool:
    return any(each.out and each.shipment == shipment.number for each in order.packages)


def _open(turn: Turn, package: Package) -> Case:
    return turn.open_case(CaseKind.DOUBLE_DELIVERY, package.subject, cause=CAUSE, responsible="warehouse")


def _stands(turn: Turn, package: Package, shipment: Shipment) -> None:
    """Nothing else sends these units: the shipment counts as if it had never been called off.

    Where nothing was planned in its place, it was stopped for a reason that still holds: somebody looks at the parcel.
    """
    live = shipment.having(state=ShipmentState.OUTBOUND, called_off_at=None)
    shipments = tuple(live if each.number == live.number else each for each in turn.order.shipments)
    turn.order = arrived(turn.order.having(shipments=shipments))
    turn.note(f"stands/{package.subject}", "left_called_off", subject=package.subject, shipment=shipment.number)
    instead = f"twin/{package.id}" in turn.order.fired
    if instead and not any(line.to_ship for line in turn.order.lines):
        turn.start(EffectKind.RELEASE_STOCK, f"double/{package.id}", ReleaseStockRequest)
    elif not instead:
        case = turn.open_case(CaseKind.MIS_SHIPMENT, package.subject, cause=CAUSE, responsible="warehouse")
        turn.task(f"case/{case.no}", "DECIDE", "customer_service", case_no=case.no)


def _both_under_way(turn: Turn, package: Package, mine: tuple[Shipment, ...]) -> None:
    """The second has left or cannot be stopped: it replaces the first, where it holds nothing else."""
    case = _open(turn, package)
    turn.task(f"case/{case.no}", "DECIDE", "customer_service", case_no=case.no)
    theirs = {part.line: part.quantity for part in package.lines}
    seconds = [each for each in mine if all(part.quantity <= theirs.get(part.line, 0) for part in each.lines)]
    if len(seconds) != len(mine):
        if package.tracking_number and not package.final:
            give(turn, EffectKind.INTERCEPT, f"{package.subject}/return", InterceptRequest, package, purpose="return")
        return
    for each in seconds:
        turn.order = awaiting_no_more(turn.order, each, f"double/{package.id}")
    numbers = {each.number for each in seconds}
    shipments = tuple(
        each.having(replaces=package.id) if each.number in numbers else each for each in turn.order.shipments
    )
    superseded = package.having(superseded_at=turn.now)
    turn.order = arrived(with_package(turn.order.having(shipments=shipments), superseded))
