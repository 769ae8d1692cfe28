"""The whole trail of an order, checked and taken along (SR-003, P-16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from api import answers
from api.dependencies import Reader, TheParts
from api.files.trail_file import csv_of
from api.placing import unknown_order
from domain.trail import Link, first_broken
from domain.who_may_ask import DESK
from infra.db.queries import one_order
from infra.db.queries.trail import whole_trail

router = APIRouter(prefix="/v1/orders", tags=["Orders"])
CSV = {"content": {"text/csv": {"schema": {"type": "string"}}}}
Format = Annotated[Literal["json", "csv"], Query(alias="format", description="json or csv")]


@router.get(
    "/{order_no}/trail", response_model=answers.Trail, responses={200: CSV}, summary="Its whole trail, verified"
)
async def show_trail(order_no: str, parts: TheParts, caller: Reader, wanted: Format = "json") -> Response:
    """Every event in the order's hash chain, and all they are about; ``verified`` says whether the chain holds.

    What a correction changed is named by field; the values are shown to the desk's roles only.
    """
    async with parts.engine.begin() as connection:
        if not await one_order.exists(connection, caller.tenant, order_no):
            raise unknown_order(order_no)
        found = await whole_trail(connection, order_no)
    head = found.pop("head")
    broken = first_broken([Link.model_validate(row) for row in found["events"]], head)
    found["corrections"] = [_correction(row, open_to=caller.role in DESK) for row in found["corrections"]]
    verified = {"ok": broken is None, "events": head.seq, "head": head.hash, "broken": broken and broken.model_dump()}
    trail = jsonable_encoder({"order_no": order_no, "verified": verified, **found})
    if wanted == "json":
        return JSONResponse(trail)
    attached = {"Content-Disposition": f'attachment; filename="trail-{order_no}.csv"'}
    return Response(csv_of(trail), media_type="text/csv; charset=utf-8", headers=attached)


def _correction(row: Mapping[str, Any], *, open_to: bool) -> dict[str, Any]:
    """Which fields it changed; their new values only for those who may see them."""
    patch: Mapping[str, Any] = row["fields"]
    return {**row, "fields": sorted(patch), "values": dict(patch) if open_to else None}
