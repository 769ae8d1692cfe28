"""Not delivered by the promised day (C6, SR-132, E3's first steps)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.calendar import end_of_day, local_day
from domain.policy import STANDARD
from tests.sop.desk import WAITED_FOR, Desk

HOUR = timedelta(hours=1)
ZONE = "Asia/Shanghai"


async def moves_until(desk: Desk, moment: datetime) -> None:
    """The parcel is seen every 20 hours, so that only its lateness is news."""
    while desk.now + 20 * HOUR < moment:
        await desk.passes(hours=20)
        await desk.carrier_scans("IN_TRANSIT", location=f"hub of {desk.now:%d %H}")


@pytest.mark.clause("AC-14", "SR-132", "SR-033", "SR-035")
async def test_the_first_promise_counts_whatever_the_carrier_says_later(desk: Desk) -> None:
    await desk.is_on_its_way()
    promised = end_of_day(local_day(desk.now + timedelta(days=3), ZONE), ZONE)
    await desk.hears("delivery_estimated", tracking_number="SF1", estimated_at=(promised + 48 * HOUR).isoformat())
    assert (await desk.clock("C6", "package/1")).due_at == promised
    await moves_until(desk, promised)
    await desk.is_just_at(promised)
    await desk.carrier_scans("IN_TRANSIT", location="last hub")
    assert await desk.cases() == []
    await desk.passes(seconds=1)
    [case] = await desk.cases()
    assert (case.kind, case.subject, case.responsible) == ("LOGISTICS_DELAY", "package/1", "carrier")
    assert desk.steps[3:] == ["ask_carrier"]
    assert desk.messages[-1] == "LATE_NOTICE/package/1"


@pytest.mark.clause("AC-14", "SR-132")
async def test_the_orders_own_promised_day_comes_before_the_transit_time(desk: Desk) -> None:
    day = local_day(desk.now + timedelta(days=6), ZONE)
    await desk.is_on_its_way(promised_delivery_date=day)
    assert (await desk.clock("C6", "package/1")).due_at == end_of_day(day, ZONE)


@pytest.mark.clause("AC-14", "SR-132", "SR-023", "SR-055")
async def test_where_nothing_was_promised_the_first_estimate_is_the_promise(desk: Desk) -> None:
    await desk.is_on_its_way(policy=STANDARD.having(transit=None))
    assert ("C6", "package/1") not in desk.book.clocks
    assert desk.messages[1:] == ["SHIPPED_NO_ETA/package/1", "TRACKING_ADDED/package/1"]
    first = desk.now + 60 * HOUR
    for later in (timedelta(), 48 * HOUR):
        await desk.hears("delivery_estimated", tracking_number="SF1", estimated_at=(first + later).isoformat())
    assert (await desk.clock("C6", "package/1")).due_at == end_of_day(local_day(first, ZONE), ZONE)
    assert desk.messages[3:] == ["SHIPPED_WITH_ETA/package/1"]


@pytest.mark.clause("AC-15", "SR-124", "SR-132")
async def test_late_and_silent_is_one_case_and_one_message(desk: Desk) -> None:
    await desk.is_on_its_way(policy=WAITED_FOR)
    await desk.passes(hours=120)
    [case] = await desk.cases()
    assert case.kind == "LOGISTICS_STALLED"
    assert [ref.kind for ref in case.clocks] == ["C5", "C6"]
    assert (await desk.clock("C6", "package/1")).case_no == case.no
    told = [message for message in desk.messages if message.startswith(("LATE", "STALLED"))]
    assert told == ["STALLED_NOTICE/package/1"]


@pytest.mark.clause("AC-15", "SR-124", "SR-132")
async def test_silent_after_late_joins_the_late_case(desk: Desk) -> None:
    await desk.is_on_its_way()
    await moves_until(desk, desk.now + 101 * HOUR)
    assert await desk.open_cases() == ["LOGISTICS_DELAY"]
    await desk.passes(hours=25)
    [case] = await desk.cases()
    assert [ref.kind for ref in case.clocks] == ["C6", "C5"]
    await desk.carrier_scans("IN_TRANSIT", location="another hub")
    assert await desk.open_cases() == ["LOGISTICS_DELAY"]
    await desk.carrier_scans("DELIVERED")
    assert [(case.status, case.outcome) for case in await desk.cases()] == [("RESOLVED", "LATE")]
    told = [message for message in desk.messages if message.startswith(("LATE", "STALLED"))]
    assert told == ["LATE_NOTICE/package/1"]


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize(("by_recipient", "verdict"), [(True, "met"), (False, "open")])
async def test_only_an_attempt_that_failed_by_the_recipient_stops_it(
    desk: Desk, by_recipient: bool, verdict: str
) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=20)
    await desk.carrier_scans("DELIVERY_FAILED", by_recipient=by_recipient)
    assert (await desk.clock("C6", "package/1")).verdict == verdict
    assert await desk.open_cases() == ["DELIVERY_FAILED"]


@pytest.mark.clause("SR-132")
async def test_a_delivery_in_time_that_is_reported_late_takes_the_case_back(desk: Desk) -> None:
    await desk.is_on_its_way()
    promised = end_of_day(local_day(desk.now + timedelta(days=3), ZONE), ZONE)
    await moves_until(desk, promised - HOUR)
    await desk.is_at(promised - HOUR)
    await desk.carrier_scans("OUT_FOR_DELIVERY")
    await desk.is_at(promised + HOUR)
    assert await desk.open_cases() == ["LOGISTICS_DELAY"]
    await desk.carrier_scans("DELIVERED", at=promised)
    assert [(case.status, case.outcome) for case in await desk.cases()] == [("WITHDRAWN", "FALSE_ALARM")]
    assert (await desk.clock("C6", "package/1")).verdict == "met"
