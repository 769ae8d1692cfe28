"""The database is down for ten minutes at each transition: nothing is lost, the projection is equal after (AC-39)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.books import projection
from domain.manual.explain import explain
from domain.snapshots import snapshot_text
from domain.stage import Stage
from tests.sop.desk import Desk

OUTAGE = timedelta(minutes=10)
"""At its end the books are tried every 30 seconds."""
TRANSITIONS: tuple[tuple[Stage, Callable[[Desk], Any]], ...] = (
    (Stage.AWAITING_CONFIRMATION, lambda desk: desk.places(settles=False)),
    (Stage.READY_TO_SHIP, lambda desk: desk.is_paid(settles=False)),
    (Stage.SHIPPED, lambda desk: desk.hears("outbound", tracking_number="SF1", carrier="SF", settles=False)),
    (Stage.SHIPPED, lambda desk: desk.hears("tracking_accepted", tracking_number="SF1", settles=False)),
    (
        Stage.DELIVERED,
        lambda desk: desk.hears(
            "carrier_scan", tracking_number="SF1", state="DELIVERED", source="carrier", settles=False
        ),
    ),
)


async def is_equal(desk: Desk) -> None:
    """The last recording shows the order as its workflow knows it."""
    order, told = await desk.order(), desk.book.recordings[-1]
    shown = projection(order, told.at, explain(order, told.at, None))
    without: dict[str, Any] = {"mode": "json", "exclude": {"explanation"}}
    assert told.projection.model_dump(**without) == shown.model_dump(**without)
    assert told.snapshot == snapshot_text(order)


@pytest.mark.clause("AC-39")
async def test_ten_minutes_without_books_at_each_transition_lose_nothing(desk: Desk) -> None:
    for stage, happens in TRANSITIONS:
        desk.book.broken["record_order"] = ConnectionError("no database")
        await happens(desk)
        await desk.is_at(desk.now + OUTAGE, settles=False)
        assert len(desk.messages) == len(set(desk.messages))
        desk.book.broken.clear()
        await desk.passes(seconds=31)
        assert await desk.stage() is stage
        await is_equal(desk)
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    assert (await desk.clock("C1")).verdict == "met"
    assert (await desk.clock("C2", "package/1")).verdict == "met"
    sequences = [recording.sequence for recording in desk.book.recordings]
    assert sequences == sorted(set(sequences)), "each turn is written once, in its order"
    facts = [fact for recording in desk.book.recordings for fact in recording.fact_ids]
    assert {f"test:{number}" for number in range(1, 5)} <= set(facts)
    entries = [entry.key for recording in desk.book.recordings for entry in recording.entries]
    assert len(entries) == len(set(entries))
    assert await desk.open_cases() == []
