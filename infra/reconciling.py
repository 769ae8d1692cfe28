"""Open orders whose workflow is gone: terminated by hand, or lost with a Temporal database (edge case 42).

The list of what runs lags behind and only narrows the search: an order is gone when Temporal, asked for it, says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from domain.sweeps import ReconcileReport
from infra.db import lost_orders
from infra.relay.door import WORKFLOW, Door, workflow_id

PAGE = 1_000


@dataclass(frozen=True)
class Reconciling:
    """Looks for them in one house, which is known by its task queue."""

    engine: AsyncEngine
    client: Client
    task_queue: str
    now: Callable[[], datetime]

    async def look(self, alive: Callable[[], None]) -> ReconcileReport:
        """Find them, and show each as one that needs a person; ``alive`` is called after each that was asked for."""
        known, gone = await self.find(alive)
        if gone:
            async with self.engine.begin() as connection:
                await lost_orders.show_gone(connection, gone, self.now())
        return ReconcileReport(open=known, gone=tuple(gone))

    async def find(self, alive: Callable[[], None]) -> tuple[int, Sequence[str]]:
        """How many orders are open, and the numbers of those whose workflow is gone."""
        async with self.engine.begin() as connection:
            open_ = await lost_orders.open_orders(connection)
        running = await self._running() if open_ else set()
        door = Door(self.client, self.task_queue)
        gone = []
        for order_no in open_:
            if workflow_id(order_no) not in running:
                if not await door.runs(order_no):
                    gone.append(order_no)
                alive()
        if not gone:
            return len(open_), gone
        async with self.engine.begin() as connection:  # one may have ended by itself meanwhile
            still = set(await lost_orders.open_orders(connection))
        return len(open_), [order_no for order_no in gone if order_no in still]

    async def _running(self) -> set[str]:
        query = f'WorkflowType = "{WORKFLOW}" AND ExecutionStatus = "Running" AND TaskQueue = "{self.task_queue}"'
        return {found.id async for found in self.client.list_workflows(query, page_size=PAGE)}
