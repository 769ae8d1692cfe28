"""One statement for all who come while the last one ran (performance.md: a commit a request is what a burst pays for).

A lonely request is sent at once; in a burst each round trip carries as many as have gathered.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import psycopg

Request = TypeVar("Request")
Answer = TypeVar("Answer")
ITS_OWN_FAULT = (psycopg.DataError, psycopg.IntegrityError)
"""Errors that one request of a bundle can cause for all."""


class Bundle(Generic[Request, Answer]):
    """Calls ``send`` with everything that waits, at most ``size`` at a time, in at most ``lanes`` calls at once.

    Args:
        send: takes requests and answers each in its place. It is atomic: when it raises, nothing was kept. Where one
            request may be at fault, each is sent again alone, so that it harms no other.
        size: the most requests of one call.
        lanes: calls that may run at once.
    """

    def __init__(
        self, send: Callable[[Sequence[Request]], Awaitable[Sequence[Answer]]], *, size: int = 64, lanes: int = 2
    ) -> None:
        self._send = send
        self._size = size
        self._free_lanes = lanes
        self._waiting: deque[tuple[Request, asyncio.Future[Answer]]] = deque()
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, request: Request) -> Answer:
        """Have one request answered."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._free_lanes:
            self._free_lanes -= 1
            lane = asyncio.create_task(self._work())
            self._running.add(lane)
            lane.add_done_callback(self._running.discard)
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._settle([self._waiting.popleft() for _ in range(min(self._size, len(self._waiting)))])
        finally:
            self._free_lanes += 1

    async def _settle(self, bundle: Sequence[tuple[Request, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._send([request for request, _ in bundle])
        except ITS_OWN_FAULT as error:
            if len(bundle) == 1:
                _fail(bundle, error)
            else:
                for one in bundle:
                    await self._settle([one])
        except Exception as error:  # noqa: BLE001  (whoever asked gets it)
            _fail(bundle, error)
        else:
            for (_, future), answer in zip(bundle, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _fail(bundle: Sequence[tuple[Request, asyncio.Future[Answer]]], error: Exception) -> None:
    for _, future in bundle:
        if not future.done():
            future.set_exception(error)
