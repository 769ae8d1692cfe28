"""A parcel on its way is hurried, or sent elsewhere, by its carrier (§4.7 I); also where a recall was refused.

The step of its case, ``priority`` or ``redirect``, gives each parcel's carrier one order; a person may skip it or say
what the carrier answered. All say yes: the change is made, and a new receiver stands in the order from then on. One
says no: it ends as declined. A carrier that says nothing in time is a person's to call.
"""

from __future__ import annotations

from domain.carrier_orders import InterceptRequest, PriorityRequest
from domain.change_matrix import Judged, Row, Verdict
from domain.change_requests import ChangeRequest
from domain.delays import COMES_BACK
from domain.effects import EffectKind
from domain.holds import Case
from domain.manual.carrier_words import ACCEPTED, REFUSED, answer, give
from domain.manual.change_queue import APPLIED, DECLINED, put
from domain.manual.turn import Turn
from domain.order import Order
from domain.shipments import Package
from domain.steps import CaseStep, StepState

PRIORITY, REDIRECT = "priority", "redirect"
"""The steps of a case ``CHANGE_REQUESTED``."""
REDIRECTED = frozenset({Row.CONTACT, Row.ADDRESS_SAME_REGION, Row.ADDRESS_OTHER_REGION})


def asks_itself(order: Order, request: ChangeRequest, judged: Judged) -> bool:
    """Whether the desk asks the carrier: for haste, or for a receiver whose fields are kept."""
    if not order.policy.change.by_itself or judged.cell.verdict is not Verdict.INTERCEPT:
        return False
    return judged.row is Row.EXPEDITE or (judged.row in REDIRECTED and bool(request.correction))


def begin(turn: Turn, request: ChangeRequest, case: Case) -> None:
    """Take the step; ``go_on`` does it."""
    word = PRIORITY if Row(request.row) is Row.EXPEDITE else REDIRECT
    turn.begin(case, word, "logistics", until=request.until)


def go_on(turn: Turn, request: ChangeRequest, case: Case, step: CaseStep) -> None:
    """Order it of each parcel's carrier once; what has not left yet is ordered when it has."""
    if not step.open:
        _told(turn, request, case, yes=step.result.strip().upper() == ACCEPTED and step.state is not StepState.SKIPPED)
        return
    parcels = [each for each in turn.order.packages if _is_under_way(each)]
    keys = tuple(_order(turn, request, case, each) for each in parcels)
    if step.effects != keys:
        step = turn.change_step(step, effects=keys)
    said = [answer(turn.order, key) for key in keys]
    arrived = bool(turn.order.packages) and not parcels and not any(line.to_ship for line in turn.order.lines)
    if REFUSED in said or arrived:
        turn.end(step, "DELIVERED" if arrived else REFUSED)
        _told(turn, request, case, yes=False)
    elif keys and all(said) and not any(line.to_ship for line in turn.order.lines):
        turn.end(step, ACCEPTED)
        _told(turn, request, case, yes=True)
    elif request.until is not None and turn.judged_at > request.until:
        about = {"packages": [each.id for each in parcels], "step": step.key}
        turn.task(f"case/{case.no}", "INTERCEPT_PARCEL", "logistics", case_no=case.no, params=about)


def _is_under_way(package: Package) -> bool:
    return package.counts and bool(package.tracking_number) and not package.final and package.state not in COMES_BACK


def _order(turn: Turn, request: ChangeRequest, case: Case, package: Package) -> str:
    cause = f"case/{case.no}/{package.subject}"
    if Row(request.row) is Row.EXPEDITE:
        return give(turn, EffectKind.PRIORITY, cause, PriorityRequest, package)
    receiver = (*turn.order.corrections, request.correction)
    return give(turn, EffectKind.INTERCEPT, cause, InterceptRequest, package, purpose="redirect", corrections=receiver)


def _told(turn: Turn, request: ChangeRequest, case: Case, *, yes: bool) -> None:
    """A new receiver stands in the order from now on: nothing is audited or entered anew for what has left."""
    if yes and request.correction and request.correction not in turn.order.corrections:
        turn.order = turn.order.having(corrections=(*turn.order.corrections, request.correction))
    put(turn, request, until=None)
    turn.close_case(case, APPLIED if yes else DECLINED)
