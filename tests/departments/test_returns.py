"""Returns in the books: money that is let go once and never too much, goods on the shelf once (SR-149, EC-50)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from temporalio.testing import ActivityEnvironment

from activities.returns import ReturnActivities
from api.linked import as_linked
from domain.facts import Moved
from domain.return_rows import ReturnNews, news_of
from domain.return_work import ClaimRequest, GiveBackRequest, KeepRequest, RestockRequest
from domain.returns import Return, ReturnKind, ReturnLine
from infra.db import tables
from infra.db.connections import open_connections
from infra.db.inbox import Inbox
from infra.db.returns import begin
from tests.departments.desk import Desk


@pytest.fixture
def department(desk: Desk, database_url: str) -> ReturnActivities:
    return ReturnActivities(desk.engine, Inbox(open_connections(database_url)), as_linked, desk.watch)


async def over(desk: Desk, **books: Any) -> str:
    """A completed order that was paid with 168.00."""
    order_no = await desk.order_came_in()
    values = {"stage": "COMPLETED", "final": True, "captured": 16800, "payment_state": "paid"} | books
    async with desk.engine.begin() as connection:
        await connection.execute(update(tables.orders).where(tables.orders.c.order_no == order_no).values(**values))
    return order_no


async def written(department: ReturnActivities, news: ReturnNews) -> None:
    """A turn is written, as a worker does it."""
    await ActivityEnvironment().run(department.record_return, news)


def claim(order_no: str, number: int, amount: int) -> ClaimRequest:
    key = f"{order_no}/refund/return/{number}"
    return ClaimRequest(key=key, order_no=order_no, number=number, cause="goods", amount=amount)


@pytest.mark.clause("SR-149")
async def test_returns_that_pay_at_once_let_no_more_go_than_was_paid(desk: Desk, department: ReturnActivities) -> None:
    order_no = await over(desk, refunded=800)
    wishes = [claim(order_no, number, 10_000) for number in (1, 2, 3)]
    granted = [each.granted for each in await asyncio.gather(*map(department.claim_refund, wishes))]
    assert sorted(each or 0 for each in granted) == [0, 6_000, 10_000]
    again = [each.granted for each in await asyncio.gather(*map(department.claim_refund, wishes))]
    assert again == granted


@pytest.mark.clause("SR-149")
async def test_an_open_orders_money_is_not_let_go(desk: Desk, department: ReturnActivities) -> None:
    order_no = await over(desk, stage="DELIVERED", final=False)
    assert (await department.claim_refund(claim(order_no, 1, 100))).granted is None
    assert await desk.rows(tables.return_refund, order_no=order_no) == []


@pytest.mark.clause("SR-149", "EC-65")
async def test_good_units_go_back_on_the_shelf_once(desk: Desk, department: ReturnActivities) -> None:
    await desk.stock_is("TEA", WH_SH=5)
    order_no = await over(desk)
    wish = RestockRequest(key=f"{order_no}/restock/return/1", order_no=order_no, warehouse="WH_SH", units={"TEA": 2})
    for _ in range(3):
        await department.restock_return(wish)
    assert await desk.level("TEA") == (7, 0)
    assert await desk.ledger_adds_up()


@pytest.mark.clause("EC-50")
@pytest.mark.parametrize(("units", "kept", "reserved"), [(3, True, 3), (6, False, 0)])
async def test_an_exchange_keeps_all_of_its_goods_or_none(
    desk: Desk, department: ReturnActivities, units: int, kept: bool, reserved: int
) -> None:
    await desk.stock_is("CUP", WH_SH=5)
    order_no = await over(desk)
    about = {"order_no": order_no, "holder": f"return/{order_no}/1"}
    lines = (Moved(line="1", quantity=units),)
    wish = KeepRequest(key=f"{order_no}/reserve/return/1", **about, lines=lines, skus={"1": "CUP"})
    for _ in range(2):
        assert (await department.keep_exchange(wish)).kept is kept
    assert await desk.level("CUP") == (5, reserved)
    for _ in range(2):
        await department.give_back_exchange(GiveBackRequest(key=f"{order_no}/release_stock/return/1", **about))
    assert await desk.level("CUP") == (5, 0)
    assert await desk.ledger_adds_up()


@pytest.mark.clause("SR-149")
async def test_an_older_turn_changes_nothing_of_a_return(desk: Desk, department: ReturnActivities) -> None:
    order_no = await over(desk)
    its = Return(
        order_no=order_no,
        number=1,
        kind=ReturnKind.REFUND,
        lines=(ReturnLine(line="1", sku="TEA", quantity=1, worth=6500),),
        currency="CNY",
        asked_at=desk.now,
        asked_by="ann",
    )
    async with desk.engine.begin() as connection:
        await begin(connection, its, "r1")
    approved = its.having(approved_at=desk.now, approved_by="bob", sequence=1)
    await written(department, news_of(None, its, desk.now, desk.now))
    await written(department, news_of(its, approved, desk.now, desk.now))
    await written(department, news_of(None, its, desk.now, desk.now))
    [row] = await desk.rows(tables.goods_return, order_no=order_no)
    assert (row["state"], row["sequence"]) == ("APPROVED", 1)
    later = desk.now + timedelta(hours=1)
    await written(department, news_of(None, its, later, later))
    [row] = await desk.rows(tables.goods_return, order_no=order_no)
    assert (row["state"], row["run_started_at"]) == ("REQUESTED", later), "the run that started last owns the row"
    codes = [line["code"] for line in await desk.rows(tables.order_event, order_no=order_no)]
    assert codes == ["return_asked", "return_approved"]
