"""What is being done for an order now: the steps of its cases and their effects, with their attempts by Temporal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from fastapi import APIRouter
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.service import RPCError

from api.answers_of_operator import StepsNow
from api.dependencies import Parts, Reader, TheParts
from api.placing import unknown_order
from api.words import Language
from domain.catalogue.text import label
from domain.holds import EffectState, EffectStatus
from infra.db.queries import one_order
from infra.relay.door import workflow_id
from infra.trouble import Trouble
from workflows.limits import activity_id

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/v1/orders", tags=["Orders"])
PATIENCE = timedelta(seconds=2)


@router.get("/{order_no}/steps", response_model=StepsNow, summary="Its steps, and what is tried now")
async def show_steps(order_no: str, parts: TheParts, caller: Reader, language: Language) -> dict[str, Any]:
    """Each step with its effects, and what belongs to no step and is not done: attempts, last error, next try.

    Attempts are asked of Temporal; ``live`` is false where it does not answer, and they are unknown then.
    """
    async with parts.engine.begin() as connection:
        page = await one_order.order_page(connection, caller.tenant, order_no)
    if page is None:
        raise unknown_order(order_no)
    effects = {effect["key"]: EffectState.model_validate(effect) for effect in page["effects"]}
    undone = [effect for effect in effects.values() if effect.status is not EffectStatus.DONE]
    pending = await _pending(parts, order_no) if undone else {}
    steps = [
        {
            **step,
            "text": label("step", step["word"].partition("-")[0], language),
            "effects": [_row(effects[tried["key"]], pending) for tried in step["effects"]],
        }
        for step in page["steps"]
    ]
    owned = {tried["key"] for step in page["steps"] for tried in step["effects"]}
    others = [_row(effect, pending) for effect in undone if effect.key not in owned]
    return {"order_no": order_no, "live": pending is not None, "steps": steps, "effects": others}


async def _pending(parts: Parts, order_no: str) -> Mapping[str, PendingActivityInfo] | None:
    """The order's pending activities by their ids; None where Temporal does not answer or has no such workflow."""
    try:
        client = await parts.temporal.client()
        described = await client.get_workflow_handle(workflow_id(order_no)).describe(rpc_timeout=PATIENCE)
    except (RPCError, Trouble) as error:
        log.warning("attempts are unknown", order_no=order_no, error=type(error).__name__)
        return None
    return {activity.activity_id: activity for activity in described.raw_description.pending_activities}


def _row(effect: EffectState, pending: Mapping[str, PendingActivityInfo] | None) -> dict[str, Any]:
    row = {
        "key": effect.key,
        "kind": effect.kind,
        "status": effect.status,
        "since": effect.since,
        "done_at": effect.done_at,
        "asked": effect.tries,
        "last_error": effect.note or effect.code,
    }
    activity = (pending or {}).get(activity_id(effect))
    return row | _attempts(activity) if activity else row


def _attempts(activity: PendingActivityInfo) -> dict[str, Any]:
    """What Temporal knows of a step that it tries."""
    next_try = activity.next_attempt_schedule_time
    return {
        "attempt": activity.attempt,
        "last_error": activity.last_failure.message,
        "next_try": datetime.fromtimestamp(next_try.seconds, UTC) if next_try.seconds else None,
        "paused": activity.paused,
    }
