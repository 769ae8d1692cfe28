"""An order whose workflow is gone goes on from the books, or is closed by a person (edge case 42).

It begins as it was at its last turn: its effects ask again under their keys, its clocks keep their times, its messages
were posted or were not. Facts that the lost run was told and had not recorded, and those that came since, come again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio.client import Client

from domain.facts import AT_ONCE
from domain.recording import Entry
from infra.db import lost_orders
from infra.db.lost_orders import Lost
from infra.db.waiting.facts import mark_delivered
from infra.db.waiting.orders import policy_of
from infra.relay.door import Door
from infra.relay.freshness import UnknownOrder
from infra.relay.opening import order_input


class NotLost(Exception):
    """The caller's to correct: the order's workflow runs, or is about to be started."""


class IsOver(Exception):
    """The caller's to correct: the order is over, its workflow ended by itself."""


class NothingKept(Exception):
    """Operations' to correct: the books have no turn of the order to go on from."""


@dataclass(frozen=True)
class Resuming:
    """Takes care of lost orders. ``actor`` is who asks."""

    engine: AsyncEngine
    client: Client
    task_queue: str
    now: Callable[[], datetime]
    actor: str
    request_id: str = ""

    async def resume(self, tenant: str, order_no: str) -> int:
        """Start the order's workflow anew from the books; answers how many facts it had not taken in.

        Raises:
            UnknownOrder: there is none of this number.
            NotLost, IsOver, NothingKept: see there.
            RPCError: Temporal does not answer.
        """
        async with self.engine.begin() as connection:
            lost = await self._lost(connection, tenant, order_no)
            if lost.state is None:
                raise NothingKept(order_no)
            policy = await policy_of(connection, lost.order.policy_edition)
            facts = await lost_orders.untold(connection, order_no, lost.state["seen"])
            await self._note(connection, order_no, "order_resumed", facts=len(facts))
            given = order_input(lost.order, policy, [fact.fact for fact in facts[:AT_ONCE]])
            snapshot = {**lost.state, "policy": policy.model_dump(mode="json")}
            if not await self._door.start(given.having(snapshot=snapshot), again=True):
                raise NotLost(order_no)
            if facts:
                await mark_delivered(connection, facts[:AT_ONCE], self.now())
        return len(facts)

    async def close(self, tenant: str, order_no: str, reason: str) -> None:
        """The order is over in the books, for a reason; a person has settled what was left of it. Raises as above."""
        async with self.engine.begin() as connection:
            await self._lost(connection, tenant, order_no)
            await self._note(connection, order_no, "order_closed_by_hand", reason=reason)
            await lost_orders.close(connection, order_no, self.now(), self.actor)

    @property
    def _door(self) -> Door:
        return Door(self.client, self.task_queue)

    async def _lost(self, connection: AsyncConnection, tenant: str, order_no: str) -> Lost:
        lost = await lost_orders.lock(connection, tenant, order_no)
        if lost is None:
            raise UnknownOrder(order_no)
        if lost.final:
            raise IsOver(order_no)
        if not lost.started or await self._door.runs(order_no):
            raise NotLost(order_no)
        return lost

    async def _note(self, connection: AsyncConnection, order_no: str, code: str, **params: str | int) -> None:
        now = self.now()
        entry = Entry(
            key=f"{order_no}/{code}/{now.isoformat()}",
            code=code,
            at=now,
            recorded_at=now,
            actor=self.actor,
            params=params,
            reason=str(params.get("reason", "")),
            request_id=self.request_id,
        )
        await lost_orders.note(connection, order_no, entry)
