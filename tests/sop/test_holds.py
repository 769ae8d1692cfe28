"""Holds: each blocks what it says, each is released by its own id (§4.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.holds import CaseStatus
from domain.stage import Stage
from tests.sop.desk import Desk

HOUR = timedelta(hours=1)


async def place_manual(desk: Desk, *blocks: str, days: int = 30) -> None:
    """A hold by hand, to be looked at again after so many days."""
    review_at = (desk.now + timedelta(days=days)).isoformat()
    await desk.asks("place_hold", reason="MANUAL", blocks=list(blocks), note="wait", review_at=review_at)


async def test_a_hold_on_the_release_keeps_the_goods_and_no_clock(desk: Desk) -> None:
    await desk.places()
    await place_manual(desk, "release")
    await desk.is_paid()
    assert desk.steps == ["audit_order"]
    assert (await desk.clock("C1")).verdict == "met"
    assert (await desk.clock("C4")).due_at == (await desk.clock("C4")).start_at + 48 * HOUR
    assert desk.book.recordings[-1].projection.hold_reasons == ("MANUAL",)
    await desk.asks("release_hold", hold="H1")
    assert await desk.stage() is Stage.READY_TO_SHIP


async def test_releasing_one_hold_never_releases_another(desk: Desk) -> None:
    await desk.places()
    await place_manual(desk, "release")
    await place_manual(desk, "release")
    await desk.is_paid()
    await desk.asks("release_hold", hold="H1")
    assert [hold.id for hold in (await desk.order()).open_holds] == ["H2"]
    assert desk.steps == ["audit_order"]
    assert (await desk.is_refused("release_hold", hold="H1")).code == "UNKNOWN_HOLD"
    await desk.asks("release_hold", hold="H2")
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]


@pytest.mark.clause("SR-114")
async def test_a_design_that_is_not_final_keeps_the_order_in_the_audit(desk: Desk) -> None:
    desk.book.broken["audit_order"] = ConnectionError("not yet")
    await desk.places()
    await desk.asks("place_hold", reason="DESIGN_NOT_FINAL", note="logo is missing")
    desk.book.broken.clear()
    await desk.settles()
    await desk.is_paid()
    assert await desk.stage() is Stage.AUDITING
    assert (await desk.clock("C1")).due_at is None
    assert desk.steps == ["audit_order"]
    await desk.asks("release_hold", hold="H1")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert (await desk.is_refused("place_hold", reason="DESIGN_NOT_FINAL", note="again")).code == "AUDIT_OVER"


async def test_a_hold_by_hand_says_what_it_blocks_and_when_it_is_looked_at_again(desk: Desk) -> None:
    await desk.places()
    assert (await desk.is_refused("place_hold", reason="MANUAL", note="hm")).code == "HOLD_INCOMPLETE"
    assert (await desk.is_refused("place_hold", reason="MANUAL", note="hm", blocks=["release"])).code == (
        "HOLD_INCOMPLETE"
    )
    assert (await desk.order()).holds == ()


async def test_a_review_date_that_passes_is_a_case_until_the_hold_is_released(desk: Desk) -> None:
    await desk.places()
    await place_manual(desk, "complete", days=1)
    await desk.is_paid()
    await desk.is_just_at(desk.placed_at + timedelta(days=1))
    assert await desk.cases() == []
    await desk.passes(seconds=1)
    [case] = await desk.cases()
    assert (case.kind, case.subject, case.cause) == ("HOLD_REVIEW_OVERDUE", "hold/H1", "MANUAL")
    await desk.asks("release_hold", hold="H1")
    assert [(case.status, case.outcome) for case in await desk.cases()] == [(CaseStatus.RESOLVED, "REVIEWED")]


async def test_a_hold_after_the_release_stops_no_parcel(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await place_manual(desk, "release")
    await desk.ships()
    assert await desk.stage() is Stage.SHIPPED
