"""Wrong information (E1, 信息错误): stop first, ask the customer, set it right, go on (SR-130, §4.6).

Its sources: what the audit found, a warehouse that rejects the label, a carrier that does not find the address, the
customer's own word. What the audit found becomes a correction; what is found later a change request, whose matrix says
what is recalled for it. Nobody answers: the goods stay, a level higher, and after a week the order is cancelled; goods
that have left go on, and the carrier decides.
"""

from __future__ import annotations

from domain.change_matrix import made_to_order
from domain.change_requests import ChangeKind, ChangeParams, ChangeRequest, ChangeState
from domain.findings import STOPPING
from domain.holds import Case
from domain.manual import questions, stopping
from domain.manual.escalation import to_the_supervisor
from domain.manual.recall import with_warehouse
from domain.manual.repricing import repriced
from domain.manual.turn import Turn
from domain.milestones import Ending
from domain.order import Order
from domain.overrides import ADDRESS_MISMATCH
from domain.policy import CaseKind
from domain.questions import Doubt, Option, Question
from domain.requests import CorrectFields
from domain.stage import Stage
from domain.taking.after import settled
from domain.taking.requests import correct, stand
from domain.taking.warehouse import call_off
from domain.transitions import permitted

NEED_INFO = "NEED_INFO"
CORRECT, CONFIRM, CANCEL = "correct", "confirm", "cancel"
WAIT, DELIVER = "wait", "deliver"
"""What happens without an answer: the goods stay here, or the parcel goes on as it is."""
THEIRS = ("customer.", "address.", "invoice.", "gift_note", "preferred_delivery_window")
"""Fields that the customer knows best; a specification of a line too. Amounts and prices are ours to set right."""
CONTACT = "customer."


# -- what was answered -----------------------------------------------------------------------------------------------


def answered(turn: Turn) -> None:
    """Before changes are made and versions audited: do what the customer said, or what is done without their word."""
    for question in turn.order.questions:
        if question.template != NEED_INFO or turn.order.ending:
            continue
        if question.answer and not _waits(turn.order, question) and turn.mark_once(f"{question.subject}/taken"):
            _take(turn, question)
        elif question.open and question.defaulted_at:
            _without_answer(turn, question)


def _waits(order: Order, question: Question) -> bool:
    """Whether what is to be set right waits until the goods are stopped, or could not be."""
    return question.answer == CORRECT and stopping.is_stopping(order, question.case)


def _take(turn: Turn, question: Question) -> None:
    doubts = _of(turn.order, question)
    if question.answer == CANCEL:
        _ask_change(turn, question, ChangeKind.CANCEL, ChangeParams(reason="the customer's answer"))
    elif doubts and question.answer == CONFIRM:
        _put(turn, doubts, settled_at=turn.now)
        stopping.let_go(turn)
    elif doubts:
        kind = ChangeKind.CONTACT if all(path.startswith(CONTACT) for path in question.fields) else ChangeKind.ADDRESS
        _put(turn, doubts, change=_ask_change(turn, question, kind, ChangeParams(region=question.region)))
    elif question.version == turn.order.version and turn.order.stage is Stage.NEEDS_CORRECTION:
        _set_right(turn, question)


def _set_right(turn: Turn, question: Question) -> None:
    """What the audit found is corrected, or stands because the customer says so."""
    who = question.answered_by
    if question.answer == CONFIRM:
        turn.order = settled(stand(turn.order, who, "the customer confirms it", turn.now), turn.now)
        return
    version, correction = question.version, question.correction
    asked = CorrectFields(request_id=question.subject, actor=who, expected_version=version, correction=correction)
    turn.order = repriced(correct(turn.order, asked), question.region, question.case)


def _ask_change(turn: Turn, question: Question, kind: ChangeKind, params: ChangeParams) -> str:
    """The answer as a change request of the customer's; the id by which it is known."""
    order = turn.order
    request = ChangeRequest(
        no=len(order.change_requests) + 1,
        request_id=question.subject,
        change=kind,
        params=params,
        correction=question.correction,
        asked_by=question.answered_by,
        asked_at=turn.now,
        reprices=True,
    )
    turn.order = order.having(change_requests=(*order.change_requests, request))
    return request.request_id


def _without_answer(turn: Turn, question: Question) -> None:
    """48 h: on hold and a level higher; a week: cancelled. What has left goes on: the carrier decides."""
    case = next(case for case in turn.order.cases if case.no == question.case)
    if not any(line.to_ship for line in turn.order.lines):
        questions.give_up(turn, question, DELIVER)
        _put(turn, _of(turn.order, question), settled_at=turn.now)
        stopping.let_go(turn)
        turn.close_case(case, "UNREACHABLE")
        return
    _give_up(turn, question, to_the_supervisor(turn, case))


def _give_up(turn: Turn, question: Question, case: Case) -> None:
    after = turn.order.policy.questions.give_up_after
    kept = any(made_to_order(turn.order, line.line) for line in turn.order.lines)
    if after is None or kept or not permitted(turn.order, "cancel"):
        return
    moment = question.asked_at + after
    if turn.judged_at < moment:
        turn.look_at(moment, f"{question.subject} is given up")
        return
    reason = "no answer to what had to be set right"
    if any(with_warehouse(turn.order, each) for each in turn.order.live_shipments):
        _ask_change(turn, question, ChangeKind.CANCEL, ChangeParams(reason=reason))
    else:
        turn.order = call_off(turn.order, Ending(how="cancel", reason=reason, by="desk", at=turn.now))
    questions.give_up(turn, question, CANCEL)
    turn.close_case(case, "UNREACHABLE")


# -- doubts that came after the audit --------------------------------------------------------------------------------


def _settle(turn: Turn) -> None:
    """A doubt ends with the change that puts it right, with its case, or with the goods' arrival."""
    case = turn.order.case(CaseKind.INFO_ERROR)
    open_cases = {each.no for each in turn.order.open_cases}
    for doubt in _open(turn.order):
        request = next((each for each in turn.order.change_requests if doubt.change == each.request_id), None)
        made = request is not None and request.state is ChangeState.APPLIED
        if made or turn.order.delivered_at or (doubt.case and doubt.case not in open_cases):
            _put(turn, (doubt,), settled_at=turn.now)
        elif request is not None and not request.open:
            turn.task(f"doubt/{doubt.case}", "DECIDE", "customer_service", case_no=doubt.case)
    mine = [doubt for doubt in turn.order.doubts if case is not None and doubt.case == case.no]
    passed = turn.order.audit.passed_at is not None or turn.order.audit.version != turn.order.version
    if case is not None and mine and passed and not _open(turn.order):
        turn.close_case(case, "CORRECTED" if any(doubt.change for doubt in mine) else "FALSE_ALARM")


def _open(order: Order) -> tuple[Doubt, ...]:
    return tuple(doubt for doubt in order.doubts if doubt.open)


def _of(order: Order, question: Question) -> tuple[Doubt, ...]:
    return tuple(doubt for doubt in _open(order) if doubt.question == question.no)


def _put(turn: Turn, doubts: tuple[Doubt, ...], **changes: object) -> tuple[Doubt, ...]:
    new = {doubt.id: doubt.having(**changes) for doubt in doubts}
    turn.order = turn.order.having(doubts=tuple(new.get(each.id, each) for each in turn.order.doubts))
    return tuple(new.values())


# -- stop, and ask ---------------------------------------------------------------------------------------------------


def contact(turn: Turn) -> None:
    """Every open cause has its case, stopped goods and a question, one at a time; where the edition asks nobody a task.

    What the audit found has its case already (``intake.audit``).
    """
    order = turn.order
    if order.ending or order.final:
        return
    _settle(turn)
    _drop_stale(turn)
    new = tuple(doubt for doubt in _open(turn.order) if not doubt.question and not doubt.change)
    if new:
        case = turn.open_case(CaseKind.INFO_ERROR, cause=new[0].source, responsible="customer")
        new = _put(turn, new, case=case.no)
        stopping.stop(turn, case)
    known = turn.order.case(CaseKind.INFO_ERROR)
    if known is None or questions.asking(turn.order, known):
        return
    if not order.policy.questions.asks:
        if new:
            turn.task(f"doubt/{known.no}", "DECIDE", "customer_service", case_no=known.no)
        return
    fields = _asked_for(turn.order)
    if fields:
        _ask(turn, known, fields)
    elif new:
        paths = tuple(dict.fromkeys(path for doubt in new for path in doubt.fields))
        _put(turn, new, question=_ask(turn, known, paths).no)


def _drop_stale(turn: Turn) -> None:
    """What was asked about an earlier version is moot: what is still wrong in this one is asked anew."""
    for question in questions.asking(turn.order):
        about_audit = question.template == NEED_INFO and not _of(turn.order, question)
        if about_audit and question.version != turn.order.version:
            questions.withdraw(turn, question)


def _asked_for(order: Order) -> tuple[str, ...]:
    """The wrong fields that the customer is asked for in this version: each version is asked about once."""
    if order.stage is not Stage.NEEDS_CORRECTION:
        return ()
    if any(each.template == NEED_INFO and each.version == order.version for each in order.questions):
        return ()
    wrong = (finding.field for finding in order.audit.findings if finding.severity in STOPPING)
    return tuple(dict.fromkeys(path for path in wrong if is_theirs(path)))


def is_theirs(path: str) -> bool:
    """Whether the customer can set a field right."""
    return path.startswith(THEIRS) or (path.startswith("lines.") and path.endswith(".specification"))


def _ask(turn: Turn, case: Case, fields: tuple[str, ...]) -> Question:
    order = turn.order
    stopping = [finding for finding in order.audit.findings if finding.severity in STOPPING]
    in_audit = order.stage is Stage.NEEDS_CORRECTION
    right = not in_audit or all(finding.code == ADDRESS_MISMATCH for finding in stopping)
    here = any(line.to_ship for line in order.lines)
    options = (
        Option(word=CORRECT, corrects=True),
        *((Option(word=CONFIRM),) if right else ()),
        *((Option(word=CANCEL, drastic=True),) if here else ()),
    )
    handed_over = any(shipment.released_at for shipment in order.live_shipments)
    where = "here" if not handed_over else "released" if here else "outbound"
    words = {"template": NEED_INFO, "default": WAIT, "stays_open": True, "fields": fields}
    return questions.ask(turn, case, "contact", options, said={"goods": where}, **words)
