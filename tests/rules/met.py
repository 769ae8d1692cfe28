"""What a run of the random machine has met, and what of it all there is it cannot meet, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from domain.effects import EffectKind
from domain.holds import HoldReason
from domain.policy import CaseKind
from domain.requests import ASKS
from domain.stage import FINAL_STAGES
from tests.rules.anything import FACTS

Thing = tuple[str, str]
"""What was met: a kind of thing, and its name."""

NEVER: dict[Thing, str] = {}


def everything() -> set[Thing]:
    """All that a life may meet."""
    return {
        *_named("taken", FACTS),
        *_named("accepted", ASKS),
        *_named("refused", ASKS),
        *_named("opened", CaseKind),
        *_named("done", EffectKind),
        *_named("failed", EffectKind),
        *_named("ended", FINAL_STAGES),
        *_named("held", HoldReason),
    }


def _named(what: str, names: Iterable[str]) -> set[Thing]:
    return {(what, str(name)) for name in names}


def missing(met: Counter[Thing]) -> set[Thing]:
    """What a run should have met and has not."""
    return everything() - NEVER.keys() - met.keys()
