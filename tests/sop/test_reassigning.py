"""Goods that do not leave go from another warehouse by themselves, on the server (E4; SR-034)."""

from __future__ import annotations

import pytest

from domain.effects import ReleaseRequest, ReleaseStockRequest
from domain.inquiries import Answer
from domain.policy import STANDARD
from domain.stage import Stage
from tests.sop.desk import Desk


@pytest.mark.clause("SR-033", "SR-034")
async def test_a_warehouse_that_names_no_time_is_recalled_and_another_one_sends(desk: Desk) -> None:
    desk.book.elsewhere = ("WH-GZ",)
    desk.book.warehouse_answer = Answer(reason="CAPACITY")
    await desk.places(policy=STANDARD)
    await desk.is_paid()
    await desk.passes(hours=48, minutes=1)
    assert await desk.open_cases() == ["OUTBOUND_OVERDUE"]
    await desk.passes(hours=3)
    order = await desk.order()
    assert [(each.warehouse, each.state) for each in order.shipments] == [("WH-SH", "CANCELLED"), ("WH-GZ", "RELEASED")]
    assert (await desk.open_cases(), [case.outcome for case in await desk.cases()]) == ([], ["REASSIGNED"])
    told = [each for each in desk.book.requests if isinstance(each, ReleaseRequest | ReleaseStockRequest)]
    assert [each.key.split("/", 1)[1] for each in told] == ["release/1", "release_stock/elsewhere/1", "release/2"]
    assert desk.steps[-4:] == ["reserve_stock", "recall_shipment", "release_stock", "release_shipment"]
    await desk.ships(shipment=2, package="2-1", number="SF2")
    assert await desk.stage() is Stage.SHIPPED
