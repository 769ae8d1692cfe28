"""The channel's own ship-by date (C8, §1.3): it never waits, and only the channel moves it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sop.desk import Desk

HOUR = timedelta(hours=1)


def warnings(desk: Desk, clock: str) -> int:
    return sum(
        entry.code == "clock_warned" and entry.params["clock"] == clock
        for recording in desk.book.recordings
        for entry in recording.entries
    )


@pytest.mark.clause("AC-70", "SR-123")
async def test_the_customers_20_hours_stop_our_clock_and_not_the_channels(desk: Desk) -> None:
    latest = desk.placed_at + 48 * HOUR
    await desk.places(latest_ship_at=latest)
    await desk.is_paid()
    await desk.passes(hours=1)
    await desk.hears("ship_date_agreed", ship_at=(desk.now + 20 * HOUR).isoformat())
    ours = await desk.clock("C4", "shipment/1")
    assert ours.due_at == ours.start_at + 68 * HOUR
    assert (await desk.clock("C8")).due_at == latest
    await desk.is_just_at(latest)
    assert await desk.cases() == []
    await desk.passes(seconds=1)
    assert await desk.open_cases() == ["SHIP_BY_MISSED"]
    assert (await desk.clock("C4", "shipment/1")).verdict == "open"
    assert (await desk.clock("C8")).verdict == "breached"
    assert desk.steps[-1] == "ask_warehouse"


@pytest.mark.clause("AC-70", "SR-123")
async def test_it_warns_12_and_4_hours_before_and_never_again(desk: Desk) -> None:
    latest = desk.placed_at + 30 * HOUR
    await desk.places(latest_ship_at=latest)
    await desk.is_paid()
    seen = []
    for before in (12 * HOUR, 4 * HOUR):
        await desk.is_just_at(latest - before)
        seen.append(warnings(desk, "C8"))
        await desk.is_at(latest - before + timedelta(seconds=1))
        seen.append(warnings(desk, "C8"))
    await desk.is_at(latest + HOUR)
    assert seen == [0, 1, 1, 2]
    assert warnings(desk, "C8") == 2
    assert await desk.open_cases() == ["SHIP_BY_MISSED"]


@pytest.mark.clause("AC-70", "SR-123")
async def test_the_accepted_number_stops_it(desk: Desk) -> None:
    latest = desk.placed_at + 30 * HOUR
    await desk.places(latest_ship_at=latest)
    await desk.is_paid()
    await desk.passes(hours=5)
    await desk.ships(accepted=False)
    assert (await desk.clock("C8")).verdict == "open"
    await desk.hears("tracking_accepted", tracking_number="SF1")
    assert (await desk.clock("C8")).verdict == "met"
    assert warnings(desk, "C8") == 0


@pytest.mark.clause("AC-70")
async def test_the_channel_moves_its_own_date(desk: Desk) -> None:
    await desk.places(latest_ship_at=desk.placed_at + 30 * HOUR)
    await desk.is_paid()
    moved = desk.placed_at + 40 * HOUR
    await desk.hears("ship_by_moved", latest_ship_at=moved.isoformat())
    assert (await desk.clock("C8")).due_at == moved
    await desk.passes(hours=31)
    assert await desk.cases() == []


@pytest.mark.clause("AC-70")
async def test_without_the_channels_date_there_is_no_such_clock(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    assert "C8" not in {kind for kind, _ in desk.book.clocks}
