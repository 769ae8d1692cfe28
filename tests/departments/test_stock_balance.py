"""The books under whatever comes from eight sides at once, and their check and repair (invariant 1; P-01, P-02)."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.stock import StockActivities
from domain.effects import ReleaseStockRequest, ReserveRequest
from domain.facts import Moved
from domain.stock import Allotment, Want
from domain.stock_policy import STANDARD_STOCK
from infra.db import tables
from infra.db.counting import put_counts
from infra.db.engine import open_engine
from infra.db.master_data import Count
from infra.db.outbound import consume
from infra.db.reservations import Cause
from infra.db.stock import reserve
from infra.db.stock_check import Wrong, differences, repair
from tests.departments.desk import Desk

PLACES, SKUS = ("WH_GZ", "WH_SH"), ("A", "B", "C")


@pytest.fixture
def department(desk: Desk) -> StockActivities:
    return StockActivities(desk.engine, desk.watch)


@pytest.fixture
async def eight(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Eight connections and no more."""
    engine = open_engine(database_url, pool=4)  # and as many again under load
    yield engine
    await engine.dispose()


def wish(order_no: str, cause: object, **units: int) -> ReserveRequest:
    return ReserveRequest(
        key=f"{order_no}/reserve/{cause}",
        order_no=order_no,
        version=1,
        lines=tuple(Moved(line=sku, quantity=quantity) for sku, quantity in units.items()),
        skus={sku: sku for sku in units},
        criteria=STANDARD_STOCK.criteria,
        paid_first=True,
    )


@pytest.mark.clause("AC-23")
async def test_twenty_times_in_a_row_200_orders_at_once_for_50_units_reserve_exactly_50(
    desk: Desk, eight: AsyncEngine
) -> None:
    for run in range(20):
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


class Hand:
    """One of eight who do to the books whatever comes into their mind."""

    def __init__(self, desk: Desk, department: StockActivities, luck: random.Random, orders: list[str]) -> None:
        self.desk, self.department, self.luck, self.orders = desk, department, luck, orders
        self.number = luck.randrange(10**9)

    async def works(self, times: int) -> None:
        for _ in range(times):
            self.number += 1
            deed = self.luck.choice(
                (self.reserves, self.reserves, self.gives_back, self.lapses, self.counts, self.sends)
            )
            await deed(self.luck.choice(self.orders))

    async def reserves(self, order_no: str) -> None:
        units = {sku: self.luck.randint(1, 4) for sku in self.luck.sample(SKUS, 2)}
        await self.department.reserve_stock(wish(order_no, self.number, **units))

    async def gives_back(self, order_no: str) -> None:
        await self.department.release_stock(
            ReleaseStockRequest(key=f"{order_no}/release_stock/{self.number}", order_no=order_no)
        )

    async def lapses(self, order_no: str) -> None:
        await self.department.release_stock(
            ReleaseStockRequest(key=f"{order_no}/release_stock/expired/{self.number}", order_no=order_no)
        )

    async def counts(self, _order_no: str) -> None:
        seen = [
            Count(
                place,
                sku,
                self.luck.randint(0, 12),
                safety=self.luck.randint(0, 2),
                quarantined=self.luck.randint(0, 2),
            )
            for place in PLACES
            for sku in SKUS
            if self.luck.random() < 0.5
        ]
        self.luck.shuffle(seen)
        async with self.desk.engine.begin() as connection:
            await put_counts(connection, seen, self.desk.now + timedelta(microseconds=self.number))

    async def sends(self, order_no: str) -> None:
        """A package leaves with units, reserved or not."""
        line = self.luck.choice(SKUS)
        package = {
            "order_no": order_no,
            "package": str(self.number),
            "shipment": self.luck.choice((1, 2)),
            "state": "X",
        }
        async with self.desk.engine.begin() as connection:
            await connection.execute(
                tables.package.insert().values(
                    **package, lines={line: self.luck.randint(1, 3)}, outbound_at=self.desk.now
                )
            )
        async with self.desk.engine.begin() as connection:
            await consume(connection, order_no, self.desk.now)


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


@pytest.mark.clause("SR-111", "AC-23")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_books_balance_whatever_eight_hands_do_to_them(desk: Desk, eight: AsyncEngine, seed: int) -> None:
    luck = random.Random(seed)
    for sku in SKUS:
        await desk.stock_is(sku, WH_SH=10, WH_GZ=6)
    orders = [await an_order(desk, luck.choice(("paid", "unpaid"))) for _ in range(12)]
    desk.engine = eight
    department = StockActivities(eight, desk.watch)
    hands = [Hand(desk, department, random.Random(luck.random()), orders) for _ in range(8)]
    async with asyncio.timeout(30):
        for _ in range(4):
            await asyncio.gather(*(hand.works(6) for hand in hands))
            assert await balance(desk)
    async with desk.engine.begin() as connection:
        await repair(connection, desk.now)
        assert await differences(connection, desk.now) == []
    steps = {row["step"] for row in await desk.rows(tables.reservation)}
    assert steps >= {"reserve", "release", "consume", "lose"}


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
    await department.reserve_stock(wish(await an_order(desk, "paid"), 1, A=2))
    assert (await found(desk), await repaired(desk), await desk.rows(tables.alert)) == ([], [], [])


@pytest.mark.clause("SR-111")
@pytest.mark.parametrize("drift", [1, 4, 5])
async def test_a_level_that_drifted_follows_its_ledger(desk: Desk, department: StockActivities, drift: int) -> None:
    await desk.stock_is("A", WH_SH=5, WH_GZ=3)
    await department.reserve_stock(wish(await an_order(desk, "paid"), 1, A=2))
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
    await department.reserve_stock(wish(closed, 1, A=2))
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
        await department.reserve_stock(wish(order_no, 1, A=2))
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
    await department.reserve_stock(wish(await an_order(desk, "paid"), 1, A=2))
    await changed(desk, "DELETE FROM stock_level")
    assert await found(desk) == [("ledger_differs", "A", "WH_SH", "", 0, 2)]
    assert await repaired(desk) == [("A", "WH_SH", 2, 0)]
    assert (await desk.level("A"), await found(desk)) == ((2, 2), [])
