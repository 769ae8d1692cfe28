"""`python -m tests.bench.bare.worker ADDRESS DATABASE_URL`: the bare reference's worker, all defaults, sandbox on."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from tests.bench.bare.order import BareOrder, Step

QUEUE = "bare"
INSERT = "INSERT INTO bare_step (order_no, name) VALUES (%s, %s)"


@dataclass(frozen=True)
class Books:
    """Inserts rows."""

    pool: AsyncConnectionPool[psycopg.AsyncConnection[tuple[Any, ...]]]

    @activity.defn
    async def insert_step(self, step: Step) -> None:
        """One committed row."""
        async with self.pool.connection() as connection:
            await connection.execute(INSERT, (step.order_no, step.name))


async def main(address: str, database_url: str) -> None:
    """Work until killed."""
    client = await Client.connect(address)
    async with AsyncConnectionPool(database_url, min_size=4, max_size=10, open=False) as pool:
        await Worker(client, task_queue=QUEUE, workflows=[BareOrder], activities=[Books(pool).insert_step]).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
