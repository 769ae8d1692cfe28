"""What all simulated parties live in: their books, the time, the pace of an hour, and the way their news takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.simulators.behavior import Behavior, Told
from infra.simulators.books import Books, as_json
from infra.simulators.counter import Counter
from infra.simulators.journey import News

ROLES = {"customer": "channel"}
"""Whose key a source's news carries, where the source is no role itself."""


@dataclass(frozen=True)
class World:
    """``clock`` tells Unix seconds; ``hour`` is how many of them an honest party's hour takes."""

    books: Books
    clock: Callable[[], float]
    hour: float

    def counter(self, party: str) -> Counter:
        """The counter of one party."""
        return Counter(party, self.books, self.clock)

    def hour_of(self, behavior: Behavior) -> float:
        """The pace of one order."""
        return behavior.hour or self.hour

    def tell(self, external_id: str, news: Sequence[News], told: Told) -> None:
        """Put news on its way to our API; news of a known id that is still to be told moves to its new time."""
        for one in news:
            self.books.write(
                "INSERT INTO news (id, external_id, role, due, body, copies) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET due = excluded.due, body = excluded.body WHERE told = 0",
                *(f"{one.source}:{one.event_id}", external_id, ROLES.get(one.source, one.source), one.due),
                *(as_json(one.body), 1 + told.duplicates),
            )


def iso(seconds: float) -> str:
    """Unix seconds as an ISO time in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
