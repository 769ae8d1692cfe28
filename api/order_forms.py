"""Forms to fill in: the template of a file of orders, and the paper kit for a day without the system (M7, SR-145)."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.dependencies import PLACERS, READERS, Caller, TheParts, allow
from api.files.forms import paper_kit, template
from api.files.marked import XLSX, as_workbook
from domain.calendar import local_day
from domain.paper import document_numbers
from domain.policy import STANDARD
from infra.db.file_intake import allocate_forms
from infra.db.queries.master import skus as some_skus

router = APIRouter(prefix="/v1/imports/orders", tags=["Imports"])
MOST_FORMS = 2_000
MOST_SKUS = 20_000
A_WORKBOOK: dict[int | str, dict[str, Any]] = {
    200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/template.xlsx", summary="The template of a file of orders", responses=A_WORKBOOK, response_class=Response)
async def read_template(caller: Caller) -> Response:
    """An empty sheet with Chinese headers, drop-downs, an example row that is left out on import, and notes."""
    allow(caller, READERS | PLACERS, to="read the template")
    return as_workbook(await asyncio.to_thread(template), "orders-template.xlsx")


@router.post("/paper-kit", summary="Forms for a day without the system", responses=A_WORKBOOK, response_class=Response)
async def make_paper_kit(
    caller: Caller,
    parts: TheParts,
    forms: Annotated[int, Query(ge=1, le=MOST_FORMS, description="How many orders it is for")] = 50,
    day: Annotated[date | None, Query(description="For which day; unset: today")] = None,
) -> Response:
    """A workbook to print or to fill in: numbers that no other kit has, and the list of SKUs.

    Import it when the system is back: times count as written, and what was late by then is blamed on the outage.
    """
    allow(caller, PLACERS, to="make a paper kit")
    asked = day or local_day(parts.now(), STANDARD.zone)
    async with parts.engine.begin() as connection:
        first = await allocate_forms(connection, asked, forms)
        skus = [row for row in await some_skus(connection, "", MOST_SKUS) if row["sellable"]]
    numbers = document_numbers(asked, first, forms)
    return as_workbook(await asyncio.to_thread(paper_kit, numbers, skus), f"orders-paper-{asked:%Y%m%d}-{first}.xlsx")
