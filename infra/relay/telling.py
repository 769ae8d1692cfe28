"""Bringing facts to their orders: the decisive ones at once, and with them all that waited before them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from infra.db.transactions import Transaction, Transactions, single_steps
from infra.db.waiting import facts as waiting
from infra.db.waiting.consolidated import share
from infra.db.waiting.facts import WaitingFact
from infra.relay.door import Door
from infra.relay.late import Late
from infra.relay.metrics import FACTS, ORPHANS

AT_ONCE = 50
"""Orders of one transaction."""
SIGNALS = 16
"""Signals on their way at once."""


@dataclass
class Telling:
    """Tells orders their facts. ``heard`` are the orders that something came for since the last round."""

    engine: Transactions
    door: Door
    now: Callable[[], datetime]
    early: Callable[[Sequence[str]], None]
    """Takes the orders that a decisive fact came for before they were started."""
    heard: set[str] = field(default_factory=set)
    look_everywhere: bool = True
    """Whether something may have come that nobody told of."""
    _lines: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SIGNALS))

    async def work(self) -> float | None:
        """One round: the orders that were heard of, or those that have waiting facts."""
        wanted = await self._wanted()
        for begin in range(0, len(wanted), AT_ONCE):
            await self._tell_all(wanted[begin : begin + AT_ONCE])
        return 0 if self.heard else None

    async def look(self) -> float | None:
        """Look for what nobody told of, for the orders of orphans, and for the others of consolidated parcels."""
        async with single_steps(self.engine).begin() as connection:
            found = await waiting.match_orphans(connection, self.now())
            shared = await share(connection, self.now())
        ORPHANS.inc(len(found))
        self.heard.update(found, shared)
        self.look_everywhere = True
        return None

    async def tell(self, order_no: str) -> bool:
        """Tell one started order everything that waits for it; False where it is closed."""
        async with self.engine.begin() as connection:
            facts = await waiting.news(connection, [order_no], everything=True)
        if not facts:
            return True
        open_ = await self.door.tell(order_no, [fact.fact for fact in facts])
        if not open_:
            await self._late.take(facts)
            return False
        async with self.engine.begin() as connection:
            await self._mark(connection, facts)
        return True

    async def _wanted(self) -> list[str]:
        wanted, self.heard = self.heard, set()
        if self.look_everywhere:
            self.look_everywhere = False
            async with single_steps(self.engine).begin() as connection:
                wanted |= set(await waiting.sweep(connection, 1000))
        return sorted(wanted)

    async def _tell_all(self, order_nos: Sequence[str]) -> None:
        """Tell these orders; what could not be told waits for the next look."""
        async with self.engine.begin() as connection:
            mine = await waiting.claim(connection, order_nos)
            if len(mine) < len(order_nos):
                self.early(await waiting.not_started(connection, order_nos))
            found = await waiting.news(connection, mine) if mine else []
            each = [list(facts) for _, facts in groupby(found, key=lambda fact: fact.order_no)]
            answers = await asyncio.gather(*map(self._tell_one, each), return_exceptions=True)
            told, closed = (
                [fact for facts, answer in zip(each, answers, strict=True) if answer is open_ for fact in facts]
                for open_ in (True, False)
            )
            await self._mark(connection, told)
        await self._late.take(closed)
        for error in answers:
            if isinstance(error, BaseException):
                raise error

    async def _tell_one(self, facts: Sequence[WaitingFact]) -> bool:
        async with self._lines:
            return await self.door.tell(facts[0].order_no, [fact.fact for fact in facts])

    async def _mark(self, connection: Transaction, facts: Sequence[WaitingFact]) -> None:
        if facts:
            await waiting.mark_delivered(connection, facts, self.now())
            FACTS.inc(len(facts))

    @property
    def _late(self) -> Late:
        return Late(self.engine, self.door, self.now)
