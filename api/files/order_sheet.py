"""The sheet of a file of orders: its header found and mapped, its cells read as their columns are (SR-011).

Tolerated: titles above the header, blank rows, rows of totals, the header again, forms nobody filled in.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from api.files.cells import BadCell, local_reading
from api.files.columns import COLUMNS, NEEDED, TIMES
from api.files.grid import grid_of
from api.files.mapping import (
    BEST_KNOWN,
    LOCAL,
    PLAIN,
    SAMPLES,
    Column,
    Known,
    columns_of,
    confirmed,
    corrected,
    header_place,
    id_of,
)
from api.files.sheet import UNREADABLE, File, Row, Sheet, take_rows, unreadable
from domain.policy import STANDARD


class StaleMapping(ValueError):
    """The caller's to correct: the mapping that is confirmed is not the one of this file."""


@dataclass(frozen=True)
class Reading:
    """How a file of orders is to be read.

    ``known``: headers somebody confirmed for its source; ``mapping``: the id of a proposal, now confirmed; ``said``:
    header → field, said with the file; ``defaults``: field → value where the sheet has none.
    """

    known: Known = field(default_factory=dict)
    mapping: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    reckon_total: bool = False
    local_times: bool = False
    """Times without an offset are local under our own names too, as in a workbook."""
    dry_run: bool = False
    zone: str = STANDARD.zone


def read_order_sheet(file: File, reading: Reading) -> Sheet:
    """The rows of a file of orders. Where its header has problems, or is not confirmed, there are none.

    Raises:
        StaleMapping: ``mapping`` is the id of another proposal.
        UnknownField: ``said`` names a field there is not.
    """
    sheet = Sheet()
    try:
        grid = grid_of(file.content, file.sheet)
        sheet.name = grid.sheet
        head, fault = _head(grid.records)
        place = header_place(head, reading.known)
        header = head[place] if head else []
        sheet.header_row = file.first_row + place - 1
        sheet.has(_columns(header, reading))
        records = itertools.chain(head[place + 1 :], _rest(grid.records, fault))
        if _fits(sheet, reading):
            take_rows(sheet, replace(grid, records=_sampled(sheet, records)), file.first_row + place, len(header))
            _read_cells(sheet, reading, office=grid.office)
    except UNREADABLE as error:
        unreadable(sheet, error)
    return sheet


def _head(records: Iterator[list[str]]) -> tuple[list[list[str]], csv.Error | None]:
    """The first rows, and what came instead of a further one: a header is judged before what stands below it."""
    head: list[list[str]] = []
    try:
        head.extend(itertools.islice(records, BEST_KNOWN))
    except csv.Error as fault:
        return head, fault
    return head, None


def _rest(records: Iterator[list[str]], fault: csv.Error | None) -> Iterator[list[str]]:
    if fault is not None:
        raise fault
    yield from records


def _columns(header: list[str], reading: Reading) -> list[Column]:
    columns = corrected(columns_of(header, reading.known), reading.said)
    if not reading.mapping:
        return columns
    if id_of(columns) != reading.mapping:
        raise StaleMapping("The mapping that is confirmed is that of another header")
    return confirmed(columns)


def is_confirmed(sheet: Sheet) -> bool:
    """Whether nobody needs to be asked about a column that was found by likeness."""
    return all(column.sure for column in sheet.columns if column.field)


def _fits(sheet: Sheet, reading: Reading) -> bool:
    fields = [column.field for column in sheet.columns if column.field]
    for column in sheet.columns:
        if not column.field and not column.sure:
            known = f"Known columns are {', '.join(COLUMNS)}; confirm the mapping of a dry run to leave this one out"
            sheet.wrong(sheet.header_row, column.header, "unknown_column", known)
    blocking = not reading.dry_run and bool(sheet.problems)
    given = {*fields, *reading.defaults, *(["external_id"] if "document_no" in fields else [])}
    for name in NEEDED:
        if name not in given and not (name == "total" and reading.reckon_total):
            sheet.wrong(sheet.header_row, name, "missing_column")
            blocking = True
    if len(set(fields)) < len(fields):
        sheet.wrong(sheet.header_row, "", "column_twice")
        blocking = True
    return not blocking and (reading.dry_run or is_confirmed(sheet))


def _sampled(sheet: Sheet, records: Iterable[list[str]]) -> Iterator[list[str]]:
    """The records; the first values of each column are kept to be shown."""
    for record in records:
        for column in sheet.columns:
            some = sheet.samples.setdefault(column.place, [])
            if len(some) < SAMPLES and column.place < len(record) and record[column.place].strip():
                some.append(record[column.place].strip()[:40])
        yield record


def _read_cells(sheet: Sheet, reading: Reading, *, office: bool) -> None:
    """Every cell as its column is read; what cannot be read stays as it is and is noted."""
    readers = {}
    for column in sheet.columns:
        read = local_reading(column.field, reading.zone) if column.reading == LOCAL else None
        if column.reading == PLAIN and column.field in TIMES and (office or reading.local_times):
            read = local_reading(column.field, reading.zone)
        if column.field and read is not None:
            readers[column.field] = read
    names = {column.field for column in sheet.columns}
    rows, sheet.rows = sheet.rows, []
    for row in rows:
        cells = dict(row.cells)
        for name in readers.keys() & cells.keys():
            try:
                cells[name] = readers[name](cells[name])
            except BadCell as bad:
                sheet.wrong(row.number, name, str(bad))
        if "external_id" not in names and "document_no" in cells:
            cells["external_id"] = cells["document_no"]
        if set(cells) <= {"document_no", "external_id"} and "document_no" in cells:
            sheet.left_out += 1  # a form that nobody filled in
            continue
        sheet.rows.append(Row(row.number, cells))
