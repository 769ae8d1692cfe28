"""A cancel of goods that are on their way: what is still here is called off, the carrier brings the rest back (§4.7 I).

The step ``intercept`` of its case asks the carrier; a person may skip it or say what the carrier answered (``ACCEPTED``
or ``REFUSED``). What comes back is paid back by itself; what is delivered all the same ends the request as declined.
"""

from __future__ import annotations

from domain.carrier_orders import InterceptRequest
from domain.change_matrix import Column, Judged, Row, Verdict, column_of
from domain.change_requests import ChangeRequest, ChangeState
from domain.effects import EffectKind, ReleaseStockRequest
from domain.facts import Moved
from domain.holds import Case
from domain.lines import worth
from domain.manual.carrier_words import ACCEPTED, REFUSED, give
from domain.manual.change_making import make
from domain.manual.change_queue import APPLIED, DECLINED, put
from domain.manual.ending import own_cause, refund
from domain.manual.recall import UNDECIDED, RecallState, recall
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.recall_effects import RecallAnswer
from domain.shipments import Package, Shipment, units_out
from domain.steps import CaseStep, StepState
from domain.taking.recall import has_moved

INTERCEPT = "intercept"
"""The step of a case ``CHANGE_REQUESTED``."""
NOT_OUT = frozenset({Column.IN_AUDIT, Column.CONFIRMED})


def intercepts_itself(order: Order, judged: Judged) -> bool:
    """Whether the desk has the carrier stop what is on its way: only a cancel needs nothing but that."""
    return order.policy.recall.by_itself and judged.cell.verdict is Verdict.INTERCEPT and judged.row is Row.CANCEL


def begin(turn: Turn, request: ChangeRequest, case: Case) -> None:
    """Take the first step; ``go_on`` takes the others."""
    turn.begin(case, INTERCEPT, "logistics", until=request.until)


def go_on(turn: Turn, request: ChangeRequest, case: Case, step: CaseStep) -> None:
    """Call off what is still here, have the carrier stop what is not, and wait until that is back."""
    cause = f"case/{case.no}"
    here = [each for each in turn.order.live_shipments if _may_stop(turn.order, each)]
    if UNDECIDED & {recall(turn, each, cause) for each in here}:
        return
    if column_of(turn.order, None) in NOT_OUT:
        make(turn, request, Row.CANCEL)
        turn.end(step, RecallState.STOPPED.value)
        turn.close_case(case, APPLIED)
        return
    _cancel_rest(turn, request)
    out = [each for each in turn.order.packages if each.out]
    if any(each.delivered_at for each in out):
        _over(turn, case, step, "DELIVERED", DECLINED)
    elif out and all(each.gone for each in out) and not any(line.to_ship for line in turn.order.lines):
        _over(turn, case, step, "RETURNED", APPLIED)
    elif step.open:
        _ask(turn, request, case, step)
    elif step.state is StepState.SKIPPED or step.result.strip().upper() != ACCEPTED:
        turn.close_case(case, DECLINED)
    elif request.until is not None:
        put(turn, request, until=None)


def _may_stop(order: Order, shipment: Shipment) -> bool:
    """Whether its warehouse may still have it, and has not said that it is gone."""
    refused = any(each.answer is RecallAnswer.REFUSED for each in shipment.recalls)
    return not refused and not has_moved(order, shipment)


def _over(turn: Turn, case: Case, step: CaseStep, result: str, outcome: str) -> None:
    turn.end(step, result)
    turn.close_case(case, outcome)


# -- the carrier -----------------------------------------------------------------------------------------------------


def _ask(turn: Turn, request: ChangeRequest, case: Case, step: CaseStep) -> None:
    """Each parcel once; a carrier that says nothing in time is a person's to call."""
    parcels = [each for each in turn.order.packages if each.out and each.tracking_number and not each.final]
    keys = tuple(_order_to_carrier(turn, case, each) for each in parcels)
    if step.effects != keys:
        step = turn.change_step(step, effects=keys)
    words = {word.key: word.accepted for word in turn.order.carrier_words if word.key in keys}
    if not all(words.values()):
        _over(turn, case, step, REFUSED, DECLINED)
    elif keys and len(words) == len(keys) and not _awaited(turn.order):
        turn.end(step, ACCEPTED)
        put(turn, request, until=None)
    elif request.until is not None and turn.judged_at > request.until:
        about = {"packages": [each.id for each in parcels], "step": step.key}
        turn.task(f"case/{case.no}", "INTERCEPT_PARCEL", "logistics", case_no=case.no, params=about)


def _awaited(order: Order) -> bool:
    """Whether something that could not be stopped has not left yet."""
    return any(line.to_ship for line in order.lines)


def _order_to_carrier(turn: Turn, case: Case, package: Package) -> str:
    cause = f"case/{case.no}/{package.subject}"
    return give(turn, EffectKind.INTERCEPT, cause, InterceptRequest, package, purpose="return")


# -- what is still here ----------------------------------------------------------------------------------------------


def _cancel_rest(turn: Turn, request: ChangeRequest) -> None:
    """Units that no warehouse has any more are cancelled, given back and paid back, once a request."""
    kept = _kept(turn.order)
    here = {line.line: line.to_ship - kept.get(line.line, 0) for line in turn.order.lines}
    off = [Moved(line=line, quantity=units) for line, units in here.items() if units > 0]
    if not off or not turn.mark_once(f"change/{request.no}/rest"):
        return
    lines = tuple(line.cancel_all_but(kept.get(line.line, 0)) for line in turn.order.lines)
    turn.order = turn.order.having(lines=lines)
    if not _awaited(turn.order):  # else what is handed over by now would lose its units too
        turn.start(EffectKind.RELEASE_STOCK, f"change/{request.no}", ReleaseStockRequest)
    payment = turn.order.payment
    cause = own_cause(turn.order, f"change/{request.no}", "rest")
    refund(turn, cause, min(worth(lines, off), payment.held(payment.currency)), payment.currency)


def _kept(order: Order) -> dict[str, int]:
    """Units by line that live shipments still have to send."""
    units: dict[str, int] = {}
    for shipment in order.live_shipments:
        gone = units_out(order.packages, shipment)
        for part in shipment.lines:
            units[part.line] = units.get(part.line, 0) + max(part.quantity - gone.get(part.line, 0), 0)
    return units


# -- what comes back -------------------------------------------------------------------------------------------------


def returned(turn: Turn) -> None:
    """A parcel that a cancel had the carrier bring back is paid back by itself."""
    wished = (ChangeState.IN_PROGRESS, ChangeState.APPLIED)
    asked = [each for each in turn.order.change_requests if each.row == Row.CANCEL and each.state in wished]
    if not turn.order.policy.recall.by_itself or not any(each.verdict == Verdict.INTERCEPT for each in asked):
        return
    for package in turn.order.packages:
        case = turn.order.case(CaseKind.RETURN_TO_SENDER, package.subject)
        if case is not None:
            turn.close_case(case, "REFUNDED")
