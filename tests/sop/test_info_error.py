"""Wrong information (E1): the customer is asked, answers or does not, and the clocks wait for them (AC-11, C7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.findings import Finding, Severity
from domain.stage import Stage
from tests.sop.desk import Desk

PHONE = Finding(code="PHONE_MALFORMED", field="customer.phone", severity=Severity.CRITICAL)
LETTER = "message/NEED_INFO/question/1"


async def is_asked(desk: Desk) -> None:
    """A paid order with a wrong phone, whose question has arrived."""
    desk.book.findings = (PHONE,)
    await desk.places()
    await desk.is_paid()
    await desk.hears("message_delivered", message=LETTER)


@pytest.mark.clause("AC-11", "SR-130a", "SR-130b", "C7")
async def test_a_customers_20_hours_move_the_due_of_c4_by_exactly_20_hours(desk: Desk) -> None:
    await is_asked(desk)
    paid_at = (await desk.clock("C4")).start_at
    assert (await desk.clock("C4")).due_at is None, "it stands still"
    asked_at = (await desk.order()).questions[0].asked_at
    await desk.is_at(asked_at + timedelta(hours=20))
    desk.book.findings = ()
    await desk.asks("customer_choice", question=1, option="correct", correction=7)
    order = await desk.order()
    [question], [hold] = order.questions, order.holds
    assert question.answered_at is not None
    waited = question.answered_at - hold.at
    assert timedelta(hours=20) <= waited < timedelta(hours=20, seconds=30)
    assert hold.released_at == question.answered_at
    clock = await desk.clock("C4", "shipment/1")
    assert clock.due_at == paid_at + timedelta(hours=48) + waited
    assert (order.stage, order.version, [case.outcome for case in order.cases]) == (
        Stage.READY_TO_SHIP,
        2,
        ["CORRECTED"],
    )
    await desk.passes(hours=3)
    await desk.ships()
    [row] = [row for row in desk.book.clocks["C4", "shipment/1"] if row.stop_at]
    assert row.gross_s is not None
    assert row.net_s is not None
    assert row.gross_s - row.net_s == pytest.approx(waited.total_seconds(), abs=1e-3)
    assert (row.verdict, len(row.pauses)) == ("met", 1)
    assert "ask_warehouse" not in desk.steps


@pytest.mark.clause("EC-25", "SR-130a", "C7")
async def test_nobody_answers_and_the_order_is_cancelled_after_a_week(desk: Desk) -> None:
    await is_asked(desk)
    asked_at = (await desk.order()).questions[0].asked_at
    await desk.is_at(asked_at + timedelta(hours=49))
    order = await desk.order()
    [case] = [case for case in order.cases if case.kind == "INFO_ERROR"]
    assert (order.questions[0].state, case.level, case.open) == ("DEFAULTED", 2, True)
    assert (await desk.clock("C7", "question/1")).verdict == "breached"
    reminders = [message for message in desk.messages if message.startswith("ANSWER_REMINDER")]
    assert reminders == ["ANSWER_REMINDER/question/1/1", "ANSWER_REMINDER/question/1/2"]
    assert desk.steps == ["audit_order"]
    await desk.is_at(asked_at + timedelta(days=7, seconds=1))
    await desk.ends_as(Stage.CANCELLED)
    assert desk.steps == ["audit_order", "release_stock", "refund_payment"]
    assert desk.messages[-1] == "CANCELLED_REFUND/order"


@pytest.mark.clause("EC-26")
async def test_a_second_answer_is_told_what_was_chosen(desk: Desk) -> None:
    await is_asked(desk)
    await desk.asks("customer_choice", question=1, option="correct", correction=7)
    no = await desk.is_refused("customer_choice", question=1, option="cancel")
    assert (no.code, no.chosen) == ("ALREADY_ANSWERED", "correct")
    assert "更正信息" in no.reason
    assert await desk.stage() is not Stage.CANCELLED


@pytest.mark.clause("SR-130", "SR-130c")
async def test_a_label_that_is_rejected_stops_the_goods_until_the_address_is_there(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.hears("label_rejected", shipment=1, reason="no such street")
    assert (await desk.stage(), desk.steps[-1]) == (Stage.AWAITING_CONFIRMATION, "recall_shipment")
    await desk.hears("message_delivered", message=LETTER)
    await desk.asks("customer_choice", question=1, option="correct", correction=7)
    await desk.shows(stage=Stage.READY_TO_SHIP)
    order = await desk.order()
    assert (order.version, order.open_cases, order.open_holds) == (2, (), ())
    assert [desk.steps.count(step) for step in ("recall_shipment", "cancel_entry", "release_shipment")] == [1, 1, 2]
