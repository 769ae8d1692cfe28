"""An order's whole life, when all goes well (§4.2, §4.3; AC-01)."""

from __future__ import annotations

import pytest

from domain.stage import Stage
from tests.sop.desk import Desk


@pytest.mark.clause("AC-01", "SR-001", "SR-022")
async def test_a_paid_order_with_prompt_parties_lives_without_a_case(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    assert await desk.stage() is Stage.READY_TO_SHIP
    await desk.passes(hours=2)
    await desk.ships()
    assert await desk.stage() is Stage.SHIPPED
    await desk.passes(hours=20)
    await desk.carrier_scans("DELIVERED")
    assert await desk.stage() is Stage.DELIVERED
    await desk.hears("confirmed")
    assert await desk.stage() is Stage.COMPLETED
    assert await desk.cases() == []
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    assert desk.messages == [
        "ORDER_CONFIRMED/order",
        "SHIPPED_WITH_ETA/package/1",
        "TRACKING_ADDED/package/1",
        "DELIVERED/order",
        "COMPLETED/order",
    ]
    assert desk.book.letters.count("push_status/COMPLETED") == 1
    verdicts = {key: [row.verdict for row in rows] for key, rows in desk.book.clocks.items()}
    assert verdicts == {
        ("C1", "order"): ["met"],
        ("C2", "package/1"): ["met"],
        ("C3", "order"): ["met"],
        ("C4", "order"): ["void"],
        ("C4", "shipment/1"): ["met"],
        ("C5", "package/1"): ["met"],
        ("C6", "package/1"): ["met"],
    }
