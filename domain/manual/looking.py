"""Before silence is called silence, the desk looks at the facts that wait in the inbox (performance.md, C5)."""

from __future__ import annotations

from datetime import datetime

from domain.clocks import Verdict
from domain.order import Order
from domain.past import before_takeover
from domain.policy import ClockKind
from domain.promises import clocks


def must_look(order: Order, now: datetime) -> bool:
    """Whether a silence clock is due and its case is not opened yet."""
    return any(
        clock.kind is ClockKind.STAGNATION
        and clock.running
        and clock.verdict(now) is Verdict.BREACHED
        and f"case/{clock.id}" not in order.fired
        and not before_takeover(order, clock)
        for clock in clocks(order)
    )
