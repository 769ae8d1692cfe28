"""Changes that the house makes itself: the next version, an end, an agreed wait, something for a person to press."""

from __future__ import annotations

from datetime import timedelta

from domain.calendar import end_of_day
from domain.change_matrix import Row
from domain.change_requests import CHANNEL, ChangeRequest
from domain.decisions import EXPEDITE, Ruling
from domain.effects import Amendment
from domain.holds import HoldReason
from domain.logistics import Push
from domain.manual.carriage import choosable
from domain.manual.change_answers import LIGHT
from domain.manual.change_money import remembering
from domain.manual.pushing import in_the_warehouse
from domain.manual.recall import with_warehouse
from domain.manual.repricing import repriced
from domain.manual.turn import Turn
from domain.milestones import Agreed, Ending
from domain.requests import CorrectFields
from domain.taking.holding import DESK, placed
from domain.taking.recall import stopped
from domain.taking.requests import correct
from domain.taking.warehouse import call_off


def make(turn: Turn, request: ChangeRequest, row: Row) -> None:
    """Make the change of this line of the matrix: nothing stands in its way any more."""
    by, at = request.asked_by, turn.now
    match row:
        case Row.CANCEL:
            reason = request.params.reason or "change request"
            turn.order = call_off(turn.order, Ending(how="cancel", reason=reason, by=by, at=at))
        case Row.EXPEDITE:
            ruling = Ruling(no=len(turn.order.rulings) + 1, hold="", choice=EXPEDITE, verdict="approve", by=by, at=at)
            turn.order = turn.order.having(rulings=(*turn.order.rulings, ruling))
            if turn.order.policy.change.by_itself:
                _hurry(turn, by)
        case Row.DELIVER_LATER:
            _wait(turn, request)
        case _:
            write(turn, request)


def _hurry(turn: Turn, by: str) -> None:
    """A carrier is chosen again for what is still here, the quickest; the warehouse is pressed for what it has."""
    order = turn.order
    here = {shipment.number for shipment in choosable(order)}
    shipments = tuple(
        each.having(choice=None, looks=each.looks + 1) if each.number in here else each for each in order.shipments
    )
    turn.order = order.having(shipments=shipments)
    if in_the_warehouse(turn.order):
        push = Push(no=len(order.logistics.pushes) + 1, by=by, at=turn.now, party="warehouse")
        pushes = (*order.logistics.pushes, push)
        turn.order = turn.order.having(logistics=order.logistics.having(pushes=pushes))


def _wait(turn: Turn, request: ChangeRequest) -> None:
    """Nothing goes out before the day that is wished: the clocks stand still, and somebody looks at it then."""
    if request.params.until is None:
        return
    until = end_of_day(request.params.until - timedelta(days=1), turn.order.policy.zone)
    agreed = (*turn.order.agreed, Agreed(at=turn.now, until=until))
    turn.order = placed(
        turn.order.having(agreed=agreed), HoldReason.MANUAL, turn.now, DESK, blocks=("release",), review_at=until
    )


def write(turn: Turn, request: ChangeRequest) -> None:
    """The next version, audited again; what was confirmed in time stays so, by old editions for light changes."""
    settles = turn.order.policy.change.settles
    if settles:
        _take_off_plan(turn)
    order = turn.order
    ask = CorrectFields(request_id=request.request_id, expected_version=order.version, correction=request.correction)
    changed = correct(order, ask)
    known = order.stock_met_at or (order.stock_confirmed_at if order.audit.passed_at else None)
    met = known if order.policy.change.by_itself or request.row in _kept_by(settles=settles) else None
    left = changed.channel_change
    if left and request.asked_by == CHANNEL:
        left = left.having(version=changed.version)
    turn.order = changed.having(
        audit=changed.audit.having(passed_at=None),
        stock_met_at=met,
        channel_change=left,
        amendments=tuple(each for each in order.amendments if not _is_overwritten(each, request)),
        payment=remembering(order.payment, collects=order.policy.change.by_itself) if settles else order.payment,
    )
    if request.reprices and request.row == Row.ADDRESS_OTHER_REGION:
        turn.order = repriced(turn.order, request.params.region, request.case)


def _kept_by(*, settles: bool) -> frozenset[Row]:
    return LIGHT | {Row.QUANTITY_DOWN} if settles else LIGHT


def _is_overwritten(more: Amendment, request: ChangeRequest) -> bool:
    """Whether these are further units of a line whose number of units the kept fields say anew."""
    return not more.less and any(line.line == request.params.line for line in more.instead)


def _take_off_plan(turn: Turn) -> None:
    """A shipment that no warehouse was handed is planned anew, with the goods of the next version."""
    for shipment in turn.order.live_shipments:
        if not with_warehouse(turn.order, shipment):
            turn.order = stopped(turn.order, shipment, turn.now)
