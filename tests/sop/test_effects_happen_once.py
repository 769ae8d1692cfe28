"""Every effect once, whatever fails, is slow, comes twice or is retried by hand (invariant 4, R18, R19, R20, R22)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from domain.inquiries import Inquiry
from domain.policy import STANDARD
from domain.stage import Stage
from tests.sop.desk import Desk
from tests.sop.patience import until

IMPATIENT = STANDARD.having(watchdog_after=timedelta(milliseconds=300))
STEPS = ["audit_order", "enter_order", "release_shipment"]


@pytest.mark.clause("AC-37", "SR-020")
@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_was_done_and_lost_its_answer_is_asked_again_with_the_same_key(desk: Desk, step: str) -> None:
    desk.book.stumbling[step] = 1
    await desk.places()
    await desk.is_paid()
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert desk.steps == STEPS
    asked = [request for request in desk.book.requests if request.key.split("/")[1] == step.split("_", maxsplit=1)[0]]
    assert len(asked) == 2
    assert asked[0] == asked[1]


@pytest.mark.clause("AC-37", "SR-001")
async def test_books_that_are_down_for_a_moment_lose_nothing(desk: Desk) -> None:
    await desk.places()
    desk.book.broken["record_order"] = ConnectionError("no database")
    await desk.is_paid(settles=False)
    desk.book.broken.clear()
    await desk.settles()
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert desk.steps == STEPS
    assert desk.messages == ["ORDER_CONFIRMED/order"]


@pytest.mark.clause("AC-37", "SR-124")
async def test_an_inbox_that_cannot_be_read_for_a_moment_makes_no_silence(desk: Desk) -> None:
    await desk.is_on_its_way()
    desk.book.broken["look_for_facts"] = ConnectionError("no database")
    await desk.passes(hours=23)
    moved_at = desk.now
    desk.book.waiting_facts.append(
        {
            "id": "carrier:w1",
            "kind": "carrier_scan",
            "source": "carrier",
            "occurred_at": moved_at.isoformat(),
            "received_at": moved_at.isoformat(),
            "tracking_number": "SF1",
            "state": "IN_TRANSIT",
        }
    )
    asyncio.get_running_loop().call_later(0.5, desk.book.broken.clear)
    await desk.passes(hours=1, seconds=5)
    assert await desk.cases() == []
    assert "ask_carrier" not in desk.steps


@pytest.mark.clause("SR-163", "SR-020")
async def test_a_parked_step_waits_and_is_retried_with_the_same_key(desk: Desk) -> None:
    desk.book.broken["release_shipment"] = ApplicationError("dock closed", type="Business.No", non_retryable=True)
    await desk.places()
    await desk.is_paid()
    key = f"{desk.number}/release/1"
    await desk.passes(hours=5)
    assert desk.book.asked[key] == 1
    await desk.asks("retry_step", step=key)
    assert desk.book.asked[key] == 2
    assert [(effect.key, effect.tries) for effect in (await desk.order()).parked] == [(key, 2)]
    tasks = [(task.key, task.done_at is None) for task in (await desk.order()).tasks if task.kind == "RETRY_STEP"]
    assert tasks == [(f"step/{key}/1", False), (f"step/{key}/2", True)], "somebody's task until it is retried"
    desk.book.broken.clear()
    await desk.asks("retry_step", step=key)
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert desk.steps == STEPS
    assert (await desk.is_refused("retry_step", step=key)).code == "UNKNOWN_STEP"


@pytest.mark.clause("SR-124")
async def test_a_step_for_the_longest_package_id_that_is_taken_can_be_done(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    package = "包" * 66
    await desk.ships(package=package)
    await desk.passes(hours=24, seconds=1)
    asked = [request for request in desk.book.requests if isinstance(request, Inquiry)]
    assert {request.subject for request in asked} == {f"package/{package}"}
    assert max(len(request.key.encode()) for request in asked) > 255, "longer than an activity's id may be"


@pytest.mark.clause("SR-163")
async def test_a_slow_step_is_started_again_on_request_and_counts_once(desk: Desk) -> None:
    desk.book.shut.add("enter_order")
    await desk.places()
    await desk.is_paid()
    key = f"{desk.number}/enter/1"
    await until(
        lambda: desk.book.asked[key] == 2
    )  # inside the workflow task first, then as an activity that people see
    await desk.asks("retry_step", step=key)
    assert [(effect.key, effect.tries) for effect in (await desk.order()).running] == [(key, 2)]
    desk.book.shut.clear()
    await desk.settles()
    assert desk.steps == STEPS
    assert desk.book.asked[key] == 3


@pytest.mark.clause("SR-163", "SR-033")
async def test_a_step_that_takes_too_long_asks_for_attention_until_it_is_done(desk: Desk) -> None:
    desk.book.shut.add("enter_order")
    await desk.places(policy=IMPATIENT)
    await desk.is_paid()
    await desk.shows(needs_attention=True)
    shown = desk.book.recordings[-1].projection
    assert shown.attention_reason == "SLOW enter_order"
    assert await desk.cases() == []
    desk.book.shut.clear()
    await desk.settles()
    shown = desk.book.recordings[-1].projection
    assert (shown.needs_attention, shown.attention_reason) == (False, "")
    assert desk.steps == STEPS


@pytest.mark.clause("SR-032", "AC-38")
async def test_the_same_fact_twice_counts_once(desk: Desk) -> None:
    await desk.places()
    for _ in range(3):
        await desk.hears("paid", id="payment:1", amount=39_000, currency="CNY", payment_no="P1")
    for _ in range(2):
        await desk.hears("outbound", id="warehouse:1")
    assert await desk.stage() is Stage.SHIPPED
    assert desk.steps == STEPS
    assert desk.messages == ["ORDER_CONFIRMED/order", "SHIPPED_WITH_ETA/package/1"]
    codes = [entry.code for recording in desk.book.recordings for entry in recording.entries]
    assert (codes.count("paid"), codes.count("outbound")) == (1, 1)


@pytest.mark.clause("SR-055")
async def test_every_message_goes_out_once_in_an_orders_life(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=130)
    await desk.carrier_scans("READY_FOR_PICKUP")
    await desk.passes(hours=90)
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    assert len(desk.messages) == len(set(desk.messages))
    assert len(desk.book.letters) == len(set(desk.book.letters))
    assert {"STALLED_NOTICE/package/1", "PICKUP_REMINDER/package/1", "COMPLETED/order"} <= set(desk.messages)
