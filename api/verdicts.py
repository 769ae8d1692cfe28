"""The order's answer to a request: yes, no with its reasons, or not known yet (temporal.md R6, R7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi_problem.error import Problem
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from api.dependencies import Parts
from api.errors import RETRY_AFTER, problem
from domain.asks import Ask, sameness
from domain.questions import CustomerChoice
from domain.requests import Accepted, Refusal, ResolveCase
from infra.db.queries import one_order
from infra.relay.door import is_closed, late_id, workflow_id
from infra.relay.freshness import Freshness, OrderNotReached

PATIENCE = timedelta(seconds=10)
"""How long an answer may take."""
FORBIDDEN, INVALID = "FORBIDDEN", "INVALID"
STATUS = {FORBIDDEN: 403, INVALID: 422}
"""Refusals that are not about the order's state."""


async def ask_order(parts: Parts, tenant: str, order_no: str, ask: Ask) -> Accepted:
    """Ask an order, brought up to date before. A problem where it refuses, is closed, or does not answer in time."""
    client = await parts.temporal.client()
    freshness = Freshness(parts.engine, client, parts.temporal.task_queue, parts.now)
    try:
        await freshness.bring_up_to_date(order_no, tenant)
        accepted: Accepted = await client.get_workflow_handle(workflow_id(order_no)).execute_update(
            _name(ask), ask.model_dump(mode="json"), id=ask.request_id, result_type=Accepted, rpc_timeout=PATIENCE
        )
    except WorkflowUpdateFailedError as error:
        raise await _refused(parts, tenant, order_no, error) from error
    except (WorkflowUpdateRPCTimeoutOrCancelledError, OrderNotReached) as error:
        raise _unknown(ask) from error
    except RPCError as error:
        if not is_closed(error):
            raise _unknown(ask) from error
        accepted = await _ask_late(parts, tenant, order_no, ask)
    if accepted.asked not in {"", sameness(ask)}:  # Temporal answers a known update id without asking the order
        raise request_id_taken(order_no)
    return accepted


def _name(ask: Ask) -> str:
    """The update that takes the request."""
    return str(type(ask).model_fields["kind"].default)


async def _ask_late(parts: Parts, tenant: str, order_no: str, ask: Ask) -> Accepted:
    """Of a closed order a case can be decided, or a question answered: its own workflow hears it."""
    if not isinstance(ask, ResolveCase | CustomerChoice):
        raise await _closed(parts, tenant, order_no)
    client = await parts.temporal.client()
    said = ask.model_dump(mode="json", exclude={"kind"})
    try:
        accepted: Accepted = await client.get_workflow_handle(late_id(order_no)).execute_update(
            _name(ask), said, id=ask.request_id, result_type=Accepted, rpc_timeout=PATIENCE
        )
    except WorkflowUpdateFailedError as error:
        raise await _refused(parts, tenant, order_no, error) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise _unknown(ask) from error
    except RPCError as error:
        raise await _closed(parts, tenant, order_no) if is_closed(error) else _unknown(ask) from error
    return accepted


def request_id_taken(order_no: str) -> Problem:
    """The caller's id was used for something else; the order says the same where it is asked itself."""
    return problem(
        409,
        "REQUEST_ID_TAKEN",
        "This request_id stands for another request of this order",
        todo="Take a new request_id for a new request.",
        order_no=order_no,
    )


async def _refused(parts: Parts, tenant: str, order_no: str, error: WorkflowUpdateFailedError) -> Problem:
    cause = error.cause
    if not isinstance(cause, ApplicationError) or not cause.details:
        return await _closed(parts, tenant, order_no)
    refusal = Refusal.model_validate(cause.details[0])
    return problem(
        STATUS.get(refusal.code, 409),
        refusal.code,
        refusal.reason,
        todo=_todo(refusal),
        order_no=order_no,
        reason=refusal.reason,
        alternatives=list(refusal.alternatives),
        allowed_actions=await _allowed(parts, tenant, order_no),
        stage=refusal.stage,
        version=refusal.version,
        **({"chosen": refusal.chosen} if refusal.chosen else {}),
        **({"change": refusal.change.model_dump(mode="json")} if refusal.change else {}),
    )


def _todo(refusal: Refusal) -> str:
    if refusal.code == "STALE_VERSION":
        return f"Read the order again and send expected_version {refusal.version}."
    if refusal.change and refusal.change.quote:
        return "Look at change.quote; send its id as quote, or no quote at all."
    if refusal.change:
        return f"Instead: {', '.join(refusal.change.alternatives.values())}."
    if refusal.alternatives:
        return f"Instead: {', '.join(refusal.alternatives)}."
    return "allowed_actions are what the order takes now; its explanation says why it does not take the others."


async def _closed(parts: Parts, tenant: str, order_no: str) -> Problem:
    """The order is over, or its workflow is although the order is not (edge case 42): nothing can be asked of it."""
    async with parts.engine.begin() as connection:
        page = await one_order.explanation(connection, tenant, order_no)
    why = page["explanation"] if page else {}
    stage = why.get("stage", "")
    if not why.get("final"):
        return problem(
            409,
            "WORKFLOW_GONE",
            "The order is open, but its workflow was ended by hand",
            todo="Resume it from the books: POST /v1/orders/…/resume or `orders resume`; or close it by hand.",
            order_no=order_no,
            stage=stage,
        )
    return problem(
        409,
        "CLOSED",
        "The order is closed",
        todo="Goods come back by a return (orders return ask); else place a new order, or report what happened.",
        order_no=order_no,
        reason="The order is closed",
        alternatives=[],
        allowed_actions=[],
        stage=stage,
    )


def _unknown(ask: Ask) -> Problem:
    """Whether the request was taken is not known; asked again with the same id it is not done twice."""
    return problem(
        503,
        "outcome_unknown",
        "The order did not answer in time",
        todo=f"Send it again with request_id {ask.request_id}: the same id is never done twice.",
        headers=RETRY_AFTER,
        request=ask.request_id,
    )


async def _allowed(parts: Parts, tenant: str, order_no: str) -> list[Any]:
    async with parts.engine.begin() as connection:
        page = await one_order.explanation(connection, tenant, order_no)
    return list(page["explanation"].get("actions", [])) if page else []
