"""Is this a promotion? The last slots' orders against the usual ones of the same time of day (SR-102, A-06).

It only suggests; people decide. The usual number is a median, so that one wild day moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

from domain.value import Value

SLOT = timedelta(minutes=15)
DAYS = 14
"""So many days back the same slot is looked at."""
SLOTS = 4
"""So many slots are looked at together."""
SURGE, CALM = 3.0, 1.5
"""Times the usual number: above the first it is a rush, up to the second it is an ordinary day."""
LEAST = 20
"""Fewer orders in a slot are no rush, whatever is usual."""


class Slot(Value):
    """A quarter of an hour: the orders placed in it, and in the same quarter of the days before."""

    orders: int
    before: tuple[int, ...] = ()

    @property
    def usual(self) -> float:
        """The usual number of orders."""
        return float(median(self.before)) if self.before else 0.0

    @property
    def busy(self) -> bool:
        """Whether there are far more than usual."""
        return self.orders >= LEAST and self.orders > SURGE * self.usual

    @property
    def calm(self) -> bool:
        """Whether there are about as many as usual."""
        return self.orders < LEAST or self.orders <= CALM * self.usual


def full_slot(now: datetime) -> datetime:
    """When the last slot that is over began."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) - SLOT


def suggest(slots: Sequence[Slot], *, promotion: bool) -> Literal["enter", "leave", ""]:
    """What to suggest. ``slots``: the last ones, the newest first; ``promotion``: whether the mode is on.

    Two busy slots in a row suggest to enter it, four calm ones to leave it.
    """
    if not promotion and len(slots) > 1 and slots[0].busy and slots[1].busy:
        return "enter"
    if promotion and len(slots) >= SLOTS and all(slot.calm for slot in slots):
        return "leave"
    return ""
