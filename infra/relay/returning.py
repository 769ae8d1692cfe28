"""Goods that come back: the relay starts their workflows and brings them the facts of their parcels (§4.12, EC-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import structlog

from domain.orphans import SOUGHT_FOR
from infra.db import returns
from infra.db.transactions import Transaction, Transactions, single_steps
from infra.db.waiting import returns as waiting
from infra.db.waiting.facts import mark_unmatched
from infra.db.waiting.returns import ReturnFactRow
from infra.relay.metrics import RETURNS, UNMATCHED
from infra.relay.return_door import ReturnDoor

log = structlog.get_logger(__name__)
UNKNOWN = "no return was found within 7 days"
OVER = "the return is closed"


@dataclass(frozen=True)
class Returning:
    """Starts returns and tells them facts."""

    engine: Transactions
    door: ReturnDoor
    now: Callable[[], datetime]

    async def work(self) -> None:
        """One round; what could not be told waits for the next one."""
        await self._start()
        async with self.engine.begin() as connection:
            await waiting.find_scans(connection)
            facts = await waiting.news(connection)
            for _, some in groupby(facts, key=lambda fact: (fact.waiting.order_no, fact.return_no)):
                await self._tell(connection, list(some))

    async def _start(self) -> None:
        async with single_steps(self.engine).begin() as connection:
            found = await waiting.not_started(connection)
        for its in found:
            await self.door.start(its)
            async with self.engine.begin() as connection:
                await returns.started(connection, its, self.now())
            RETURNS.inc()

    async def _tell(self, connection: Transaction, facts: list[ReturnFactRow]) -> None:
        """Facts of one return, or of none yet."""
        first = facts[0]
        if first.return_no is None:
            old = [fact for fact in facts if fact.fact["received_at"] <= (self.now() - SOUGHT_FOR).isoformat()]
            await self._give_up(connection, old, UNKNOWN)
        elif await self.door.tell(first.waiting.order_no, first.return_no, [fact.fact for fact in facts]):
            await waiting.mark_told(connection, facts, self.now())
        elif not first.open:
            # Of a parcel that came back nothing new can be told; one that nobody waited for, somebody has to see.
            unheard = [fact for fact in facts if fact.called_off and fact.waiting.kind != "carrier_scan"]
            await waiting.mark_told(connection, [fact for fact in facts if fact not in unheard], self.now())
            await self._give_up(connection, unheard, OVER)

    async def _give_up(self, connection: Transaction, facts: list[ReturnFactRow], reason: str) -> None:
        if not facts:
            return
        await mark_unmatched(connection, [fact.waiting.row for fact in facts], self.now(), reason)
        UNMATCHED.inc(len(facts))
        for fact in facts:
            log.warning("fact of no return", kind=fact.waiting.kind, fact_id=fact.fact["id"], reason=reason)
