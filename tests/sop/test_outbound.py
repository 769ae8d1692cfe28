"""Out of the warehouse within 48 hours of the payment (C4, SR-123, E4's first steps)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from domain.effects import LineContent, ReleaseRequest
from domain.holds import CaseStatus
from domain.inquiries import Answer
from domain.stage import Stage
from tests.sop.desk import Desk, a_content

HOUR = timedelta(hours=1)
DUE = 48 * HOUR
TWO_LINES = a_content(
    lines=(
        LineContent(line="1", sku="MUG-RED", quantity=1, unit_price=19_500),
        LineContent(line="2", sku="MUG-BLUE", quantity=1, unit_price=19_500),
    )
)


async def a_paid_order(desk: Desk, **changes: Any) -> None:
    await desk.places(**changes)
    await desk.is_paid()


def late_orders_inquiries(desk: Desk) -> list[str]:
    return [request.subject for request in desk.book.requests if "/ask_warehouse/" in request.key]


@pytest.mark.clause("AC-10", "SR-123")
@pytest.mark.parametrize("took", [DUE - timedelta(seconds=1), DUE], ids=["47:59:59", "48:00:00"])
async def test_outbound_within_48_hours_is_no_case(desk: Desk, took: timedelta) -> None:
    await a_paid_order(desk)
    await desk.is_just_at(desk.now + took)
    await desk.ships()
    await desk.passes(minutes=5)
    clock = await desk.clock("C4", "shipment/1")
    assert (clock.verdict, clock.gross_s) == ("met", took.total_seconds())
    assert await desk.cases() == []
    assert late_orders_inquiries(desk) == []
    assert "OUTBOUND_LATE/shipment/1" not in desk.messages


@pytest.mark.clause("AC-10", "SR-123", "SR-033", "SR-035")
async def test_one_second_over_48_hours_is_a_case_an_inquiry_and_a_message(desk: Desk) -> None:
    await a_paid_order(desk)
    await desk.is_at(desk.now + DUE + timedelta(seconds=1))
    [case] = await desk.cases()
    assert (case.kind, case.subject, case.level, case.responsible) == (
        "OUTBOUND_OVERDUE",
        "shipment/1",
        1,
        "warehouse",
    )
    assert desk.steps == ["audit_order", "enter_order", "release_shipment", "ask_warehouse"]
    assert desk.messages == ["ORDER_CONFIRMED/order", "OUTBOUND_LATE/shipment/1"]
    assert await desk.stage() is Stage.READY_TO_SHIP
    await desk.ships()
    [case] = await desk.cases()
    assert (case.status, case.outcome) == (CaseStatus.RESOLVED, "LATE")
    assert late_orders_inquiries(desk) == ["shipment/1"]


@pytest.mark.clause("SR-033", "SR-034", "SR-030")
async def test_a_release_that_the_warehouse_missed_is_sent_again_under_its_first_key(desk: Desk) -> None:
    desk.book.warehouse_answer = Answer(reason="系统未收到发货单")
    await a_paid_order(desk)
    await desk.passes(hours=48, seconds=1)
    handed = [request for request in desk.book.requests if isinstance(request, ReleaseRequest)]
    assert [(each.key.split("/", 1)[1], each.same_as) for each in handed] == [
        ("release/1", ""),
        ("release/1/again-1", handed[0].key),
    ]
    await desk.passes(hours=5)
    assert desk.steps.count("release_shipment") == 2
    await desk.ships()
    order = await desk.order()
    assert [(step.word, step.result) for step in order.steps] == [
        ("check_release", "RELEASED"),
        ("ask_reason", "MISSED_RELEASE"),
        ("release_again", "SENT_AGAIN"),
    ]
    assert [case.outcome for case in order.cases] == ["LATE"]


@pytest.mark.clause("SR-123", "SR-051")
async def test_the_warehouse_names_a_day_and_the_customer_hears_it(desk: Desk) -> None:
    await a_paid_order(desk)
    desk.book.warehouse_answer = Answer(reason="capacity", promised_at=desk.now + DUE + 12 * HOUR)
    await desk.passes(hours=48, seconds=1)
    assert desk.messages[-2:] == ["OUTBOUND_LATE/shipment/1", "OUTBOUND_LATE_DATED/shipment/1"]
    assert (await desk.order()).shipments[0].promised_at == desk.book.warehouse_answer.promised_at


@pytest.mark.clause("SR-123")
async def test_an_outbound_in_time_that_is_reported_late_takes_the_case_back(desk: Desk) -> None:
    await a_paid_order(desk)
    paid_at = desk.now
    await desk.passes(hours=48, minutes=30)
    assert await desk.open_cases() == ["OUTBOUND_OVERDUE"]
    await desk.hears("outbound", at=paid_at + DUE)
    await desk.hears("tracking_number", at=paid_at + DUE, tracking_number="SF1", carrier="SF")
    await desk.hears("tracking_accepted", at=paid_at + DUE, tracking_number="SF1")
    assert (await desk.clock("C4", "shipment/1")).verdict == "met"
    [case] = await desk.cases()
    assert (case.status, case.outcome) == (CaseStatus.WITHDRAWN, "FALSE_ALARM")


@pytest.mark.clause("AC-11", "SR-123")
async def test_a_later_day_agreed_with_the_customer_moves_the_due_by_exactly_the_wait(desk: Desk) -> None:
    await a_paid_order(desk)
    paid_at = desk.now
    await desk.passes(hours=10)
    await desk.hears("ship_date_agreed", ship_at=(desk.now + 20 * HOUR).isoformat())
    assert (await desk.clock("C4", "shipment/1")).due_at == paid_at + DUE + 20 * HOUR
    await desk.is_just_at(paid_at + DUE + 20 * HOUR)
    assert await desk.cases() == []
    await desk.ships()
    clock = await desk.clock("C4", "shipment/1")
    assert (clock.verdict, clock.gross_s, clock.net_s) == ("met", 68 * 3600, 48 * 3600)


@pytest.mark.clause("AC-11", "SR-120", "SR-123")
async def test_the_customers_answer_stops_the_confirmation_and_the_outbound_clock(desk: Desk) -> None:
    await desk.places()
    await desk.asks("place_hold", reason="CUSTOMER_ANSWER", note="which colour?")
    await desk.hears("paid", amount=19_500, currency="CNY", payment_no="P1")
    await desk.passes(hours=20)
    assert (await desk.clock("C1")).due_at is None
    assert "CONFIRM_OVERDUE" not in await desk.open_cases()
    await desk.hears("paid", at=desk.placed_at, amount=19_500, currency="CNY", payment_no="P2")
    assert (await desk.clock("C4")).due_at is None
    assert desk.steps == ["audit_order"]
    await desk.asks("release_hold", hold="H1")
    [hold] = (await desk.order()).holds
    assert hold.released_at is not None
    due = (await desk.clock("C4")).due_at
    waited = hold.released_at - hold.at
    assert due is not None
    assert waited.total_seconds() == pytest.approx(20 * 3600, abs=10)
    assert due - (await desk.clock("C4")).start_at == pytest.approx(DUE + waited, abs=2 * timedelta(seconds=1))
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]


@pytest.mark.clause("AC-63", "SR-123")
async def test_short_of_stock_for_48_hours_is_late_by_us_and_joins_the_shortage(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 1}
    await a_paid_order(desk)
    await desk.passes(hours=48, seconds=1)
    clock = await desk.clock("C4")
    assert (clock.verdict, clock.cause, clock.responsible) == ("breached", "stock", "us")
    assert await desk.open_cases() == ["STOCK_SHORTAGE", "CONFIRM_OVERDUE"]
    assert clock.case_no == 1
    assert desk.messages == ["SHORTAGE_CHOICE/question/1", "OUTBOUND_LATE/order"]
    assert desk.steps == ["audit_order", "request_transfer", "ask_purchasing"]


@pytest.mark.clause("AC-63", "SR-123")
async def test_a_shortage_that_a_late_order_joined_ends_with_its_last_clock(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 1}
    await a_paid_order(desk)
    await desk.passes(hours=48, seconds=1)
    desk.book.stock = {"MUG-RED": 1}
    await desk.hears("stock_arrived", sku="MUG-RED")
    assert await desk.open_cases() == ["STOCK_SHORTAGE"]
    await desk.ships()
    assert await desk.open_cases() == []
    assert [case.outcome for case in await desk.cases()] == ["LATE", "LATE"]
    assert [key for key in desk.book.clocks if key[0] == "C4"] == [("C4", "order")]


@pytest.mark.clause("AC-63", "SR-123")
async def test_an_order_we_hold_is_late_by_us(desk: Desk) -> None:
    await desk.places()
    review = (desk.now + 500 * HOUR).isoformat()
    await desk.asks("place_hold", blocks=["release"], note="check the address", review_at=review)
    await desk.is_paid()
    await desk.passes(hours=48, seconds=1)
    clock = await desk.clock("C4")
    assert (clock.verdict, clock.cause, clock.responsible) == ("breached", "hold", "us")
    assert await desk.open_cases() == ["OUTBOUND_OVERDUE"]
    assert desk.steps == ["audit_order"]


@pytest.mark.clause("AC-63", "SR-123", "SR-020")
async def test_an_order_that_waits_for_the_erp_is_late_by_us(desk: Desk) -> None:
    desk.book.broken["enter_order"] = ApplicationError("period closed", type="Business.Refused", non_retryable=True)
    await a_paid_order(desk)
    await desk.passes(hours=48, seconds=1)
    clock = await desk.clock("C4")
    assert (clock.verdict, clock.cause, clock.responsible) == ("breached", "erp", "us")
    assert await desk.open_cases() == ["OUTBOUND_OVERDUE"]
    assert desk.steps == ["audit_order"]
    assert (await desk.clock("C1")).verdict == "met"


@pytest.mark.clause("AC-63", "SR-123")
async def test_an_unpaid_order_has_no_outbound_clock(desk: Desk) -> None:
    await desk.places()
    await desk.passes(hours=100)
    assert {kind for kind, _ in desk.book.clocks} == {"C1"}
    assert await desk.open_cases() == ["CONFIRM_OVERDUE"]


@pytest.mark.clause("SR-123")
async def test_cash_on_delivery_counts_from_the_order(desk: Desk) -> None:
    await desk.places(content=a_content(payment_method="cod"))
    clock = await desk.clock("C4", "shipment/1")
    assert (clock.start_at, clock.due_at) == (desk.placed_at, desk.placed_at + DUE)


@pytest.mark.clause("SR-123", "EC-09")
async def test_two_warehouses_are_two_shipments_each_with_its_own_clock(desk: Desk) -> None:
    desk.book.warehouses = ("WH-SH", "WH-GZ")
    await a_paid_order(desk, content=TWO_LINES)
    assert (await desk.clock("C4")).verdict == "void"
    await desk.passes(hours=2)
    await desk.ships(shipment=1, package="1", number="SF1")
    assert await desk.stage() is Stage.PARTIALLY_SHIPPED
    await desk.carrier_scans("DELIVERED")
    await desk.passes(hours=46, seconds=1)
    assert (await desk.clock("C4", "shipment/1")).verdict == "met"
    assert (await desk.clock("C4", "shipment/2")).verdict == "breached"
    [case] = await desk.cases()
    assert (case.kind, case.subject) == ("OUTBOUND_OVERDUE", "shipment/2")
    assert late_orders_inquiries(desk) == ["shipment/2"]
    assert desk.messages.count("OUTBOUND_LATE/shipment/2") == 1
    assert "OUTBOUND_LATE/shipment/1" not in desk.messages


@pytest.mark.clause("SR-030")
async def test_picked_and_packed_move_the_shipment_and_a_second_report_nothing(desk: Desk) -> None:
    await a_paid_order(desk)
    seen = []
    for kind in ("picked", "packed", "picked", "outbound", "packed"):
        await desk.hears(kind)
        seen.append(str((await desk.order()).shipments[0].state))
    assert seen == ["PICKING", "PACKED", "PACKED", "OUTBOUND", "OUTBOUND"]
    assert await desk.stage() is Stage.SHIPPED
    assert desk.messages == ["ORDER_CONFIRMED/order", "SHIPPED_WITH_ETA/package/1"]
