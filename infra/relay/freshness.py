"""Bringing one order up to date before it is asked something (performance.md), so that the rule judges the newest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from infra.db.waiting.orders import is_started
from infra.relay.door import Door
from infra.relay.starting import Starting
from infra.relay.telling import Telling

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between looks while another process starts the order."""


class UnknownOrder(LookupError):
    """The caller's to correct: there is no such order."""


class OrderNotReached(Exception):
    """Ours to retry: the order could not be started in time."""


@dataclass(frozen=True)
class Freshness:
    """What the relay does for the API."""

    engine: AsyncEngine
    client: Client
    task_queue: str
    now: Callable[[], datetime]

    async def bring_up_to_date(self, order_no: str, tenant: str = "default") -> None:
        """Start the order if need be, and tell it every fact that waits for it; nothing where it is closed.

        Raises:
            UnknownOrder: there is none of this number.
            OrderNotReached: another process is starting it and has not done so in time.
            RPCError: Temporal does not answer.
        """
        door = Door(self.client, self.task_queue)
        starting = Starting(self.engine, door, self.now, started=_nobody)
        for pause in PAUSES:
            if not await self._started(order_no, tenant):
                await starting.start(order_no)
            if await self._started(order_no, tenant):
                await Telling(self.engine, door, self.now, early=_nobody).tell(order_no)
                return
            await asyncio.sleep(pause)
        raise OrderNotReached(f"Order {order_no} is not started yet; ask again in a few seconds.")

    async def _started(self, order_no: str, tenant: str) -> bool:
        async with self.engine.begin() as connection:
            started = await is_started(connection, order_no, tenant)
        if started is None:
            raise UnknownOrder(order_no)
        return started


def _nobody(_order_nos: Sequence[str]) -> None:
    """Nobody listens: the relay's own lanes look for themselves."""
