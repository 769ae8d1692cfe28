"""Requests to a return: each update of its workflow has an address of its own (§4.12, EC-65, SR-149)."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path
from fastapi_problem.error import Problem
from pydantic import create_model
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from api.answers import Answer
from api.asking import OF_THE_HOUSE, Again, Asked, AskedByKey, OrderNo
from api.dependencies import Caller, Parts, TheParts, allow
from api.errors import RETRY_AFTER, problem
from api.placing import unknown_order
from api.verdicts import STATUS
from domain.asks import Ask
from domain.requests import Refusal
from domain.return_asks import RETURN_ASKS
from domain.who_may_ask import DESK
from infra.db import returns
from infra.db.queries import one_order
from infra.relay.door import PATIENCE, is_closed
from infra.relay.return_door import ReturnDoor, return_workflow_id

router = APIRouter(prefix="/v1/orders", tags=["Returns"])
ReturnNo = Annotated[int, Path(ge=1, lt=2**15)]


async def place_of(order_no: OrderNo, return_no: ReturnNo) -> tuple[str, int]:
    """Which return of which order."""
    return order_no, return_no


Place = Annotated[tuple[str, int], Depends(place_of)]
FOUR_EYES = frozenset({"approve_refund"})
"""Requests in which the person is the key's, whatever the body might say."""


class ReturnAgreed(Answer):
    """A request was accepted; what the return is now."""

    order_no: str
    return_no: int
    state: str


def unknown_return(order_no: str, return_no: int) -> Problem:
    """The order has no such return."""
    todo = f"GET /v1/orders/{order_no}/returns lists them."
    return problem(404, "unknown_return", f"Order {order_no} has no return {return_no}", todo=todo)


def _endpoint(name: str, model: type[Ask]) -> Callable[..., Awaitable[Any]]:
    own = {name: field for name, field in model.model_fields.items() if name not in OF_THE_HOUSE}
    fields: dict[str, Any] = {name: (field.annotation, field) for name, field in own.items()}
    base = AskedByKey if name in FOUR_EYES else Asked
    shape: type[AskedByKey] = create_model(f"{model.__name__}Body", __base__=base, __doc__=model.__doc__, **fields)
    needed = any(field.is_required() for field in shape.model_fields.values())
    given_body = Body() if needed else Body(default_factory=shape)

    async def ask(
        place: Place,
        parts: TheParts,
        caller: Caller,
        body: AskedByKey = given_body,
        again: Again = None,
    ) -> Any:
        allow(caller, DESK, to=f"ask a return for {name}")
        house = {
            "request_id": body.request_id or again or f"req-{uuid.uuid4().hex}",
            "actor": getattr(body, "actor", None) or caller.name or caller.role,
            "role": caller.role,
        }
        given = body.model_dump(exclude={"request_id", "actor"}, exclude_unset=True)
        return await _asked(parts, caller.tenant, place, model.model_validate(given | house))

    ask.__annotations__["body"] = shape
    return ask


async def _asked(parts: Parts, tenant: str, place: tuple[str, int], ask: Ask) -> dict[str, Any]:
    """Ask a return, started if need be. A problem where it refuses, is over, or does not answer in time."""
    async with parts.engine.begin() as connection:
        if not await one_order.exists(connection, tenant, place[0]):
            raise unknown_order(place[0])
        its = await returns.one_return(connection, *place)
    if its is None:
        raise unknown_return(*place)
    client = await parts.temporal.client()
    name = str(type(ask).model_fields["kind"].default)
    try:
        if its.sequence == 0:
            await ReturnDoor(client, parts.temporal.task_queue).start(its)
        handle = client.get_workflow_handle(return_workflow_id(*place))
        answer: dict[str, Any] = await handle.execute_update(
            name, ask.model_dump(mode="json"), id=ask.request_id, result_type=dict, rpc_timeout=PATIENCE
        )
    except WorkflowUpdateFailedError as error:
        raise _refused(place, error) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise _unknown_outcome(ask) from error
    except RPCError as error:
        raise _over(place) if is_closed(error) else _unknown_outcome(ask) from error
    return answer


def _refused(place: tuple[str, int], error: WorkflowUpdateFailedError) -> Problem:
    cause = error.cause
    if not isinstance(cause, ApplicationError) or not cause.details:
        return _over(place)
    refusal = Refusal.model_validate(cause.details[0])
    return problem(
        STATUS.get(refusal.code, 409),
        refusal.code,
        refusal.reason,
        todo=f"GET /v1/orders/{place[0]}/returns/{place[1]} says where it is and whom it waits for.",
        order_no=place[0],
        return_no=place[1],
        alternatives=list(refusal.alternatives),
        state=refusal.stage,
    )


def _over(place: tuple[str, int]) -> Problem:
    todo = f"GET /v1/orders/{place[0]}/returns shows how it ended; ask for a new return where units are left."
    return problem(409, "RETURN_CLOSED", "The return is closed", todo=todo, order_no=place[0], return_no=place[1])


def _unknown_outcome(ask: Ask) -> Problem:
    return problem(
        503,
        "outcome_unknown",
        "The return did not answer in time",
        todo=f"Send it again with request_id {ask.request_id}: the same id is never done twice.",
        headers=RETRY_AFTER,
        request=ask.request_id,
    )


for _name, _model in RETURN_ASKS.items():
    router.post(
        f"/{{order_no}}/returns/{{return_no}}/{_name}",
        name=f"return_{_name}",
        response_model=ReturnAgreed,
        summary=f"Of a return: {_name.replace('_', ' ')}",
        description=_model.__doc__,
    )(_endpoint(_name, _model))
