"""Importing files (SR-011): good rows go in, bad ones are told, and the same file again creates nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from api.answers import Imported
from api.dependencies import PLACERS, Parts, allow, caller_of, parts_of
from api.errors import problem
from api.files.columns import COLUMNS
from api.files.marked import XLSX, as_workbook, marked_copy
from api.files.master_files import read_counts, read_skus
from api.files.sheet import File, Row, Sheet
from api.importing import Asked, Counts, Import, mapping_of
from api.master_data import refused_count
from infra.db.counting import Counted, put_counts
from infra.db.master_data import Count, Sku, put_skus
from infra.db.queries.master import skus_named

router = APIRouter(prefix="/v1/imports", tags=["Imports"])
MOST_BYTES = 64 * 2**20
AT_ONCE = 1000
"""Rows of one step."""
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            XLSX: {"schema": {"type": "string", "format": "binary"}},
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
    summary="Import a file",
    openapi_extra=FILE_BODY,
    max_body_size=MOST_BYTES,
)
async def import_file(
    request: Request, kind: Literal["orders", "skus", "stock"], asked: Annotated[Asked, Query()]
) -> Imported | Response:
    """A workbook (XLSX, XLS, XLSB, ODS) or a CSV in UTF-8, UTF-16, GB18030; as the body or the form field ``file``.

    Orders: a row a line; rows of one order share channel and external_id, or are empty but for the line. Every problem
    is told at its cell; an order goes in whole or not at all. ``dry_run`` also answers how the columns are read.
    """
    caller, parts = await caller_of(request), parts_of(request)
    allow(caller, PLACERS if kind == "orders" else {"operator", "supervisor"}, to=f"import {kind}")
    file = File(await _content(request), asked.first_row, asked.sheet)
    if kind == "orders":
        work = Import(parts, caller, asked)
        sheet, counts = await work.run(file), work.counts
    else:
        sheet, counts = await _IMPORTS[kind](parts, file, asked)
    if asked.marked:
        return as_workbook(await asyncio.to_thread(marked_copy, file, sheet), "import-marked.xlsx")
    return Imported(
        kind=kind,
        rows=len(sheet.rows),
        created=counts["created"],
        changed=counts["changed"],
        known=counts["known"],
        refused=sheet.refused,
        problems=sheet.told(),
        left_out=sheet.left_out,
        dry_run=asked.dry_run,
        mapping=mapping_of(sheet) if asked.dry_run and kind == "orders" else None,
    )


async def _content(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_files=1) as form:
        file = form.get("file")
        if file is None or isinstance(file, str):
            raise problem(422, "file_missing", "The form has no file", todo="Send it as the form field `file`.")
        return await file.read()


# -- master data -----------------------------------------------------------------------------------------------------


async def _skus(parts: Parts, file: File, asked: Asked) -> tuple[Sheet, Counts]:
    sheet, found = await asyncio.to_thread(read_skus, file)
    counts: Counts = Counter()
    for begin in range(0, len(found), AT_ONCE):
        some = [sku for _, sku in found[begin : begin + AT_ONCE]]
        async with parts.engine.begin() as connection:
            known = {row["sku"]: row for row in await skus_named(connection, [sku.sku for sku in some])}
            counts.update(_news(sku, known) for sku in some)
            if not asked.dry_run:
                await put_skus(connection, some)
    return sheet, counts


def _news(sku: Sku, known: dict[str, dict[str, object]]) -> str:
    row = known.get(sku.sku)
    if row is None:
        return "created"
    return "known" if Sku(**row) == sku else "changed"  # type: ignore[arg-type]


async def _stock(parts: Parts, file: File, asked: Asked) -> tuple[Sheet, Counts]:
    sheet, found = await asyncio.to_thread(read_counts, file)
    counts: Counts = Counter()
    for begin in range(0, 0 if asked.dry_run else len(found), AT_ONCE):
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


_IMPORTS: dict[str, Callable[[Parts, File, Asked], Awaitable[tuple[Sheet, Counts]]]] = {
    "skus": _skus,
    "stock": _stock,
}
