"""Cold chain by data alone: out within 12 hours, no silence over 6 (SR-147, AC-61)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.profiles import COLD_CHAIN
from tests.sop.desk import Desk


@pytest.mark.clause("SR-147", "AC-61", "EC-49")
async def test_fresh_goods_are_late_after_12_hours(desk: Desk) -> None:
    await desk.places(policy=COLD_CHAIN)
    await desk.is_paid()
    due = (await desk.clock("C4", "shipment/1")).due_at
    assert due == desk.now + timedelta(hours=12)
    await desk.passes(hours=11.9)
    assert await desk.open_cases() == []
    await desk.passes(hours=0.2)
    assert await desk.open_cases() == ["OUTBOUND_OVERDUE"]


@pytest.mark.clause("SR-147", "AC-61", "EC-49")
async def test_a_parcel_of_fresh_goods_is_silent_after_6_hours(desk: Desk) -> None:
    await desk.is_on_its_way(policy=COLD_CHAIN)
    assert (await desk.clock("C5", "package/1")).due_at == desk.now + timedelta(hours=6)
    await desk.passes(hours=5.9)
    await desk.carrier_scans("IN_TRANSIT")
    await desk.passes(hours=5.9)
    assert await desk.open_cases() == []
    await desk.passes(hours=0.2)
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]
