"""Brings the parties' news to our ``/v1/facts`` when it is due, again and again until it is taken."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import httpx2

from infra.simulators.books import Row
from infra.simulators.world import World

log = logging.getLogger(__name__)
LOOK_EVERY = 0.1
"""Seconds between two looks for news that is due."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds until an order's news is tried again after a failure."""
AT_ONCE = 200
TELLERS = 16

Post = Callable[[str, dict[str, Any]], Awaitable[int]]
"""Post one fact with the key of a role; answers the HTTP status, 0 where our API did not answer."""


@dataclass
class Herald:
    """Tells what is due, each order's news in its order, several orders at once."""

    world: World
    post: Post
    _pauses: dict[str, float] = field(default_factory=dict)

    async def tell_for_ever(self) -> None:
        """Tell news as it falls due, until cancelled."""
        while True:
            try:
                await self.tell_due()
            except Exception:
                log.exception("The news could not be told")
            await asyncio.sleep(LOOK_EVERY)

    async def tell_due(self) -> int:
        """Tell everything that is due now; how many facts were taken."""
        now = self.world.clock()
        due = self.world.books.rows(
            "SELECT * FROM news WHERE told = 0 AND due <= ? AND again_at <= ? ORDER BY due, rowid LIMIT ?",
            *(now, now, AT_ONCE),
        )
        orders = [list(rows) for _, rows in groupby(sorted(due, key=_order), key=_order)]
        tellers = asyncio.Semaphore(TELLERS)
        return sum(await asyncio.gather(*(self._tell_order(rows, tellers) for rows in orders)))

    async def _tell_order(self, rows: list[Row], tellers: asyncio.Semaphore) -> int:
        told = 0
        async with tellers:
            for row in rows:
                if not await self._tell(row):
                    break
                told += 1
        return told

    async def _tell(self, row: Row) -> bool:
        order = _order(row)
        for _ in range(row["copies"]):
            status = await self.post(row["role"], json.loads(row["body"]))
            if not httpx2.codes.is_success(status):
                self._wait(order, row["id"], status)
                return False
        self.world.books.write("UPDATE news SET told = 1 WHERE id = ?", row["id"])
        self._pauses.pop(order, None)
        return True

    def _wait(self, order: str, news: str, status: int) -> None:
        pause = self._pauses.get(order, FIRST_PAUSE)
        self._pauses[order] = min(pause * 2, LONGEST_PAUSE)
        again_at = self.world.clock() + pause
        self.world.books.write("UPDATE news SET again_at = ? WHERE external_id = ? AND told = 0", again_at, order)
        if httpx2.codes.is_client_error(status):
            log.warning("Our API refused the fact %s with %s; it is told again", news, status)


def _order(row: Row) -> str:
    order: str = row["external_id"]
    return order


def poster(client: httpx2.AsyncClient, url: str, keys: Callable[[], Mapping[str, str]]) -> Post:
    """Post facts to our API at ``url``, each with the key of its role; ``keys`` is asked anew each time."""

    async def post(role: str, fact: dict[str, Any]) -> int:
        with contextlib.suppress(OSError, KeyError, httpx2.RequestError):
            headers = {"Authorization": f"Bearer {keys()[role]}"}
            return (await client.post(f"{url}/v1/facts", json=fact, headers=headers)).status_code
        return 0

    return post
