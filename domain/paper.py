"""Orders written on paper while the system was down (M7, SR-145): their numbers, and whom their late clocks blame."""

from __future__ import annotations

import re
from datetime import date

from domain.clocks import Clock
from domain.order import Order

PAPER = "paper"
"""The source kind of an order that came in on a form of the paper kit."""
OUTAGE = "SYSTEM_OUTAGE"
"""Who is responsible where a paper order was late before anybody could enter it."""
NUMBER = re.compile(r"OFF-(\d{8})-(\d{4,9})")


def document_numbers(day: date, first: int, count: int) -> list[str]:
    """So many numbers of a day's forms, from ``first`` on: OFF-20261123-0001."""
    return [f"OFF-{day:%Y%m%d}-{number:04d}" for number in range(first, first + count)]


def place_of(document_no: str) -> tuple[date, int] | None:
    """The day and the place of a form's number; None where it is the number of no form."""
    found = NUMBER.fullmatch(document_no)
    if found is None:
        return None
    day, number = found.groups()
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:])), int(number)
    except ValueError:
        return None


def excused(order: Order, clock: Clock) -> Clock:
    """The clock; that of a paper order, started before we could know of it, blames the outage where it came late.

    Start, due and verdict stay those of an order entered live at the written times.
    """
    if order.source_kind != PAPER or clock.start_at >= order.received_at:
        return clock
    return clock.having(start_source=OUTAGE)
