"""A CSV file as rows: its encoding, its header, its cells (libraries.md §4: BOM, UTF-8, else gb18030)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from api.answers import RowProblem

HEADER = 1
THE_FILE = 0
MOST_ROWS = 200_000
DELIMITERS = ",;\t"
WHOLE = re.compile(r"[+-]?\d{1,18}")
YES = frozenset({"true", "yes", "y", "1", "是"})
NO = frozenset({"false", "no", "n", "0", "否"})


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
    _bad: set[int] = field(default_factory=set)

    def wrong(self, row: int, column: str, code: str, reason: str) -> None:
        """Note a problem; its row will not be taken."""
        self.problems.append(RowProblem(row=row, column=column, code=code, reason=reason))
        self._bad.add(row)

    def is_bad(self, row: Row) -> bool:
        """Whether something is wrong with the row."""
        return row.number in self._bad

    @property
    def refused(self) -> int:
        """How many rows are not taken."""
        return len(self._bad - {HEADER, THE_FILE})

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
            reason = "A whole number is wanted; amounts in minor units, 1230 for 12.30"
            self.wrong(row.number, column, "not_a_whole_number", reason)
            return None
        return int(text)

    def yes(self, row: Row, column: str, *, default: bool) -> bool:
        """Yes or no; what is neither is noted."""
        text = row.cells.get(column, "").lower()
        if text and text not in YES | NO:
            self.wrong(row.number, column, "not_yes_or_no", "true or false is wanted")
        return text in YES if text else default

    def needs(self, row: Row, column: str) -> str:
        """A cell that must not be empty."""
        text = row.cells.get(column, "")
        if not text:
            self.wrong(row.number, column, "missing", "This column must be filled")
        return text


@dataclass(frozen=True, slots=True)
class File:
    """A file, or a piece of one whose first row below the header is row ``first_row`` of the whole."""

    content: bytes
    first_row: int = HEADER + 1


def read_sheet(file: File, known: Collection[str], needed: Collection[str]) -> Sheet:
    """Read a file whose header names some of the ``known`` columns and all the ``needed`` ones."""
    sheet = Sheet()
    try:
        records = records_of(file.content)
        header = names_of(next(records, []))
        if not _fits(sheet, header, known, needed):
            return sheet
        for number, record in enumerate(records, start=file.first_row):
            if number - file.first_row >= MOST_ROWS:
                sheet.wrong(THE_FILE, "", "too_many_rows", f"A file has at most {MOST_ROWS} rows; send it in pieces")
                break
            _take(sheet, number, header, record)
    except (csv.Error, UnicodeDecodeError) as error:
        sheet.wrong(THE_FILE, "", "unreadable", f"This is no CSV file in UTF-8 or GB18030: {error}"[:300])
    return sheet


def records_of(content: bytes) -> Iterator[list[str]]:
    """The records of a CSV file, the header first. UnicodeDecodeError, csv.Error where it is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def names_of(header: Collection[str]) -> list[str]:
    """The columns as we name them."""
    return [name.strip().lower().replace(" ", "_") for name in header]


def _fits(sheet: Sheet, header: list[str], known: Collection[str], needed: Collection[str]) -> bool:
    for name in header:
        if name not in known:
            sheet.wrong(HEADER, name, "unknown_column", f"Known columns are {', '.join(known)}")
    for name in needed:
        if name not in header:
            sheet.wrong(HEADER, name, "missing_column", "The file needs this column")
    if len(set(header)) < len(header):
        sheet.wrong(HEADER, "", "column_twice", "A column stands twice in the header")
    return not sheet.problems


def _take(sheet: Sheet, number: int, header: list[str], record: list[str]) -> None:
    cells = {name: cell.strip() for name, cell in zip(header, record, strict=False) if cell.strip()}
    if not cells:
        return
    sheet.rows.append(Row(number, cells))
    if len(record) > len(header) and any(cell.strip() for cell in record[len(header) :]):
        sheet.wrong(number, "", "too_many_cells", f"The header has {len(header)} columns, this row {len(record)}")
    for name, cell in cells.items():
        if "\x00" in cell:
            sheet.wrong(number, name, "control_character", "The character NUL is not allowed")
