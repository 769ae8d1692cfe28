"""A lane of the relay: one kind of work, done in rounds, that outlives every outage (R52)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from infra.relay.metrics import TROUBLE

log = structlog.get_logger(__name__)
SHORTEST, LONGEST = 0.2, 5.0
"""Seconds between two attempts while something is down."""


class Lane:
    """Runs ``work`` whenever woken, at least every ``every`` seconds, until stopped.

    Args:
        name: for logs and metrics.
        work: does one round of work and answers how many seconds until the next one (0: at once, there is more;
            None: when woken, or after ``every`` seconds).
        every: seconds.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[float | None]], *, every: float = 1.0) -> None:
        self.name = name
        self._work = work
        self._every = every
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._failures = 0

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def quiet(self, *, within: float) -> None:
        """Wait until the lane has nothing to do, at most ``within`` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), within)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until stopped."""
        while not stop.is_set():
            self._woken.clear()
            self._idle.clear()
            pause = await self._round()
            if pause == 0:
                continue
            self._idle.set()
            if pause:
                await asyncio.sleep(pause)
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._every)

    async def _round(self) -> float | None:
        try:
            pause = await self._work()
        except Exception as error:  # noqa: BLE001 (whatever is down comes back)
            return await self._trouble(error)
        if self._failures:
            log.info("relay goes on", lane=self.name, after_attempts=self._failures)
            self._failures = 0
        return pause

    async def _trouble(self, error: Exception) -> float:
        TROUBLE.labels(self.name).inc()
        self._failures += 1
        if self._failures == 1:
            log.warning("relay waits", lane=self.name, error=f"{type(error).__name__}: {error}", exc_info=_ours(error))
        await asyncio.sleep(min(LONGEST, SHORTEST * 2 ** min(self._failures, 10)))
        return 0


def _ours(error: Exception) -> Exception | None:
    """The error with its traceback where it is a defect of ours, not an outage."""
    return error if isinstance(error, (TypeError, KeyError, AttributeError, ValueError, LookupError)) else None
