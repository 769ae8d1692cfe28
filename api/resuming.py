"""Orders whose workflow is gone (edge case 42): resume from the books, or close by hand with a reason."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request
from fastapi_problem.error import Problem
from pydantic import Field

from api.answers_of_operator import ClosedByHand, Resumed
from api.dependencies import Caller, Parts, TheParts, allow
from api.errors import problem
from api.placing import unknown_order
from api.shapes import Id, Posted
from domain.who_may_ask import DESK
from infra.db.keys import Holder
from infra.relay.freshness import UnknownOrder
from infra.relay.resuming import IsOver, NothingKept, NotLost, Resuming

router = APIRouter(prefix="/v1/orders", tags=["Requests"])
OrderNo = Annotated[str, Path(examples=["SO2026112300000001"], max_length=40)]
Came = TypeVar("Came")


class Closing(Posted):
    """Why an order whose workflow is gone does not go on."""

    reason: str = Field(min_length=1, max_length=500, examples=["refunded by hand, the goods are back"])
    actor: Id | None = Field(None, description="The person behind the key")


@router.post("/{order_no}/resume", response_model=Resumed, summary="Resume an order whose workflow is gone")
async def resume_order(order_no: OrderNo, request: Request, parts: TheParts, caller: Caller) -> Resumed:
    """Its workflow starts anew from the books: nothing is done twice, every clock keeps its time."""
    allow(caller, DESK, to="resume orders")
    resuming = await _resuming(parts, caller, request, "")
    facts = await _said(order_no, resuming.resume(caller.tenant, order_no))
    return Resumed(order_no=order_no, facts=facts)


@router.post("/{order_no}/close", response_model=ClosedByHand, summary="Close an order whose workflow is gone")
async def close_order(
    order_no: OrderNo, body: Closing, request: Request, parts: TheParts, caller: Caller
) -> ClosedByHand:
    """The order is over in the books, and its stock goes back; its money and its goods a person has settled."""
    allow(caller, DESK, to="close orders")
    resuming = await _resuming(parts, caller, request, body.actor or "")
    await _said(order_no, resuming.close(caller.tenant, order_no, body.reason))
    return ClosedByHand(order_no=order_no, stage="CLOSED")


async def _resuming(parts: Parts, caller: Holder, request: Request, actor: str) -> Resuming:
    return Resuming(
        parts.engine,
        await parts.temporal.client(),
        parts.temporal.task_queue,
        parts.now,
        actor=actor or caller.name or caller.role,
        request_id=request.scope.get("request_id", ""),
    )


async def _said(order_no: str, doing: Awaitable[Came]) -> Came:
    try:
        return await doing
    except UnknownOrder as error:
        raise unknown_order(order_no) from error
    except NotLost as error:
        raise _not_lost(order_no) from error
    except IsOver as error:
        raise problem(
            409, "CLOSED", "The order is closed", todo="There is nothing left to resume.", order_no=order_no
        ) from error
    except NothingKept as error:
        raise problem(
            409,
            "NOTHING_TO_RESUME",
            "The books have no turn of this order to go on from",
            todo="Reset its workflow in the Temporal UI, or close the order.",
            order_no=order_no,
        ) from error


def _not_lost(order_no: str) -> Problem:
    return problem(
        409,
        "WORKFLOW_RUNS",
        "The order's workflow runs, or is about to be started",
        todo="Ask the order itself: its explanation says what it waits for, its updates are open.",
        order_no=order_no,
    )
