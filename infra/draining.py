"""What waited for a party that was down goes to it at a rate when it is back (edge case 36), not all at once.

Who comes gets a turn of its own, keeps it when it comes back too early, and loses nothing by asking twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable

A_SECOND = 10.0
FORGOTTEN_AFTER = 600.0
"""Seconds after which a turn that nobody came for is given up."""


class Drain:
    """Lets ``a_second`` through in one process."""

    def __init__(self, a_second: float = A_SECOND, clock: Callable[[], float] = time.monotonic) -> None:
        """Nobody waits yet."""
        self._gap = 1 / a_second
        self._clock = clock
        self._free = clock()
        self._turns: dict[str, float] = {}

    def wait(self, key: str) -> float:
        """Seconds until it is the turn of this key; 0: it is now, and is taken."""
        now = self._clock()
        if key not in self._turns:
            self._forget(now)
            self._turns[key] = max(self._free, now)
            self._free = self._turns[key] + self._gap
        wait = self._turns[key] - now
        if wait <= 0:
            del self._turns[key]
        return max(wait, 0.0)

    def _forget(self, now: float) -> None:
        """The oldest turns stand first, for they are given out in their order."""
        while self._turns and (oldest := next(iter(self._turns.items())))[1] < now - FORGOTTEN_AFTER:
            del self._turns[oldest[0]]
