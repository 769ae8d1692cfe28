"""What lies before the takeover of a running shop (M19): it was another system's, so nothing follows from it here.

A clock is judged by its original times wherever its verdict fell; these functions only say where it fell.
"""

from __future__ import annotations

from datetime import datetime

from domain.clocks import Clock
from domain.order import Order


def is_past(order: Order, moment: datetime) -> bool:
    """Whether ``moment`` had come when the order was taken over; no for an order that began here."""
    return order.taken_over_at is not None and moment <= order.taken_over_at


def before_takeover(order: Order, clock: Clock) -> bool:
    """Whether the clock's verdict was decided before the takeover, and its start was known by then.

    A start that is told later is news: the desk has its own time for it, as for every late fact.
    """
    taken = order.taken_over_at
    if taken is None or clock.known_at > taken:
        return False
    due, end = clock.due_at, clock.over_at
    if due is not None and (end is None or end > due):
        return due < taken
    return end is not None and end <= taken
