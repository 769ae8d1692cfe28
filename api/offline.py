"""Offline documents of stores and sales representatives (SR-101): submitted at any time, taken in at their slot."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.dependencies import PLACERS, Caller, Parts, Reader, TheParts, allow
from api.errors import problem
from api.placing import posting_of
from api.shapes import ORDER_EXAMPLE, Posted, PostedOrder, Words
from domain.calendar import next_collection
from domain.offline import OFFLINE_CHANNELS, goes_at_once
from domain.policy import STANDARD
from infra.db.cadence import house_zone
from infra.db.inbox import Intake, Posting
from infra.db.offline import Submitted, collected_at_once, submit, waiting_documents
from infra.db.promotions import rules_in_force

router = APIRouter(prefix="/v1/offline-documents", tags=["Offline documents"])
EXAMPLE = {"order": {**ORDER_EXAMPLE, "channel": "store", "external_id": "S-2026-1123-07"}, "submitter": "门店A"}


def _is_offline(order: PostedOrder) -> PostedOrder:
    if order.channel not in OFFLINE_CHANNELS:
        raise PydanticCustomError("not_offline", "Only orders of store and sales_rep are collected; post others")
    return order


class Document(Posted):
    """An order on paper or as a form; its ``external_id`` is the document's number, ``placed_at`` its own date."""

    order: Annotated[PostedOrder, AfterValidator(_is_offline)]
    submitter: Words = Field("", description="Who submits it; unset: the key's name")
    electronic: bool = Field(default=False, description="No paper: may go at once where offline_immediate is on")


class Waiting(BaseModel):
    """A document that was submitted: it waits until ``collect_at``, or is an order already."""

    channel: str
    external_id: str
    created: bool
    collect_at: Any
    order_no: str | None


@router.post(
    "",
    status_code=202,
    response_model=Waiting,
    summary="Submit an offline document",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": EXAMPLE}}}},
)
async def submit_document(asked: Document, request: Request, parts: TheParts, caller: Caller) -> Response:
    """202: kept until its slot, 9:00, 14:00 or 17:00 of the business zone. The same document again is 200."""
    allow(caller, PLACERS, to="submit documents")
    origin = {"document_no": asked.order.external_id, "source_kind": "offline"}
    if asked.submitter:
        origin["submitter"] = asked.submitter
    posting = posting_of(asked.order, caller, parts.now(), request.scope["request_id"], **origin)
    came = await take_document(parts, posting, electronic=asked.electronic)
    if came.intake is Intake.DIFFERENT:
        raise problem(
            409,
            "other_content",
            f"Document {posting.external_id} of {posting.channel} is known with other content",
            todo="Submit it under a number of its own, or correct the order once it is collected.",
            order_no=came.order_no,
        )
    answer = Waiting(
        channel=posting.channel,
        external_id=posting.external_id,
        created=came.intake is Intake.NEW,
        collect_at=came.collect_at,
        order_no=came.order_no,
    )
    status = 202 if answer.created else 200
    return Response(answer.model_dump_json(), status_code=status, media_type="application/json")


@router.get("", summary="List documents that wait")
async def list_documents(
    parts: TheParts, caller: Reader, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> dict[str, Any]:
    """The documents that wait for their slot, the next first; what stands in them is not shown."""
    async with parts.engine.begin() as connection:
        return {"documents": await waiting_documents(connection, caller.tenant, limit)}


async def take_document(parts: Parts, posting: Posting, *, electronic: bool) -> Submitted:
    """Keep a document until its slot, or take it in now where the policy lets it."""
    now = posting.received_at
    async with parts.engine.begin() as connection:
        policy = await rules_in_force(connection, posting.channel, now) or STANDARD
        at_once = goes_at_once(json.loads(posting.raw), policy, electronic=electronic)
        slot = now if at_once else next_collection(now, await house_zone(connection, now))
        came = await submit(connection, posting, slot)
    if not at_once or came.intake is not Intake.NEW:
        return came
    taken = await parts.inbox.take(replace(posting, collected_at=now))
    async with parts.engine.begin() as connection:
        await collected_at_once(connection, posting, taken.order_no)
    return Submitted(came.intake, now, taken.order_no)
