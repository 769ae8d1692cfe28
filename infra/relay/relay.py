"""The relay as a whole: which lanes it has, what wakes them, and how they give each other the way (architecture §3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from infra.db.connections import Connections, open_connections
from infra.db.engine import plain_url
from infra.db.transactions import Direct
from infra.db.wake import listen
from infra.relay.connectors import Connectors
from infra.relay.door import Door
from infra.relay.freshness import Freshness
from infra.relay.lane import Lane
from infra.relay.letters import Post
from infra.relay.return_door import ReturnDoor
from infra.relay.returning import Returning
from infra.relay.sending import Sending
from infra.relay.starting import Pace, Starting
from infra.relay.telling import Telling

FACT = "fact "
"""How a notification about a fact begins; the order's number follows."""
GRACE = timedelta(seconds=5)
"""What a lane may still finish after it was told to stop."""
GIVES_WAY = 1.0
"""Seconds that starts wait, at most, while facts are being told."""


@dataclass(frozen=True)
class Relay:
    """Tells orders their facts, starts orders, sends letters. Several relays share the work by row locks.

    Args:
        engine: to the database; its URL also opens the line that is listened on.
        client: Temporal; the worker's own, so that a new order's first task comes back with the answer.
        task_queue: of the order workflows.
        connectors: the parties that letters go to.
        now: the clock of this process.
        pace: how fast orders start.
    """

    engine: AsyncEngine
    client: Client
    task_queue: str
    connectors: Connectors
    now: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``; what is down in the meantime is waited for."""
        url = plain_url(self.engine.url.render_as_string(hide_password=False))
        async with open_connections(url, application="orders-relay") as connections:
            await self._work(_Lanes(self, url, connections), stop)

    async def _work(self, lanes: _Lanes, stop: asyncio.Event) -> None:
        ear = asyncio.create_task(Lane("ear", lanes.listen).run(stop), name="relay ear")
        tasks = [asyncio.create_task(lane.run(stop), name=f"relay {lane.name}") for lane in lanes.all]
        try:
            await stop.wait()
        finally:
            ear.cancel()
            lanes.wake_all()
            _, late = await asyncio.wait(tasks, timeout=GRACE.total_seconds())
            for task in late:
                task.cancel()
            await lanes.sending.finish(within=GRACE)

    async def bring_up_to_date(self, order_no: str, tenant: str = "default") -> None:
        """Start the order if need be and tell it its waiting facts; see ``Freshness``."""
        freshness = Freshness(self.engine, self.client, self.task_queue, self.now)
        await freshness.bring_up_to_date(order_no, tenant)


class _Lanes:
    """Starts give way to facts, letters go beside them; a look around every second for what nobody told of."""

    def __init__(self, relay: Relay, url: str, connections: Connections) -> None:
        engine, door, now = relay.engine, Door(relay.client, relay.task_queue), relay.now
        direct = Direct(connections)
        self._url = url
        self.telling = Telling(direct, door, now, early=self._hurry)
        self.returning = Returning(direct, ReturnDoor(relay.client, relay.task_queue), now)
        self.starting = Starting(direct, door, now, started=self._hear, pace=relay.pace)
        self.facts = Lane("facts", self.telling.work)
        self.starts = Lane("starts", self._start)
        self.letters = Lane("letters", self._send)
        post = Post(engine, relay.connectors)
        self.sending = Sending(direct, connections, post, now, changed=self.letters.wake)
        self.looks = Lane("looks", self._look)
        self.all = (self.facts, self.starts, self.letters, self.looks)

    async def listen(self) -> None:
        """Wake the lane that a notification is for."""
        await listen(self._url, self._heard)

    def wake_all(self) -> None:
        """Something may have come for anyone."""
        for lane in self.all:
            lane.wake()

    def _heard(self, word: str) -> None:
        if word.startswith(FACT):
            self._hear([word.removeprefix(FACT)])
        elif word == "orders":
            self.starts.wake()
        elif word == "outbox":
            self.letters.wake()
        elif word == "returns":
            self.looks.wake()
        else:
            self.wake_all()

    def _hear(self, order_nos: Sequence[str]) -> None:
        self.telling.heard.update(order_nos)
        self.facts.wake()

    def _hurry(self, order_nos: Sequence[str]) -> None:
        self.starting.urgent.update(order_nos)
        self.starts.wake()

    async def _start(self) -> float | None:
        await self.facts.quiet(within=GIVES_WAY)
        return await self.starting.work()

    async def _send(self) -> float | None:
        return await self.sending.work()

    async def _look(self) -> None:
        await self.telling.look()
        self.facts.wake()
        await self.returning.work()
