"""The steps of a case's playbook (§4.6): what is being done about it, by whom, since when, and what came of it.

A playbook begins a step, reads its end and decides the next. What a step does outside are effects (``effects``: their
keys), whose attempts and errors stand with them; a person may retry them, skip the step, or do it by hand.
"""

from __future__ import annotations

from enum import StrEnum

from domain.value import Moment, Value


class StepState(StrEnum):
    """Where a step is."""

    OPEN = "OPEN"
    DONE = "DONE"
    SKIPPED = "SKIPPED"
    BY_HAND = "BY_HAND"


class CaseStep(Value):
    """One step; ``key`` is its case's number and its word, ``owner`` the role it waits for.

    ``until`` is when the next try or somebody's answer is due. ``result`` is what came of it, in the playbook's words;
    ``reason`` is why a person skipped it, or a note to what was done by hand.
    """

    key: str
    case: int
    word: str
    owner: str
    state: StepState = StepState.OPEN
    since: Moment
    until: Moment | None = None
    effects: tuple[str, ...] = ()
    result: str = ""
    reason: str = ""
    by: str = ""
    ended_at: Moment | None = None

    @property
    def open(self) -> bool:
        """Whether it still waits for its end."""
        return self.state is StepState.OPEN


def step_key(case: int, word: str) -> str:
    """How a step is called: ``3/transfer`` of case 3; a word that is done again carries its number (``transfer-2``)."""
    return f"{case}/{word}"
