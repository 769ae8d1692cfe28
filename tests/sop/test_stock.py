"""Short of stock: seen, kept apart, tried again (SR-017, SR-111, SR-131; E2's first steps)."""

from __future__ import annotations

import pytest

from domain.effects import LineContent, ReserveRequest
from domain.holds import CaseStatus
from domain.stage import Stage
from tests.sop.desk import NOT_ASKED, Desk, a_content

TWO_LINES_OF_THREE = a_content(
    lines=(
        LineContent(line="1", sku="MUG-RED", quantity=3, unit_price=10_000),
        LineContent(line="2", sku="MUG-RED", quantity=3, unit_price=10_000),
    ),
    total=60_000,
)


async def reserved(desk: Desk) -> dict[str, int]:
    return {line.line: line.reserved for line in (await desk.order()).lines}


@pytest.mark.clause("AC-22", "SR-111", "SR-017", "EC-07", "EC-27", "EC-28")
async def test_stock_5_and_two_lines_of_3_is_a_shortage_of_1(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 5}
    await desk.places(policy=NOT_ASKED, content=TWO_LINES_OF_THREE)
    await desk.is_paid(amount=60_000)
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION
    assert await reserved(desk) == {"1": 3, "2": 2}
    assert [line.unallocated for line in (await desk.order()).lines] == [0, 1]
    [case] = await desk.cases()
    assert (case.kind, case.level, case.cause) == ("STOCK_SHORTAGE", 1, "stock")
    [task] = (await desk.order()).tasks
    assert (task.kind, task.role, task.params["lines"]) == ("FIND_STOCK", "purchasing", {"2": 1})
    assert desk.steps == ["audit_order", "request_transfer", "ask_purchasing"]
    assert desk.messages == []
    assert desk.book.recordings[-1].projection.label == "AWAITING_STOCK"


@pytest.mark.clause("AC-22", "SR-111", "EC-28")
async def test_stock_6_and_two_lines_of_3_is_enough(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 6}
    await desk.places(content=TWO_LINES_OF_THREE)
    await desk.is_paid(amount=60_000)
    assert await desk.cases() == []
    assert await desk.stage() is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-131", "SR-017")
async def test_stock_that_arrives_opens_the_gate(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 5}
    await desk.places(policy=NOT_ASKED, content=TWO_LINES_OF_THREE)
    await desk.is_paid(amount=60_000)
    desk.book.stock = {"MUG-RED": 10}
    await desk.hears("stock_arrived", sku="MUG-RED")
    looked = ["request_transfer", "ask_purchasing"]
    assert desk.steps == ["audit_order", *looked, "reserve_stock", "enter_order", "release_shipment"]
    [asked] = [request for request in desk.book.requests if isinstance(request, ReserveRequest)]
    assert [(part.line, part.quantity) for part in asked.lines] == [("2", 1)]
    assert await reserved(desk) == {"1": 3, "2": 3}
    assert [(case.status, case.outcome) for case in await desk.cases()] == [(CaseStatus.RESOLVED, "WAITED")]
    assert (await desk.order()).tasks[0].done_at is not None


@pytest.mark.clause("SR-131")
async def test_stock_of_another_sku_is_no_news(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 0}
    await desk.places()
    await desk.hears("stock_arrived", sku="MUG-BLUE")
    assert desk.steps == ["audit_order"]
    assert await desk.open_cases() == ["STOCK_SHORTAGE"]


@pytest.mark.clause("SR-131", "SR-163")
async def test_a_person_has_the_stock_gate_tried_again(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 0}
    await desk.places()
    await desk.is_paid()
    await desk.asks("retry_step", step="stock")
    looked = ["request_transfer", "ask_purchasing"]
    assert desk.steps == ["audit_order", *looked, "reserve_stock", "request_transfer"]
    assert await desk.open_cases() == ["STOCK_SHORTAGE"]
    desk.book.stock = {"MUG-RED": 2}
    await desk.asks("retry_step", step="stock")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert len({request.key for request in desk.book.requests if isinstance(request, ReserveRequest)}) == 2


@pytest.mark.clause("SR-131")
async def test_the_stock_gate_is_not_tried_where_nothing_is_short(desk: Desk) -> None:
    await desk.places()
    assert (await desk.is_refused("retry_step", step="stock")).code == "UNKNOWN_STEP"
    await desk.hears("stock_arrived", sku="MUG-RED")
    assert desk.steps == ["audit_order"]


@pytest.mark.clause("SR-131")
async def test_a_shortage_is_not_resolved_by_hand(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 0}
    await desk.places()
    no = await desk.is_refused("resolve_case", case=1, outcome="FOUND")
    assert no.code == "CASE_ENDS_BY_ITSELF"
    assert await desk.open_cases() == ["STOCK_SHORTAGE"]


@pytest.mark.clause("SR-131", "SR-030")
async def test_a_short_pick_of_1_is_a_shortage_of_1(desk: Desk) -> None:
    await desk.places(policy=NOT_ASKED)
    await desk.is_paid()
    desk.book.stock = {"MUG-RED": 0}
    await desk.hears("short_picked", line="1", quantity=1)
    order = await desk.order()
    assert [line.unallocated for line in order.lines] == [1]
    assert await desk.open_cases() == ["STOCK_SHORTAGE"]
    assert [task.params["lines"] for task in order.tasks if task.kind == "FIND_STOCK"] == [{"1": 1}]
    await desk.ships()
    assert await desk.stage() is Stage.PARTIALLY_SHIPPED


@pytest.mark.clause("SR-131", "SR-030")
async def test_what_was_missing_on_the_shelf_leaves_in_a_shipment_of_its_own(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.hears("short_picked", line="1", quantity=1)
    await desk.ships()
    await desk.hears("stock_arrived", sku="MUG-RED")
    order = await desk.order()
    assert [(shipment.number, sum(part.quantity for part in shipment.lines)) for shipment in order.shipments] == [
        (1, 1),
        (2, 1),
    ]
    assert desk.steps.count("release_shipment") == 2
    await desk.ships(shipment=2, package="2", number="SF2")
    assert await desk.stage() is Stage.SHIPPED
    assert await desk.open_cases() == []


@pytest.mark.clause("SR-131", "SR-017")
async def test_stock_that_arrives_while_the_audit_runs_is_not_forgotten(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 0}
    desk.book.broken["audit_order"] = ConnectionError("not yet")
    await desk.places()
    await desk.is_paid()
    await desk.hears("stock_arrived", sku="MUG-RED")
    desk.book.broken.clear()
    desk.book.steps.clear()
    await desk.settles()
    assert desk.steps == ["audit_order", "reserve_stock", "request_transfer", "ask_purchasing"]


@pytest.mark.clause("SR-111", "C1", "EC-61")
async def test_an_unpaid_order_gives_its_stock_back_after_24_hours_and_tries_again_when_it_is_paid(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 2}
    await desk.places()
    await desk.passes(hours=23, minutes=59)
    assert "release_stock" not in desk.steps
    await desk.passes(minutes=2)
    assert desk.steps[-1] == "release_stock"
    assert await reserved(desk) == {"1": 0}
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION
    assert await desk.open_cases() == ["CONFIRM_OVERDUE"]
    desk.book.stock = {"MUG-RED": 2}
    await desk.is_paid()
    assert desk.steps[-4:] == ["release_stock", "reserve_stock", "enter_order", "release_shipment"]
    assert await desk.stage() is Stage.READY_TO_SHIP
    keys = [request.key for request in desk.book.requests if request.key.endswith(("expired/1", "reserve/1"))]
    assert keys == [f"{desk.number}/release_stock/expired/1", f"{desk.number}/reserve/1"]
    [c1] = desk.book.clocks["C1", "order"]
    assert c1.verdict == "breached"
    assert c1.cause == "payment"


@pytest.mark.clause("SR-131", "EC-29")
async def test_units_that_a_count_did_not_find_are_a_shortage_of_exactly_them(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 2}
    await desk.places()
    reserved_by = f"{desk.number}/audit/1"
    await desk.hears("reservation_lost", line="1", warehouse="WH-SH", units=1, reserved_by=reserved_by)
    assert desk.steps == ["audit_order", "reserve_stock"]
    assert await reserved(desk) == {"1": 1}
    assert await desk.open_cases() == ["STOCK_SHORTAGE"]
    assert (await desk.order()).tasks == ()
    desk.book.stock = {"MUG-RED": 1}
    await desk.hears("stock_arrived", sku="MUG-RED")
    await desk.is_paid()
    assert await desk.stage() is Stage.READY_TO_SHIP
