"""Facts from outside, one or a batch: acknowledged when they are kept, and never lost (edge cases 13, 14, 18)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi_problem.error import Problem
from pydantic import Field, TypeAdapter, ValidationError

from api import answers
from api.dependencies import Parts, caller_of, parts_of
from api.errors import wrong_shape
from api.placing import read_body
from api.reporting_facts import FACT, FACT_EXAMPLE, report_of
from api.shapes import Posted
from infra.db.counting import tell_waiting
from infra.db.fact_inbox import Kept, Receipt, Report
from infra.db.keys import Holder

router = APIRouter(prefix="/v1/facts", tags=["Facts"])
MOST = 1000
STATUS = {Receipt.NEW: 202, Receipt.KNOWN: 200, Receipt.ORPHAN: 202, Receipt.CONFLICT: 202}
FACT_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/PostedFact"}, "example": FACT_EXAMPLE}
        },
    }
}
BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"facts": {"type": "array", "items": {"$ref": "#/components/schemas/PostedFact"}}},
                    "required": ["facts"],
                },
                "example": {"facts": [FACT_EXAMPLE]},
            }
        },
    }
}


class PostedBatch(Posted):
    """Several facts; each is judged and kept for itself."""

    facts: list[Any] = Field(min_length=1, max_length=MOST)


BATCH: TypeAdapter[PostedBatch] = TypeAdapter(PostedBatch)


@router.post(
    "",
    status_code=202,
    response_model=answers.FactReceipt,
    summary="Report a fact",
    responses={200: {"model": answers.FactReceipt, "description": "Known already"}},
    openapi_extra=FACT_BODY,
)
async def report_fact(request: Request) -> Response:
    """202 says that the fact is durable, also where its order is not known yet (it is looked for, for 7 days)."""
    caller, parts = await caller_of(request), parts_of(request)
    try:
        posted = FACT.validate_json(read_body(await request.body()))
    except ValidationError as error:
        raise wrong_shape(error.errors(include_url=False, include_input=False), what="fact") from None
    report = report_of(posted, caller, parts.now())
    if posted.names_no_order:
        return await _goods_arrived(parts, report)
    kept = await parts.facts.take(report)
    answer = answers.FactReceipt(result=kept.receipt, fact_id=report.fact.id, order_no=kept.order_no)
    return Response(answer.model_dump_json(), status_code=STATUS[kept.receipt], media_type="application/json")


@router.post("/batch", response_model=answers.BatchReceipt, summary="Report several facts", openapi_extra=BATCH_BODY)
async def report_facts(request: Request) -> answers.BatchReceipt:
    """Each fact is answered for itself: one that cannot be read keeps no other out."""
    caller, parts = await caller_of(request), parts_of(request)
    try:
        batch = BATCH.validate_json(read_body(await request.body()))
    except ValidationError as error:
        raise wrong_shape(error.errors(include_url=False, include_input=False), what="batch") from None
    read = [_read(given, caller, parts) for given in batch.facts]
    reports = [one for one in read if isinstance(one, Report)]
    kept = iter(await asyncio.gather(*map(parts.facts.take, reports)))
    lines = [
        _line(index, one, next(kept)) if isinstance(one, Report) else _refused(index, one)
        for index, one in enumerate(read)
    ]
    return answers.BatchReceipt(results=lines)


def _read(given: Any, caller: Holder, parts: Parts) -> Report | Problem:
    """One fact of a batch, or why it is not taken."""
    try:
        posted = FACT.validate_json(json.dumps(given))
        if posted.names_no_order:
            found = [{"loc": (), "type": "alone", "msg": "Stock that arrived is reported alone, or names its order"}]
            return wrong_shape(found, what="fact")
        return report_of(posted, caller, parts.now())
    except ValidationError as error:
        return wrong_shape(error.errors(include_url=False, include_input=False), what="fact")
    except Problem as refused:
        return refused


def _line(index: int, report: Report, kept: Kept) -> answers.BatchLine:
    return answers.BatchLine(
        index=index,
        status=STATUS[kept.receipt],
        result=kept.receipt,
        fact_id=report.fact.id,
        order_no=kept.order_no,
    )


def _refused(index: int, refused: Problem) -> answers.BatchLine:
    return answers.BatchLine(
        index=index,
        status=refused.status,
        result=refused.extras["code"],
        title=refused.title,
        errors=refused.extras.get("errors", []),
    )


async def _goods_arrived(parts: Parts, report: Report) -> Response:
    """Stock of a SKU arrived: every order that waits for it is told, each once."""
    async with parts.engine.begin() as connection:
        told = await tell_waiting(connection, [report.fact.sku], parts.now(), report.fact.id)  # type: ignore[union-attr]
    answer = answers.FactReceipt(result=Receipt.NEW, fact_id=report.fact.id, order_no=None, orders=told)
    return Response(answer.model_dump_json(), status_code=202, media_type="application/json")
