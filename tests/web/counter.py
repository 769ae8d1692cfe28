"""The counter at which the scenes stand: the API on a database of its own, a key of each role, a watch to set."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.db.connections import Connections
from infra.db.counting import put_counts
from infra.db.keys import Holder, Role, keep_key
from infra.db.master_data import Count, Sku, Warehouse, put_skus, put_warehouse

NUMBERS = itertools.count(random.randrange(10**9))
BUYERS = itertools.count(random.randrange(10**9))
"""Every order is another buyer's, so that no two of them look like one."""
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""Noon in the business zone."""
SKUS = (Sku("TEA-250", "西湖龙井", "250g"), Sku("CUP", "茶杯"), Sku("RARE", "孤品"))


@dataclass
class Watch:
    """A watch that a scene may set."""

    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time

    def passes(self, **span: float) -> None:
        """Let time pass."""
        self.time += timedelta(**span)


def order(external_id: str = "", **changes: Any) -> dict[str, Any]:
    """An order of two units of tea, not paid yet."""
    line = {"line": "1", "sku": "TEA-250", "specification": "250g", "quantity": 2, "unit_price": 6800}
    external_id = external_id or f"T{next(NUMBERS)}"
    return {
        "channel": "tmall",
        "external_id": external_id,
        "placed_at": NOON.isoformat(),
        "customer": {"name": "王小明", "phone": "13800138000", "buyer_key": f"buyer-of-tea-{next(BUYERS)}"},
        "address": {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 90 号"},
        "lines": [line],
        "currency": "CNY",
        "total": 13600,
        "payment": {"method": "prepaid"},
        **changes,
    }


@dataclass
class Counter:
    """Posts and reads as a caller does."""

    http: httpx2.AsyncClient
    keys: Mapping[str, str]
    engine: AsyncEngine
    watch: Watch
    connections: Connections
    _events: itertools.count[int] = field(default_factory=itertools.count)

    async def send(self, method: str, path: str, body: Any = None, *, role: str = "operator") -> httpx2.Response:
        """One request with the key of a role."""
        return await self.http.request(method, path, json=body, headers=self.key(role))

    async def posts(self, body: Any, *, role: str = "channel") -> httpx2.Response:
        """Place an order."""
        return await self.send("POST", "/v1/orders", body, role=role)

    async def places(self, body: Any = None) -> str:
        """Place an order that is taken; its number."""
        answer = await self.posts(body or order())
        assert answer.status_code in {200, 201}, answer.text
        return str(answer.json()["order_no"])

    async def reads(self, path: str, *, role: str = "operator", **params: Any) -> Any:
        """Read what is there."""
        answer = await self.http.get(path, params=params, headers=self.key(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tells(self, kind: str, role: str, *, data: Any = None, **changes: Any) -> httpx2.Response:
        """Report a fact."""
        return await self.send("POST", "/v1/facts", self.fact(kind, role, data=data, **changes), role=role)

    def fact(self, kind: str, source: str, *, data: Any = None, **changes: Any) -> dict[str, Any]:
        """A fact of an event of its own."""
        event = f"{kind}-{next(NUMBERS)}-{next(self._events)}"
        moment = self.watch().isoformat()
        return {"source": source, "event_id": event, "kind": kind, "occurred_at": moment, "data": data or {}, **changes}

    def payment(self, order_no: str, amount: int = 13600, **changes: Any) -> dict[str, Any]:
        """The fact that an order was paid."""
        data = {"payment_no": f"P{next(NUMBERS)}", "amount": amount, "currency": "CNY"}
        return self.fact("paid", "payment", data=data, order_no=order_no, **changes)

    def key(self, role: str) -> dict[str, str]:
        """The header of a role's key."""
        return {"Authorization": f"Bearer {self.keys[role]}"}

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """What stands in the database."""
        async with self.engine.begin() as connection:
            return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]

    async def rows_changed(self, statement: str, **values: Any) -> None:
        """Put something into the database that only a workflow would write."""
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)


async def furnish(engine: AsyncEngine) -> dict[str, str]:
    """Keys of every role, goods, and order numbers that no other scene's orders have."""
    keys = {role.value: f"key-of-{role.value}" for role in Role}
    async with engine.begin() as connection:
        for role, key in keys.items():
            # The prefix finds the key's row, so each has its own.
            await keep_key(connection, f"{role[:11]:_<12}{key}", Holder(role=Role(role), name=f"{role} 1"), NOON)
        await put_skus(connection, SKUS)
        for place in ("SH", "GZ"):
            await put_warehouse(connection, Warehouse(place))
        await put_counts(connection, [Count("SH", sku, 1_000_000) for sku in ("TEA-250", "CUP")], NOON)
        await connection.execute(text(f"ALTER SEQUENCE order_number RESTART WITH {random.randrange(10**7, 9 * 10**7)}"))
    return {role: f"{role[:11]:_<12}{key}" for role, key in keys.items()}
