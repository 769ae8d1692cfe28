"""Facts from inside the house: a request that was accepted, and what an effect answered."""

from __future__ import annotations

from typing import Literal

from domain.carrier_effects import CarrierOutcome
from domain.effects import (
    Answer,
    AuditOutcome,
    CarrierAnswer,
    Done,
    EffectKind,
    EnterOutcome,
    PayerAnswer,
    ReserveOutcome,
)
from domain.facts import Fact
from domain.requests import AnyAsk

Outcome = AuditOutcome | ReserveOutcome | EnterOutcome | CarrierAnswer | PayerAnswer | CarrierOutcome | Answer | Done


class Asked(Fact):
    """A request was accepted; from now on it is a fact of the order."""

    kind: Literal["asked"] = "asked"
    ask: AnyAsk


class EffectDone(Fact):
    """An effect was done outside, with this outcome."""

    kind: Literal["effect_done"] = "effect_done"
    effect: EffectKind
    key: str
    cause: str
    outcome: Outcome


class EffectParked(Fact):
    """An effect cannot go on by itself: ``code`` and ``text`` say why, a person retries it."""

    kind: Literal["effect_parked"] = "effect_parked"
    effect: EffectKind
    key: str
    code: str
    text: str
