"""The saga of a change that needs the goods back (§4.8): recall, write the next version, ERP and release anew.

The pivot is the written version. Before it a refusal leaves the order as it was: what was stopped meanwhile is released
again. Behind it the order goes on by itself, audit, entry and release each by its own clause; what cannot go on parks
there. Its case has the steps ``recall`` and ``amend``, which a person may skip or do by hand; the case's outcome ends
the request and its hold (``domain.manual.changing``).
"""

from __future__ import annotations

from domain.change_matrix import Column, Judged, Row, Verdict, column_of
from domain.change_requests import ChangeRequest
from domain.holds import Case
from domain.manual import change_by_carrier, change_charges, change_on_the_way
from domain.manual.change_answers import WHOLE, judge, stops_for
from domain.manual.change_making import make
from domain.manual.change_queue import APPLIED, RECALL_REFUSED, case_of, in_progress, put
from domain.manual.recall import UNDECIDED, RecallState, asked_for, by_hand, heard, recall
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.recall_effects import RecallAnswer
from domain.steps import CaseStep, step_key
from domain.taking.recall import awaiting_no_more

RECALL, AMEND = "recall", "amend"
"""The steps of a case ``CHANGE_REQUESTED``."""
WRITTEN = WHOLE
"""Lines whose fields become the next version once the goods are back."""
ONCE_STOPPED = frozenset({Row.CANCEL, Row.DELIVER_LATER})
"""Lines that need nothing but that the goods are stopped."""
WITH_WAREHOUSE = frozenset({Column.AT_WAREHOUSE, Column.BEING_PICKED, Column.AT_DOCK})
ONE_STEP = {
    change_on_the_way.INTERCEPT: change_on_the_way.go_on,
    change_by_carrier.PRIORITY: change_by_carrier.go_on,
    change_by_carrier.REDIRECT: change_by_carrier.go_on,
    change_charges.CHARGE: change_charges.go_on,
}
"""Changes whose case has one step, and what goes on with it."""


def recalls_itself(order: Order, request: ChangeRequest, judged: Judged) -> bool:
    """Whether the desk does by itself what an R asks for: it knows what to do once the goods are back."""
    if not order.policy.recall.by_itself or judged.cell.consent:
        return False
    if _is_back(order, judged):
        return bool(request.correction) and judged.row in WRITTEN
    if stops_for(order, request, judged.row, judged.column):
        return True
    if judged.cell.verdict is not Verdict.RECALL:
        return False
    if judged.row in ONCE_STOPPED:
        return True
    return bool(request.correction) and judged.row in WRITTEN and column_of(order, None) in WITH_WAREHOUSE


def _is_back(order: Order, judged: Judged) -> bool:
    """Whether the goods were stopped for something else: nothing is left to recall, but ERP and release to amend."""
    entered = order.entered is not None and any(each.called_off_at for each in order.shipments)
    return entered and judged.cell.verdict is Verdict.APPLY and judged.column is Column.CONFIRMED


def recalls_once_consented(order: Order, request: ChangeRequest) -> bool:
    """Whether who had to agree has, and the goods are still to be recalled for it."""
    judged = judge(order, request, None)
    agreed = judged.having_consent()
    return not request.consented and judged.cell.consent and recalls_itself(order, request, agreed)


def cut_short(turn: Turn) -> None:
    """A cancel does not wait for the last steps of a change that is written: it counts as made."""
    case = case_of(turn.order, in_progress(turn.order))
    if case is not None and case.open:
        turn.close_case(case, APPLIED)


def runs_itself(order: Order, request: ChangeRequest, judged: Judged) -> bool:
    """Whether the desk does by itself what the cell asks for; else a person has a task."""
    if recalls_itself(order, request, judged) or change_on_the_way.intercepts_itself(order, judged):
        return True
    return change_by_carrier.asks_itself(order, request, judged)


def begin(turn: Turn, request: ChangeRequest, case: Case) -> None:
    """Take the first step; ``go_on`` takes the others."""
    if request.code == change_charges.PAY_FIRST:
        change_charges.ask(turn, request, case)
    elif request.verdict == Verdict.INTERCEPT and request.row != Row.CANCEL:
        change_by_carrier.begin(turn, request, case)
    elif request.verdict == Verdict.INTERCEPT:
        change_on_the_way.begin(turn, request, case)
    else:
        turn.begin(case, RECALL, "warehouse", until=request.until)


def go_on(turn: Turn) -> None:
    """One look at the change in progress: what its steps came to, and what is next."""
    request = in_progress(turn.order)
    case = case_of(turn.order, request)
    if request is None or case is None or not case.open or turn.order.ending:
        return
    words = (RECALL, AMEND)
    stopping, amending = (turn.order.step(step_key(case.no, word)) for word in words)
    for word, goes_on in ONE_STEP.items():
        step = turn.order.step(step_key(case.no, word))
        if step is not None:
            goes_on(turn, request, case, step)
            return
    if amending is not None:
        _amend(turn, case, amending)
    elif stopping is not None:
        _recall(turn, request, case, stopping)


def told_by_hand(turn: Turn, request: ChangeRequest, case: Case) -> tuple[ChangeRequest, Case]:
    """Somebody resolved the case while its recall waited: his word is the warehouse's, unless a carrier has the goods.

    The request and the case as they are with it; nobody waits for the warehouse any more.
    """
    step = turn.order.step(step_key(case.no, RECALL))
    said = {APPLIED: RecallAnswer.STOPPED, RECALL_REFUSED: RecallAnswer.REFUSED}.get(case.outcome)
    told = step is not None and step.open
    for shipment in turn.order.shipments:
        if told and said and shipment in turn.order.live_shipments:
            by_hand(turn, shipment, f"case/{case.no}", said)
            recall(turn, shipment, f"case/{case.no}")
        turn.order = awaiting_no_more(turn.order, shipment)
    if step is None or not step.open:
        return request, case
    turn.end(step, case.outcome)
    if case.outcome != APPLIED:
        return request, case
    if turn.order.live_shipments:
        return request, turn.change_case(case, outcome=RECALL_REFUSED)
    row = Row(request.row)
    make(turn, request, row)
    return put(turn, request, written=0 if row in ONCE_STOPPED else turn.order.version), case


# -- before the pivot ------------------------------------------------------------------------------------------------


def _recall(turn: Turn, request: ChangeRequest, case: Case, step: CaseStep) -> None:
    """Stop everything of the order that a warehouse has; only when all have answered, something follows."""
    cause = f"case/{case.no}"
    parts = turn.order.live_shipments
    states = [heard(turn, step, shipment, cause) for shipment in parts]
    keys = asked_for(turn.order, cause)
    if step.effects != keys:
        step = turn.change_step(step, effects=keys)
    if UNDECIDED & set(states):
        if RecallState.SILENT in states:
            about = {"shipments": [each.number for each in parts], "step": step.key}
            turn.task(f"case/{case.no}", "RECALL_GOODS", "warehouse", case_no=case.no, params=about)
        return
    refused = RecallState.REFUSED in states
    turn.end(step, (RecallState.REFUSED if refused else RecallState.STOPPED).value)
    if refused:
        turn.close_case(case, RECALL_REFUSED)
    else:
        _stopped(turn, request, case)


def _stopped(turn: Turn, request: ChangeRequest, case: Case) -> None:
    """The pivot: nothing is with a warehouse any more, so the change is made."""
    make(turn, request, Row(request.row))
    if Row(request.row) in ONCE_STOPPED:
        turn.close_case(case, APPLIED)
        return
    until = turn.now + turn.order.policy.change.decide_within
    put(turn, request, written=turn.order.version, asks="us", until=until)
    holds = tuple(each.having(blocks=("complete",)) if each.id == request.hold else each for each in turn.order.holds)
    turn.order = turn.order.having(holds=holds)
    turn.note(f"change/{request.no}/written", "change_written", change=request.row, version=turn.order.version)
    turn.begin(case, AMEND, "order_administrator", until=until)


# -- behind it -------------------------------------------------------------------------------------------------------


def _amend(turn: Turn, case: Case, step: CaseStep) -> None:
    """The next version goes through audit, ERP and release like a first one; then the change is made."""
    step = _shown(turn, step)
    if step.open and not is_amended(turn.order):
        return
    turn.end(step, "AMENDED")
    turn.close_case(case, APPLIED)


def show(turn: Turn) -> None:
    """At the end of a turn: what was started in it stands with its step."""
    case = case_of(turn.order, in_progress(turn.order))
    step = turn.order.step(step_key(case.no, AMEND)) if case else None
    if step is not None and step.open:
        _shown(turn, step)


def _shown(turn: Turn, step: CaseStep) -> CaseStep:
    keys = _anew(turn.order)
    return step if step.effects == keys else turn.change_step(step, effects=keys)


def _anew(order: Order) -> tuple[str, ...]:
    """What is done outside so that ERP and warehouses have the version."""
    tails = [f"audit/{order.version}", *(f"cancel_entry/{version}" for version in range(1, order.version))]
    tails += [f"enter/{order.version}", *(f"release/{each.number}" for each in order.live_shipments)]
    return tuple(found.key for tail in tails if (found := order.effect(tail)))


def is_amended(order: Order) -> bool:
    """Whether ERP and warehouses have the order as it is now."""
    entered = order.entered
    if entered is None or entered.version != order.version or entered.unread or not order.audit.passed_at:
        return False
    released = [shipment.released_at for shipment in order.live_shipments]
    return bool(released) and all(released) and order.case(CaseKind.ERP_MISMATCH) is None
