"""The trail: every change has an actor, a cause and a time; every clock has a verdict (SR-003)."""

from __future__ import annotations

import pytest
from temporalio.client import Client

from domain.recording import Entry
from domain.stage import Stage
from tests.sop.conftest import STAMP
from tests.sop.departments import Departments
from tests.sop.desk import Desk

Life = tuple[Desk, dict[str, str], dict[str, str]]
"""An order's desk; who told each fact; who asked for each change."""


async def a_life_with_everything(desk: Desk) -> tuple[dict[str, str], dict[str, str]]:
    """Requests, facts, effects and clocks up to the end: who told each fact, who asked for each change."""
    told, asked = {}, {}
    await desk.places()
    review_at = "2099-01-01T00:00:00Z"
    await desk.asks("place_hold", reason="MANUAL", blocks=["release"], note="wait", review_at=review_at)
    asked["place_hold"] = "li.na"
    told[await desk.hears("paid", amount=39_000, currency="CNY", payment_no="P1", source="payment")] = "payment"
    await desk.passes(hours=49)
    await desk.asks("release_hold", actor="wang.wei", hold="H1")
    asked["release_hold"] = "wang.wei"
    told[await desk.hears("outbound", source="warehouse")] = "warehouse"
    told[await desk.hears("tracking_number", tracking_number="SF1", carrier="SF", source="warehouse")] = "warehouse"
    told[await desk.hears("tracking_accepted", tracking_number="SF1", source="channel")] = "channel"
    await desk.passes(hours=25)
    told[await desk.carrier_scans("DELIVERED")] = "carrier"
    told[await desk.hears("confirmed", source="channel")] = "channel"
    assert await desk.stage() is Stage.COMPLETED
    return told, asked


@pytest.fixture(scope="module")
async def life(house: tuple[Client, Departments, str], lived: list[Desk]) -> Life:
    """A life with everything, which all scenes look at."""
    desk = Desk(*house, STAMP)
    lived.append(desk)
    return desk, *await a_life_with_everything(desk)


def entries_of(desk: Desk) -> list[Entry]:
    """The whole timeline, in order."""
    return [entry for recording in desk.book.recordings for entry in recording.entries]


@pytest.mark.clause("SR-003")
async def test_every_line_of_the_trail_says_what_when_and_by_whom(life: Life) -> None:
    desk, told, asked = life
    entries = entries_of(desk)
    assert [entry for entry in entries if not entry.code or not (entry.actor or entry.source)] == []
    assert [entry for entry in entries if not desk.placed_at <= entry.at <= entry.recorded_at] == []
    by_key = {entry.key: entry for entry in entries}
    assert {key: by_key[key].source for key in told} == told
    requests = [entry for entry in entries if entry.code in asked]
    assert [(entry.code, entry.actor, entry.source) for entry in requests] == [
        (code, actor, "operator") for code, actor in asked.items()
    ]
    done = [entry for entry in entries if entry.code == "effect_done"]
    assert {entry.params["effect"] for entry in done} == set(desk.steps)
    assert {entry.source for entry in entries if entry.key not in told and entry.code not in asked} == {"us"}


@pytest.mark.clause("SR-003")
async def test_every_change_stands_beside_its_cause(life: Life) -> None:
    desk, *_ = life
    recordings = desk.book.recordings
    shown = list(dict.fromkeys(recording.projection.stage for recording in recordings))
    reached = [entry.params["stage"] for entry in entries_of(desk) if entry.code == "stage_reached"]
    assert reached == ["AUDITING", *shown]
    for recording in recordings:
        codes = {entry.code for entry in recording.entries}
        assert "stage_reached" not in codes or codes > {"stage_reached"}, recording.entries
    opened = {entry.params["kind"]: entry.params["cause"] for entry in entries_of(desk) if entry.code == "case_opened"}
    assert opened == {"OUTBOUND_OVERDUE": "hold", "LOGISTICS_STALLED": "never_picked_up"}


@pytest.mark.clause("SR-003")
async def test_every_clock_of_a_closed_order_has_a_verdict(life: Life) -> None:
    desk, *_ = life
    rows = [row for kept in desk.book.clocks.values() for row in kept]
    assert {row.kind: (row.verdict, row.cause, row.responsible) for row in rows} == {
        "C1": ("met", "", ""),
        "C2": ("met", "", ""),
        "C3": ("met", "", ""),
        "C4": ("breached", "hold", "us"),
        "C5": ("breached", "never_picked_up", "carrier"),
        "C6": ("met", "", ""),
    }
    assert [row for row in rows if not row.start_event or not row.stop_event or row.stop_at is None] == []
    breached = [entry.params for entry in entries_of(desk) if entry.code == "clock_breached"]
    assert [(said["clock"], said["cause"], said["responsible"]) for said in breached] == [
        ("C4", "hold", "us"),
        ("C5", "never_picked_up", "carrier"),
    ]


@pytest.mark.clause("SR-003")
async def test_every_state_change_has_an_actor_a_cause_and_a_time(life: Life) -> None:
    """100 %: put together, what the lines say has changed is where the order stands, at each recording."""
    desk, *_ = life
    standing: dict[str, object] = {}
    shown: set[str] = set()
    for recording in desk.book.recordings:
        for entry in recording.entries:
            assert entry.before.keys() == entry.after.keys()
            assert {name: standing.get(name, entry.before[name]) for name in entry.before} == entry.before, entry
            standing |= entry.after
            assert all((entry.actor, entry.source, entry.key, entry.code)), entry
        assert standing["stage"] == recording.projection.stage
        assert standing.get("payment", "unpaid") == recording.projection.payment_state
        shown.add(recording.projection.stage)
    assert shown == {"AWAITING_CONFIRMATION", "READY_TO_SHIP", "SHIPPED", "COMPLETED"} | ({"DELIVERED"} & shown)
    order = await desk.order()
    assert (standing["cases"], standing["holds"]) == ([], [])
    assert standing["stage"] == order.stage
    changes = [entry for entry in entries_of(desk) if entry.after]
    assert {entry.actor for entry in changes} >= {"desk", "li.na", "wang.wei", "payment", "warehouse", "carrier"}
    [held] = [entry for entry in changes if entry.code == "place_hold"]
    assert (held.reason, held.after["holds"], held.request_id[:4]) == ("wait", ["H1 MANUAL"], "ask-")
