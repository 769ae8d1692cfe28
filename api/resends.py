"""Sending again, and gifts (补发, 赠品; SR-177): an order of nothing to pay, linked to its original.

It lives like every order, with its own stock, release and parcel; its channel knows nothing of it.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field, Strict, ValidationError

from api import answers
from api.asking import Again, OrderNo
from api.dependencies import Caller, TheParts, allow
from api.errors import problem, wrong_shape
from api.linked import LinkedOrder
from api.placing import other_content, posting_of, receipt, unknown_order
from api.shapes import Id, Posted, Units, Words
from domain.who_may_ask import DESK
from infra.db.inbox import Intake
from infra.db.links import is_sent_again, original_of
from infra.db.queries import one_order
from infra.db.versions import Version, read_version

router = APIRouter(prefix="/v1/orders", tags=["Linked orders"])


def _some(units: int) -> int:
    if units < 1:
        raise ValueError("at least one unit")
    return units


class ResentLine(Posted):
    """Goods to send: of a line of the original, or of another SKU."""

    line: Id | None = Field(None, description="A line of the original; its SKU and specification are taken")
    sku: Words = ""
    specification: Words = ""
    quantity: Annotated[Units, AfterValidator(_some)]


class ResendBody(Posted):
    """What is sent for an order, why, and what it costs us in minor units."""

    kind: Literal["resend", "gift"] = "resend"
    reason: Annotated[Words, Field(min_length=1, examples=["运输破损"])]
    cost: Annotated[int, Strict(), Field(ge=0, le=2**53)] = 0
    lines: list[ResentLine] = Field(min_length=1, max_length=500, examples=[[{"line": "1", "quantity": 1}]])
    request_id: Id | None = Field(None, description="The same id again makes no second order")


@router.post("/{order_no}/resends", status_code=201, response_model=answers.Taken, summary="Send again, or a gift")
async def send_again(
    order_no: OrderNo, asked: ResendBody, parts: TheParts, caller: Caller, again: Again = None
) -> Response:
    """A new order of nothing to pay, to the original's receiver as last corrected, linked to it in both directions."""
    allow(caller, DESK, to="send goods again")
    request_id = asked.request_id or again or f"req-{uuid.uuid4().hex}"
    async with parts.engine.begin() as connection:
        if not await one_order.exists(connection, caller.tenant, order_no):
            raise unknown_order(order_no)
        linked = await original_of(connection, order_no)
        version = await read_version(connection, order_no)
    if linked:
        raise problem(
            409,
            "linked_itself",
            f"Order {order_no} was itself made for {linked['order_no']}",
            todo=f"Ask for it at the original: POST /v1/orders/{linked['order_no']}/resends.",
            order_no=linked["order_no"],
        )
    order = _linked(order_no, version, asked, f"{version.reference.external_id}/{asked.kind}/{request_id}", parts.now())
    posting = posting_of(order, caller, parts.now(), request_id, source_kind="resend")
    taken = await parts.inbox.take(posting)
    if taken.intake is Intake.DIFFERENT:
        raise other_content(posting, taken)
    if asked.kind == "resend":
        async with parts.engine.begin() as connection:
            await is_sent_again(connection, order_no, parts.now(), caller.name or caller.role)
    return receipt(posting, taken)


def _linked(order_no: str, version: Version, asked: ResendBody, external_id: str, now: Any) -> LinkedOrder:
    """The new order; a problem where the original has not the line, or the ids grow too long."""
    raw = version.raw
    lines = [_line(number, line, raw) for number, line in enumerate(asked.lines, 1)]
    content = {name: raw[name] for name in ("customer", "address", "currency", "delivery_method") if raw.get(name)}
    try:
        return LinkedOrder.model_validate(
            {
                **content,
                "channel": version.reference.channel,
                "external_id": external_id,
                "placed_at": now,
                "lines": lines,
                "total": 0,
                "payment": {"method": "prepaid"},
                "original": {"order_no": order_no, **asked.model_dump(include={"kind", "reason", "cost"})},
            }
        )
    except ValidationError as wrong:
        raise wrong_shape(wrong.errors(include_url=False, include_input=False), what="order") from None


def _line(number: int, asked: ResentLine, raw: dict[str, Any]) -> dict[str, Any]:
    given = {"sku": asked.sku, "specification": asked.specification}
    if asked.line is not None:
        found = next((line for line in raw["lines"] if line["line"] == asked.line), None)
        if found is None:
            told = f"The original has no line {asked.line}"
            field = ("lines", str(number - 1), "line")
            raise wrong_shape([{"loc": field, "type": "unknown_line", "msg": told}], what="order")
        given = {"sku": found["sku"], "specification": found.get("specification") or ""}
    return {"line": str(number), **given, "quantity": asked.quantity, "unit_price": 0}
