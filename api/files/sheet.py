"""A file as rows of named cells, and what is wrong with it, each at its cell (SR-011)."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from api.answers import RowProblem
from api.files.cells import WHOLE, BadCell, amount, minor_amount
from api.files.grid import Grid, grid_of
from api.files.mapping import MAJOR, MINOR, PLAIN, Column, folded, own_name
from api.files.workbook import UnreadableWorkbook
from domain.catalogue.cells import cell_text

HEADER = 1
THE_FILE = 0
MOST_ROWS = 200_000
YES = frozenset({"true", "yes", "y", "1", "是"})
NO = frozenset({"false", "no", "n", "0", "否"})
NO_ORDER = re.compile(r"(?:(?:本页|本单)?(?:合计|总计|小计|共计).*|(?:grand |sub)?totals?|(?:示例|example).*)")
"""How a row begins that adds up, or shows how the template is filled in."""
UNREADABLE = (csv.Error, UnicodeDecodeError, UnreadableWorkbook)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: its number as a spreadsheet counts, and its cells that are not empty."""

    number: int
    cells: Mapping[str, str]


@dataclass
class Sheet:
    """The rows of a file, and what is wrong with it so far."""

    rows: list[Row] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    name: str = ""
    header_row: int = HEADER
    columns: list[Column] = field(default_factory=list)
    samples: dict[int, list[str]] = field(default_factory=dict)
    left_out: int = 0
    _bad: set[int] = field(default_factory=set)
    _noted: set[tuple[int, str]] = field(default_factory=set)
    _places: dict[str, Column] = field(default_factory=dict)

    def has(self, columns: Sequence[Column]) -> None:
        """These are its columns."""
        self.columns = list(columns)
        self._places = {column.field or column.header: column for column in columns}

    def wrong(self, row: int, column: str, code: str, reason: str = "") -> None:
        """Note a problem; its row will not be taken.

        Args:
            row: its number.
            column: the field; empty: the whole row.
            code: stable; says which text of the catalogue is shown.
            reason: in English, where it says more than the catalogue.
        """
        place = self._places.get(column)
        self.problems.append(
            RowProblem(
                row=row,
                column=column,
                code=code,
                reason=reason or cell_text(code, "en"),
                reason_zh=cell_text(code, "zh-Hans"),
                sheet=self.name,
                cell=f"{letters(place.place)}{row}" if place and row else "",
            )
        )
        self._bad.add(row)
        self._noted.add((row, column))

    def is_bad(self, row: Row) -> bool:
        """Whether something is wrong with the row."""
        return row.number in self._bad

    def is_noted(self, row: Row, column: str) -> bool:
        """Whether something is known to be wrong with this cell."""
        return (row.number, column) in self._noted

    @property
    def refused(self) -> int:
        """How many rows are not taken."""
        return len(self._bad - {self.header_row, THE_FILE})

    def told(self) -> list[RowProblem]:
        """The problems, by row."""
        return sorted(self.problems, key=lambda problem: problem.row)

    # -- cells ---------------------------------------------------------------------------------------------------

    def whole(self, row: Row, column: str) -> int | None:
        """A whole number; None where the cell is empty or holds something else, which is noted."""
        text = row.cells.get(column)
        if text is None:
            return None
        if WHOLE.fullmatch(text) is None:
            self.wrong(row.number, column, "not_a_whole_number")
            return None
        return int(text)

    def amount(self, row: Row, column: str, currency: str) -> int | None:
        """An amount in minor units, read as its column is; None where it cannot be, which is noted."""
        place = self._places.get(column)
        reading = place.reading if place else PLAIN
        if reading not in (MAJOR, MINOR) or column not in row.cells:
            return self.whole(row, column)
        try:
            return minor_amount(row.cells[column]) if reading == MINOR else amount(row.cells[column], currency)
        except BadCell as bad:
            self.wrong(row.number, column, str(bad))
            return None

    def yes(self, row: Row, column: str, *, default: bool) -> bool:
        """Yes or no; what is neither is noted."""
        text = row.cells.get(column, "").lower()
        if text and text not in YES | NO:
            self.wrong(row.number, column, "not_yes_or_no")
        return text in YES if text else default

    def needs(self, row: Row, column: str) -> str:
        """A cell that must not be empty."""
        text = row.cells.get(column, "")
        if not text:
            self.wrong(row.number, column, "missing")
        return text


@dataclass(frozen=True, slots=True)
class File:
    """A file, or a piece of one whose first row below the header is row ``first_row`` of the whole."""

    content: bytes
    first_row: int = HEADER + 1
    sheet: str = ""
    """Of a workbook: which sheet; empty: the first."""


def letters(place: int) -> str:
    """The name of a column as a spreadsheet says it: A, Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def read_sheet(file: File, known: Collection[str], needed: Collection[str]) -> Sheet:
    """Read a file whose header names some of the ``known`` columns and all the ``needed`` ones, strictly."""
    sheet = Sheet()
    try:
        grid = grid_of(file.content, file.sheet)
        sheet.name = grid.sheet
        header = next(grid.records, [])
        columns = [Column(place, text, own_name(text), sure=True) for place, text in enumerate(header)]
        sheet.has(columns)
        if _fits(sheet, [column.field for column in columns], known, needed):
            take_rows(sheet, grid, file.first_row, len(header))
    except UNREADABLE as error:
        unreadable(sheet, error)
    return sheet


def unreadable(sheet: Sheet, error: Exception) -> None:
    """Note that the file cannot be read."""
    code = error.code if isinstance(error, UnreadableWorkbook) else "unreadable"
    more = f" ({error.reason} at byte {error.start})" if isinstance(error, UnicodeDecodeError) else ""
    sheet.wrong(THE_FILE, "", code, f"{error}" if code != "unreadable" else f"{cell_text(code, 'en')}{more}")


def _fits(sheet: Sheet, header: list[str], known: Collection[str], needed: Collection[str]) -> bool:
    for name in header:
        if name not in known:
            sheet.wrong(HEADER, name, "unknown_column", f"Known columns are {', '.join(known)}")
    for name in needed:
        if name not in header:
            sheet.wrong(HEADER, name, "missing_column")
    if len(set(header)) < len(header):
        sheet.wrong(HEADER, "", "column_twice")
    return not sheet.problems


def take_rows(sheet: Sheet, grid: Grid, first_row: int, width: int) -> None:
    """Take the rows below the header; blank ones count and are not kept, totals and repeated headers are left out."""
    fields = {column.place: column.field for column in sheet.columns if column.field}
    header = {(column.place, folded(column.header)) for column in sheet.columns}
    for number, record in enumerate(grid.records, start=first_row):
        if number - first_row >= MOST_ROWS:
            sheet.wrong(THE_FILE, "", "too_many_rows", f"A file has at most {MOST_ROWS} rows; send it in pieces")
            break
        filled = {place: text for place, cell in enumerate(record) if (text := cell.strip())}
        if not filled:
            continue
        if _no_order(filled, header):
            sheet.left_out += 1
            continue
        cells = {fields[place]: text for place, text in filled.items() if place in fields}
        sheet.rows.append(Row(number, cells))
        if max(filled) >= width:
            sheet.wrong(number, "", "too_many_cells", f"The header has {width} columns, this row {len(record)}")
        for name, cell in cells.items():
            if "\x00" in cell:
                sheet.wrong(number, name, "control_character")


def _no_order(filled: Mapping[int, str], header: set[tuple[int, str]]) -> bool:
    first = folded(filled[min(filled)])
    again = len(filled) > 1 and {(place, folded(text)) for place, text in filled.items()} <= header
    return again or bool(NO_ORDER.fullmatch(first))
