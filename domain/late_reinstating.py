"""Money that comes within a day of its order's cancel, while the goods are free (edge case 3): the customer chooses.

Reinstated, the order is a new one, linked to the cancelled one, and the payment is the new order's; else, and where
nobody answers, the money goes back. A case in the books, a question on the answer page; never both, never twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from domain.effects import Kept, Request
from domain.late import ClosedOrder, LateNews, Repayment, Step
from domain.late import case_of as repaid_case
from domain.late_claims import SettleClaim
from domain.policy import CaseKind
from domain.questions import CustomerChoice, Option
from domain.recording import CaseRow, Entry, Letter, TaskRow
from domain.requests import Refusal
from domain.stage import Stage
from domain.value import Moment, Value

TEMPLATE = "LATE_PAYMENT_CHOICE"
REINSTATE, REFUND = "reinstate", "refund"
OPTIONS = (Option(word=REINSTATE), Option(word=REFUND))
REINSTATED = "REINSTATED"
SETTLED_AS = {REINSTATED: REINSTATE, "REFUNDED": REFUND}
"""What a person may say the customer chose, and the option it is."""
LINKED = "reinstated"
"""The kind of the link between the two orders."""


class ChoiceNews(Value):
    """One step of the choice, for the books: asked, or what came of it.

    ``chosen`` is the customer's word, or what was done without it (``silent``); ``by`` who said so; ``new_order_no``
    the order that lives on.
    """

    order_no: str
    at: Moment
    repayment: Repayment
    until: Moment
    chosen: str = ""
    silent: bool = False
    by: str = ""
    new_order_no: str = ""


class ChoiceAsked(Value):
    """The case and the question in the books, until when it is waited for, and what was chosen; 0: it is over."""

    case: int = 0
    question: int = 0
    until: Moment | None = None
    chosen: str = ""


class ReinstateRequest(Request):
    """Make the order live again as a new one, paid by this payment (key …/reinstate/{payment_no})."""

    counted_from_now: ClassVar[frozenset[str]] = frozenset({"paid_at"})
    payment_no: str
    amount: int
    currency: str
    paid_at: Moment


class Reinstated(Kept):
    """The new order."""

    order_no: str


def may_be_reinstated(order: ClosedOrder, back: Repayment, now: datetime) -> bool:
    """Whether the customer is asked: just what the order cost came, soon enough, and its goods are free."""
    how = order.reinstatable
    if how is None or back.kind is not CaseKind.LATE_PAYMENT or order.stage != Stage.CANCELLED:
        return False
    fits = (back.refund.amount, back.refund.currency) == (how.due, order.currency)
    return fits and how.free and now < how.ended_at + how.within and not order.reinstated


def request_of(back: Repayment, now: datetime) -> ReinstateRequest:
    """What the intake is asked for."""
    refund = back.refund
    return ReinstateRequest(
        key=f"{refund.order_no}/reinstate/{back.payment_no}",
        order_no=refund.order_no,
        payment_no=back.payment_no,
        amount=refund.amount,
        currency=refund.currency,
        paid_at=now,
    )


# -- what is asked of it ---------------------------------------------------------------------------------------------


def unfit_answer(open_questions: Mapping[int, int], choice: CustomerChoice) -> Refusal | None:
    """Why the customer's answer is not taken; ``open_questions``: their numbers, and their cases'."""
    if choice.question not in open_questions:
        return _no("QUESTION_MOOT", "the question has its end")
    if choice.correction or choice.option not in {option.word for option in OPTIONS}:
        return _no("OPTION_UNKNOWN", f"the question has the options {REINSTATE} and {REFUND}")
    return None


def unfit_word(ask: SettleClaim) -> Refusal | None:
    """Why a person's word for the customer's is refused; None where it is taken."""
    if ask.outcome in SETTLED_AS:
        return None
    return _no("OUTCOME_UNKNOWN", f"the case ends with one of {', '.join(SETTLED_AS)}")


def _no(code: str, reason: str) -> Refusal:
    return Refusal(code=code, reason=reason, stage=Stage.CANCELLED)


# -- what is written down --------------------------------------------------------------------------------------------


def case_of(news: ChoiceNews, number: int, opened_at: datetime) -> CaseRow:
    """The case while it waits for the customer, and where the order lives on."""
    step = Step.OPENED
    row = repaid_case(news.repayment, number, LateNews(order_no=news.order_no, at=news.at, step=step), opened_at)
    if not news.new_order_no:
        return row
    return row.having(status="RESOLVED", outcome=REINSTATED, actor=news.by, resolved_at=news.at)


def entries_of(news: ChoiceNews, case: ChoiceAsked) -> tuple[Entry, ...]:
    """The timeline's lines: the case and its question, the answer, the new order."""
    back, about = news.repayment, {"case": case.case, "kind": str(news.repayment.kind)}
    if not news.chosen:
        opened = {**about, "subject": back.subject, "cause": back.cause}
        asked = {"question": case.question, "case": case.case}
        return (
            _line(news, f"case/{case.case}/opened", "case_opened", opened),
            _line(news, f"question/{case.question}/asked", "question_asked", asked),
        )
    code = "question_defaulted" if news.silent else "late_choice_made"
    lines = [_line(news, f"question/{case.question}/over", code, {"question": case.question, "option": news.chosen})]
    if news.new_order_no:
        lines += [
            _line(news, f"case/{case.case}/reinstated", "order_reinstated", {"order_no": news.new_order_no}),
            _line(news, f"case/{case.case}/closed", "case_resolved", {**about, "outcome": REINSTATED}),
        ]
    return tuple(lines)


def letter_of(news: ChoiceNews, question: int) -> Letter:
    """What the customer is asked, once a payment."""
    refund, until = news.repayment.refund, news.until.isoformat()
    said = {"amount": refund.amount, "currency": refund.currency, "options": [REINSTATE, REFUND], "default": REFUND}
    opening = {"question": question, "deadline": until, "valid_until": until}
    key = f"{news.order_no}/message/{TEMPLATE}/{news.repayment.subject}"
    return Letter(key=key, kind="message", template=TEMPLATE, params={**said, **opening})


def task_of(news: ChoiceNews, number: int) -> TaskRow:
    """Whoever has the customer on the phone enters the word."""
    about = {"payment_no": news.repayment.payment_no, "outcomes": list(SETTLED_AS)}
    return TaskRow(
        key=f"case/{number}/choice",
        kind="DECIDE",
        role="customer_service",
        case_no=number,
        opened_at=news.at,
        due_at=news.until,
        params=about,
    )


def _line(news: ChoiceNews, mark: str, code: str, params: Mapping[str, object]) -> Entry:
    key = f"{news.order_no}/{mark}"
    by = news.by or "desk"
    return Entry(key=key, code=code, at=news.at, recorded_at=news.at, actor=by, params=dict(params))
