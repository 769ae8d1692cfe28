"""How well the books know a buyer, and which goods are made to order (A-08, SR-113, SR-114), with real PostgreSQL."""

import itertools
from typing import Any

import pytest
from sqlalchemy import insert, update

from activities.audit import AuditActivities
from domain.buyer import columns_of
from domain.effects import AuditRequest
from domain.policy import STANDARD, AuditPolicy
from infra.db import tables
from infra.db.standing import what_is_known
from tests.departments.desk import POSTED, Desk

LARGE: dict[str, Any] = {
    "lines": [{"line": "1", "sku": "TEA", "quantity": 1, "unit_price": 500_000, "discount": 0}],
    "freight": 0,
    "discount": 0,
    "total": 500_000,
    "payment": {"method": "prepaid", "paid_amount": 500_000, "paid_at": "2026-11-23T11:31:00Z"},
}
ODD = itertools.count(1)


@pytest.fixture
async def department(desk: Desk) -> AuditActivities:
    await desk.stock_is("TEA", WH_SH=100)
    return AuditActivities(desk.direct, desk.watch)


async def comes_in(desk: Desk, stage: str = "RECEIVED", **changes: Any) -> str:
    """An order with the marks that intake gives it, and the stage that its workflow would show."""
    order_no = await desk.order_came_in(**(LARGE | changes))
    marks = columns_of({**POSTED, "external_id": "-", **LARGE, **changes})
    async with desk.engine.begin() as connection:
        inbound, orders = tables.inbound_order, tables.orders
        await connection.execute(update(inbound).where(inbound.c.order_no == order_no).values(**marks))
        await connection.execute(update(orders).where(orders.c.order_no == order_no).values(stage=stage))
    return order_no


async def holds(department: AuditActivities, order_no: str) -> list[str]:
    """The holds that the audit of an order places."""
    request = AuditRequest(
        key=f"{order_no}/audit/{next(ODD)}",
        order_no=order_no,
        version=1,
        policy=AuditPolicy(),
        risk=STANDARD.risk,
    )
    return [finding.code for finding in (await department.audit_order(request)).findings if finding.severity == "hold"]


def buyer(key: str | None, phone: str = "13800138000") -> dict[str, Any]:
    return {"customer": {"name": "王小明", "phone": phone, "buyer_key": key}}


@pytest.mark.clause("AC-20", "SR-113")
async def test_whoever_completed_an_order_before_is_no_new_customer(desk: Desk, department: AuditActivities) -> None:
    first = await comes_in(desk, **buyer("b-7"))
    assert await holds(department, first) == ["VOUCHER_REQUIRED"]
    await comes_in(desk, "CANCELLED", **buyer("b-7"))
    await comes_in(desk, "COMPLETED", **buyer("b-8"))
    await comes_in(desk, "COMPLETED", channel="jd", **buyer("b-7"))
    assert await holds(department, await comes_in(desk, **buyer("b-7"))) == ["VOUCHER_REQUIRED"]
    await comes_in(desk, "COMPLETED", **buyer("b-7", "13900139000"))
    assert await holds(department, await comes_in(desk, **buyer("b-7"))) == []


@pytest.mark.clause("SR-113")
async def test_without_a_key_the_phone_names_the_buyer_and_a_masked_one_nobody(
    desk: Desk, department: AuditActivities
) -> None:
    await comes_in(desk, "COMPLETED", **buyer(None))
    await comes_in(desk, "COMPLETED", **buyer("b***", "138****8000"))
    assert await holds(department, await comes_in(desk, channel="store", **buyer(None, "+86 138-0013-8000"))) == []
    assert await holds(department, await comes_in(desk, **buyer("b***", "138****8000"))) == ["VOUCHER_REQUIRED"]


@pytest.mark.clause("AC-20", "SR-113")
async def test_a_fen_less_is_not_large_and_what_is_held_has_its_stock(desk: Desk, department: AuditActivities) -> None:
    less: dict[str, Any] = {"total": 499_999, "lines": [LARGE["lines"][0] | {"unit_price": 499_999}]}
    less["payment"] = {"method": "prepaid", "paid_amount": 499_999, "paid_at": "2026-11-23T11:31:00Z"}
    assert await holds(department, await comes_in(desk, **less)) == []
    assert await desk.level("TEA") == (100, 1)
    assert await holds(department, await comes_in(desk)) == ["VOUCHER_REQUIRED"]
    assert await desk.level("TEA") == (100, 2)


@pytest.mark.clause("AC-21", "SR-114")
async def test_a_sku_that_is_made_to_order_needs_a_design(desk: Desk, department: AuditActivities) -> None:
    await comes_in(desk, "COMPLETED")
    async with desk.engine.begin() as connection:
        await connection.execute(update(tables.sku).values(custom=True))
    assert await holds(department, await comes_in(desk)) == ["DESIGN_NOT_FINAL"]
    designed = [LARGE["lines"][0] | {"design_id": "D-7", "design_version": "2"}]
    assert await holds(department, await comes_in(desk, lines=designed)) == []


@pytest.mark.clause("SR-050")
async def test_what_the_audit_keeps_says_no_word_of_a_message(desk: Desk, department: AuditActivities) -> None:
    await comes_in(desk, "COMPLETED")
    order_no = await comes_in(desk, buyer_message="麻烦换成蓝色，送我妈妈")
    assert await holds(department, order_no) == ["BUYER_MESSAGE"]
    kept = await desk.rows(tables.effect)
    assert "蓝色" not in str(kept)


async def refused_at_the_door(desk: Desk, fee: int, **changes: Any) -> None:
    order_no = await comes_in(desk, "RETURNED", **changes)
    at = desk.watch()
    line = {"order_no": order_no, "key": f"{order_no}/cod_refused/1", "code": "cod_refused", "actor": "desk"}
    params = {"fee": fee, "currency": "CNY", "subject": "package/1"}
    async with desk.engine.begin() as connection:
        await connection.execute(insert(tables.order_event).values(**line, params=params, at=at, recorded_at=at))


@pytest.mark.clause("EC-12")
async def test_who_refused_two_parcels_at_the_door_is_looked_at_before_the_third(
    desk: Desk, department: AuditActivities
) -> None:
    cod: dict[str, Any] = {"payment": {"method": "cod"}, "total": 9_000}
    cod["lines"] = [LARGE["lines"][0] | {"unit_price": 9_000}]
    await refused_at_the_door(desk, 1_200, **buyer("b-3"), **cod)
    assert await holds(department, await comes_in(desk, **buyer("b-3"), **cod)) == []
    await refused_at_the_door(desk, 800, **buyer("b-3"), **cod)
    order_no = await comes_in(desk, **buyer("b-3"), **cod)
    assert await holds(department, order_no) == ["HIGH_RISK"]
    async with desk.engine.connect() as connection:
        known = await what_is_known(connection, order_no, {**POSTED, **buyer("b-3"), **cod}, STANDARD.risk)
    assert (known.refused, known.fees) == (2, 2_000)
    assert await holds(department, await comes_in(desk, **buyer("b-4", "13900139001"), **cod)) == []
