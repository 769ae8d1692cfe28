"""A desk for the departments' scenes: orders that came in, stock, and a look into the books."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.late import LateActivities
from api.linked import as_linked
from infra.db import tables
from infra.db.inbox import Inbox
from infra.db.transactions import Direct

POSTED: dict[str, Any] = {
    "channel": "tmall",
    "placed_at": "2026-11-23T11:30:00Z",
    "customer": {"name": "王小明", "phone": "13800138000", "buyer_key": "b-1001"},
    "address": {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 90 号"},
    "lines": [
        {"line": "1", "sku": "TEA", "specification": "250g", "quantity": 2, "unit_price": 6800, "discount": 600},
        {"line": "2", "sku": "CUP", "specification": "", "quantity": 1, "unit_price": 3000, "discount": 0},
    ],
    "currency": "CNY",
    "freight": 800,
    "discount": 600,
    "platform_discount": 0,
    "tax": 0,
    "total": 16800,
    "payment": {"method": "prepaid", "paid_amount": 16800, "paid_at": "2026-11-23T11:31:00Z"},
    "delivery_method": "express",
}
"""A good order."""


@dataclass
class Desk:
    """Writes what intake writes, and reads what the books say."""

    engine: AsyncEngine
    numbers: Iterator[int]
    now: datetime
    direct: Direct
    """What the steps of every order begin on, as in the worker."""

    def watch(self) -> datetime:
        """The time, as the departments ask for it."""
        return self.now

    async def order_came_in(self, **changes: object) -> str:
        """An order is in the inbox; ``changes`` replace whole members of it."""
        number = next(self.numbers)
        order_no, external_id = f"SO20261123{number:08}", f"T{number}"
        raw = copy.deepcopy(POSTED) | {"external_id": external_id} | changes
        identity = {"order_no": order_no, "channel": raw["channel"], "external_id": external_id}
        async with self.engine.begin() as connection:
            await connection.execute(
                insert(tables.inbound_order).values(
                    **identity,
                    raw=raw,
                    raw_hash="r",
                    business_hash="b",
                    policy_edition="standard-1",
                    placed_at=self.now,
                    received_at=self.now,
                )
            )
            await connection.execute(
                insert(tables.orders).values(**identity, placed_at=self.now, search=f"{order_no} {external_id}")
            )
        return order_no

    async def corrected(self, order_no: str, **patch: object) -> int:
        """Somebody proposed a correction (`__` stands for the dot of a path); answers its number."""
        paths = {path.replace("__", "."): value for path, value in patch.items()}
        row = {"order_no": order_no, "base_version": 1, "patch": paths, "actor": "ops", "at": self.now}
        async with self.engine.begin() as connection:
            proposed = insert(tables.correction).values(**row).returning(tables.correction.c.id)
            return int((await connection.execute(proposed)).scalar_one())

    async def stock_is(self, sku: str, *, specification: str = "", sellable: bool = True, **levels: int) -> None:
        """A SKU and its units on hand, by warehouse (``WH_SH=5``); the first warehouse is preferred."""
        async with self.engine.begin() as connection:
            await connection.execute(insert(tables.sku).values(sku=sku, specification=specification, sellable=sellable))
            known = set((await connection.execute(select(tables.warehouse.c.warehouse))).scalars())
            for rank, (warehouse, units) in enumerate(levels.items(), len(known)):
                if warehouse not in known:
                    await connection.execute(insert(tables.warehouse).values(warehouse=warehouse, priority=rank))
                await connection.execute(insert(tables.stock_level).values(warehouse=warehouse, sku=sku, on_hand=units))

    async def counted(self, sku: str, warehouse: str = "WH_SH", **units: int) -> None:
        """The books are set to what was counted."""
        level = tables.stock_level
        asked = level.update().where(level.c.sku == sku, level.c.warehouse == warehouse)
        async with self.engine.begin() as connection:
            await connection.execute(asked.values(**units))

    async def level(self, sku: str, warehouse: str = "WH_SH") -> tuple[int, int]:
        """On hand and reserved."""
        level = tables.stock_level
        asked = select(level.c.on_hand, level.c.reserved).where(level.c.sku == sku, level.c.warehouse == warehouse)
        async with self.engine.begin() as connection:
            on_hand, reserved = (await connection.execute(asked)).one()
        return on_hand, reserved

    async def rows(self, table: Table, **where: object) -> list[dict[str, Any]]:
        """All rows of a table, in the order of its key."""
        asked = select(table).where(*(table.c[name] == value for name, value in where.items()))
        async with self.engine.begin() as connection:
            found = await connection.execute(asked.order_by(*table.primary_key))
        return [dict(row) for row in found.mappings()]

    async def external_id(self, order_no: str) -> str:
        """The channel's number of an order."""
        (row,) = await self.rows(tables.orders, order_no=order_no)
        return str(row["external_id"])

    async def ledger_adds_up(self) -> bool:
        """Whether the reservation ledger's units are what the levels say is reserved (invariant 1)."""
        entry, level = tables.reservation, tables.stock_level
        live = (
            select(func.coalesce(func.sum(entry.c.units), 0))
            .where(entry.c.sku == level.c.sku, entry.c.warehouse == level.c.warehouse)
            .scalar_subquery()
        )
        async with self.engine.begin() as connection:
            return all(kept == units for kept, units in await connection.execute(select(level.c.reserved, live)))


def late_department(desk: Desk) -> LateActivities:
    """Whoever takes what comes after an order's end."""
    return LateActivities(desk.engine, Inbox(desk.direct.connections), as_linked, desk.watch)
