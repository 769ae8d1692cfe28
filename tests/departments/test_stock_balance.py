"""The books under whatever comes from eight sides at once, and their check and repair (invariant 1; P-01, P-02)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.stock import StockActivities
from domain.stock import Allotment, Want
from infra.db import tables
from infra.db.engine import open_engine
from infra.db.reservations import Cause
from infra.db.stock import reserve
from infra.db.stock_check import Wrong, differences, repair
from tests.departments.desk import Desk
from tests.departments.hands import HANDS, ORDERS, PLACES, SKUS, WORK, Deed, Hand, wish


@pytest.fixture
def department(desk: Desk) -> StockActivities:
    return StockActivities(desk.engine, desk.watch)


@pytest.fixture
async def eight(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Eight connections and no more."""
    engine = open_engine(database_url, pool=4)  # and as many again under load
    yield engine
    await engine.dispose()


@pytest.mark.clause("AC-23")
@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.thorough)])
async def test_several_times_in_a_row_200_orders_at_once_for_50_units_reserve_exactly_50(
    desk: Desk, eight: AsyncEngine, times: int
) -> None:
    for run in range(times):
        sku = f"TEA-{run}"
        await desk.stock_is(sku, WH_SH=30, WH_GZ=20)
        allotments = await asyncio.gather(*(reserves(eight, desk.now, f"SO{run}-{n}", sku) for n in range(200)))
        got = Counter(sum(given.quantity for given in allotment.allocations) for allotment in allotments)
        lacking = Counter(sum(part.quantity for part in allotment.short) for allotment in allotments)
        assert (got, lacking) == (Counter({0: 150, 1: 50}), Counter({1: 150, 0: 50}))
        assert (await desk.level(sku), await desk.level(sku, "WH_GZ")) == ((30, 30), (20, 20))
    assert await balance(desk)


async def reserves(engine: AsyncEngine, at: datetime, order_no: str, sku: str) -> Allotment:
    """One order's transaction on the books, on a connection of its own."""
    async with engine.begin() as connection:
        cause = Cause(f"{order_no}/reserve/1", order_no, at)
        allotment, _ = await reserve(connection, cause, [Want(line="1", sku=sku, quantity=1)])
        return allotment


async def balance(desk: Desk) -> bool:
    """Ledger sums are levels, per place and per order; nothing is promised that is not there."""
    assert await desk.ledger_adds_up()
    live: Counter[tuple[str, str, str, str]] = Counter()
    for row in await desk.rows(tables.reservation):
        live[row["order_no"], row["line"], row["sku"], row["warehouse"]] += row["units"]
    assert min(live.values(), default=0) >= 0
    for level in await desk.rows(tables.stock_level):
        assert 0 <= level["reserved"] <= level["on_hand"]
    async with desk.engine.begin() as connection:
        assert [one for one in await differences(connection, desk.now) if one.kind is not Wrong.PROMISED_TOO_MUCH] == []
    return True


async def an_order(desk: Desk, payment: str) -> str:
    """An order of a line a SKU and a shipment a warehouse."""
    order_no = await desk.order_came_in()
    known = tables.orders.update().where(tables.orders.c.order_no == order_no).values(payment_state=payment)
    async with desk.engine.begin() as connection:
        await connection.execute(known)
        for sku in SKUS:
            await connection.execute(
                tables.order_line.insert().values(order_no=order_no, line=sku, sku=sku, quantity=9, unallocated=1)
            )
        for number, place in enumerate(PLACES, 1):
            await connection.execute(
                tables.shipment.insert().values(order_no=order_no, shipment=number, warehouse=place, state="PLANNED")
            )
    return order_no


@pytest.fixture
async def hands(desk: Desk, eight: AsyncEngine) -> AsyncIterator[list[Hand]]:
    """Who works in one set of books; when all is done, everything that can happen to a unit has happened."""
    for sku in SKUS:
        await desk.stock_is(sku, WH_SH=10, WH_GZ=6)
    orders = [await an_order(desk, payment) for payment in ("paid", "unpaid") * (ORDERS // 2)]
    owners = [await an_order(desk, "unpaid") for _ in range(HANDS)]
    desk.engine = eight
    yield [Hand(desk, orders, own) for own in owners]
    steps = {row["step"] for row in await desk.rows(tables.reservation)}
    assert steps >= {"reserve", "release", "consume", "lose"}


SOME = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=3,
    phases=[Phase.generate],  # what a race did cannot be made smaller by doing something else
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MANY = settings(SOME, max_examples=40)


async def all_work(hands: list[Hand], work: list[list[Deed]]) -> None:
    """All hands at once; then the books balance, and their check finds nothing that its repair has not mended."""
    desk = hands[0].desk
    async with asyncio.timeout(30):
        await asyncio.gather(*(works(hand, deeds) for hand, deeds in zip(hands, work, strict=True)))
    assert await balance(desk)
    async with desk.engine.begin() as connection:
        await repair(connection, desk.now)
        assert await differences(connection, desk.now) == []


@pytest.mark.clause("SR-111", "AC-23")
@SOME
@given(work=WORK)
async def test_the_books_balance_whatever_eight_hands_do_to_them(hands: list[Hand], work: list[list[Deed]]) -> None:
    await all_work(hands, work)


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.clause("SR-111", "AC-23")
@MANY
@given(work=WORK)
async def test_the_books_balance_whatever_eight_hands_do_to_them_for_long(
    hands: list[Hand], work: list[list[Deed]]
) -> None:
    await all_work(hands, work)


async def works(hand: Hand, deeds: Sequence[Deed]) -> None:
    for deed in deeds:
        await deed.by(hand)


# -- found and repaired ----------------------------------------------------------------------------------------------


async def found(desk: Desk) -> list[tuple[str, str, str, str, int, int]]:
    async with desk.engine.begin() as connection:
        return [
            (str(one.kind), one.sku, one.warehouse, one.order_no, one.books, one.should)
            for one in await differences(connection, desk.now)
        ]


async def changed(desk: Desk, statement: str, **values: object) -> None:
    async with desk.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def repaired(desk: Desk) -> list[tuple[str, str, int, int]]:
    async with desk.engine.begin() as connection:
        return [(one.sku, one.warehouse, one.reserved, one.lost) for one in await repair(connection, desk.now)]


@pytest.mark.clause("SR-111")
async def test_books_that_balance_have_nothing_to_repair(desk: Desk, department: StockActivities) -> None:
    await desk.stock_is("A", WH_SH=5)
    await department.reserve_stock(wish(await an_order(desk, "paid"), 1, {"A": 2}))
    assert (await found(desk), await repaired(desk), await desk.rows(tables.alert)) == ([], [], [])


@pytest.mark.clause("SR-111")
@pytest.mark.parametrize("drift", [1, 4, 5])
async def test_a_level_that_drifted_follows_its_ledger(desk: Desk, department: StockActivities, drift: int) -> None:
    await desk.stock_is("A", WH_SH=5, WH_GZ=3)
    await department.reserve_stock(wish(await an_order(desk, "paid"), 1, {"A": 2}))
    await changed(desk, "UPDATE stock_level SET reserved = :drift WHERE warehouse = 'WH_SH'", drift=drift)
    assert await found(desk) == [("ledger_differs", "A", "WH_SH", "", drift, 2)]
    assert await repaired(desk) == [("A", "WH_SH", 2, 0)]
    assert (await desk.level("A"), await found(desk), await repaired(desk)) == ((5, 2), [], [])
    [alert] = await desk.rows(tables.alert)
    assert (alert["kind"], alert["detail"]["reserved"], alert["detail"]["lost"]) == ("stock_repaired", 2, 0)
    assert [wrong["kind"] for wrong in alert["detail"]["wrong"]] == ["ledger_differs"]


@pytest.mark.clause("SR-111")
async def test_what_a_closed_order_holds_goes_back_and_who_waits_is_told(
    desk: Desk, department: StockActivities
) -> None:
    await desk.stock_is("A", WH_SH=2)
    closed, waiting = await an_order(desk, "paid"), await an_order(desk, "paid")
    await department.reserve_stock(wish(closed, 1, {"A": 2}))
    await changed(desk, "UPDATE inbound_order SET started_at = :at", at=desk.now)
    over = "UPDATE orders SET final = true, updated_at = :at WHERE order_no = :no"
    await changed(desk, over, at=desk.now, no=closed)
    assert await found(desk) == [], "it has just been closed"
    await changed(desk, over, at=desk.now - timedelta(minutes=2), no=closed)
    assert await found(desk) == [("order_is_over", "A", "WH_SH", closed, 2, 0)]
    assert await repaired(desk) == [("A", "WH_SH", 0, 0)]
    assert (await desk.level("A"), await found(desk)) == ((2, 0), [])
    assert [row["units"] for row in await desk.rows(tables.reservation, step="repair")] == [-2]
    assert [fact["order_no"] for fact in await desk.rows(tables.inbound_fact, kind="stock_arrived")] == [waiting]


@pytest.mark.clause("SR-111")
async def test_what_was_given_back_twice_is_taken_back_in_the_ledger(desk: Desk) -> None:
    await desk.stock_is("A", WH_SH=5)
    order_no = await an_order(desk, "paid")
    row = {"order_no": order_no, "line": "A", "sku": "A", "warehouse": "WH_SH", "step": "release", "units": -3}
    async with desk.engine.begin() as connection:
        await connection.execute(tables.reservation.insert().values(**row, key="twice", at=desk.now))
    assert [wrong[0] for wrong in await found(desk)] == ["given_back_twice", "ledger_differs"]
    assert await repaired(desk) == [("A", "WH_SH", 0, 0)]
    assert (await desk.level("A"), await found(desk)) == ((5, 0), [])
    assert await desk.ledger_adds_up()


@pytest.mark.clause("SR-111", "SR-131")
async def test_promises_beyond_what_is_there_are_taken_back_by_the_rule_of_a_count(
    desk: Desk, department: StockActivities
) -> None:
    await desk.stock_is("A", WH_SH=4)
    paid, unpaid = await an_order(desk, "paid"), await an_order(desk, "unpaid")
    for order_no in (paid, unpaid):
        await department.reserve_stock(wish(order_no, 1, {"A": 2}))
    await changed(desk, "UPDATE stock_level SET quarantined = 1, reserved = 3")
    assert [wrong[::4] for wrong in await found(desk)] == [("ledger_differs", 3)]
    await changed(desk, "UPDATE stock_level SET safety = 2")
    assert [wrong[0] for wrong in await found(desk)] == ["ledger_differs", "promised_too_much"]
    assert await repaired(desk) == [("A", "WH_SH", 1, 3)]
    lost = {
        fact["order_no"]: fact["body"]["data"]["units"]
        for fact in await desk.rows(tables.inbound_fact, kind="reservation_lost")
    }
    assert (lost, await desk.level("A"), await found(desk)) == ({unpaid: 2, paid: 1}, (4, 1), [])


@pytest.mark.clause("SR-111")
async def test_a_level_that_is_gone_comes_back_with_what_is_promised(desk: Desk, department: StockActivities) -> None:
    await desk.stock_is("A", WH_SH=4)
    await department.reserve_stock(wish(await an_order(desk, "paid"), 1, {"A": 2}))
    await changed(desk, "DELETE FROM stock_level")
    assert await found(desk) == [("ledger_differs", "A", "WH_SH", "", 0, 2)]
    assert await repaired(desk) == [("A", "WH_SH", 2, 0)]
    assert (await desk.level("A"), await found(desk)) == ((2, 2), [])
