"""Entered in the ERP once, as audited, and read back; then handed to the warehouse (SR-020, SR-021, §4.3)."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from domain.entry_effects import EnterRequest
from domain.findings import Finding
from domain.policy import STANDARD
from domain.read_back import ReadEntryRequest
from domain.stage import Stage
from tests.sop.desk import Desk

PRICE = Finding(code="DIFFERS", field="lines.1.unit_price", params={"expected": 19_500, "actual": 19_000})


@pytest.mark.clause("SR-020")
async def test_only_an_order_that_passed_the_audit_and_both_gates_is_entered(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 0}
    await desk.places()
    await desk.is_paid()
    assert "enter_order" not in desk.steps
    desk.book.stock = {"MUG-RED": 2}
    await desk.hears("stock_arrived", sku="MUG-RED")
    looked = ["request_transfer", "ask_purchasing"]
    assert desk.steps == ["audit_order", *looked, "reserve_stock", "enter_order", "release_shipment"]


@pytest.mark.clause("SR-021")
async def test_the_entry_is_the_approved_version(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    [entry] = [request for request in desk.book.requests if isinstance(request, EnterRequest)]
    assert (entry.key, entry.version, entry.content) == (f"{desk.number}/enter/1", 1, desk.book.content)


@pytest.mark.clause("SR-021", "SR-033", "AC-47")
async def test_a_difference_on_read_back_is_a_case_and_the_goods_stay(desk: Desk) -> None:
    desk.book.differences = (PRICE,)
    await desk.places()
    await desk.is_paid()
    [case] = await desk.cases()
    assert (case.kind, case.cause, case.level) == ("ERP_MISMATCH", "read_back", 1)
    [task] = (await desk.order()).tasks
    assert (task.kind, task.params) == ("COMPARE_ERP", {"differences": [PRICE.model_dump(mode="json")]})
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION
    assert desk.steps == ["audit_order", "enter_order"]
    await desk.passes(hours=10)
    assert desk.steps == ["audit_order", "enter_order"]


@pytest.mark.clause("SR-021")
async def test_a_difference_that_somebody_set_right_lets_the_goods_go(desk: Desk) -> None:
    desk.book.differences = (PRICE,)
    await desk.places()
    await desk.is_paid()
    desk.book.differences = ()
    await desk.asks("resolve_case", case=1, outcome="ERP_CORRECTED")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert desk.steps == ["audit_order", "enter_order", "read_entry", "release_shipment"]
    [case] = await desk.cases()
    assert (case.outcome, case.actor) == ("ERP_CORRECTED", "li.na")
    [read] = [request for request in desk.book.requests if isinstance(request, ReadEntryRequest)]
    assert (read.document, read.content) == (f"ERP-{desk.number}", desk.book.content)


@pytest.mark.clause("SR-021", "AC-47")
async def test_a_difference_that_is_still_there_is_a_case_again_and_the_goods_stay(desk: Desk) -> None:
    desk.book.differences = (PRICE,)
    await desk.places()
    await desk.is_paid()
    await desk.asks("resolve_case", case=1, outcome="ERP_CORRECTED")
    assert [(case.kind, case.outcome, case.open) for case in await desk.cases()] == [
        ("ERP_MISMATCH", "ERP_CORRECTED", False),
        ("ERP_MISMATCH", "", True),
    ]
    tasks = [(task.key, task.case_no, task.done_at is None) for task in (await desk.order()).tasks]
    assert tasks == [("erp_mismatch/1", 1, False), ("erp_mismatch/1/1", 2, True)]
    assert desk.steps == ["audit_order", "enter_order", "read_entry"]
    desk.book.differences = ()
    await desk.asks("resolve_case", case=2, outcome="ERP_CORRECTED")
    assert desk.steps == ["audit_order", "enter_order", "read_entry", "read_entry", "release_shipment"]
    assert await desk.open_cases() == []


@pytest.mark.clause("SR-021", "SR-163")
async def test_the_goods_wait_for_a_reading_that_nobody_answers_yet(desk: Desk) -> None:
    desk.book.differences = (PRICE,)
    await desk.places()
    await desk.is_paid()
    gone = ApplicationError("no such document", type="Business.ErpRefused", non_retryable=True)
    desk.book.broken["read_entry"] = gone
    desk.book.differences = ()
    await desk.asks("resolve_case", case=1, outcome="ERP_CORRECTED")
    assert (await desk.open_cases(), await desk.stage()) == ([], Stage.AWAITING_CONFIRMATION)
    assert desk.book.recordings[-1].projection.attention_reason == "PARKED read_entry"
    desk.book.broken.clear()
    await desk.asks("retry_step", step=f"{desk.number}/read_entry/1/1")
    assert desk.steps == ["audit_order", "enter_order", "read_entry", "release_shipment"]


@pytest.mark.clause("SR-021")
async def test_only_a_supervisor_lets_a_difference_stay_and_then_the_goods_go_unread(desk: Desk) -> None:
    desk.book.differences = (PRICE,)
    await desk.places()
    await desk.is_paid()
    no = await desk.is_refused("resolve_case", case=1, outcome="DIFFERENCE_ACCEPTED")
    assert no.code == "FORBIDDEN"
    assert desk.steps == ["audit_order", "enter_order"]
    await desk.asks("resolve_case", case=1, outcome="DIFFERENCE_ACCEPTED", role="supervisor")
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    [case] = await desk.cases()
    assert (case.outcome, case.actor) == ("DIFFERENCE_ACCEPTED", "li.na")


@pytest.mark.clause("SR-021")
async def test_an_order_of_an_older_edition_goes_on_as_it_was_promised(desk: Desk) -> None:
    desk.book.differences = (PRICE,)
    await desk.places(policy=STANDARD.having(edition="standard-1", reads_entry_again=False))
    await desk.is_paid()
    await desk.asks("resolve_case", case=1, outcome="ERP_CORRECTED")
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]


@pytest.mark.clause("SR-020", "SR-163")
async def test_an_entry_the_erp_refuses_waits_for_a_person_and_is_tried_again(desk: Desk) -> None:
    desk.book.broken["enter_order"] = ApplicationError("period closed", type="Business.Refused", non_retryable=True)
    await desk.places()
    await desk.is_paid()
    order = await desk.order()
    assert [(effect.key, effect.note) for effect in order.parked] == [
        (f"{desk.number}/enter/1", "Business.Refused: period closed")
    ]
    shown = desk.book.recordings[-1].projection
    assert (shown.needs_attention, shown.attention_reason) == (True, "PARKED enter_order")
    assert desk.book.asked[f"{desk.number}/enter/1"] == 1
    desk.book.broken.clear()
    await desk.asks("retry_step", step=f"{desk.number}/enter/1")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    assert desk.book.recordings[-1].projection.needs_attention is False


@pytest.mark.clause("SR-022")
async def test_erp_and_channel_are_told_each_of_the_three_labels_once(desk: Desk) -> None:
    await desk.is_delivered()
    await desk.hears("confirmed")
    told = [letter for letter in desk.book.letters if letter.startswith("push_status")]
    assert told == ["push_status/READY_TO_SHIP", "push_status/SHIPPED", "push_status/COMPLETED"]
