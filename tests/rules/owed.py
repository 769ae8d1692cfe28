"""What an order of a running shop is still owed when it is taken over, from its life alone (AC-72).

Only what has not been done yet: the next step, the number's way to its carrier, the end of what is over. Nothing else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from domain.manual.decide import Decision
from domain.order import Order
from tests.rules.lives_before import Life

NEXT = {
    "RECEIVED": ("audit/1",),
    "PAID": ("audit/1",),
    "AUDITED": ("reserve/1",),
    "CONFIRMED": ("enter/1",),
}
"""State → the step that comes next; an entered order is handed to the warehouse of each of its shipments."""
LETTERS = {
    "CONFIRMED": ("message/ORDER_CONFIRMED/order",),
    "SIGNED": ("message/COMPLETED/order", "push_status/COMPLETED"),
}
"""What is said because it comes true now: it was confirmed, or its time for complaints was over."""
LINES = {
    "RECEIVED": ("stage_reached",),
    "PAID": ("stage_reached",),
    "SIGNED": ("completed_by_itself", "stage_reached"),
}
"""Lines of the timeline, of the moment of the takeover."""
TASKS = {"CANCELLING": ("RETRY_STEP",)}
"""Whether money of the past went back, a person has to look."""
COMPLETES_AFTER = timedelta(hours=23)
ON_ITS_WAY = ("PART", "SHIPPED", "PART_SIGNED")


class Owed(NamedTuple):
    """Keys without the order's number; ``cases`` and ``tasks`` by kind, those of the whole order."""

    effects: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()


def owed(life: Life) -> Owed:
    """By the life: what is still to be done."""
    state = "WAITING" if life.state == "SIGNED" and life.last + COMPLETES_AFTER > life.at else life.state
    effects: tuple[str, ...] = NEXT.get(state, ())
    if life.state == "ENTERED":
        effects = tuple(f"release/{number}" for number in life.shares)
    letters: tuple[str, ...] = LETTERS.get(state, ())
    if life.state in ON_ITS_WAY and life.delivery == "express":
        under_way = [each for each in life.history["packages"] if "DELIVERED" not in _states(each)]
        letters = tuple(f"subscribe/{each['package']}/{each['tracking_number']}" for each in under_way)
    return Owed(effects, letters, LINES.get(state, ()), TASKS.get(state, ()))


def _states(parcel: dict[str, list[dict[str, str]]]) -> list[str]:
    return [scan["state"] for scan in parcel["scans"]]


def decided(order: Order, decision: Decision) -> Owed:
    """By the house: what it decided for the order."""
    known = {effect.key for effect in order.effects}
    prefix = f"{order.number}/"
    return Owed(
        tuple(effect.key.removeprefix(prefix) for effect in decision.order.effects if effect.key not in known),
        tuple(sorted(letter.key.removeprefix(prefix) for letter in decision.letters)),
        tuple(entry.code for entry in decision.entries),
        tuple(task.kind for task in decision.order.tasks),
        tuple(str(case.kind) for case in decision.order.cases),
    )
