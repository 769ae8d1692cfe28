"""What an order heard and has not taken in yet: message by message, each with the moment it was heard.

One turn takes one message, and everything in it happens at that moment. An answered query can turn the end of a local
activity and the next events around between first run and replay (sdk-core forces a workflow task then); by messages
and moments the turns come out the same.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from temporalio import workflow

from domain.facts import Fact
from domain.inside import Asked
from domain.manual.turn import Due
from domain.recording import Entry


class Heard(NamedTuple):
    """One message: the facts of a signal, a request or an outcome, what of it could not be read, or a timer's ring."""

    at: datetime
    facts: tuple[Fact, ...] = ()
    entries: tuple[Entry, ...] = ()
    ring: int = 0


def news_first(inbox: Iterable[Heard]) -> deque[Heard]:
    """What came in one activation: news before requests. After a Reset the server tells both anew in their order.

    A replay of that run hears the requests behind all signals, whatever lay between them. A request that is told again
    too early goes first: whoever answered is not reminded.
    """
    return deque(sorted(inbox, key=lambda heard: (heard.at, _place(heard))))


def waits_more(inbox: Iterable[Heard], at: datetime) -> bool:
    """Whether there is more news of this moment: no timer's ring, which may come before or behind it in a replay."""
    return any(heard.at == at and heard.facts for heard in inbox)


def _place(heard: Heard) -> int:
    asked = [fact for fact in heard.facts if isinstance(fact, Asked)]
    return 0 if any(fact.told_again for fact in asked) else 2 if asked else 1


class Alarm:
    """The order's timer, named after its clock; ``rang`` hears of it by number."""

    def __init__(self, rang: Callable[[int], None]) -> None:
        """Nothing is set yet."""
        self._rang = rang
        self._set: dict[int, tuple[Due, asyncio.Task[None]]] = {}
        self._count = 0

    def takes(self, ring: int) -> bool:
        """Whether a ring is news; one that was called off is not."""
        return self._set.pop(ring, None) is not None

    def call_off(self, due: Due | None) -> None:
        """Cancel every timer but the one that ``due`` needs: only before the turn's first local activity."""
        needed = self._armed_for(due)[:1]
        for ring in [ring for ring in self._set if ring not in needed]:
            self._set.pop(ring)[1].cancel()

    def set(self, due: Due | None) -> None:
        """Ring at ``due``; None: not at all. A timer whose clock only moved later is left to ring (R10)."""
        if due is not None and not self._armed_for(due):
            self._count += 1
            self._set[self._count] = (due, asyncio.create_task(self._ring(self._count, due)))

    def _armed_for(self, due: Due | None) -> list[int]:
        armed = self._set.items()
        return [ring for ring, (other, _) in armed if due and other.name == due.name and other.at <= due.at]

    async def _ring(self, number: int, due: Due) -> None:
        await workflow.sleep(max(due.at - workflow.now(), timedelta(milliseconds=1)), summary=due.name)
        self._rang(number)
