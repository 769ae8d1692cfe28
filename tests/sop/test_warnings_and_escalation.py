"""Warned at 75 %, up the ladder after a breach, seen and no longer paged (§1.3, SR-151)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.inquiries import Answer
from tests.sop.desk import WAITED_FOR, Desk

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def warned(desk: Desk, clock: str) -> int:
    return sum(
        entry.code == "clock_warned" and entry.params["clock"] == clock
        for recording in desk.book.recordings
        for entry in recording.entries
    )


async def pages(desk: Desk) -> list[tuple[str, str]]:
    """Who was paged, and how high."""
    order = await desk.order()
    return [(task.role, task.key.rsplit("/", 1)[1]) for task in order.tasks if task.kind == "ESCALATION"]


@pytest.mark.clause("AC-16", "SR-120", "SR-151")
async def test_it_warns_once_at_75_percent_and_the_clock_goes_on(desk: Desk) -> None:
    await desk.places()
    await desk.is_just_at(desk.placed_at + 1.5 * HOUR)
    assert warned(desk, "C1") == 0
    await desk.passes(seconds=1)
    assert warned(desk, "C1") == 1
    [task] = (await desk.order()).tasks
    assert (task.kind, task.role, task.due_at) == ("CLOCK_WARNING", "order_administrator", desk.placed_at + 2 * HOUR)
    await desk.passes(minutes=31)
    assert warned(desk, "C1") == 1
    assert await desk.open_cases() == ["CONFIRM_OVERDUE"]


@pytest.mark.clause("AC-16", "SR-151")
async def test_seen_stops_the_paging_and_not_the_clock(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.passes(hours=49)
    await desk.asks("acknowledge", case=1)
    assert desk.book.recordings[-1].projection.needs_attention is False
    await desk.passes(hours=100)
    [case] = await desk.cases()
    assert (case.level, case.status) == (1, "IN_PROGRESS")
    assert case.acknowledged_at is not None
    assert await pages(desk) == []
    assert (await desk.clock("C4", "shipment/1")).stop_at is None
    await desk.ships()
    assert (await desk.clock("C4", "shipment/1")).gross_s == 149 * 3600


@pytest.mark.clause("AC-17", "SR-123")
async def test_a_pause_at_80_percent_neither_skips_nor_repeats_a_threshold(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    paid_at = desk.now
    await desk.is_at(paid_at + 0.8 * 48 * HOUR)
    assert warned(desk, "C4") == 1
    await desk.hears("ship_date_agreed", ship_at=(desk.now + 30 * HOUR).isoformat())
    await desk.is_at(paid_at + 60 * HOUR)
    assert await desk.cases() == []
    await desk.is_just_at(paid_at + 78 * HOUR)
    assert (await desk.cases(), warned(desk, "C4")) == ([], 1)
    await desk.passes(seconds=1)
    assert await desk.open_cases() == ["OUTBOUND_OVERDUE"]
    assert warned(desk, "C4") == 1


@pytest.mark.clause("AC-17", "SR-123")
async def test_a_pause_before_the_warning_moves_the_warning(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    paid_at = desk.now
    await desk.passes(hours=10)
    await desk.hears("ship_date_agreed", ship_at=(desk.now + 20 * HOUR).isoformat())
    await desk.is_just_at(paid_at + 56 * HOUR)
    assert warned(desk, "C4") == 0
    await desk.passes(seconds=1)
    assert warned(desk, "C4") == 1


@pytest.mark.clause("AC-17", "SR-120")
async def test_a_hold_that_waits_for_the_customer_stops_the_warning_too(desk: Desk) -> None:
    await desk.places()
    await desk.passes(hours=1, minutes=36)
    assert warned(desk, "C1") == 1
    await desk.asks("place_hold", reason="CUSTOMER_ANSWER", note="which size?")
    await desk.passes(hours=48)
    assert await desk.cases() == []
    await desk.asks("release_hold", hold="H1")
    await desk.passes(minutes=23)
    assert (await desk.cases(), warned(desk, "C1")) == ([], 1)
    await desk.passes(minutes=2)
    assert await desk.open_cases() == ["CONFIRM_OVERDUE"]
    assert warned(desk, "C1") == 1


@pytest.mark.clause("SR-151", "SR-123")
async def test_an_outbound_case_goes_up_after_24_and_48_more_hours(desk: Desk) -> None:
    desk.book.warehouse_answer = Answer(reason="CAPACITY")  # a silent one goes up sooner
    await desk.places()
    await desk.is_paid()
    due = desk.now + 48 * HOUR
    seen = []
    for moment in (due + 24 * HOUR, due + 72 * HOUR):
        await desk.is_just_at(moment)
        seen.append((await desk.cases())[0].level)
        await desk.passes(seconds=1)
        seen.append((await desk.cases())[0].level)
    await desk.passes(hours=200)
    assert seen == [1, 2, 2, 3]
    assert await pages(desk) == [("supervisor", "2"), ("operations_manager", "3")]
    assert len(await desk.cases()) == 1


@pytest.mark.clause("SR-151", "SR-121")
async def test_a_short_clocks_case_waits_at_least_1_and_2_hours(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.ships(number=None)
    due = desk.now + HOUR
    seen = []
    for moment in (due + HOUR, due + 3 * HOUR):
        await desk.is_just_at(moment)
        seen.append((await desk.cases())[0].level)
        await desk.passes(seconds=1)
        seen.append((await desk.cases())[0].level)
    assert seen == [1, 2, 2, 3]
    assert await pages(desk) == [("supervisor", "2"), ("operations_manager", "3")]


@pytest.mark.clause("SR-151")
async def test_an_acknowledged_late_parcel_is_still_looked_for_and_pages_nobody(desk: Desk) -> None:
    await desk.is_on_its_way(policy=WAITED_FOR)
    await desk.passes(minutes=1)
    await desk.carrier_scans("PICKED_UP")
    await desk.passes(hours=25)
    await desk.asks("acknowledge", case=1)
    asked = desk.steps.count("ask_carrier")
    await desk.passes(hours=24)
    assert desk.steps.count("ask_carrier") == asked + 1
    assert (await desk.cases())[0].level == 1
    assert await pages(desk) == []
