"""A step for an order that is over: asked once under its business key, and nobody's to retry (EC-19)."""

from __future__ import annotations

from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.effects import EffectKind, Request
    from domain.holds import EffectState
    from domain.value import Value
    from workflows.limits import LIMITS, activity_id
    from workflows.outcomes import parked

Outcome = TypeVar("Outcome", bound=Value)


async def act(kind: EffectKind, request: Request, outcome: type[Outcome], about: tuple[str, str]) -> Outcome | str:
    """Have it done; its outcome, or in words why it cannot be. ``about``: the cause, and its name in the timeline."""
    cause, summary = about
    effect = EffectState(key=request.key, kind=kind, cause=cause, since=workflow.now())
    try:
        done: Outcome = await workflow.execute_activity(
            kind, request, result_type=outcome, activity_id=activity_id(effect), summary=summary, **LIMITS[kind]
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        refused = parked(effect, error, workflow.now())
        return f"{refused.code}: {refused.text}"
    return done
