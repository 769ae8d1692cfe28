"""Facts of closed orders (edge cases 3, 6, 19): what goes back, what means nothing, and what is written down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.catalogue.text import render, sentence
from domain.facts import SIGNAL_OF, Paid, parse
from domain.late import (
    TEMPLATE,
    ClosedOrder,
    LateNews,
    Money,
    Repayment,
    Step,
    case_of,
    entries_of,
    letter_of,
    money_after,
    repayment,
    task_of,
)
from domain.payment import PaymentState
from domain.policy import CaseKind
from domain.stage import FINAL_STAGES, Stage

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
NO = "SO2026112300000001"


def closed(stage: str = Stage.CANCELLED, **books: Any) -> ClosedOrder:
    return ClosedOrder.model_validate({"order_no": NO, "stage": stage, "final": True, "currency": "CNY", **books})


def completed(**books: Any) -> ClosedOrder:
    return closed(Stage.COMPLETED, **{"captured": 13600, "payment_state": "paid", "payments": ("P1",), **books})


def paid(payment_no: str = "P2", amount: int = 13600, currency: str = "CNY") -> Paid:
    said = {"payment_no": payment_no, "amount": amount, "currency": currency}
    return Paid.model_validate({"id": f"payment:{payment_no}", "occurred_at": AT, "received_at": AT, **said})


def back(order: ClosedOrder | None = None, **money: Any) -> Repayment:
    found = repayment(order or closed(), paid(**money))
    assert found is not None
    return found


@pytest.mark.clause("AC-32", "SR-015")
@pytest.mark.parametrize("stage", [Stage.CANCELLED, Stage.REJECTED])
def test_a_payment_after_the_end_goes_back_whole_under_a_key_of_its_own(stage: Stage) -> None:
    found = back(closed(stage))
    assert (found.kind, found.subject, found.twice) == (CaseKind.LATE_PAYMENT, "payment/P2", False)
    asked = found.refund
    assert (asked.key, asked.amount, asked.currency) == (f"{NO}/refund/late/P2", 13600, "CNY")


@pytest.mark.clause("SR-015")
@pytest.mark.parametrize("state", ["paid", "partially_refunded", "refunded", "refund_pending"])
def test_a_second_payment_of_a_completed_order_goes_back_and_finance_hears_of_it(state: str) -> None:
    found = back(completed(payment_state=state))
    assert (found.kind, found.cause, found.twice) == (CaseKind.PAYMENT_MISMATCH, "paid_twice", True)


MEANS_NOTHING = {
    "open": (closed(final=False), paid()),
    "ended otherwise": (closed(Stage.CLOSED), paid()),
    "came back": (closed(Stage.RETURNED), paid()),
    "nothing was paid": (closed(), paid(amount=0)),
    "the order took it itself": (closed(payments=("P2",)), paid()),
    "the completed order took it itself": (completed(payments=("P1", "P2")), paid()),
    "the first of one on credit": (completed(captured=0, payment_state="on_credit", payments=()), paid()),
    "the first after cash on delivery": (completed(captured=0, payment_state="cod_pending", payments=()), paid()),
    "a completed order that was not paid whole": (completed(payment_state="pending_verification"), paid()),
}


@pytest.mark.clause("AC-32")
@pytest.mark.parametrize("case", MEANS_NOTHING)
def test_what_is_no_late_payment_means_nothing(case: str) -> None:
    order, fact = MEANS_NOTHING[case]
    assert repayment(order, fact) is None


def test_no_other_kind_of_fact_means_anything_after_the_end() -> None:
    envelope = {"id": "f", "occurred_at": AT, "received_at": AT}
    others = [
        parse({**envelope, "kind": "channel_closed"}),
        parse({**envelope, "kind": "confirmed"}),
        parse({**envelope, "kind": "stock_arrived", "sku": "TEA"}),
        parse({**envelope, "kind": "cod_remitted", "reference": "REF-1", "amount": 5}),
        parse({**envelope, "kind": "outbound", "package": "1", "shipment": 1}),
    ]
    assert {fact.kind for fact in others} < SIGNAL_OF.keys() - {"paid"}
    for stage in FINAL_STAGES:
        order = closed(stage, captured=13600, payment_state="paid")
        assert [fact.kind for fact in others if repayment(order, fact)] == []


def news(step: Step, **about: Any) -> LateNews:
    return LateNews(order_no=NO, at=AT, step=step, **about)


def test_the_case_is_open_until_the_money_is_back() -> None:
    late = back()
    opened = case_of(late, 2, news(Step.OPENED), AT)
    refused = case_of(late, 2, news(Step.REFUSED), AT)
    over = case_of(late, 2, news(Step.RETURNED), AT)
    assert [(case.status, case.level, case.outcome) for case in (opened, refused, over)] == [
        ("OPEN", 0, ""),
        ("OPEN", 1, ""),
        ("RESOLVED", 0, "REFUNDED"),
    ]
    assert (opened.resolved_at, refused.resolved_at, over.resolved_at) == (None, None, AT)


@pytest.mark.clause("SR-023")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh-Hans",
            [
                "异常2：取消后付款，付款P2，原因：订单已结束。",
                "步骤已停放：退款，原因：account closed。处理后请重试。",
                "完成：退款，编号TK-1。",
                "异常2（取消后付款）已解决：已退款。",
            ],
        ),
        (
            "en",
            [
                "Case 2 was opened: paid after the cancellation, payment P2, the order had ended.",
                "The step is parked: refund: account closed. Put it right, then retry it.",
                "Done: refund, number TK-1.",
                "Case 2 (paid after the cancellation) was resolved: refunded.",
            ],
        ),
    ],
)
def test_each_step_reads_well(language: str, said: list[str]) -> None:
    steps = (news(Step.OPENED), news(Step.REFUSED, reason="account closed"), news(Step.RETURNED, reference="TK-1"))
    lines = [line for step in steps for line in entries_of(back(), 2, step)]
    assert [sentence(line.code, language, line.params) for line in lines] == said
    assert len({line.key for line in lines}) == len(lines)


@pytest.mark.clause("AC-32", "SR-055")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-Hans", "订单T1结束后收到您的付款136.00元，已原路退回。"),
        ("en", "Your payment of CNY 136.00 came after order T1 had ended; it went back the way you paid."),
    ],
)
def test_the_customer_reads_what_came_and_where_it_went(language: str, said: str) -> None:
    letter = letter_of(back())
    assert (letter.key, letter.kind, letter.template) == (f"{NO}/message/{TEMPLATE}/payment/P2", "message", TEMPLATE)
    assert render(letter.template, language, {"no": "T1", **letter.params}, "Asia/Shanghai") == said


def test_finance_reads_what_to_pay_back_and_why_the_gateway_did_not() -> None:
    task = task_of(back(), 2, news(Step.REFUSED, reason="account closed"))
    assert (task.key, task.kind, task.role, task.case_no) == ("case/2", "PAY_BACK", "finance", 2)
    assert task.params == {"payment_no": "P2", "amount": 13600, "currency": "CNY", "reason": "account closed"}


@pytest.mark.clause("SR-015")
def test_the_list_counts_what_came_and_what_went_back() -> None:
    unpaid = Money(captured=0, refunded=0, state="unpaid")
    came = money_after(unpaid, "CNY", back(), Step.OPENED)
    assert came == Money(captured=13600, refunded=0, state=PaymentState.REFUND_PENDING)
    assert money_after(came, "CNY", back(), Step.RETURNED) == Money(captured=13600, refunded=13600, state="refunded")
    twice = Money(captured=27200, refunded=0, state="refund_pending")
    assert money_after(twice, "CNY", back(completed()), Step.RETURNED).state == PaymentState.PARTIALLY_REFUNDED
    foreign = back(currency="USD")
    assert money_after(unpaid, "CNY", foreign, Step.OPENED) == unpaid, "dollars are not yuan"
    assert foreign.refund.currency == "USD"
