"""An order on its way from the wire to the inbox: read, checked for its shape, answered (SR-010, SR-016)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Response
from fastapi_problem.error import Problem
from pydantic import ValidationError

from api.answers import Taken
from api.errors import problem, wrong_shape
from api.shapes import ORDER, PostedOrder
from domain.buyer import columns_of
from domain.facts import parse
from infra.db.fact_inbox import FactInbox, Report
from infra.db.inbox import Intake, Posting, business_hash, payment_of
from infra.db.inbox import Taken as Intaken
from infra.db.keys import Holder
from infra.relay.door import workflow_id

NUL = rb"\u0000"


def read_body(body: bytes) -> bytes:
    """A JSON body. A problem where it holds the character NUL, which PostgreSQL cannot keep."""
    if NUL in body:
        raise wrong_shape([{"loc": ("body",), "type": "control_character", "msg": "The character NUL is not allowed"}])
    return body


def read_order(body: bytes) -> PostedOrder:
    """The posted order; a problem that lists everything that is wrong with its shape."""
    try:
        return ORDER.validate_json(read_body(body))
    except ValidationError as error:
        raise wrong_shape(error.errors(include_url=False, include_input=False), what="order") from None


def posting_of(order: PostedOrder, caller: Holder, received_at: datetime, request_id: str, **origin: Any) -> Posting:
    """The order as the inbox takes it."""
    raw = order.model_dump_json()
    content: Mapping[str, Any] = json.loads(raw)
    return Posting(
        tenant=caller.tenant,
        channel=order.channel,
        external_id=order.external_id,
        raw=raw,
        business_hash=business_hash(content),
        received_at=received_at,
        paid=payment_of(content),
        request_id=request_id,
        marks=columns_of(content),
        **{"submitter": caller.name, **origin},
    )


async def keep_payment(facts: FactInbox, posting: Posting) -> None:
    """The same order again, paid this time: that is a fact and no other order (§4.3)."""
    if posting.paid is None:
        return
    body = posting.paid["body"]
    told = {"id": posting.paid["fact_id"], "kind": body["kind"], "source": body["source"], **body["data"]}
    moments = {"occurred_at": body["occurred_at"], "received_at": posting.received_at}
    await facts.take(Report(posting.tenant, body, parse({**told, **moments}), posting.received_at))


def receipt(posting: Posting, taken: Intaken) -> Response:
    """201 for a new order, 200 for one that was there."""
    created = taken.intake is Intake.NEW
    answer = Taken(
        order_no=taken.order_no,
        channel=posting.channel,
        external_id=posting.external_id,
        workflow_id=workflow_id(taken.order_no),
        created=created,
    )
    return Response(
        answer.model_dump_json(),
        status_code=201 if created else 200,
        media_type="application/json",
        headers={"Location": f"/v1/orders/{taken.order_no}"},
    )


def other_content(posting: Posting, taken: Intaken) -> Problem:
    """The id is taken by an order with other content: how to change or end that one."""
    where = f"/v1/orders/{taken.order_no}"
    return problem(
        409,
        "other_content",
        f"Order {posting.external_id} of {posting.channel} is known with other content",
        detail=f"It is {taken.order_no}. What is posted again under the same id has to say the same.",
        todo=f"Change it by POST {where}/correct_fields, end it by POST {where}/cancel, or post under a new id.",
        order_no=taken.order_no,
        correct_fields=f"{where}/correct_fields",
        cancel=f"{where}/cancel",
    )


def unknown_order(order_no: str) -> Problem:
    """There is no such order for this key."""
    todo = "GET /v1/orders?q= finds an order by part of its number, its external id or a tracking number."
    return problem(404, "unknown_order", f"There is no order {order_no[:40]}", todo=todo)
