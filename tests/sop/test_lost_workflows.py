"""A terminated workflow begins anew from the books: effects once, messages once, clocks at their own times (row 42)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from domain.policy import STANDARD
from domain.stage import Stage
from tests.sop.desk import Desk


async def is_resumed(desk: Desk) -> None:
    """Somebody terminates the order's workflow, and it goes on from what was recorded last."""
    await desk.handle.terminate("by mistake")
    state = json.loads(desk.book.recordings[-1].snapshot)
    await desk.places(snapshot={**state, "policy": STANDARD.model_dump(mode="json")}, settles=False)


@pytest.mark.clause("EC-42", "AC-37")
async def test_what_was_under_way_is_done_once_and_the_clocks_keep_their_times(desk: Desk) -> None:
    desk.book.shut.add("release_shipment")
    await desk.places()
    await desk.is_paid()
    due = (await desk.clock("C4")).due_at
    await desk.asks("place_hold", reason="DISPUTE", note="n")
    await is_resumed(desk)
    desk.book.shut.clear()
    await desk.settles()
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    assert (await desk.clock("C4")).due_at == due
    assert [hold.reason for hold in (await desk.order()).open_holds] == ["DISPUTE"]
    await desk.asks("release_hold", hold="H1")
    await desk.ships()
    await is_resumed(desk)
    await desk.settles()
    await desk.carrier_scans("DELIVERED")
    await desk.passes(hours=23, seconds=2)
    await desk.ends_as(Stage.COMPLETED)
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    assert len(desk.messages) == len(set(desk.messages))
    assert desk.messages == [
        "ORDER_CONFIRMED/order",
        "SHIPPED_WITH_ETA/package/1",
        "TRACKING_ADDED/package/1",
        "DELIVERED/order",
        "COMPLETED/order",
    ]


@pytest.mark.clause("EC-42")
async def test_a_clock_that_ran_out_meanwhile_is_noticed_at_once(desk: Desk) -> None:
    await desk.places()
    due = (await desk.clock("C1")).due_at
    assert due is not None
    state = desk.book.recordings[-1].snapshot
    await desk.handle.terminate("by mistake")
    early = json.loads(state.replace(desk.placed_at.isoformat().replace("+00:00", "Z"), _hours_before(desk, 3)))
    await desk.places(snapshot={**early, "policy": STANDARD.model_dump(mode="json")}, settles=False)
    await desk.settles()
    clock = await desk.clock("C1")
    assert (clock.due_at, clock.verdict) == (due - timedelta(hours=3), "breached")
    assert "CONFIRM_OVERDUE" in await desk.open_cases()


def _hours_before(desk: Desk, hours: int) -> str:
    return (desk.placed_at - timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
