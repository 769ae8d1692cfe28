"""Importing files (SR-011): good rows go in, bad ones are told, and the same file again creates nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from api.answers import Imported
from api.dependencies import PLACERS, Parts, allow, caller_of, parts_of
from api.errors import problem
from api.files.master_files import read_counts, read_skus
from api.files.order_file import COLUMNS, OrderRows, read_orders
from api.files.sheet import HEADER, File, Row, Sheet
from api.master_data import refused_count
from api.placing import keep_payment, posting_of
from infra.db.counting import Counted, put_counts
from infra.db.inbox import Intake, Posting
from infra.db.keys import Holder
from infra.db.master_data import Count, Sku, put_skus
from infra.db.queries.master import skus_named

router = APIRouter(prefix="/v1/imports", tags=["Imports"])
MOST_BYTES = 64 * 2**20
AT_ONCE = 1000
"""Rows of one step."""
ORDERS_AT_ONCE = 200
"""Orders of one step: between two, other requests are answered."""
Counts = Counter[str]
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": f"{','.join(COLUMNS)}\n"},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
        },
    }
}


@router.post(
    "/{kind}",
    response_model=Imported,
    summary="Import a CSV file",
    openapi_extra=FILE_BODY,
    max_body_size=MOST_BYTES,
)
async def import_file(
    request: Request,
    kind: Literal["orders", "skus", "stock"],
    document: Annotated[str, Query(max_length=200, description="The file's name, kept with its orders")] = "",
    first_row: Annotated[int, Query(ge=HEADER + 1, description="Of a piece: its first row in the whole file")] = 2,
) -> Imported:
    """A CSV in UTF-8 (with or without BOM) or GB18030, as the body or as the form field ``file``.

    Orders: a row a line; rows of one order share channel and external_id. Every problem is told by row, column and
    reason; an order goes in whole or not at all.
    """
    caller, parts = await caller_of(request), parts_of(request)
    allow(caller, PLACERS if kind == "orders" else {"operator", "supervisor"}, to=f"import {kind}")
    file = File(await _content(request), first_row)
    sheet, counts = await _IMPORTS[kind](parts, caller, file, document)
    return Imported(
        kind=kind,
        rows=len(sheet.rows),
        created=counts["created"],
        changed=counts["changed"],
        known=counts["known"],
        refused=sheet.refused,
        problems=sheet.told(),
    )


async def _content(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_files=1) as form:
        file = form.get("file")
        if file is None or isinstance(file, str):
            raise problem(422, "file_missing", "The form has no file", todo="Send the CSV as the form field `file`.")
        return await file.read()


# -- orders ----------------------------------------------------------------------------------------------------------


async def _orders(parts: Parts, caller: Holder, file: File, document: str) -> tuple[Sheet, Counts]:
    sheet, found = await asyncio.to_thread(read_orders, file)
    counts: Counts = Counter()
    for begin in range(0, len(found), ORDERS_AT_ONCE):
        await _take(
            parts,
            sheet,
            found[begin : begin + ORDERS_AT_ONCE],
            partial(_posting, parts, caller, document),
            counts,
        )
    return sheet, counts


def _posting(parts: Parts, caller: Holder, document: str, rows: OrderRows) -> Posting | None:
    order = rows.read()
    if order is None:
        return None
    origin = {"document_no": document, **rows.origin(), "source_kind": "file"}
    return posting_of(order, caller, parts.now(), "", **origin)


async def _take(
    parts: Parts,
    sheet: Sheet,
    found: Sequence[OrderRows],
    read: Callable[[OrderRows], Posting | None],
    counts: Counts,
) -> None:
    """Put these orders into the inbox; what came of each goes into the counts or to its row."""
    good = [(rows, posting) for rows, posting in ((rows, read(rows)) for rows in found) if posting]
    taken = await asyncio.gather(*(parts.inbox.take(posting) for _, posting in good))
    for (rows, posting), answer in zip(good, taken, strict=True):
        match answer.intake:
            case Intake.NEW:
                counts["created"] += 1
            case Intake.KNOWN:
                counts["known"] += 1
                await keep_payment(parts.facts, posting)
            case Intake.DIFFERENT:
                reason = f"It is known as {answer.order_no} with other content: correct or cancel that one"
                sheet.wrong(rows.number, "external_id", "other_content", reason)
                rows.refuse_rest()


# -- master data -----------------------------------------------------------------------------------------------------


async def _skus(parts: Parts, _caller: Holder, file: File, _document: str) -> tuple[Sheet, Counts]:
    sheet, found = await asyncio.to_thread(read_skus, file)
    counts: Counts = Counter()
    for begin in range(0, len(found), AT_ONCE):
        some = [sku for _, sku in found[begin : begin + AT_ONCE]]
        async with parts.engine.begin() as connection:
            known = {row["sku"]: row for row in await skus_named(connection, [sku.sku for sku in some])}
            counts.update(_news(sku, known) for sku in some)
            await put_skus(connection, some)
    return sheet, counts


def _news(sku: Sku, known: dict[str, dict[str, object]]) -> str:
    row = known.get(sku.sku)
    if row is None:
        return "created"
    return "known" if Sku(**row) == sku else "changed"  # type: ignore[arg-type]


async def _stock(parts: Parts, _caller: Holder, file: File, _document: str) -> tuple[Sheet, Counts]:
    sheet, found = await asyncio.to_thread(read_counts, file)
    counts: Counts = Counter()
    for begin in range(0, len(found), AT_ONCE):
        await _put(parts, sheet, found[begin : begin + AT_ONCE], counts)
    return sheet, counts


async def _put(parts: Parts, sheet: Sheet, some: Sequence[tuple[Row, Count]], counts: Counts) -> None:
    async with parts.engine.begin() as connection:
        answers = await put_counts(connection, [count for _, count in some], parts.now())
    for (row, count), answer in zip(some, answers, strict=True):
        if answer.fate is Counted.PUT:
            counts[answer.news] += 1
        else:
            told = refused_count(count, answer)
            column = "warehouse" if answer.fate is Counted.UNKNOWN_WAREHOUSE else "sku"
            sheet.wrong(row.number, column, answer.fate.value, f"{told['title']}. {told['todo']}")


_IMPORTS: dict[str, Callable[[Parts, Holder, File, str], Awaitable[tuple[Sheet, Counts]]]] = {
    "orders": _orders,
    "skus": _skus,
    "stock": _stock,
}
