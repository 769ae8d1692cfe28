"""Change requests at the desk: one at a time, made at once where the house can, else a case for whom it asks (§4.7).

Every request ends: made, declined by whom it was taken to, refused by the matrix, or overtaken by the order's end.
What needs the goods back, the desk does by itself where the edition says so (``domain.manual.change_saga``).
"""

from __future__ import annotations

from datetime import timedelta

from domain.change_matrix import Cell, Column, Judged, Row, Verdict
from domain.change_requests import ChangeKind, ChangeRequest, ChangeState
from domain.clocks import TICK
from domain.holds import BLOCKS, Case, HoldReason
from domain.manual import change_by_carrier, change_saga, further_shipment
from domain.manual.change_answers import desk_can_make, judge, waits_for_a_step, writable
from domain.manual.change_charges import CUSTOMER, PAY_FIRST, charge_of, give_back, pays_first, raise_due
from domain.manual.change_making import make, write
from domain.manual.change_queue import APPLIED, RECALL_REFUSED, case_of, in_progress, next_of, put, unheld
from domain.manual.escalation import SECOND, THIRD, climb
from domain.manual.further_shipment import is_further
from domain.manual.repricing import dearer_way
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.taking.holding import DESK, placed

WORK = {
    Verdict.APPLY: ("APPLY_CHANGE", "order_administrator"),
    Verdict.RECALL: ("RECALL_GOODS", "warehouse"),
    Verdict.INTERCEPT: ("INTERCEPT_PARCEL", "logistics"),
    Verdict.RETURN: ("MAKE_RETURN", "customer_service"),
    Verdict.NEW: ("PLACE_LINKED_ORDER", "order_administrator"),
}
"""What kind of task a verdict gives, and whose it is."""
PAPERS = frozenset({Row.INVOICE, Row.PAYMENT_METHOD})
LEFT = frozenset({Column.AT_DOCK, Column.ON_ITS_WAY, Column.OUT_FOR_DELIVERY, Column.SIGNED_FOR})
"""Columns in which goods have left: nothing is left to hold but the completion."""


def change_requests(turn: Turn) -> None:
    """Settle what was decided, let a cancel overtake, and take the next; never two at once."""
    if not any(request.open for request in turn.order.change_requests):
        return
    if turn.order.ending or turn.order.final:
        _end_all(turn)
        return
    _settle(turn)
    _overtake(turn)
    while True:
        change_saga.go_on(turn)
        _settle(turn)
        if turn.order.ending:
            _end_all(turn)
        request = next_of(turn.order)
        if in_progress(turn.order) is not None or request is None or not _take(turn, request):
            break
    _tell_pending(turn)
    _watch(turn)


# -- what was decided ------------------------------------------------------------------------------------------------


def _settle(turn: Turn) -> None:
    """Somebody resolved the case of the change in progress: its hold ends, and what was agreed to counts."""
    request = in_progress(turn.order)
    case = case_of(turn.order, request)
    if request is None or case is None or case.open or _waits_to_be_written(turn, request, case):
        return
    request, case = change_saga.told_by_hand(turn, unheld(turn, request), case)
    if request.written or turn.order.ending:
        _yes(turn, request)
    elif case.outcome == APPLIED and request.code == PAY_FIRST:
        charge = request.charge if request.paid else 0
        put(turn, request, state=ChangeState.QUEUED, charge=charge, paid=True, case=0, code="", asks="", until=None)
    elif case.outcome == RECALL_REFUSED:
        put(turn, request, state=ChangeState.QUEUED, stays=True, case=0, asks="", until=None)
    elif case.outcome == APPLIED and change_saga.recalls_once_consented(turn.order, request):
        put(turn, request, state=ChangeState.QUEUED, consented=True, case=0, asks="", until=None)
    elif case.outcome == APPLIED:
        _agreed(turn, request)
    else:
        refuse = ("refuse_parcel",) if request.verdict == Verdict.INTERCEPT and request.row == Row.CANCEL else ()
        _no(turn, request, ChangeState.DECLINED, (*refuse, "contact_service"))


def _waits_to_be_written(turn: Turn, request: ChangeRequest, case: Case) -> bool:
    """What was agreed to or done by hand is written once the step that is under way has answered."""
    order = turn.order
    if request.written or order.ending or case.outcome != APPLIED or not order.policy.change.settles:
        return False
    judged = judge(order, request, turn.now)
    return writable(order, request, judged.row, judged.column) and waits_for_a_step(order, judged.column)


def _agreed(turn: Turn, request: ChangeRequest) -> None:
    """Done by hand; where only the consent was lacking, the kept fields become the next version."""
    judged = judge(turn.order, request, turn.now)
    if writable(turn.order, request, judged.row, judged.column):
        write(turn, request)
    _yes(turn, request)


def _overtake(turn: Turn) -> None:
    """A cancel does not wait: what is in progress goes back into the queue behind it."""
    request, first = in_progress(turn.order), next_of(turn.order)
    if request is None or first is None or first.change is not ChangeKind.CANCEL:
        return
    if request.written:
        change_saga.cut_short(turn)
        _settle(turn)
    elif request.change is not ChangeKind.CANCEL:
        _close(turn, request)
        request = unheld(turn, request)
        put(turn, request, state=ChangeState.QUEUED, case=0, asks="", until=None)


def _close(turn: Turn, request: ChangeRequest) -> None:
    case = case_of(turn.order, request)
    if case is not None and case.open:
        turn.close_case(case, "OVERTAKEN", withdrawn=True)


def drop(turn: Turn, number: int) -> None:
    """A change that nobody wants any more ends where it is, and nothing is said of it."""
    request = next((each for each in turn.order.change_requests if each.no == number and each.open), None)
    if request is not None:
        _close(turn, request)
        put(turn, unheld(turn, request), state=ChangeState.OVERTAKEN, asks="", until=None, ended_at=turn.now)


def _end_all(turn: Turn) -> None:
    """The order is over: nothing of it is changed any more."""
    cancelled = turn.order.ending is not None and turn.order.ending.how == "cancel"
    for request in turn.order.change_requests:
        if request.open:
            _close(turn, request)
            asked = cancelled and request.change is ChangeKind.CANCEL
            state = ChangeState.APPLIED if asked or request.written else ChangeState.OVERTAKEN
            put(turn, unheld(turn, request), state=state, ended_at=turn.now)


# -- the next one ----------------------------------------------------------------------------------------------------


def _take(turn: Turn, request: ChangeRequest) -> bool:
    """Judge it now; whether something came of it. False: a step that is under way has to answer first."""
    judged = judge(turn.order, request, turn.now)
    further = is_further(turn.order, request.params, judged)
    made = further or _is_made_at_once(turn.order, request, judged)
    if made and (request.correction or further) and waits_for_a_step(turn.order, judged.column):
        return False
    charge = charge_of(turn.order, request.params, judged) + dearer_way(turn.order, request, judged)
    charge = 0 if request.paid else charge
    if charge and pays_first(turn.order):
        judged = judged._replace(code=PAY_FIRST)
        request = put(turn, request, charge=charge)
    request = put(
        turn,
        request,
        row=judged.row,
        column=judged.column or "",
        verdict=judged.cell.verdict,
        code=judged.code,
    )
    if judged.cell.verdict is Verdict.REFUSE:
        _no(turn, request, ChangeState.REFUSED, judged.cell.alternatives)
        return True
    if judged.code != PAY_FIRST and charge:
        request = raise_due(turn, request, charge)
    if made and judged.code != PAY_FIRST:
        further_shipment.write(turn, request) if further else make(turn, request, judged.row)
        _yes(turn, next(each for each in turn.order.change_requests if each.no == request.no))
    else:
        _ask_for_it(turn, request, judged)
    return True


def _is_made_at_once(order: Order, request: ChangeRequest, judged: Judged) -> bool:
    simple = judged.cell.verdict is Verdict.APPLY and not judged.cell.consent and judged.column is not None
    return simple and judged.column is not None and desk_can_make(order, request, judged.row, judged.column)


def _ask_for_it(turn: Turn, request: ChangeRequest, judged: Judged) -> None:
    """One case, one task for whom the matrix asks, and a hold: on the release while the goods are here."""
    paying = judged.code == PAY_FIRST
    kind, role = ("", CUSTOMER) if paying else _work(judged)
    itself = paying or change_saga.runs_itself(turn.order, request, judged)
    until = turn.now + (turn.order.policy.change.decide_within if paying else _within(turn.order, judged.cell))
    lets_go = paying or change_by_carrier.asks_itself(turn.order, request, judged)
    goes_on = lets_go or (judged.column in LEFT and not itself)
    blocks = ("complete",) if goes_on else BLOCKS[HoldReason.CHANGE_IN_PROGRESS]
    case = turn.open_case(CaseKind.CHANGE_REQUESTED, cause=judged.row, responsible="customer", level=0)
    turn.order = placed(turn.order, HoldReason.CHANGE_IN_PROGRESS, turn.now, DESK, blocks=blocks, owner_role=role)
    hold = turn.order.holds[-1].id
    request = put(turn, request, state=ChangeState.IN_PROGRESS, case=case.no, hold=hold, asks=role, until=until)
    params = {
        "change": judged.row,
        "column": judged.column,
        "how": list(judged.cell.how),
        "correction": request.correction,
        **request.params.model_dump(mode="json", exclude_defaults=True),
    }
    if judged.cell.verdict is Verdict.RETURN:
        params["begin"] = f"POST /v1/orders/{turn.order.number}/returns"
    if itself:
        change_saga.begin(turn, request, case)
    else:
        turn.task(f"case/{case.no}", kind, role, case_no=case.no, due_at=until, params=params)
    turn.note(
        f"change/{request.no}/case/{case.no}", "change_pending", change=judged.row, role=role, until=until.isoformat()
    )


def _work(judged: Judged) -> tuple[str, str]:
    kind, role = WORK[judged.cell.verdict]
    if judged.cell.consent:
        return "ASK_CONSENT", "sales"
    if judged.cell.verdict is Verdict.APPLY and judged.row in PAPERS:
        return kind, "finance"
    return (kind, "warehouse") if {"push_to_warehouse", "hold"} & set(judged.cell.how) else (kind, role)


def _within(order: Order, cell: Cell) -> timedelta:
    times = order.policy.change
    known = {Verdict.RECALL: times.recall_within, Verdict.INTERCEPT: times.intercept_within}
    return times.decide_within if cell.consent else known.get(cell.verdict, times.decide_within)


# -- yes and no ------------------------------------------------------------------------------------------------------


def _yes(turn: Turn, request: ChangeRequest) -> None:
    request = put(turn, request, state=ChangeState.APPLIED, asks="", until=None, ended_at=turn.now)
    turn.note(f"change/{request.no}/applied", "change_applied", change=request.row)
    if turn.order.ending is None:
        turn.tell("CHANGE_ACCEPTED", request.subject, change=request.row)


def _no(turn: Turn, request: ChangeRequest, state: ChangeState, alternatives: tuple[str, ...]) -> None:
    give_back(turn, request)
    request = put(turn, request, state=state, asks="", until=None, ended_at=turn.now)
    turn.note(f"change/{request.no}/{state.lower()}", f"change_{state.lower()}", change=request.row, why=request.code)
    stage, offered = turn.order.stage, list(alternatives)
    turn.tell("CHANGE_REFUSED", request.subject, change=request.row, stage=stage, alternatives=offered)


def _tell_pending(turn: Turn) -> None:
    """Only what this turn did not settle is pending: with whom we speak of it, and until when."""
    request = in_progress(turn.order)
    if (
        request is None
        or request.asks in {"", CUSTOMER}
        or request.until is None
        or request.written
        or not request.case
    ):
        return
    deadline = request.until.isoformat()
    turn.tell("CHANGE_PENDING", request.subject, change=request.row, party=request.asks, deadline=deadline)


# -- nobody answers --------------------------------------------------------------------------------------------------


def _watch(turn: Turn) -> None:
    """Past its time a change is pressed for: owner, supervisor, manager; nobody once somebody has acknowledged it."""
    request = in_progress(turn.order)
    case = case_of(turn.order, request)
    if request is None or case is None or request.until is None or not case.open:
        return
    steps = turn.order.policy.escalation
    second = request.until + steps.second_least
    rungs = ((1, request.until), (SECOND, second), (THIRD, second + steps.third_least))
    climb(turn, case, rungs, f"change {request.no}", beyond=TICK)
