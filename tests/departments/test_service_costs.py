"""The net cost of service failures, a carrier and a warehouse at a time (M9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from infra.db import tables
from infra.db.queries.service_costs import service_costs
from tests.departments.desk import Desk


async def gave(desk: Desk, party: str, amount: int, *, borne_by: str = "carrier", incident: str = "package/1") -> str:
    order_no = await desk.order_came_in()
    row = {
        "order_no": order_no,
        "coupon": f"{incident}/1",
        "key": "k",
        "incident": incident,
        "amount": amount,
        "currency": "CNY",
        "fault": borne_by,
        "cost_centre": borne_by,
        "party": party,
        "edition": "standard-5",
    }
    async with desk.engine.begin() as connection:
        await connection.execute(
            insert(tables.coupon).values(**row, issued_at=desk.now, expires_at=desk.now + timedelta(days=30))
        )
    return order_no


async def claimed(desk: Desk, order_no: str, carrier: str, amount: int, **answer: Any) -> None:
    row = {"order_no": order_no, "incident": "package/1", "key": "k", "ground": "late", "amount": amount}
    async with desk.engine.begin() as connection:
        await connection.execute(
            insert(tables.carrier_claim).values(**row, currency="CNY", carrier=carrier, opened_at=desk.now, **answer)
        )


@pytest.mark.clause("SR-132")
async def test_what_was_given_and_what_came_back_is_added_up_by_who_had_the_goods(desk: Desk) -> None:
    first, second, third = [await gave(desk, "SF", amount) for amount in (500, 1_000, 2_000)]
    await gave(desk, "SF", 700, borne_by="us")
    await gave(desk, "WH_SH", 500, borne_by="warehouse", incident="shipment/1")
    await claimed(desk, first, "SF", 500, accepted=True, paid=400)
    await claimed(desk, second, "SF", 1_000, accepted=False)
    await claimed(desk, third, "SF", 32_000)
    later, whole = desk.now + timedelta(days=1), desk.now - timedelta(days=1)
    async with desk.engine.begin() as connection:
        carrier, warehouse = await service_costs(connection, "default", desk.now, later)
        assert await service_costs(connection, "default", whole, desk.now) == [], "the end is not in it"
        assert await service_costs(connection, "another", whole, later) == []
    assert carrier == {
        "party": "SF",
        "currency": "CNY",
        "incidents": 4,
        "coupons": 4_200,
        "borne_by_us": 700,
        "claims": 3,
        "claimed": 33_500,
        "declined": 1_000,
        "paid": 400,
        "net": 3_800,
    }
    assert (warehouse["party"], warehouse["coupons"], warehouse["claims"], warehouse["net"]) == ("WH_SH", 500, 0, 500)
