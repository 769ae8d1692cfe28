"""Requests of an order: answered yes, or no with reasons and alternatives (§4.12 Update; SR-019, conventions.md).

Each update of the workflow has an address of its own: POST /v1/orders/{order_no}/{name}.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path
from fastapi_problem.error import Problem
from pydantic import Field, ValidationError, create_model

from api import answers
from api.changing import ask_change
from api.choosing import choose
from api.correcting import keep_correction, must_not_change_the_goods
from api.dependencies import Caller, Parts, TheParts, allow
from api.errors import problem, wrong_shape
from api.placing import unknown_order
from api.reassigning import must_be_elsewhere
from api.shapes import Id, Posted
from api.verdicts import ask_order
from domain.asks import Ask
from domain.asks_of_logistics import ReassignWarehouse
from domain.questions import CustomerChoice
from domain.requests import ASKS, Accepted, CorrectFields, RepayDebt, SubmitChangeRequest, UploadTracking
from domain.who_may_ask import roles_of
from infra.db.corrections import mark_refused
from infra.db.queries import one_order
from infra.db.versions import mark_accepted

router = APIRouter(prefix="/v1/orders", tags=["Requests"])
OF_THE_HOUSE = frozenset({"kind", "role", "actor", "request_id"})
"""What a caller does not choose, or may leave out."""
FOUR_EYES = frozenset({"submit_voucher", "verify_voucher"})
"""Requests in which the person is the key's, whatever the body might say: two people have to see the voucher."""
CORRECTING: tuple[type[Ask], ...] = (CorrectFields, RepayDebt)
"""Requests whose fields are kept in the database, for they may hold personal data."""
OrderNo = Annotated[str, Path(examples=["SO2026112300000001"], max_length=40)]
Again = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


class AskedByKey(Posted):
    """What every request may carry."""

    request_id: Id | None = Field(None, description="The same id again gets the same answer and changes nothing")


class Asked(AskedByKey):
    """What a request may carry whose key is shared by several people."""

    actor: Id | None = Field(None, description="The person behind the key")


def _body_of(name: str, model: type[Ask]) -> type[AskedByKey]:
    """The body of one request: its own fields, without those that the key decides."""
    own = {name: field for name, field in model.model_fields.items() if name not in OF_THE_HOUSE}
    fields: dict[str, Any] = {name: (field.annotation, field) for name, field in own.items()}
    if model in CORRECTING:
        del fields["correction"]
        fields["fields"] = (dict[str, Any], Field(examples=[{"customer.phone": "13800138000"}], min_length=1))
    if model is CustomerChoice:
        del fields["region"]
    if model is SubmitChangeRequest:
        del fields["priced"]
    if model in {SubmitChangeRequest, CustomerChoice}:
        del fields["correction"]
        fields["fields"] = (dict[str, Any], Field({}, examples=[{"customer.phone": "13800138000"}]))
    base = AskedByKey if name in FOUR_EYES else Asked
    return create_model(f"{model.__name__}Body", __base__=base, __doc__=model.__doc__, **fields)


def _endpoint(name: str, model: type[Ask]) -> Callable[..., Awaitable[Accepted]]:
    shape = _body_of(name, model)
    needed = any(field.is_required() for field in shape.model_fields.values())
    given_body = Body() if needed else Body(default_factory=shape)

    async def ask(
        order_no: OrderNo, parts: TheParts, caller: Caller, body: AskedByKey = given_body, again: Again = None
    ) -> Accepted:
        allow(caller, roles_of(name), to=f"ask for {name}")
        given = body.model_dump(exclude={"request_id", "actor"}, exclude_unset=True)
        house = {
            "request_id": body.request_id or again or f"req-{uuid.uuid4().hex}",
            "actor": getattr(body, "actor", None) or caller.name or caller.role,
            "role": caller.role,
        }
        async with parts.engine.begin() as connection:
            if not await one_order.exists(connection, caller.tenant, order_no):
                raise unknown_order(order_no)
        if model in CORRECTING:
            return await _correct(parts, caller.tenant, order_no, given | house, model)
        if model is SubmitChangeRequest:
            return await ask_change(parts, caller.tenant, order_no, given | house)
        if model is CustomerChoice:
            return await choose(parts, caller.tenant, order_no, given | house)
        asked = _read(model, given | house)
        if isinstance(asked, UploadTracking) and not asked.consolidated:
            await _must_be_free(parts, caller.tenant, order_no, asked)
        if isinstance(asked, ReassignWarehouse):
            await must_be_elsewhere(parts, order_no, asked)
        return await ask_order(parts, caller.tenant, order_no, asked)

    ask.__annotations__["body"] = shape
    return ask


def _read(model: type[Ask], given: dict[str, Any]) -> Ask:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise wrong_shape(error.errors(include_url=False, include_input=False)) from None


async def _correct(parts: Parts, tenant: str, order_no: str, given: dict[str, Any], model: type[Ask]) -> Accepted:
    """Keep the correction, then ask the order to take it; what came of it stands beside the correction."""
    if model is RepayDebt:
        must_not_change_the_goods(given["fields"])
    correction = await keep_correction(parts, order_no, given)
    fields = {name: value for name, value in given.items() if name != "fields"}
    asked = _read(model, {**fields, "correction": correction})
    try:
        accepted = await ask_order(parts, tenant, order_no, asked)
    except Problem as refused:
        if refused.status == HTTPStatus.CONFLICT:
            async with parts.engine.begin() as connection:
                await mark_refused(connection, correction)
        raise
    async with parts.engine.begin() as connection:
        await mark_accepted(connection, [correction])
    return accepted


async def _must_be_free(parts: Parts, tenant: str, order_no: str, asked: UploadTracking) -> None:
    """A tracking number belongs to one order of its carrier, until long after its parcel's end (edge cases 21, 53)."""
    label = (asked.tracking_number, asked.carrier)
    async with parts.engine.begin() as connection:
        other = await one_order.other_with_number(connection, tenant, order_no, label, parts.now())
    if other:
        raise problem(
            409,
            "NUMBER_IN_USE",
            "Another order has this tracking number",
            detail=f"It belongs to {other[:4]}…{other[-4:]}.",
            todo="Read the number from the label again; say consolidated: true where one parcel carries both orders.",
        )


for _name, _model in ASKS.items():
    router.post(
        f"/{{order_no}}/{_name}",
        name=_name,
        response_model=answers.Agreed,
        summary=_name.replace("_", " ").capitalize(),
        description=_model.__doc__,
    )(_endpoint(_name, _model))
