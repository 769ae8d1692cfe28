"""Eight hands in the stock books at once: what each of them does is drawn, a list of values that can be read."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from hypothesis import strategies as some

from activities.stock import StockActivities
from domain.effects import ReleaseStockRequest, ReserveOutcome, ReserveRequest
from domain.facts import Moved
from domain.stock_policy import STANDARD_STOCK
from infra.db import tables
from infra.db.counting import put_counts
from infra.db.master_data import Count
from infra.db.outbound import consume
from tests.departments.desk import Desk

PLACES, SKUS = ("WH_GZ", "WH_SH"), ("A", "B", "C")
HANDS, ORDERS = 8, 12


def wish(order_no: str, cause: object, units: Mapping[str, int]) -> ReserveRequest:
    """An order wants these units of each SKU; a line a SKU."""
    return ReserveRequest(
        key=f"{order_no}/reserve/{cause}",
        order_no=order_no,
        version=1,
        lines=tuple(Moved(line=sku, quantity=quantity) for sku, quantity in units.items()),
        skus={sku: sku for sku in units},
        criteria=STANDARD_STOCK.criteria,
        paid_first=True,
    )


@dataclass(frozen=True)
class Hand:
    """Who does something to the books: to one of the orders that all share, or to one of its own."""

    desk: Desk
    shared: Sequence[str]
    own: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def department(self) -> StockActivities:
        """Its desk at the stock department."""
        return StockActivities(self.desk.engine, self.desk.watch)

    async def reserves(self, order_no: str, units: Mapping[str, int]) -> ReserveOutcome:
        """The order asks for units."""
        return await self.department.reserve_stock(wish(order_no, self._cause(), units))

    async def gives_back(self, order_no: str) -> None:
        """Everything of the order goes back: it ended, or it was not paid for too long."""
        key = f"{order_no}/release_stock/{self._cause()}"
        await self.department.release_stock(ReleaseStockRequest(key=key, order_no=order_no))

    async def is_now(self, order_no: str, payment: str) -> None:
        """The order's payment is known."""
        known = tables.orders.update().where(tables.orders.c.order_no == order_no).values(payment_state=payment)
        async with self.desk.engine.begin() as connection:
            await connection.execute(known)

    async def held_by(self, order_no: str) -> int:
        """Units that the ledger has for the order."""
        return sum(row["units"] for row in await self.desk.rows(tables.reservation, order_no=order_no))

    async def counts(self, seen: Sequence[Count]) -> None:
        """A count comes in, later than the one before."""
        at = self.desk.now + timedelta(microseconds=next(self.numbers))
        async with self.desk.engine.begin() as connection:
            await put_counts(connection, seen, at)

    async def sends(self, order_no: str, shipment: int, lines: Mapping[str, int]) -> None:
        """A package leaves with units, reserved or not."""
        row = {"order_no": order_no, "package": self._cause(), "shipment": shipment, "state": "X", "lines": lines}
        async with self.desk.engine.begin() as connection:
            await connection.execute(tables.package.insert().values(**row, outbound_at=self.desk.now))
        async with self.desk.engine.begin() as connection:
            await consume(connection, order_no, self.desk.now)

    def _cause(self) -> str:
        return f"{self.own}-{next(self.numbers)}"


class Deed(Protocol):
    """One thing that a hand may do."""

    async def by(self, hand: Hand) -> None:
        """Do it."""


@dataclass(frozen=True)
class Reserve:
    """A shared order asks for units."""

    order: int
    units: dict[str, int]

    async def by(self, hand: Hand) -> None:
        """Do it."""
        await hand.reserves(hand.shared[self.order], self.units)


@dataclass(frozen=True)
class GiveBack:
    """A shared order gives back whatever it has."""

    order: int

    async def by(self, hand: Hand) -> None:
        """Do it."""
        await hand.gives_back(hand.shared[self.order])


@dataclass(frozen=True)
class Recount:
    """Some places are counted, as many units or as few as it happens."""

    seen: tuple[Count, ...]

    async def by(self, hand: Hand) -> None:
        """Do it."""
        await hand.counts(self.seen)


@dataclass(frozen=True)
class Send:
    """A package of a shared order leaves."""

    order: int
    shipment: int
    lines: dict[str, int]

    async def by(self, hand: Hand) -> None:
        """Do it."""
        await hand.sends(hand.shared[self.order], self.shipment, self.lines)


@dataclass(frozen=True)
class PayAsItLapses:
    """The hand's own order is paid in the moment in which its unpaid units lapse, and tries its stock again."""

    units: dict[str, int]

    async def by(self, hand: Hand) -> None:
        """Do it."""
        await hand.is_now(hand.own, "unpaid")
        await hand.reserves(hand.own, self.units)
        await asyncio.gather(hand.gives_back(hand.own), hand.is_now(hand.own, "paid"))
        assert await hand.held_by(hand.own) == 0, "all of it lapsed, whichever came first"
        outcome = await hand.reserves(hand.own, self.units)
        given = sum(allocation.quantity for allocation in outcome.allocations)
        assert given + sum(lacking.quantity for lacking in outcome.short) == sum(self.units.values())
        assert 0 <= await hand.held_by(hand.own) <= given, "a count may have taken some of it again"
        await hand.gives_back(hand.own)


ORDER = some.integers(0, ORDERS - 1)
UNITS = some.dictionaries(some.sampled_from(SKUS), some.integers(1, 4), min_size=1)
COUNTS = some.builds(
    Count,
    warehouse=some.sampled_from(PLACES),
    sku=some.sampled_from(SKUS),
    on_hand=some.integers(0, 12),
    safety=some.integers(0, 2),
    quarantined=some.integers(0, 2),
)
DEEDS: some.SearchStrategy[Deed] = some.one_of(
    some.builds(Reserve, order=ORDER, units=UNITS),
    some.builds(Reserve, order=ORDER, units=UNITS),
    some.builds(GiveBack, order=ORDER),
    some.builds(
        Recount, seen=some.lists(COUNTS, min_size=1, unique_by=lambda one: (one.warehouse, one.sku)).map(tuple)
    ),
    some.builds(Send, order=ORDER, shipment=some.integers(1, len(PLACES)), lines=UNITS),
    some.builds(PayAsItLapses, units=UNITS),
)
WORK = some.lists(some.lists(DEEDS, min_size=3, max_size=8), min_size=HANDS, max_size=HANDS)
"""What each hand does, one thing after another, beside the others."""
