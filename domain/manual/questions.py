"""Asking the customer (§1.3 C7): the question, its hold, its reminders, its default, and how it ends.

A playbook asks with ``ask``, and reads ``Question.chosen`` once; what the answer does is its own business. The step of
the case (``Question.step``) begins and ends with the question: skipped, it brought nothing; done by hand with the word
of an option, the customer said so on the phone.
"""

from __future__ import annotations

from typing import Any

from domain.answer_times import deadline, reminders
from domain.clocks import TICK
from domain.holds import Case, HoldReason
from domain.manual.turn import Turn
from domain.order import Order
from domain.questions import WITHDRAWN, CustomerChoice, Option, Question, changed
from domain.steps import StepState
from domain.taking.holding import DESK, placed, released

CUSTOMER = "customer"
REMINDER = "ANSWER_REMINDER"


# -- asking ----------------------------------------------------------------------------------------------------------


def ask(turn: Turn, case: Case, word: str, options: tuple[Option, ...], **fields: Any) -> Question:
    """Ask the customer, as the step ``word`` of the case; goods stay here until the answer, and the clocks wait.

    ``holds`` is false where the goods stay here anyway, and by our own fault: no clock waits for that.
    ``fields`` are those of the ``Question``: ``template`` and ``default`` at least, ``fields`` and ``stays_open``.
    ``said`` are further parameters of the message.
    """
    said, holds = fields.pop("said", {}), fields.pop("holds", True)
    order, no = turn.order, len(turn.order.questions) + 1
    times = 1 + sum(step.case == case.no and step.word.partition("-")[0] == word for step in order.steps)
    until = deadline(order, turn.now)
    step = turn.begin(case, word if times == 1 else f"{word}-{times}", CUSTOMER, until=until)
    about: dict[str, Any] = {"question": no}
    if holds:
        turn.order = placed(turn.order, HoldReason.CUSTOMER_ANSWER, turn.now, DESK, owner_role=CUSTOMER, about=about)
    question = Question(
        no=no,
        case=case.no,
        step=step.key,
        version=order.version,
        options=options,
        hold=turn.order.holds[-1].id if holds else "",
        asked_at=turn.now,
        deadline=until,
        valid_until=turn.now + order.policy.questions.valid_for,
        **fields,
    )
    turn.order = turn.order.having(questions=(*turn.order.questions, question))
    told = {**_opening(question), "confirm": no, **said}
    turn.tell(question.template, question.subject, **told)
    asked = {"fields": list(question.fields)} if question.fields else {"options": [each.word for each in options]}
    turn.note(f"{question.subject}/asked", "question_asked", question=no, case=case.no, **asked)
    return question


def _opening(question: Question) -> dict[str, Any]:
    """What a message needs that opens the answer page; the code itself is made where it is sent."""
    times = {"deadline": question.deadline.isoformat(), "valid_until": question.valid_until.isoformat()}
    return {"question": question.no, **times, **({"fields": list(question.fields)} if question.fields else {})}


def asking(order: Order, case: Case | None = None) -> tuple[Question, ...]:
    """The questions that still take an answer, of one case or of all."""
    return tuple(each for each in order.questions if each.open and (case is None or each.case == case.no))


def _end(turn: Turn, question: Question, result: str, **changes: Any) -> Question:
    """End a question: its hold, its step, and what came of it."""
    changes = {"ended_at": turn.now, **changes}
    turn.order = turn.order.having(questions=changed(turn.order.questions, question.no, **changes))
    turn.order = released(turn.order, [question.hold], turn.now, DESK)
    step = turn.order.step(question.step)
    if step is not None:
        turn.end(step, result)
    return question.having(**changes)


def withdraw(turn: Turn, question: Question) -> None:
    """The question is moot: whoever answers it is told so."""
    _end(turn, question, WITHDRAWN)
    turn.note(f"{question.subject}/withdrawn", "question_withdrawn", question=question.no)


# -- what became of them ---------------------------------------------------------------------------------------------


def questions(turn: Turn) -> None:
    """Before the playbooks read them: what was answered, done by hand, skipped, or is due for its default."""
    for question in turn.order.questions:
        if question.answer:
            step = turn.order.step(question.step)
            if step is not None and step.open:
                turn.end(step, question.answer)
        elif question.open and not _by_a_person(turn, question):
            _default(turn, question)


def _by_a_person(turn: Turn, question: Question) -> bool:
    """Whether a person ended its step: by the word of an option it is the customer's answer, else nothing came."""
    step = turn.order.step(question.step)
    if step is None or step.open:
        return False
    word = step.result if step.state is StepState.BY_HAND else ""
    option = question.option(word)
    if option is None or option.corrects:  # what is corrected by hand comes by `correct_fields`
        withdraw(turn, question)
    else:
        _end(turn, question, word, answer=word, answered_by=step.by, answered_at=step.ended_at)
    return True


def _default(turn: Turn, question: Question) -> None:
    due = question.due_at
    if due is None or question.defaulted_at or turn.judged_at <= due:
        return
    if question.stays_open:
        changes = {"defaulted_at": turn.now}
        turn.order = turn.order.having(questions=changed(turn.order.questions, question.no, **changes))
    else:
        _end(turn, question, question.default, defaulted_at=turn.now)
    turn.note(f"{question.subject}/default", "question_defaulted", question=question.no, option=question.default)


def give_up(turn: Turn, question: Question, word: str) -> None:
    """Wait no longer for a question whose default has come: ``word`` is what was done instead."""
    _end(turn, question, word, default=word)


def watch_questions(turn: Turn) -> None:
    """After the playbooks: withdraw what is moot, call whom no message reaches, remind, and say when to look again."""
    for question in asking(turn.order):
        case = next(case for case in turn.order.cases if case.no == question.case)
        if not case.open or turn.order.ending or turn.order.final:
            withdraw(turn, question)
        else:
            _call(turn, question)
            _remind(turn, question)


def _call(turn: Turn, question: Question) -> None:
    """Somebody calls: at once where no message can be brought, later where goods are handed over or nothing arrived."""
    pressing = question.confirmed_at is None or any(each.released_at for each in turn.order.live_shipments)
    moment = question.asked_at + turn.order.policy.questions.call_after
    if question.undeliverable or (pressing and turn.judged_at >= moment):
        params = {"question": question.no, "fields": list(question.fields), "reason": question.undeliverable}
        turn.task(f"{question.subject}/call", "CALL_CUSTOMER", "customer_service", case_no=question.case, params=params)
    elif pressing:
        turn.look_at(moment, f"{question.subject} call")


def _remind(turn: Turn, question: Question) -> None:
    if question.defaulted_at or question.due_at is None:
        return
    for number, moment in enumerate(reminders(turn.order, question), 1):
        if number <= question.reminded:
            continue
        if turn.judged_at < moment:
            turn.look_at(moment, f"{question.subject} reminder")
            break
        said = {"reminded": number}
        turn.order = turn.order.having(questions=changed(turn.order.questions, question.no, **said))
        turn.tell(REMINDER, f"{question.subject}/{number}", **_opening(question))
        turn.note(f"{question.subject}/reminded/{number}", "question_reminded", question=question.no)
    turn.look_at(question.due_at + TICK, f"C7 {question.subject} due")


# -- whether an answer is taken --------------------------------------------------------------------------------------


def unfit(order: Order, choice: CustomerChoice) -> str:
    """Why this answer is not taken; empty where it is: the first one that is accepted counts (edge case 26)."""
    question = next((each for each in order.questions if each.no == choice.question), None)
    if question is None:
        return "NO_QUESTION"
    if not question.open:
        return {"ANSWERED": "ALREADY_ANSWERED", "DEFAULTED": "ANSWER_TOO_LATE"}.get(question.state, "QUESTION_MOOT")
    option = question.option(choice.option)
    if option is None:
        return "OPTION_UNKNOWN"
    return "" if option.corrects == bool(choice.correction) else "ANSWER_INCOMPLETE"


def came_to(order: Order, choice: CustomerChoice) -> str:
    """What the question came to, for whoever answers it too late; empty where nothing was chosen."""
    return next((each.chosen for each in order.questions if each.no == choice.question and not each.open), "")
