"""Starting orders at a pace (architecture §3.10): a burst of new orders never delays a paid one.

So many orders may be in their first turn at once, and so many may start a second; facts go first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError
from temporalio.service import RPCError, RPCStatusCode

from domain.facts import AT_ONCE
from domain.policy import Policy
from infra.db.transactions import Transaction, Transactions, single_steps
from infra.db.waiting import duplicates, neighbours
from infra.db.waiting import facts as waiting_facts
from infra.db.waiting import orders as waiting
from infra.db.waiting.duplicates import Suspicion
from infra.db.waiting.facts import WaitingFact
from infra.db.waiting.orders import WaitingOrder
from infra.relay.door import Door
from infra.relay.metrics import FIRST_TURNS, STARTED
from infra.relay.opening import order_input

log = structlog.get_logger(__name__)
Looked = Callable[[WaitingOrder, Policy], Suspicion | None]
"""How an order is compared with others under its edition; None: not at all."""
ITS_OWN_FAULT = (ValidationError, LookupError, TypeError)
"""Errors of one order, which do not concern the next."""


@dataclass(frozen=True)
class Pace:
    """How fast orders start: ``a_second`` at most, ``at_once`` in their first turn, ``bite`` in one transaction.

    A paid order's turn waits behind the first turns under way, and three keep two cores busy (bench, section burst).
    """

    a_second: float = 40
    at_once: int = 3
    bite: int = 2
    forget_after: timedelta = timedelta(seconds=20)
    """An order that has not recorded its first turn by then no longer counts: no worker runs, or it is stuck."""
    put_off_for: timedelta = timedelta(minutes=1)
    """So long an order is left alone that cannot be started by its own fault."""


@dataclass
class Starting:
    """Starts orders. ``urgent`` are those that a decisive fact waits for; they go first."""

    engine: Transactions
    door: Door
    now: Callable[[], datetime]
    started: Callable[[Sequence[str]], None]
    """Takes the orders that were started: facts may have come for them meanwhile."""
    pace: Pace = field(default_factory=Pace)
    urgent: set[str] = field(default_factory=set)
    _first_turns: dict[str, float] = field(default_factory=dict)
    _put_off: dict[str, float] = field(default_factory=dict)
    _policies: dict[str, Policy] = field(default_factory=dict)

    async def work(self) -> float | None:
        """One bite."""
        began = time.monotonic()
        room = min(self.pace.bite, await self._room(began))
        if room <= 0:
            return 0.05
        taken = await self._start_some(room)
        if taken < room:
            return None
        return max(0.0, taken / self.pace.a_second - (time.monotonic() - began))

    async def start(self, order_no: str) -> None:
        """Start one order now, whatever the pace, if it still waits for its start and nobody else is at it."""
        async with self.engine.begin() as connection:
            outage = await self._start_all(connection, await waiting.claim_these(connection, [order_no], 1))
        if outage:
            raise outage

    async def _room(self, began: float) -> int:
        """How many more may start now."""
        oldest = began - self.pace.forget_after.total_seconds()
        self._first_turns = {no: at for no, at in self._first_turns.items() if at > oldest}
        if len(self._first_turns) > self.pace.at_once - self.pace.bite:
            async with single_steps(self.engine).begin() as connection:
                for order_no in await waiting.recorded(connection, list(self._first_turns)):
                    self._first_turns.pop(order_no, None)
        FIRST_TURNS.set(len(self._first_turns))
        return self.pace.at_once - len(self._first_turns)

    async def _start_some(self, room: int) -> int:
        first, self.urgent = sorted(self.urgent), set()
        clock = time.monotonic()
        self._put_off = {no: until for no, until in self._put_off.items() if until > clock}
        async with self.engine.begin() as connection:
            orders = await waiting.next_orders(connection, room, first=first[:room], put_off=list(self._put_off))
            outage = await self._start_all(connection, orders)
        self.urgent.update(first[room:])
        if outage:
            raise outage
        return len(orders)

    async def _start_all(self, connection: Transaction, orders: Sequence[WaitingOrder]) -> BaseException | None:
        """Start these orders, each with its facts; the error where Temporal did not take one of them."""
        if not orders:
            return None
        facts: dict[str, list[WaitingFact]] = {order.order_no: [] for order in orders}
        for fact in await waiting_facts.news(connection, list(facts), everything=True):
            if len(facts[fact.order_no]) < AT_ONCE:  # the others are told when it has started
                facts[fact.order_no].append(fact)
        for edition in {order.policy_edition for order in orders} - set(self._policies):
            await self._learn(connection, edition)
        like = await duplicates.suspects(connection, self._looked_at(orders, duplicates.suspicion))
        near = await neighbours.beside(connection, self._looked_at(orders, neighbours.looked_at))
        others = {no: {"duplicate_of": like.get(no, ""), "beside": near.get(no, "")} for no in facts}
        answers = await asyncio.gather(
            *(self._start_one(order, facts[order.order_no], others[order.order_no]) for order in orders),
            return_exceptions=True,
        )
        fates = dict(zip((order.order_no for order in orders), answers, strict=True))
        await self._settle(connection, fates, facts)
        aside = [self._put_aside(no, fate) for no, fate in fates.items() if isinstance(fate, BaseException)]
        return next(filter(None, aside), None)

    async def _learn(self, connection: Transaction, edition: str) -> None:
        try:
            self._policies[edition] = await waiting.policy_of(connection, edition)
        except ITS_OWN_FAULT as error:
            log.error("policy edition cannot be read", edition=edition, error=str(error))  # noqa: TRY400

    def _looked_at(self, orders: Sequence[WaitingOrder], how: Looked) -> list[Suspicion]:
        """How these orders are compared with others; one whose edition cannot be read fails by itself."""
        known = [order for order in orders if order.policy_edition in self._policies]
        looked = [how(order, self._policies[order.policy_edition]) for order in known]
        return [one for one in looked if one]

    async def _start_one(self, order: WaitingOrder, facts: Sequence[WaitingFact], others: dict[str, str]) -> bool:
        """Whether the order was started with these facts; else it had its workflow already."""
        policy = self._policies[order.policy_edition]
        given = order_input(order, policy, [fact.fact for fact in facts])
        return await self.door.start(given.having(**others) if any(others.values()) else given)

    async def _settle(
        self, connection: Transaction, fates: dict[str, bool | BaseException], facts: dict[str, list[WaitingFact]]
    ) -> None:
        begun = [order_no for order_no, fate in fates.items() if isinstance(fate, bool)]
        if not begun:
            return
        await waiting.mark_started(connection, begun, self.now())
        told = [fact for order_no in begun if fates[order_no] is True for fact in facts[order_no]]
        if told:
            await waiting_facts.mark_delivered(connection, told, self.now())
        STARTED.inc(len(begun))
        self._first_turns.update(dict.fromkeys(begun, time.monotonic()))
        self.started(begun)

    def _put_aside(self, order_no: str, error: BaseException) -> BaseException | None:
        """Leave an order alone for a while where the fault is its own; else answer the error."""
        refused = isinstance(error, RPCError) and error.status is RPCStatusCode.INVALID_ARGUMENT
        if not refused and not isinstance(error, ITS_OWN_FAULT):
            return error
        self._put_off[order_no] = time.monotonic() + self.pace.put_off_for.total_seconds()
        log.error("order cannot be started", order_no=order_no, error=f"{type(error).__name__}: {error}"[:500])
        return None
