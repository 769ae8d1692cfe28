"""需求变更: every change request gets an answer: made, refused with what may be done instead, or pending (SR-054)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.effects import AuditRequest
from domain.policy import STANDARD
from domain.stage import Stage
from tests.sop.changing import asks, holds, released, states, tasks
from tests.sop.desk import Desk

MINUTE = timedelta(minutes=1)


# -- A: made at once -------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
async def test_a_contact_is_changed_at_once_and_audited_again(desk: Desk) -> None:
    await desk.places()
    answer = await asks(desk, "CONTACT", correction=7)
    assert (answer["verdict"], answer["cell"], answer["column"], answer["version"]) == ("ACCEPTED", "A", "CONFIRMED", 2)
    assert "case" not in answer
    order = await desk.order()
    assert (order.version, order.corrections, order.audit.version) == (2, (7,), 2)
    assert (order.cases, order.holds) == ((), ())
    assert [request.corrections for request in desk.book.requests if isinstance(request, AuditRequest)] == [(), (7,)]
    assert desk.messages == ["CHANGE_ACCEPTED/change/1"]
    await desk.is_paid()
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert desk.steps == ["audit_order", "audit_order", "enter_order", "release_shipment"]
    assert (await desk.clock("C1")).verdict == "met"


@pytest.mark.clause("SR-054")
async def test_a_light_change_takes_nothing_back_from_the_stock_clock(desk: Desk) -> None:
    await desk.places()
    await desk.asks("place_hold", reason="SALES_DECISION", note="n")
    await desk.is_paid()
    assert (await desk.clock("C1")).verdict == "met"
    await desk.passes(hours=5)
    assert (await asks(desk, "INVOICE", correction=8))["verdict"] == "ACCEPTED"
    assert (await desk.clock("C1")).verdict == "met"
    assert await desk.open_cases() == []


@pytest.mark.clause("SR-054")
async def test_while_the_audit_runs_a_change_waits_for_it_and_is_made_by_itself(desk: Desk) -> None:
    desk.book.broken["audit_order"] = ConnectionError("no database")
    await desk.places()
    answer = await asks(desk, "CONTACT", correction=7)
    assert (answer["verdict"], answer["state"], answer["waits_for"]) == ("PENDING", "QUEUED", "us")
    desk.book.broken.clear()
    await desk.settles()
    assert await states(desk) == [("CONTACT", "APPLIED")]
    assert (await desk.order()).version == 2


@pytest.mark.clause("SR-054")
async def test_the_whole_order_is_cancelled_as_by_cancel(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid(amount=30_000)
    answer = await asks(desk, "CANCEL", params={"reason": "changed my mind"})
    assert (answer["verdict"], answer["stage"]) == ("ACCEPTED", "CANCELLING")
    await desk.ends_as(Stage.CANCELLED)
    assert sorted(desk.steps) == ["audit_order", "refund_payment", "release_stock"]
    assert desk.messages == ["CANCELLED_REFUND/order"]


@pytest.mark.clause("SR-054")
async def test_a_later_day_stops_the_clock_and_keeps_the_goods(desk: Desk) -> None:
    await desk.places()
    day = (desk.now + timedelta(days=5)).date()
    answer = await asks(desk, "DELIVER_LATER", params={"until": day.isoformat()})
    assert answer["verdict"] == "ACCEPTED"
    await desk.is_paid()
    assert desk.steps == ["audit_order"]
    assert await holds(desk) == ["MANUAL"]
    due = (await desk.clock("C4")).due_at
    assert due is not None
    assert due > desk.now + timedelta(days=5)


@pytest.mark.clause("SR-054")
async def test_expedite_is_somebodys_work_while_the_goods_are_here(desk: Desk) -> None:
    await released(desk)
    answer = await asks(desk, "EXPEDITE")
    assert (answer["verdict"], answer["how"]) == ("ACCEPTED", ["priority", "change_carrier"])
    order = await desk.order()
    assert [task.kind for task in order.tasks if task.done_at is None] == ["APPLY_DECISION"]
    await desk.ships()
    assert [task.kind for task in (await desk.order()).tasks if task.done_at is None] == []


# -- R, I, RET: pending ----------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054", "AC-29", "EC-01")
async def test_while_it_is_picked_the_warehouse_is_asked_to_stop_and_the_order_shows_it(desk: Desk) -> None:
    """Edge case 1."""
    await released(desk)
    await desk.hears("picked", shipment=1)
    answer = await asks(desk, "ADDRESS", correction=7)
    assert (answer["verdict"], answer["cell"], answer["column"]) == ("PENDING", "R", "BEING_PICKED")
    assert (answer["waits_for"], answer["case"]) == ("warehouse", 1)
    wait = datetime.fromisoformat(answer["until"]) - desk.now
    assert timedelta() < wait <= 31 * MINUTE
    assert await desk.open_cases() == ["CHANGE_REQUESTED"]
    assert await tasks(desk) == [("RECALL_GOODS", "warehouse")]
    assert desk.book.recordings[-1].projection.hold_reasons == ("CHANGE_IN_PROGRESS",)
    assert (await desk.is_refused("release_hold", hold="H1")).code in {"HOLD_ENDS_OTHERWISE", "UNKNOWN_HOLD"}
    assert (await desk.is_refused("resolve_case", case=1, outcome="REFUNDED")).code == "OUTCOME_UNKNOWN"
    await desk.asks("resolve_case", case=1, outcome="APPLIED")
    assert await states(desk) == [("ADDRESS", "APPLIED")]
    assert (await holds(desk), await desk.open_cases(), await tasks(desk)) == ([], [], [])
    assert desk.messages[-2:] == ["CHANGE_PENDING/change/1", "CHANGE_ACCEPTED/change/1"]


@pytest.mark.clause("SR-054", "AC-29", "EC-01")
async def test_where_the_warehouse_cannot_stop_the_carrier_is_asked(desk: Desk) -> None:
    """Edge case 1: the refusal leads to the column behind."""
    await released(desk)
    await desk.hears("picked", shipment=1)
    await asks(desk, "ADDRESS", correction=7)
    await desk.asks("resolve_case", case=1, outcome="RECALL_REFUSED")
    [request] = (await desk.order()).change_requests
    assert (request.state, request.verdict, request.asks, request.case) == ("IN_PROGRESS", "I", "logistics", 2)
    assert [(step.key, step.owner, step.state) for step in (await desk.order()).steps] == [
        ("2/redirect", "logistics", "OPEN")
    ]
    assert (await desk.is_refused("resolve_case", case=2, outcome="RECALL_REFUSED")).code == "OUTCOME_UNKNOWN"
    await desk.asks("resolve_case", case=2, outcome="DECLINED")
    assert await states(desk) == [("ADDRESS", "DECLINED")]
    assert await holds(desk) == []
    assert desk.messages[-1] == "CHANGE_REFUSED/change/1"
    assert await desk.stage() is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-054")
async def test_a_pending_change_keeps_the_goods_from_the_warehouse(desk: Desk) -> None:
    await desk.places()
    answer = await asks(desk, "SUBSTITUTE", params={"line": "1", "sku": "MUG-BLUE"})
    assert (answer["cell"], answer["consent"], answer["waits_for"]) == ("A", True, "sales")
    await desk.is_paid()
    assert desk.steps == ["audit_order"]
    await desk.asks("resolve_case", case=1, outcome="DECLINED")
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]


@pytest.mark.clause("SR-054")
async def test_what_sales_agreed_to_becomes_the_next_version(desk: Desk) -> None:
    desk.book.broken["audit_order"] = ConnectionError("no database")
    await desk.places()
    await desk.asks("place_hold", reason="DESIGN_NOT_FINAL", note="n")
    desk.book.broken.clear()
    await desk.settles()
    await asks(desk, "SUBSTITUTE", params={"line": "1", "sku": "MUG-BLUE"}, correction=9)
    assert (await desk.order()).version == 1
    await desk.asks("resolve_case", case=1, outcome="APPLIED")
    order = await desk.order()
    assert (order.version, order.corrections, order.audit.version) == (2, (9,), 2)


@pytest.mark.clause("SR-054", "AC-29")
async def test_a_warehouse_that_says_nothing_for_thirty_minutes_is_pressed(desk: Desk) -> None:
    await released(desk)
    await desk.hears("picked", shipment=1)
    await asks(desk, "ADDRESS", correction=7)
    await desk.passes(minutes=25)
    assert [case.level for case in await desk.cases()] == [0]
    await desk.passes(minutes=7)
    assert [case.level for case in await desk.cases()] == [1]
    assert await tasks(desk) == [("RECALL_GOODS", "warehouse"), ("ESCALATION", "order_administrator")]
    await desk.passes(hours=1)
    assert [case.level for case in await desk.cases()] == [2]
    await desk.asks("acknowledge", case=1)
    await desk.passes(hours=5)
    assert [case.level for case in await desk.cases()] == [2]
    assert [case.kind for case in await desk.cases()] == ["CHANGE_REQUESTED"]


@pytest.mark.clause("SR-054", "EC-02")
async def test_after_shipping_it_is_never_silently_accepted(desk: Desk) -> None:
    """Edge case 2."""
    await desk.is_on_its_way()
    await desk.carrier_scans("IN_TRANSIT")
    pending = await asks(desk, "ADDRESS")
    assert (pending["verdict"], pending["cell"], pending["waits_for"]) == ("PENDING", "I", "logistics")
    await desk.asks("resolve_case", case=1, outcome="DECLINED")
    back = await asks(desk, "QUANTITY", params={"line": "1", "quantity": 1})
    assert (back["cell"], back["waits_for"]) == ("RET", "customer_service")
    order = await desk.order()
    assert (order.version, order.corrections, order.lines[0].quantity) == (1, (), 2)
    await desk.carrier_scans("DELIVERED")
    await desk.passes(hours=23, minutes=30)
    assert await desk.stage() is Stage.DELIVERED, "a return that nobody made does not get lost in the completion"
    await desk.asks("resolve_case", case=2, outcome="APPLIED")
    await desk.ends_as(Stage.COMPLETED)


# -- NEW -------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
async def test_more_units_after_the_release_are_paid_and_sent_beside_what_is_under_way(desk: Desk) -> None:
    await released(desk, STANDARD)
    [line] = (await desk.order()).lines
    answer = await asks(desk, "QUANTITY", params={"line": line.line, "quantity": line.quantity + 1})
    assert (answer["verdict"], answer["cell"], answer["code"], answer["waits_for"]) == (
        *("PENDING", "NEW"),
        *("PAY_FIRST", "customer"),
    )
    assert desk.messages[-1] == "PAY_CHANGE/change/1"
    steps = len(desk.steps)
    await desk.is_paid(amount=line.unit_price, payment_no="P2")
    assert await states(desk) == [("QUANTITY", "APPLIED")]
    assert desk.steps[steps:] == ["reserve_stock", "cancel_entry", "enter_order", "release_shipment"]
    order = await desk.order()
    sent = [(each.number, each.state, [part.quantity for part in each.lines]) for each in order.shipments]
    assert sent == [(1, "RELEASED", [line.quantity]), (2, "RELEASED", [1])]
    assert (order.version, order.payment.held("CNY") - order.payment.due) == (2, 0)
    assert "refund_payment" not in desk.steps


# -- X: refused ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
async def test_a_refusal_says_why_and_what_instead_and_leaves_the_order_as_it_was(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.carrier_scans("OUT_FOR_DELIVERY")
    before, written = await desk.order(), len(desk.book.recordings)
    no = await desk.is_refused("submit_change_request", change="CANCEL", expected_version=1)
    assert no.change is not None
    assert (no.code, no.change.verdict, no.change.cell, no.change.code) == (
        "CHANGE_REFUSED",
        "REFUSED",
        "X",
        "OUT_FOR_DELIVERY",
    )
    assert no.change.alternatives == {"refuse_parcel": "拒收包裹"}
    assert no.change.reason in no.reason
    assert await desk.order() == before
    assert len(desk.book.recordings) == written
    stale = await desk.is_refused("submit_change_request", change="INVOICE", expected_version=4)
    assert (stale.code, stale.version) == ("STALE_VERSION", 1)
