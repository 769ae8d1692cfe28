"""What the order's loop has noted and not yet recorded: entries, letters, facts, and the rows written last (R25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.books import Books, books, projection
from domain.manual.explain import Explanation
from domain.order import Order
from domain.recording import DESK, Entry, Letter, Recording
from domain.snapshots import snapshot_text
from workflows.runs import Run

KEPT_ENTRIES = 200


def line(order_no: str, mark: str, code: str, now: datetime, **params: Any) -> Entry:
    """One line of an order's timeline; ``mark`` makes it the only one of its kind."""
    return Entry(key=f"{order_no}/{mark}", code=code, at=now, recorded_at=now, actor=DESK, params=params)


class Notebook:
    """Notes are kept until a recording with them was written; a failed or cancelled writing loses none."""

    def __init__(self, order_no: str) -> None:
        """Open an empty notebook."""
        self._order_no = order_no
        self._entries: list[Entry] = []
        self._letters: list[Letter] = []
        self._fact_ids: list[str] = []
        self._books = self._next = Books()
        self._sequence = 0
        self.recent: list[Entry] = []

    def note(self, mark: str, code: str, now: datetime, **params: Any) -> None:
        """Write one line of the timeline."""
        self.keep([line(self._order_no, mark, code, now, **params)], ())

    def keep(self, entries: Sequence[Entry], letters: Sequence[Letter]) -> None:
        """Keep what a turn noted and wants to send."""
        self._entries += entries
        self._letters += letters
        self.recent = [*self.recent, *entries][-KEPT_ENTRIES:]

    def took(self, fact_id: str) -> None:
        """A fact was taken in."""
        self._fact_ids.append(fact_id)

    def recording(self, order: Order, now: datetime, explanation: Explanation, run: Run) -> Recording:
        """Everything that is new since the last recording; after a Reset every row, for the run before wrote others."""
        before = Books() if run.reset else self._books
        self._next = books(order, now)
        return Recording(
            order_no=self._order_no,
            run_id=run.id,
            run_started_at=run.started_at,
            sequence=self._sequence + 1,
            at=now,
            projection=projection(order, now, explanation),
            entries=tuple(self._entries),
            outbox=tuple(self._letters),
            fact_ids=tuple(self._fact_ids),
            snapshot="" if order.final else snapshot_text(order),
            **self._next.since(before).fields(),
        )

    def written(self, recording: Recording) -> None:
        """``recording`` is in the books: forget what it holds."""
        self._sequence = recording.sequence
        self._books = self._next
        del self._entries[: len(recording.entries)]
        del self._letters[: len(recording.outbox)]
        del self._fact_ids[: len(recording.fact_ids)]
