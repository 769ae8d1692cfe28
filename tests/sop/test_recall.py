"""Stopped on the way: the desk recalls, changes and releases anew by itself, or cancels at any stage (§4.7, §4.8)."""

from __future__ import annotations

import pytest

from domain.effects import RefundRequest, ReleaseRequest
from domain.entry_effects import EnterRequest
from domain.policy import STANDARD
from domain.recall_effects import RecallAnswer, RecallOutcome, RecallRequest
from domain.stage import Stage
from tests.sop.changing import asks, holds, released, states, tasks
from tests.sop.desk import Desk

ANEW = ["recall_shipment", "audit_order", "cancel_entry", "enter_order", "release_shipment"]


async def picking(desk: Desk) -> None:
    await released(desk, STANDARD)
    await desk.hears("picked", shipment=1)


def paid_back(desk: Desk) -> list[int]:
    return [request.amount for request in desk.book.requests if isinstance(request, RefundRequest)]


# -- AC-29 -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-29", "EC-01", "SR-130c", "SR-054")
async def test_while_picking_the_warehouse_stops_and_the_new_address_is_applied(desk: Desk) -> None:
    desk.book.shut.add("recall_shipment")
    await picking(desk)
    answer = await asks(desk, "ADDRESS", correction=7)
    assert (answer["verdict"], answer["cell"], answer["waits_for"]) == ("PENDING", "R", "warehouse")
    assert desk.book.recordings[-1].projection.hold_reasons == ("CHANGE_IN_PROGRESS",)
    assert await tasks(desk) == [], "nobody has to do anything yet"
    desk.book.shut.clear()
    await desk.settles()
    await desk.shows(stage=Stage.READY_TO_SHIP)
    assert await states(desk) == [("ADDRESS", "APPLIED")]
    order = await desk.order()
    assert (order.version, order.corrections) == (2, (7,))
    assert [(each.number, each.state) for each in order.shipments] == [(1, "CANCELLED"), (2, "RELEASED")]
    assert desk.steps[3:] == ANEW
    assert (await holds(desk), await desk.open_cases()) == ([], [])
    told = [each for each in desk.book.requests if isinstance(each, EnterRequest | ReleaseRequest)]
    assert [each.key.split("/", 1)[1] for each in told] == ["enter/1", "release/1", "enter/2", "release/2"]
    assert desk.messages[-2:] == ["CHANGE_PENDING/change/1", "CHANGE_ACCEPTED/change/1"]


@pytest.mark.clause("AC-29", "EC-01", "SR-130c")
async def test_while_picking_the_warehouse_refuses_and_the_carrier_is_offered(desk: Desk) -> None:
    desk.book.recall_answer = RecallOutcome(answer=RecallAnswer.REFUSED)
    await picking(desk)
    await asks(desk, "ADDRESS", correction=7)
    await desk.settles()
    [request] = (await desk.order()).change_requests
    assert (request.state, request.verdict, request.asks) == ("IN_PROGRESS", "I", "logistics")
    order = await desk.order()
    assert [(step.key, step.state) for step in order.steps] == [("1/recall", "DONE"), ("2/redirect", "OPEN")]
    assert (order.version, order.stage, order.shipments[0].state) == (1, Stage.READY_TO_SHIP, "PICKING")
    assert desk.steps[3:] == ["recall_shipment"]


@pytest.mark.clause("AC-29", "EC-01", "SR-130c")
async def test_while_picking_the_warehouse_is_silent_and_is_pressed_after_thirty_minutes(desk: Desk) -> None:
    desk.book.broken["recall_shipment"] = ConnectionError("not answered yet")
    await picking(desk)
    await asks(desk, "ADDRESS", correction=7)
    await desk.passes(minutes=25)
    assert ([case.level for case in await desk.cases()], "ask_warehouse" in desk.steps) == ([0], False)
    await desk.passes(minutes=7)
    assert [case.level for case in await desk.cases()] == [1]
    assert await tasks(desk) == [("RECALL_GOODS", "warehouse"), ("ESCALATION", "order_administrator")]
    assert desk.steps.count("ask_warehouse") == 1
    await desk.asks("report_step", step="1/recall", result="STOPPED", note="by phone")
    await desk.shows(stage=Stage.READY_TO_SHIP)
    assert await states(desk) == [("ADDRESS", "APPLIED")]
    assert (await holds(desk), await desk.open_cases(), await tasks(desk)) == ([], [], [])


# -- AC-30, AC-31 ----------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-30", "SR-130c", "SR-054")
async def test_cancelled_at_the_dock_it_is_pulled_back_and_undone_once(desk: Desk) -> None:
    await desk.is_on_its_way()
    answer = await desk.asks("cancel", reason="changed my mind")
    assert (answer["stage"], answer["change"]["cell"]) == (Stage.CANCELLING, "R")
    await desk.ends_as(Stage.CANCELLED)
    [recall] = [each for each in desk.book.requests if isinstance(each, RecallRequest)]
    assert (recall.labels, recall.packages) == (("SF1",), ("1",))
    assert sorted(desk.steps[3:]) == ["cancel_entry", "recall_shipment", "refund_payment", "release_stock"]
    assert paid_back(desk) == [39_000]
    [line] = desk.book.recordings[-1].lines or (await desk.order()).lines
    assert (line.cancelled, line.shipped) == (2, 0)
    assert desk.messages[-1] == "CANCELLED_REFUND/order"


@pytest.mark.clause("AC-30", "EC-02", "SR-054")
async def test_cancelled_on_its_way_the_carrier_brings_it_back_and_then_it_is_paid_back(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.carrier_scans("IN_TRANSIT")
    answer = await desk.asks("cancel", reason="changed my mind")
    assert (answer["stage"], answer["change"]["cell"]) == (Stage.SHIPPED, "I")
    assert desk.steps[-1] == "intercept_parcel"
    assert paid_back(desk) == []
    await desk.passes(hours=2)
    await desk.carrier_scans("RETURNED_TO_SENDER")
    await desk.ends_as(Stage.RETURNED)
    assert paid_back(desk) == [39_000]
    assert await states(desk) == [("CANCEL", "APPLIED")]


@pytest.mark.clause("AC-30", "SR-163", "EC-43")
async def test_cancel_in_the_temporal_ui_goes_the_same_way_after_the_release(desk: Desk) -> None:
    await released(desk, STANDARD)
    await desk.handle.cancel()
    await desk.ends_as(Stage.CANCELLED)
    assert desk.steps.count("recall_shipment") == 1
    assert paid_back(desk) == [39_000]


@pytest.mark.clause("AC-30", "SR-130c")
async def test_a_recall_that_nobody_acknowledges_keeps_the_order_cancelling(desk: Desk) -> None:
    desk.book.shut.add("recall_shipment")
    await released(desk, STANDARD)
    await desk.asks("cancel", reason="n")
    assert await desk.stage() is Stage.CANCELLING
    assert (paid_back(desk), "release_stock" in desk.steps) == ([], False)
    desk.book.shut.clear()
    await desk.ends_as(Stage.CANCELLED)
    assert paid_back(desk) == [39_000]


@pytest.mark.clause("AC-31", "EC-20")
async def test_what_goes_out_after_the_cancel_is_intercepted_and_paid_back_only_once(desk: Desk) -> None:
    desk.book.shut.add("cancel_entry")
    await released(desk, STANDARD)
    await desk.asks("cancel", reason="changed my mind")
    assert await desk.stage() is Stage.CANCELLING
    await desk.hears("outbound", tracking_number="SF1", carrier="SF")
    order = await desk.order()
    assert (order.stage, await desk.open_cases()) == (Stage.SHIPPED, ["CANCEL_AFTER_SHIP"])
    assert [(line.cancelled, line.shipped) for line in order.lines] == [(0, 2)]
    assert "intercept_parcel" in desk.steps
    assert desk.messages[-1] == "CANCELLED_BUT_SENT/package/1"
    desk.book.shut.clear()
    await desk.settles()
    assert await desk.stage() is Stage.SHIPPED, "where its goods are"
    await desk.carrier_scans("RETURNED_TO_SENDER")
    await desk.ends_as(Stage.RETURNED)
    assert paid_back(desk) == [39_000]
    assert [case.outcome for case in await desk.cases() if case.kind == "CANCEL_AFTER_SHIP"] == ["RETURNED"]
