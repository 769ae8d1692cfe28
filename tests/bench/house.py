"""Our side of the bench: the whole local stack, reached over HTTP as the outside reaches it."""

from __future__ import annotations

import asyncio
import contextlib
import time
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from temporalio.client import Client

from infra.local import EVERYTHING, Extras, Stack
from infra.temporal import connect
from infra.whereabouts import load_settings
from tests.bench.story import Message, Sample
from tests.bench.wire import Answer, Wire, open_wire

SILENT = {"ORDERS_SIMULATORS_HOUR": "3600"}
"""An hour of the simulated parties takes an hour, so none of them tells anything while the bench runs."""
PLENTY = 1_000_000
MEASURED = ("temporal", "worker", "postgres")
"""Server, worker with its relay, database: whose CPU an order costs."""


class TooSlow(Exception):
    """What a section waited for did not come; the section cannot run."""


@dataclass
class Database:
    """One connection to look with; asked by one at a time."""

    connection: psycopg.AsyncConnection[tuple[Any, ...]]
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, statement: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement, and answer its rows if it has some."""
        async with self._alone:
            cursor = await self.connection.execute(statement.encode(), values)
            return await cursor.fetchall() if cursor.description else []


@dataclass
class House:
    """A running stack and the ways to it."""

    stack: Stack
    client: Client
    database: Database
    wire: Wire
    parties: Wire
    keys: Mapping[str, str]

    @property
    def measured(self) -> dict[str, int]:
        """Process ids of server, worker and database, as far as they run."""
        return {name: pid for name, pid in self.stack.pids.items() if name in MEASURED}

    async def place(self, sample: Sample) -> Answer:
        """Post an order."""
        answer = await self.wire.post("/v1/orders", sample.body(now()), self.keys["channel"])
        sample.order_no = answer.json()["order_no"]
        return answer

    async def place_all(self, samples: Sequence[Sample]) -> None:
        """Post orders, as many at once as there are lines."""
        await asyncio.gather(*map(self.place, samples))

    async def tell(self, sample: Sample, message: Message, number: int) -> Answer:
        """Report a fact; ``number`` sets it apart from others of the order."""
        return await self.wire.post("/v1/facts", message.fact(sample, number, now()), self.keys[message.role])

    async def began(self, samples: Sequence[Sample], within: float) -> None:
        """Wait until every order has recorded its first turn."""
        asked = {"order_nos": [sample.order_no for sample in samples]}
        counting = "SELECT count(*) FROM orders WHERE order_no = ANY(%(order_nos)s) AND sequence > 0"
        await self.sees(counting, len(samples), asked, within)

    async def sees(self, counting: str, wanted: int, values: Mapping[str, Any], within: float) -> None:
        """Wait until a count in the database is what is wanted. TooSlow where it is not in time."""
        until = time.monotonic() + within
        while True:
            ((count,),) = await self.database.ask(counting, values)
            if count >= wanted:
                return
            if time.monotonic() > until:
                raise TooSlow(f"After {within:.0f} s only {count} of {wanted}: {counting}")
            await asyncio.sleep(0.2)

    async def erp_calls(self, samples: Sequence[Sample]) -> dict[str, float]:
        """External id → when the ERP was first asked for the order, in Unix seconds."""
        answers = await asyncio.gather(*(self.parties.get(f"/log?external_id={one.external_id}") for one in samples))
        found = {}
        for sample, answer in zip(samples, answers, strict=True):
            times = [effect["at"] for effect in answer.json()["effects"] if effect["party"] == "erp"]
            if times:
                found[sample.external_id] = min(times)
        return found


def now() -> str:
    """The outside world's watch."""
    return datetime.now(UTC).isoformat()  # noqa: TID251 - the outside has a watch of its own


@contextlib.asynccontextmanager
async def open_house(data: Path, services: frozenset[str] = EVERYTHING) -> AsyncIterator[House]:
    """Bring a stack up on an empty folder, its warehouses full, its parties silent."""
    settings = load_settings(ports="auto", data=data)
    async with contextlib.AsyncExitStack() as opened:
        stack = await opened.enter_async_context(Stack(settings, services=services, extras=Extras(environment=SILENT)))
        connecting = psycopg.AsyncConnection.connect(stack.database_url, autocommit=True)
        database = Database(await opened.enter_async_context(await connecting))
        await database.ask("UPDATE stock_level SET on_hand = %(plenty)s", {"plenty": PLENTY})
        yield House(
            stack=stack,
            client=await connect(stack.settings),
            database=database,
            wire=await opened.enter_async_context(open_wire(stack.api_url)),
            parties=await opened.enter_async_context(open_wire(stack.simulators_url, most=4)),
            keys=tomllib.loads((data / "keys.toml").read_text(encoding="utf-8"))["keys"],
        )
