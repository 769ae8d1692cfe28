"""需求变更: every change request gets an answer: made, refused with what may be done instead, or pending (SR-054)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.effects import AuditRequest
from domain.stage import Stage
from tests.sop.desk import Desk

MINUTE = timedelta(minutes=1)


async def asks(desk: Desk, change: str, **fields: Any) -> dict[str, Any]:
    """A change is asked for; what was answered to it."""
    version = (await desk.order()).version
    answer = await desk.asks("submit_change_request", change=change, **{"expected_version": version, **fields})
    return {**answer["change"], "stage": answer["stage"], "version": answer["version"]}


async def states(desk: Desk) -> list[tuple[str, str]]:
    return [(each.change.value, each.state.value) for each in (await desk.order()).change_requests]


async def tasks(desk: Desk) -> list[tuple[str, str]]:
    """What is to be done about changes, and by whom."""
    order = await desk.order()
    return [(task.kind, task.role) for task in order.tasks if task.done_at is None and task.case_no]


async def holds(desk: Desk) -> list[str]:
    return [str(hold.reason) for hold in (await desk.order()).open_holds]


async def released(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    assert await desk.stage() is Stage.READY_TO_SHIP


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


@pytest.mark.clause("SR-054")
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


@pytest.mark.clause("SR-054")
async def test_where_the_warehouse_cannot_stop_the_carrier_is_asked(desk: Desk) -> None:
    """Edge case 1: the refusal leads to the column behind."""
    await released(desk)
    await asks(desk, "CANCEL")
    await desk.asks("resolve_case", case=1, outcome="RECALL_REFUSED")
    [request] = (await desk.order()).change_requests
    assert (request.state, request.verdict, request.asks, request.case) == ("IN_PROGRESS", "I", "logistics", 2)
    assert await tasks(desk) == [("INTERCEPT_PARCEL", "logistics")]
    assert (await desk.is_refused("resolve_case", case=2, outcome="RECALL_REFUSED")).code == "OUTCOME_UNKNOWN"
    await desk.asks("resolve_case", case=2, outcome="DECLINED")
    assert await states(desk) == [("CANCEL", "DECLINED")]
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


@pytest.mark.clause("SR-054")
async def test_nobody_answers_and_the_supervisor_has_it(desk: Desk) -> None:
    await released(desk)
    await asks(desk, "ADDRESS", correction=7)
    await desk.passes(minutes=32)
    assert ("ESCALATION", "supervisor") in await tasks(desk)
    assert [case.level for case in await desk.cases()] == [2]


@pytest.mark.clause("SR-054")
async def test_after_shipping_it_is_never_silently_accepted(desk: Desk) -> None:
    """Edge case 2."""
    await desk.is_on_its_way()
    await desk.carrier_scans("IN_TRANSIT")
    pending = await asks(desk, "ADDRESS", correction=7)
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


# -- one at a time ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
async def test_a_second_change_waits_behind_the_first_and_is_judged_when_its_turn_comes(desk: Desk) -> None:
    await released(desk)
    await asks(desk, "ADDRESS", correction=7, request_id="first")
    second = await asks(desk, "PAYMENT_METHOD", params={"method": "cod"}, request_id="second")
    assert (second["verdict"], second["state"], second["behind"]) == ("PENDING", "QUEUED", "first")
    assert await desk.open_cases() == ["CHANGE_REQUESTED"]
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS"), ("PAYMENT_METHOD", "QUEUED")]
    await desk.ships()
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS"), ("PAYMENT_METHOD", "QUEUED")]
    await desk.asks("resolve_case", case=1, outcome="APPLIED")
    assert await states(desk) == [("ADDRESS", "APPLIED"), ("PAYMENT_METHOD", "REFUSED")]
    assert desk.messages[-1] == "CHANGE_REFUSED/change/2"
    assert (await holds(desk), await desk.open_cases()) == ([], [])


@pytest.mark.clause("SR-054")
async def test_a_cancel_overtakes_what_is_in_progress(desk: Desk) -> None:
    await released(desk)
    await asks(desk, "ADDRESS", correction=7)
    await asks(desk, "CONTACT", correction=8)
    cancel = await asks(desk, "CANCEL")
    assert (cancel["state"], cancel["cell"], cancel.get("behind", "")) == ("IN_PROGRESS", "R", "")
    assert await states(desk) == [("ADDRESS", "QUEUED"), ("CONTACT", "QUEUED"), ("CANCEL", "IN_PROGRESS")]
    assert [(case.status, case.outcome) for case in await desk.cases()] == [("WITHDRAWN", "OVERTAKEN"), ("OPEN", "")]
    assert await holds(desk) == ["CHANGE_IN_PROGRESS"]
    await desk.asks("resolve_case", case=2, outcome="DECLINED")
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS"), ("CONTACT", "QUEUED"), ("CANCEL", "DECLINED")]


@pytest.mark.clause("SR-054")
async def test_before_the_release_a_cancel_ends_what_is_in_progress(desk: Desk) -> None:
    await desk.places()
    await asks(desk, "SUBSTITUTE", params={"line": "1", "sku": "MUG-BLUE"})
    assert (await asks(desk, "CANCEL"))["verdict"] == "ACCEPTED"
    await desk.ends_as(Stage.CANCELLED)
    order = await desk.order()
    assert await states(desk) == [("SUBSTITUTE", "OVERTAKEN"), ("CANCEL", "APPLIED")]
    assert (order.open_holds, order.open_cases) == ((), ())


# -- asking only -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054", "AC-55")
@pytest.mark.parametrize("change", ["INVOICE", "ADDRESS", "MERGE", "CANCEL"])
async def test_a_dry_run_answers_and_changes_nothing(desk: Desk, change: str) -> None:
    await released(desk)
    await desk.hears("picked", shipment=1)
    before, written = await desk.order(), len(desk.book.recordings)
    params = {"order_no": "SO2"} if change == "MERGE" else {}
    answer = await asks(desk, change, dry_run=True, params=params)
    wanted = {"INVOICE": "PENDING", "ADDRESS": "PENDING", "MERGE": "REFUSED", "CANCEL": "PENDING"}
    assert (answer["verdict"], answer["dry_run"]) == (wanted[change], True)
    assert bool(answer["alternatives"]) is (change == "MERGE")
    assert await desk.order() == before
    assert len(desk.book.recordings) == written, "not even a line of the timeline"


@pytest.mark.clause("SR-054")
async def test_the_same_change_request_twice_is_taken_once(desk: Desk) -> None:
    await released(desk)
    asked = {"request_id": "r-1", "change": "ADDRESS", "expected_version": 1, "correction": 7}
    answers = [await desk.handle.execute_update("submit_change_request", asked, id=each) for each in ("u-1", "u-2")]
    await desk.settles()
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS")]
    assert [answer["change"]["waits_for"] for answer in answers] == ["warehouse", "warehouse"]
