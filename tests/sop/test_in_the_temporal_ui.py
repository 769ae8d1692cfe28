"""What ops staff find in the Temporal UI: named timers, words, attributes, and nobody's personal data (SR-161…163)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from temporalio.api.history.v1 import ActivityTaskScheduledEventAttributes
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflow.v1 import PendingActivityInfo

from domain.findings import Finding, Severity
from domain.requests import ASKS
from domain.stage import Stage
from tests.sop.desk import Desk
from tests.sop.history import events_of, name_of, pending_timers, summary_of
from tests.sop.patience import until
from workflows.attributes import (
    ATTENTION_REASON,
    CLOCK_BREACHES,
    HOLD_REASONS,
    NEEDS_ATTENTION,
    OPEN_CASES,
    SLA_DUE_AT,
    STAGE,
    WAREHOUSE,
)

PHONE = Finding(code="FIELD_MISSING", field="customer.phone", severity=Severity.CRITICAL)


async def metadata(desk: Desk) -> WorkflowMetadata:
    """What the UI shows of a running workflow."""
    found: WorkflowMetadata = await desk.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return found


async def pending(desk: Desk) -> list[PendingActivityInfo]:
    """The steps that are not done, as the UI shows them."""
    return list((await desk.handle.describe()).raw_description.pending_activities)


async def regular_steps(desk: Desk) -> list[ActivityTaskScheduledEventAttributes]:
    """Every step that was asked for outside the workflow task, in order."""
    events = [event for event in await events_of(desk.handle) if name_of(event) == "ACTIVITY_TASK_SCHEDULED"]
    return [event.activity_task_scheduled_event_attributes for event in events]


@pytest.mark.clause("SR-161")
async def test_the_one_pending_timer_is_named_after_its_clock(desk: Desk) -> None:
    await desk.places()
    names = [await pending_timers(desk.handle)]
    await desk.passes(hours=1, minutes=31)
    names.append(await pending_timers(desk.handle))
    await desk.is_paid()
    names.append(await pending_timers(desk.handle))
    await desk.ships(number=None)
    names.append(await pending_timers(desk.handle))
    await desk.hears("tracking_number", tracking_number="SF1", carrier="SF")
    await desk.hears("tracking_accepted", tracking_number="SF1")
    names.append(await pending_timers(desk.handle))
    await desk.carrier_scans("DELIVERED")
    names.append(await pending_timers(desk.handle))
    await desk.passes(hours=20)
    names.append(await pending_timers(desk.handle))
    await desk.hears("confirmed")
    names.append(await pending_timers(desk.handle))
    assert names == [
        ["C1 order warning"],
        ["C1 order due"],
        ["C4 shipment/1 warning"],
        ["C2 package/1 warning"],
        ["C5 package/1 due"],
        ["C3 order warning"],
        ["C3 order completes itself"],
        [],
    ]


@pytest.mark.clause("SR-161")
async def test_a_scan_that_only_moves_the_due_later_sets_no_new_timer(desk: Desk) -> None:
    await desk.is_on_its_way()
    before = [name_of(event) for event in await events_of(desk.handle)].count("TIMER_STARTED")
    for _ in range(5):
        await desk.passes(minutes=10)
        await desk.carrier_scans("IN_TRANSIT")
    after = [name_of(event) for event in await events_of(desk.handle)]
    assert (after.count("TIMER_STARTED"), await pending_timers(desk.handle)) == (before, ["C5 package/1 due"])
    await desk.passes(hours=24, minutes=1)
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]


@pytest.mark.clause("SR-163", "AC-55")
async def test_the_details_say_who_is_waited_for_until_when_and_what_may_be_done(desk: Desk) -> None:
    desk.book.findings = (PHONE,)
    await desk.places()
    text = (await metadata(desk)).current_details
    for word in (
        desk.number,
        "customer.phone",
        "`correct_fields`",
        "`reject_audit`",
        "`cancel`",
        "`customer_choice`",
        "CUSTOMER_ANSWER",
    ):
        assert word in text
    assert "C1" not in text, "the confirmation stands still while the customer is asked"
    [closed] = [line for line in text.splitlines() if "`confirm_completion`" in line]
    assert "不可用" in closed
    [step] = (await desk.order()).open_steps
    assert step.until == step.since + timedelta(hours=48)
    assert f"step {step.key} (自 {step.since:%Y-%m-%d %H:%M:%S} UTC, 时限 {step.until:%Y-%m-%d %H:%M:%S} UTC)" in text


@pytest.mark.clause("SR-163")
async def test_the_details_name_the_promise_that_runs_and_its_time(desk: Desk) -> None:
    await desk.places()
    text = (await metadata(desk)).current_details
    assert "C1 order" in text
    assert f"{desk.placed_at + timedelta(hours=2):%Y-%m-%d %H:%M:%S} UTC" in text


@pytest.mark.clause("SR-163")
async def test_every_signal_update_and_query_is_described(desk: Desk) -> None:
    await desk.places()
    definition = (await metadata(desk)).definition
    assert {update.name for update in definition.update_definitions} == set(ASKS)
    described = [*definition.signal_definitions, *definition.update_definitions, *definition.query_definitions]
    assert [known.name for known in described if not known.description and not known.name.startswith("__")] == []


@pytest.mark.clause("SR-163", "SR-162")
async def test_activities_are_named_after_their_effect_and_show_what_is_asked(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.passes(hours=48, seconds=1)
    await desk.ships()
    await desk.passes(hours=24, seconds=1)
    asked = await regular_steps(desk)
    silent = f"silence/{desk.now - timedelta(hours=24, seconds=1):%Y%m%dT%H%M%S%f}"
    assert [step.activity_id for step in asked] == [
        f"{desk.number}/ask_warehouse/1/1/shipment/1:1",
        f"{desk.number}/ask_carrier/{silent}/package/1:1",
        f"{desk.number}/ask_warehouse/2/1/package/1:1",
    ]
    [carrier] = [step for step in asked if step.activity_type.name == "ask_carrier"]
    [shown] = carrier.input.payloads
    given = json.loads(shown.data)
    assert (given["order_no"], given["tracking_number"]) == (desk.number, "SF1")
    events = [event for event in await events_of(desk.handle) if name_of(event) == "ACTIVITY_TASK_SCHEDULED"]
    assert all(summary_of(event) for event in events)


@pytest.mark.clause("SR-162")
@pytest.mark.parametrize(
    "name", ["audit_order", "reserve_stock", "enter_order", "release_shipment", "ask_carrier", "request_transfer"]
)
async def test_a_step_that_fails_shows_its_input_its_attempts_and_its_last_error(desk: Desk, name: str) -> None:
    desk.book.broken[name] = ConnectionError("the line is dead")
    match name:
        case "audit_order":
            await desk.places()
        case "reserve_stock":
            desk.book.stock = {"MUG-RED": 1}
            await desk.places()
            await desk.hears("stock_arrived", sku="MUG-RED")
        case "request_transfer":
            desk.book.stock = {"MUG-RED": 1}
            await desk.places()
            await desk.is_paid(settles=False)
        case "enter_order" | "release_shipment":
            await desk.places()
            await desk.is_paid(settles=False)
        case _:
            await desk.is_on_its_way()
            await desk.passes(hours=24, seconds=1)

    async def tried_again() -> bool:
        return any(step.attempt > 1 for step in await pending(desk))

    await until(tried_again)
    [step] = await pending(desk)
    assert step.activity_type.name == name
    assert step.last_failure.message == "the line is dead"
    assert step.maximum_attempts == 0
    [asked] = [given for given in await regular_steps(desk) if given.activity_id == step.activity_id]
    [shown] = asked.input.payloads
    assert json.loads(shown.data)["order_no"] == desk.number


@pytest.mark.clause("AC-54", "SR-163")
async def test_the_attributes_follow_the_order(desk: Desk) -> None:
    await desk.places()
    await desk.asks("place_hold", reason="DISPUTE", note="call 13800138000")
    await desk.is_paid()
    await desk.passes(hours=48, seconds=1)
    await events_of(desk.handle)
    found = (await desk.handle.describe()).typed_search_attributes
    assert found[STAGE] == Stage.READY_TO_SHIP
    assert found[WAREHOUSE] == "WH-SH"
    assert (found[NEEDS_ATTENTION], found[ATTENTION_REASON]) == (True, "OUTBOUND_OVERDUE")
    assert (found[OPEN_CASES], found[HOLD_REASONS], found[CLOCK_BREACHES]) == (
        ["OUTBOUND_OVERDUE"],
        ["DISPUTE"],
        ["C4"],
    )
    assert found[SLA_DUE_AT] == (await desk.clock("C4", "shipment/1")).due_at


@pytest.mark.clause("AC-54", "SR-163")
async def test_ids_attributes_and_timers_bear_no_personal_data(desk: Desk) -> None:
    await desk.places()
    await desk.asks("place_hold", reason="DISPUTE", note="王小明 13800138000 人民路1号")
    description = await desk.handle.describe()
    seen = [
        description.id,
        description.run_id,
        str(description.raw_description.workflow_execution_info.search_attributes),
        str(description.raw_description.workflow_execution_info.memo),
        *(summary_of(event) for event in await events_of(desk.handle)),
        *(
            event.activity_task_scheduled_event_attributes.activity_id
            for event in await events_of(desk.handle)
            if name_of(event) == "ACTIVITY_TASK_SCHEDULED"
        ),
    ]
    assert description.id == f"order/{desk.number}"
    assert [text for text in seen for word in ("王小明", "13800138000", "人民路") if word in text] == []


@pytest.mark.clause("AC-54", "SR-163")
async def test_a_closed_order_needs_no_attention(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=30)
    await events_of(desk.handle)
    assert (await desk.handle.describe()).typed_search_attributes[NEEDS_ATTENTION] is True
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    await events_of(desk.handle)
    found = (await desk.handle.describe()).typed_search_attributes
    assert (found[STAGE], found[NEEDS_ATTENTION], found.get(OPEN_CASES, [])) == (Stage.COMPLETED, False, [])
