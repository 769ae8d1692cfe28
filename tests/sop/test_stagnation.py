"""No news of a parcel for 24 hours (C5, SR-124, E5's first steps), and the parcel that waits at the station (A-22)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.holds import CaseStatus
from domain.inquiries import CarrierAnswer, ScanSeen
from domain.packages import PackageState
from domain.stage import Stage
from tests.sop.desk import WAITED_FOR, Desk

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def carrier_asked(desk: Desk) -> int:
    return desk.steps.count("ask_carrier")


@pytest.mark.clause("AC-12", "SR-124")
async def test_a_scan_at_23_59_starts_the_24_hours_again(desk: Desk) -> None:
    await desk.is_on_its_way()
    out_at = desk.now
    await desk.is_at(out_at + DAY - MINUTE)
    await desk.carrier_scans("IN_TRANSIT")
    scanned_at = desk.now
    await desk.is_just_at(scanned_at + DAY)
    assert await desk.cases() == []
    assert carrier_asked(desk) == 0
    await desk.passes(seconds=1)
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]
    clock = await desk.clock("C5", "package/1")
    assert (clock.start_at, clock.verdict, clock.cause, clock.responsible) == (
        scanned_at,
        "breached",
        "in_transit",
        "carrier",
    )


@pytest.mark.clause("AC-13", "SR-124")
async def test_the_same_scan_again_at_23_59_does_not(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=1)
    scanned_at = desk.now
    await desk.carrier_scans("IN_TRANSIT", location="上海转运中心")
    await desk.is_at(scanned_at + DAY - MINUTE)
    await desk.carrier_scans("IN_TRANSIT", at=scanned_at, location="上海转运中心")
    await desk.is_at(scanned_at + DAY + timedelta(seconds=1))
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]


@pytest.mark.clause("AC-13", "SR-124")
@pytest.mark.parametrize("state", ["LABELLED", "UNKNOWN"])
async def test_being_heard_of_is_not_moving(desk: Desk, state: str) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=23)
    await desk.carrier_scans(state)
    await desk.passes(hours=1, seconds=1)
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]


@pytest.mark.clause("SR-124", "SR-033", "SR-035")
async def test_a_parcel_never_picked_up_is_asked_for_at_the_carrier_and_at_the_warehouse(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=24, seconds=1)
    [case] = await desk.cases()
    assert (case.kind, case.cause, case.subject, case.level) == (
        "LOGISTICS_STALLED",
        "never_picked_up",
        "package/1",
        1,
    )
    assert desk.steps[3:] == ["ask_carrier", "ask_warehouse"]
    assert desk.messages[-1] == "STALLED_NOTICE/package/1"
    assert desk.messages.count("STALLED_NOTICE/package/1") == 1


@pytest.mark.clause("SR-124", "SR-033")
async def test_a_parcel_that_stands_in_transit_is_asked_for_at_the_carrier_only(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(minutes=1)
    await desk.carrier_scans("PICKED_UP")
    await desk.passes(hours=25)
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]
    assert desk.steps[3:] == ["ask_carrier"]


@pytest.mark.clause("SR-124", "SR-032")
async def test_the_fresh_query_that_finds_movement_spares_the_case(desk: Desk) -> None:
    await desk.is_on_its_way()
    moved_at = desk.now + 20 * HOUR
    desk.book.carrier_answer = CarrierAnswer(
        scans=(ScanSeen(event_id="c1", state=PackageState.IN_TRANSIT, occurred_at=moved_at),)
    )
    await desk.passes(hours=24, seconds=1)
    assert await desk.cases() == []
    assert desk.steps[3:] == ["ask_carrier"]
    assert "STALLED_NOTICE/package/1" not in desk.messages
    assert (await desk.clock("C5", "package/1")).due_at == moved_at + DAY


@pytest.mark.clause("SR-124", "SR-032")
async def test_the_scans_that_wait_in_the_inbox_are_read_before_silence_is_called_silence(desk: Desk) -> None:
    await desk.is_on_its_way()
    moved_at = desk.now + 20 * HOUR
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
    await desk.passes(hours=24, seconds=1)
    assert await desk.cases() == []
    assert carrier_asked(desk) == 0
    assert (await desk.clock("C5", "package/1")).start_at == moved_at
    assert "carrier:w1" in [fact for recording in desk.book.recordings for fact in recording.fact_ids]


@pytest.mark.clause("SR-124")
async def test_a_scan_in_time_that_is_reported_late_takes_the_case_back(desk: Desk) -> None:
    await desk.is_on_its_way()
    out_at = desk.now
    await desk.passes(hours=25)
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]
    await desk.carrier_scans("PICKED_UP", at=out_at + 24 * HOUR)
    [case] = await desk.cases()
    assert (case.status, case.outcome) == (CaseStatus.WITHDRAWN, "FALSE_ALARM")


@pytest.mark.clause("SR-124", "SR-151")
async def test_silence_goes_up_a_level_and_the_carrier_is_asked_again_every_24_hours(desk: Desk) -> None:
    await desk.is_on_its_way(policy=WAITED_FOR)
    await desk.passes(minutes=1)
    await desk.carrier_scans("PICKED_UP")
    levels = []
    await desk.passes(hours=24, minutes=2)
    for _ in range(3):
        levels.append(((await desk.cases())[0].level, carrier_asked(desk)))
        await desk.passes(hours=24)
    assert levels[:3] == [(1, 1), (2, 2), (3, 3)]
    assert [case.kind for case in await desk.cases()] == ["LOGISTICS_STALLED"]
    assert desk.messages.count("STALLED_NOTICE/package/1") == 1


@pytest.mark.clause("SR-124")
async def test_a_scan_ends_the_case_late_and_the_next_silence_is_a_case_of_its_own(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=25)
    await desk.carrier_scans("PICKED_UP")
    assert [(case.status, case.outcome) for case in await desk.cases()] == [(CaseStatus.RESOLVED, "LATE")]
    await desk.passes(hours=24, seconds=1)
    assert [case.kind for case in await desk.cases()] == ["LOGISTICS_STALLED", "LOGISTICS_STALLED"]
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]
    assert desk.messages.count("STALLED_NOTICE/package/1") == 1


@pytest.mark.clause("AC-64", "SR-124", "SR-132")
async def test_at_the_station_is_in_time_and_not_delivered(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=20)
    await desk.carrier_scans("READY_FOR_PICKUP", code="304")
    assert await desk.stage() is Stage.SHIPPED
    assert (await desk.clock("C6", "package/1")).verdict == "met"
    await desk.passes(hours=71)
    assert await desk.cases() == []
    assert carrier_asked(desk) == 0
    assert "PICKUP_REMINDER/package/1" not in desk.messages
    await desk.carrier_scans("DELIVERED")
    assert await desk.stage() is Stage.DELIVERED


@pytest.mark.clause("AC-64", "SR-124")
async def test_at_72_hours_the_recipient_is_reminded_and_the_carrier_asked_once(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(minutes=1)
    await desk.carrier_scans("READY_FOR_PICKUP")
    await desk.is_just_at(desk.now + 72 * HOUR)
    assert "PICKUP_REMINDER/package/1" not in desk.messages
    await desk.passes(minutes=2)
    await desk.passes(hours=90)
    assert desk.messages.count("PICKUP_REMINDER/package/1") == 1
    assert carrier_asked(desk) == 1
    assert await desk.cases() == []
    assert await desk.stage() is Stage.SHIPPED


@pytest.mark.clause("AC-64", "SR-122")
async def test_after_7_days_at_the_station_it_is_presumed_delivered_and_completes(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=1)
    waiting_since = desk.now
    await desk.carrier_scans("READY_FOR_PICKUP")
    await desk.is_just_at(waiting_since + 7 * DAY)
    assert await desk.stage() is Stage.SHIPPED
    await desk.passes(seconds=1)
    assert await desk.stage() is Stage.DELIVERED
    assert (await desk.clock("C3")).start_at == waiting_since + 7 * DAY
    await desk.passes(hours=23)
    assert await desk.stage() is Stage.COMPLETED
    assert await desk.cases() == []
