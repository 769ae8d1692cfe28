"""Payment and stock confirmed within 2 hours of the order (C1, SR-120, §1.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.holds import CaseStatus
from domain.policy import STANDARD
from domain.stage import Stage
from tests.sop.desk import Desk, a_content

TWO_HOURS = timedelta(hours=2)
SECOND = timedelta(seconds=1)


@pytest.mark.clause("AC-02", "SR-120")
@pytest.mark.parametrize("took", [TWO_HOURS - SECOND, TWO_HOURS], ids=["1:59:59", "2:00:00"])
async def test_a_payment_within_2_hours_is_in_time(desk: Desk, took: timedelta) -> None:
    await desk.places()
    await desk.is_just_at(desk.placed_at + took)
    await desk.is_paid()
    await desk.passes(hours=1)
    clock = await desk.clock("C1")
    assert (clock.verdict, clock.gross_s, clock.net_s, clock.responsible) == (
        "met",
        took.total_seconds(),
        took.total_seconds(),
        "",
    )
    assert await desk.cases() == []
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    assert desk.messages == ["ORDER_CONFIRMED/order"]


@pytest.mark.clause("AC-02", "SR-120", "SR-033")
async def test_a_payment_one_second_late_is_a_breach_and_one_case(desk: Desk) -> None:
    await desk.places()
    await desk.is_at(desk.placed_at + TWO_HOURS + SECOND)
    assert await desk.open_cases() == ["CONFIRM_OVERDUE"]
    assert desk.steps == ["audit_order", "ask_payer"]
    assert desk.messages == ["PAYMENT_REMINDER/order"]
    await desk.is_paid()
    clock = await desk.clock("C1")
    assert (clock.verdict, clock.cause, clock.responsible, clock.gross_s) == ("breached", "payment", "payment", 7201)
    [case] = await desk.cases()
    assert (case.status, case.outcome, case.actor) == (CaseStatus.RESOLVED, "LATE", "desk")
    assert await desk.stage() is Stage.READY_TO_SHIP


@pytest.mark.clause("AC-03", "SR-120")
async def test_the_clock_stops_at_the_stock_where_that_is_later(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 0}
    await desk.places()
    await desk.passes(minutes=10)
    await desk.is_paid()
    assert (await desk.clock("C1")).verdict == "open"
    await desk.passes(minutes=50)
    desk.book.stock = {"MUG-RED": 2}
    await desk.hears("stock_arrived", sku="MUG-RED")
    clock = await desk.clock("C1")
    assert clock.verdict == "met"
    assert clock.stop_at == (await desk.order()).stock_confirmed_at
    assert clock.gross_s == pytest.approx(3600, abs=10)


@pytest.mark.clause("AC-03", "SR-120")
async def test_the_clock_stops_at_the_payment_where_that_is_later(desk: Desk) -> None:
    await desk.places()
    stocked_at = (await desk.order()).stock_confirmed_at
    await desk.passes(minutes=90)
    await desk.is_paid()
    clock = await desk.clock("C1")
    assert stocked_at is not None
    assert stocked_at < desk.placed_at + timedelta(minutes=1)
    assert (clock.verdict, clock.stop_at, clock.gross_s) == ("met", desk.now, 5400)


@pytest.mark.clause("AC-04", "SR-120")
@pytest.mark.parametrize("method", ["cod", "credit"])
async def test_cash_on_delivery_and_credit_need_stock_only(desk: Desk, method: str) -> None:
    await desk.places(content=a_content(payment_method=method))
    assert (await desk.clock("C1")).verdict == "met"
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]


@pytest.mark.clause("AC-04", "SR-120", "EC-55")
async def test_an_order_that_costs_nothing_waits_for_no_money(desk: Desk) -> None:
    await desk.places(content=a_content(discount=39_000, total=0))
    assert (await desk.clock("C1")).verdict == "met"
    assert await desk.stage() is Stage.READY_TO_SHIP


@pytest.mark.clause("AC-04", "SR-120")
async def test_cash_on_delivery_short_of_stock_is_late_by_our_stock(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 0}
    await desk.places(content=a_content(payment_method="cod"))
    await desk.passes(hours=2, seconds=1)
    clock = await desk.clock("C1")
    assert (clock.verdict, clock.cause, clock.responsible) == ("breached", "stock", "us")
    assert await desk.open_cases() == ["STOCK_SHORTAGE", "CONFIRM_OVERDUE"]
    assert desk.steps == ["audit_order", "request_transfer", "ask_purchasing"]
    assert desk.messages == ["SHORTAGE_CHOICE/question/1"]


@pytest.mark.clause("SR-120")
@pytest.mark.parametrize(("requires", "stops"), [("payment", True), ("stock", False)])
async def test_the_edition_may_ask_for_one_gate_only(desk: Desk, requires: str, stops: bool) -> None:
    desk.book.stock = {"MUG-RED": 0}
    await desk.places(policy=STANDARD.having(confirm_requires=requires))
    await desk.is_paid()
    assert (await desk.clock("C1")).verdict == ("met" if stops else "open")
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION


@pytest.mark.clause("SR-120")
async def test_an_unpaid_order_is_the_systems_case_and_goes_up_to_nobody(desk: Desk) -> None:
    await desk.places()
    await desk.passes(hours=30)
    [case] = await desk.cases()
    assert (case.kind, case.level, case.responsible) == ("CONFIRM_OVERDUE", 0, "payment")
    assert desk.messages == ["PAYMENT_REMINDER/order"]
    assert desk.steps == ["audit_order", "ask_payer", "release_stock"]
    assert desk.book.recordings[-1].projection.needs_attention is False
    assert {task.kind for task in (await desk.order()).tasks} == {"CLOCK_WARNING", "CONFIRM_OVERDUE"}


@pytest.mark.clause("SR-120")
async def test_where_staff_confirms_payments_the_case_is_theirs(desk: Desk) -> None:
    await desk.places(policy=STANDARD.having(staff_confirms_payment=True))
    await desk.passes(hours=2, seconds=1)
    [case] = await desk.cases()
    assert case.level == 1
    assert desk.messages == []
    assert desk.book.recordings[-1].projection.needs_attention is True
    await desk.asks(
        "confirm_payment", role="finance", payment_no="B1", amount=39_000, paid_at=desk.placed_at.isoformat()
    )
    [case] = await desk.cases()
    assert (case.status, case.outcome) == (CaseStatus.WITHDRAWN, "FALSE_ALARM")
    assert (await desk.clock("C1")).verdict == "met"
    assert await desk.stage() is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-120")
async def test_an_order_heard_of_too_late_is_the_channels_breach_and_no_case(desk: Desk) -> None:
    await desk.places(placed_at=desk.now - timedelta(hours=3))
    clock = await desk.clock("C1")
    assert (clock.verdict, clock.cause, clock.responsible) == ("breached", "LATE_INTAKE", "channel")
    assert await desk.cases() == []
    await desk.passes(hours=1)
    await desk.is_paid()
    await desk.passes(hours=2)
    assert await desk.cases() == []
    assert desk.messages == ["ORDER_CONFIRMED/order"]


@pytest.mark.clause("SR-120")
async def test_an_order_heard_of_too_late_gets_the_two_hours_once_more_before_it_is_a_case(desk: Desk) -> None:
    await desk.places(placed_at=desk.now - timedelta(hours=3))
    await desk.is_just_at(desk.now + TWO_HOURS)
    assert await desk.cases() == []
    await desk.passes(minutes=1)
    assert await desk.open_cases() == ["CONFIRM_OVERDUE"]


@pytest.mark.clause("SR-120", "SR-033")
async def test_a_payment_that_the_payer_answers_about_closes_the_gate(desk: Desk) -> None:
    paid_at = desk.placed_at + timedelta(hours=1)
    desk.book.payer_answer = desk.book.payer_answer.model_validate(
        {"receipts": [{"payment_no": "P9", "amount": 39_000, "currency": "CNY", "paid_at": paid_at}]}
    )
    await desk.places()
    await desk.passes(hours=2, seconds=1)
    clock = await desk.clock("C1")
    assert (clock.verdict, clock.stop_at) == ("met", paid_at)
    [case] = await desk.cases()
    assert (case.status, case.outcome) == (CaseStatus.WITHDRAWN, "FALSE_ALARM")
    assert await desk.stage() is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-120")
async def test_a_payment_in_time_that_is_reported_late_takes_the_case_back(desk: Desk) -> None:
    await desk.places()
    await desk.passes(hours=3)
    assert await desk.open_cases() == ["CONFIRM_OVERDUE"]
    await desk.is_paid(at=desk.placed_at + TWO_HOURS)
    assert (await desk.clock("C1")).verdict == "met"
    [case] = await desk.cases()
    assert (case.status, case.outcome) == (CaseStatus.WITHDRAWN, "FALSE_ALARM")
    corrections = [entry.code for recording in desk.book.recordings for entry in recording.entries]
    assert corrections.count("clock_corrected") == 1


@pytest.mark.clause("SR-120")
async def test_only_finance_confirms_a_payment_by_hand(desk: Desk) -> None:
    await desk.places()
    no = await desk.is_refused("confirm_payment", payment_no="B1", amount=39_000)
    assert no.code == "FORBIDDEN"
    assert (await desk.order()).payment.receipts == ()
