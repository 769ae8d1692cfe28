"""What a fact means that comes after its order's end (edge cases 3, 6 and 19): money that came too late goes back.

An order that ended as cancelled or rejected keeps no payment; a completed one keeps no second payment. Claims on
a completed order stand in ``domain.late_claims``, goods that leave a cancelled one in ``domain.late_goods``. Nothing
else that is told of a closed order has a meaning: it stays unmatched, with an alert. Only the books are asked, never
the closed workflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from pydantic import Field

from domain.effects import EffectKind, RefundRequest, effect_key
from domain.facts import OutsideFact, Paid
from domain.payment import PaymentState
from domain.policy import CaseKind
from domain.recording import DESK, CaseRow, Entry, Letter, TaskRow
from domain.stage import Stage
from domain.value import Moment, Value

TEMPLATE = "LATE_PAYMENT_REFUND"
"""The message that says that the money went back."""
ALERT = "paid_twice"
"""The alert that tells finance of a second payment of a completed order."""
NOTHING_KEPT = frozenset({Stage.CANCELLED, Stage.REJECTED})
"""Ends after which no payment is kept."""


class LateInput(Value):
    """Whose late facts a ``LateFactWorkflow`` takes."""

    order_no: str


class Parcel(Value):
    """A parcel of a closed order, to ask its carrier about; ``lines`` are its units by line.

    ``state`` is where it was when its order ended.
    """

    package: str
    shipment: int = 1
    tracking_number: str = ""
    carrier: str = ""
    lines: dict[str, int] = Field(default_factory=dict)
    outbound_at: Moment | None = None
    state: str = ""
    delivered_at: Moment | None = None

    @property
    def subject(self) -> str:
        """Its name in inquiries."""
        return f"package/{self.package}"


class Reinstatable(Value):
    """What the books say of a cancelled order that could live again.

    ``within``: how old its cancel may be; ``answer``: how long the customer is waited for. ``due`` is what it cost,
    ``free``: whether all its goods are on the shelf for anybody.
    """

    ended_at: Moment
    within: timedelta
    answer: timedelta
    due: int
    free: bool


class ClosedOrder(Value):
    """What the books say of an order that late facts came for.

    ``payments`` are the numbers of the payments that it took itself, ``returned`` of those that came too late and have
    gone back. ``claimed`` are the numbers of claims that it took itself, ``open_claims`` the subjects of those that
    came too late and are open, ``doubted`` those of every case about a delivery in doubt. ``ordered`` are its units by
    line, ``planned`` those of its shipments; ``stopping`` are the subjects of the parcels that left after the cancel
    and are not settled. ``reinstated`` are the orders that live on in its place, by the payment; ``reinstatable`` is
    how it could, where its edition asks the customer.
    """

    order_no: str
    stage: str
    final: bool
    currency: str = ""
    captured: int = 0
    payment_state: str = ""
    payments: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    refunded: int = 0
    parcels: tuple[Parcel, ...] = ()
    claimed: tuple[str, ...] = ()
    open_claims: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    ordered: dict[str, int] = Field(default_factory=dict)
    planned: dict[int, dict[str, int]] = Field(default_factory=dict)
    stopping: tuple[str, ...] = ()
    reinstated: dict[str, str] = Field(default_factory=dict)
    reinstatable: Reinstatable | None = None


class Repayment(Value):
    """Money that goes back because its order is over: the case it is, and the refund that settles it."""

    kind: CaseKind
    cause: str
    payment_no: str
    refund: RefundRequest

    @property
    def subject(self) -> str:
        """What the case is about."""
        return f"payment/{self.payment_no}"

    @property
    def twice(self) -> bool:
        """Whether the order had been paid before: finance hears of it."""
        return self.kind is CaseKind.PAYMENT_MISMATCH


def repayment(order: ClosedOrder, fact: OutsideFact) -> Repayment | None:
    """What goes back because of a late fact; None where the fact means nothing to its closed order.

    A payment that the order itself took is no news, whoever reports it again.
    """
    if not order.final or not isinstance(fact, Paid) or fact.amount == 0 or fact.payment_no in order.payments:
        return None
    if order.stage in NOTHING_KEPT:
        kind, cause = CaseKind.LATE_PAYMENT, "ended"
    elif order.stage == Stage.COMPLETED and _paid(order):
        kind, cause = CaseKind.PAYMENT_MISMATCH, ALERT
    else:
        return None
    key = effect_key(order.order_no, EffectKind.REFUND, f"late/{fact.payment_no}")
    refund = RefundRequest(key=key, order_no=order.order_no, amount=fact.amount, currency=fact.currency)
    return Repayment(kind=kind, cause=cause, payment_no=fact.payment_no, refund=refund)


def _paid(order: ClosedOrder) -> bool:
    """Whether money had paid the order; one on credit, or paid at the door, may still be paid for the first time."""
    return order.captured > 0 and order.payment_state != PaymentState.MISMATCH


# -- what is written down --------------------------------------------------------------------------------------------


class Step(StrEnum):
    """How far a late fact has come."""

    OPENED = "opened"
    RETURNED = "returned"
    REFUSED = "refused"
    UNMATCHED = "unmatched"
    UNREADABLE = "unreadable"


class LateNews(Value):
    """One step of a late fact, for the books.

    ``reference`` is the gateway's number, ``reason`` why it did not go on.
    """

    order_no: str
    at: Moment
    step: Step
    repayment: Repayment | None = None
    fact_id: str = ""
    fact_kind: str = ""
    reference: str = ""
    reason: str = ""


class Money(Value):
    """What the list shows of an order's money."""

    captured: int
    refunded: int
    state: str


def case_of(back: Repayment, number: int, news: LateNews, opened_at: Moment) -> CaseRow:
    """The case as the books keep it after this step."""
    over = news.step is Step.RETURNED
    return CaseRow(
        case_no=number,
        kind=back.kind,
        subject=back.subject,
        status="RESOLVED" if over else "OPEN",
        level=1 if news.step is Step.REFUSED else 0,
        cause=back.cause,
        responsible="payer",
        outcome="REFUNDED" if over else "",
        actor=DESK if over else "",
        opened_at=opened_at,
        resolved_at=news.at if over else None,
    )


def entries_of(back: Repayment, number: int, news: LateNews) -> tuple[Entry, ...]:
    """The timeline's lines of this step."""
    refund = {"effect": str(EffectKind.REFUND), "key": back.refund.key}
    case = {"case": number, "kind": str(back.kind)}
    match news.step:
        case Step.OPENED:
            about = {**case, "subject": back.subject, "cause": back.cause}
            return (line_of(news, f"case/{number}/opened", "case_opened", about),)
        case Step.REFUSED:
            mark = f"case/{number}/refused/{news.at.isoformat()}"
            return (line_of(news, mark, "effect_parked", {**refund, "reason": news.reason}),)
        case _:
            closed = {**case, "outcome": "REFUNDED"}
            return (
                line_of(news, f"case/{number}/returned", "effect_done", {**refund, "reference": news.reference}),
                line_of(news, f"case/{number}/closed", "case_resolved", closed),
            )


def unreadable(news: LateNews) -> Entry:
    """The timeline's line of a message that cannot be read."""
    about = {"name": "late_facts", "reason": news.reason}
    return line_of(news, f"late/unreadable/{news.at.isoformat()}/{news.fact_id}", "message_unreadable", about)


def letter_of(back: Repayment) -> Letter:
    """What the customer hears, once a payment."""
    tail = f"message/{TEMPLATE}/{back.subject}"
    params = {"amount": back.refund.amount, "currency": back.refund.currency}
    return Letter(key=f"{back.refund.order_no}/{tail}", kind="message", template=TEMPLATE, params=params)


def task_of(back: Repayment, number: int, news: LateNews) -> TaskRow:
    """What finance has to do where the gateway refuses."""
    about = {
        "payment_no": back.payment_no,
        "amount": back.refund.amount,
        "currency": back.refund.currency,
        "reason": news.reason,
    }
    return TaskRow(
        key=f"case/{number}", kind="PAY_BACK", role="finance", case_no=number, opened_at=news.at, params=about
    )


def money_after(shown: Money, currency: str, back: Repayment, step: Step) -> Money:
    """What the list shows after this step; money of another currency is not added to it."""
    if back.refund.currency != currency:
        return shown
    amount = back.refund.amount
    if step is Step.OPENED:
        return Money(captured=shown.captured + amount, refunded=shown.refunded, state=PaymentState.REFUND_PENDING)
    refunded = shown.refunded + amount
    state = PaymentState.REFUNDED if refunded == shown.captured else PaymentState.PARTIALLY_REFUNDED
    return Money(captured=shown.captured, refunded=refunded, state=state)


class News(Protocol):
    """One step of whatever came after the end."""

    @property
    def order_no(self) -> str:
        """Of which order it is."""
        ...

    @property
    def at(self) -> datetime:
        """When it was taken."""
        ...


def line_of(news: News, mark: str, code: str, params: Mapping[str, object], by: str = DESK) -> Entry:
    """One line of the timeline about a step, the only one of its mark."""
    key = f"{news.order_no}/{mark}"
    return Entry(key=key, code=code, at=news.at, recorded_at=news.at, actor=by, params=dict(params))
