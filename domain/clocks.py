"""Clocks: start, due, pauses, stop, verdict (§1.3; the promise ledger's rows, M1).

A clock is computed from the order's facts alone, so that reset, replay and late news cannot move it. "Within N" is
inclusive: a stop at the due is met, a breach is noticed just after it. A pause moves the due by exactly itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from domain.policy import CaseKind, ClockKind, ClockRule
from domain.value import Moment, Value

TICK = timedelta(milliseconds=1)
"""A breach is noticed this long after the due."""


class Verdict(StrEnum):
    """What came of a clock."""

    OPEN = "open"
    MET = "met"
    BREACHED = "breached"
    VOID = "void"


class Pause(Value):
    """Time that does not count; ``until`` None while it lasts."""

    since: Moment
    until: Moment | None = None


def merged(pauses: Sequence[Pause], start: datetime) -> tuple[Pause, ...]:
    """Pauses from ``start`` on, in order, overlaps joined."""
    if not pauses:
        return ()
    result: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.since):
        if pause.until is not None and pause.until <= max(start, pause.since):
            continue
        since = max(start, pause.since)
        last = result[-1] if result else None
        if last is None or (last.until is not None and last.until < since):
            result.append(Pause(since=since, until=pause.until))
        elif last.until is not None and (pause.until is None or pause.until > last.until):
            result[-1] = last.having(until=pause.until)
    return tuple(result)


def reached_at(start: datetime, within: timedelta, pauses: Sequence[Pause]) -> datetime | None:
    """When ``within`` of net time is used up; None while a pause without an end stands before it."""
    moment, left = start, within
    for pause in merged(pauses, start):
        if pause.since > moment + left:
            break
        if pause.until is None:
            return None
        left -= pause.since - moment
        moment = pause.until
    return moment + left


def net_time(start: datetime, stop: datetime, pauses: Sequence[Pause]) -> timedelta:
    """The time from ``start`` to ``stop`` without the pauses in it."""
    paused = sum(
        (min(pause.until or stop, stop) - pause.since for pause in merged(pauses, start) if pause.since < stop),
        timedelta(),
    )
    return stop - start - paused


class Clock(Value):
    """One clock of one subject. ``due_on`` is a fixed due (C6, C8), else the rule's net time counts.

    ``known_at`` is when we heard of the start, ``ended_at`` when the clock lost its subject (cancelled, planned anew):
    unbreached by then, it is void.
    """

    rule: ClockRule
    subject: str
    start_at: Moment
    start_event: str
    known_at: Moment
    start_source: str = "us"
    due_on: Moment | None = None
    pauses: tuple[Pause, ...] = ()
    stop_at: Moment | None = None
    stop_event: str = ""
    ended_at: Moment | None = None
    responsible: str = "us"
    cause: str = ""

    @property
    def kind(self) -> ClockKind:
        """Which clock of the manual."""
        return self.rule.kind

    @cached_property
    def id(self) -> str:
        """Its business key in the order: kind, subject and start."""
        return f"{self.kind}/{self.subject}/{self.start_at.isoformat()}"

    @cached_property
    def due_at(self) -> datetime | None:
        """The last moment that is in time; None while a pause has no end."""
        return self.due_on or reached_at(self.start_at, self.rule.within, self.pauses)

    @cached_property
    def warnings(self) -> tuple[datetime, ...]:
        """When to warn, each once."""
        times = [self.due_on - before for before in self.rule.warn_before] if self.due_on else []
        if self.rule.warn_at is not None and self.due_on:
            times.append(self.start_at + (self.due_on - self.start_at) * self.rule.warn_at)
        elif self.rule.warn_at is not None:
            reached = reached_at(self.start_at, self.rule.within * self.rule.warn_at, self.pauses)
            times += [reached] if reached else []
        return tuple(sorted(time for time in times if time >= self.start_at))

    @property
    def stopped_at(self) -> datetime | None:
        """When it stopped; a stop older than the start counts as at the start."""
        return max(self.stop_at, self.start_at) if self.stop_at else None

    @property
    def over_at(self) -> datetime | None:
        """When it stopped, or lost its subject; never before its start."""
        end = self.stop_at or self.ended_at
        return max(end, self.start_at) if end else None

    def verdict(self, now: datetime) -> Verdict:
        """What came of it, as known at ``now``."""
        due = self.due_at
        end = self.over_at
        if due is not None and (end or now) > due:
            return Verdict.BREACHED
        if self.stopped_at:
            return Verdict.MET
        return Verdict.VOID if self.ended_at else Verdict.OPEN

    @property
    def running(self) -> bool:
        """Whether it still counts."""
        return self.stop_at is None and self.ended_at is None

    @property
    def came_late(self) -> bool:
        """Whether we heard of its start only after its due (LATE_FACT)."""
        due = self.due_at
        return due is not None and self.known_at > due

    @property
    def why(self) -> str:
        """The cause of its breach, in one word."""
        if not self.came_late:
            return self.cause
        return "LATE_INTAKE" if self.kind is ClockKind.CONFIRM else "LATE_FACT"

    @property
    def blamed(self) -> str:
        """Who is responsible for its breach."""
        return self.start_source if self.came_late else self.responsible

    @property
    def opens(self) -> CaseKind:
        """The case its breach opens."""
        return self.rule.opens

    def gross(self, now: datetime) -> timedelta:
        """Time since the start, pauses included."""
        return (self.over_at or max(now, self.start_at)) - self.start_at

    def net(self, now: datetime) -> timedelta:
        """Time since the start, pauses left out."""
        return net_time(self.start_at, self.over_at or now, self.pauses)
