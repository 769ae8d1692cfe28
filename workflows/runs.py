"""Which run of an order's workflow, or of a return's, writes its books.

A run that follows a Reset lives the turns before that point again, from the history of the run before. That those were
another run's it learns from the answer of the step that wrote them: nothing else tells it where its own life begins.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from temporalio import workflow

from domain.value import Value


class Run(Value):
    """Which run records, when it began to turn for itself, and whether it follows a Reset."""

    id: str
    started_at: datetime
    reset: bool = False


class Runs:
    """What a run knows of itself and of the one before."""

    def __init__(self) -> None:
        """Nothing is written yet."""
        self._wrote = ""
        self._began = workflow.now()

    def turns(self, at: datetime) -> None:
        """A turn begins; the first after those of another run is where this one begins."""
        if self._wrote != workflow.info().run_id:
            self._began = at

    def wrote(self, run_id: str | None) -> None:
        """A turn is in the books, written by this run."""
        self._wrote = run_id or ""

    @property
    def this(self) -> Run:
        """This run."""
        return Run(id=workflow.info().run_id, started_at=self._began, reset=_is_reset())

    @property
    def hears_again(self) -> bool:
        """Whether what is heard now may be what the run before had heard: this one has written nothing yet."""
        return _is_reset() and self._wrote != workflow.info().run_id


class History(Protocol):
    """What ``workflow.info()`` says of a run's history."""

    def is_continue_as_new_suggested(self) -> bool:
        """Whether the server wants the run to end."""

    def get_current_history_length(self) -> int:
        """How many events it has."""


def is_long(history: History, limit: int) -> bool:
    """Whether the order goes on in a new run (edge case 46): the server says so, or there are too many events."""
    return history.is_continue_as_new_suggested() or history.get_current_history_length() > limit


def _is_reset() -> bool:
    info = workflow.info()
    return info.run_id != info.original_execution_run_id and info.continued_run_id is None
