"""What came of an effect, as a fact of the order: done with an outcome, or parked until a person retries it (R20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio.exceptions import ApplicationError, FailureError

from domain.effects import EffectKind, Kept
from domain.holds import EffectState
from domain.inside import EffectDone, EffectParked


def done(effect: EffectState, outcome: Any, now: datetime) -> EffectDone:
    """The effect was done, with this outcome: after a Reset at the time at which the run before had done it."""
    first = outcome.done_at if isinstance(outcome, Kept) else None
    return EffectDone(
        id=f"{effect.key}/done",
        occurred_at=first or now,
        received_at=now,
        effect=EffectKind(effect.kind),
        key=effect.key,
        cause=effect.cause,
        outcome=outcome,
    )


def parked(effect: EffectState, error: Exception, now: datetime) -> EffectParked:
    """The effect cannot go on by itself; the error says why."""
    cause = (error.cause if isinstance(error, FailureError) else None) or error
    return EffectParked(
        id=f"{effect.key}/parked/{effect.tries}",
        occurred_at=now,
        received_at=now,
        effect=EffectKind(effect.kind),
        key=effect.key,
        code=(cause.type or "") if isinstance(cause, ApplicationError) else type(cause).__name__,
        text=str(getattr(cause, "message", cause)),
    )
