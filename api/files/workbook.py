"""A workbook (XLSX, XLSB, XLS, ODS) as rows of text, read by a process of its own.

The formats are foreign and a small file can ask for any amount of memory (a zip bomb; two cells far apart), so the
reader is a child with a limit of memory and time: `python -m api.files.workbook [SHEET] < FILE` writes CSV.
Its first record names the sheet, the next are the sheet's rows from row 1 on.
"""

from __future__ import annotations

import csv
import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_ROWS = 50_000
MOST_UNPACKED = 400 * 2**20
"""Bytes of a workbook's parts together, unpacked; a sheet of 50,000 rows has about 150 MB."""
MOST_MEMORY = 1024 * 2**20
"""Bytes of address space the reader may take; 50,000 rows of 40 columns need half of it."""
MOST_SECONDS = 60
BITE = 2**20
ROUND = 1e15
"""From here on a spreadsheet no longer keeps every digit of a number."""
NO_SHEET, TOO_LARGE, LOCKED, BROKEN = 3, 4, 5, 6


class UnreadableWorkbook(ValueError):
    """The sender's to correct; ``code`` says which way."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


REASONS = {
    NO_SHEET: ("unknown_sheet", "The workbook has no sheet of this name"),
    TOO_LARGE: ("too_large", f"The workbook is too large: at most {MOST_ROWS} rows, and 400 MB unpacked"),
    LOCKED: ("locked", "The workbook has a password; save it without one"),
    BROKEN: ("unreadable", "This is no workbook that can be read; save it anew as .xlsx or as CSV"),
}


def is_workbook(content: bytes) -> bool:
    """Whether the file begins as a workbook does."""
    return content.startswith((ZIP, OLE))


def read_workbook(content: bytes, sheet: str = "") -> tuple[str, str]:
    """The name of the sheet, and its rows as CSV.

    Args:
        content: the workbook.
        sheet: the sheet's name; empty: the first visible one.

    Raises:
        UnreadableWorkbook: it cannot be read, and why.
    """
    command = [sys.executable, "-P", "-m", "api.files.workbook", sheet]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=MOST_SECONDS, check=False)  # noqa: S603 - our own program; the name goes as an argument, not through a shell
    except subprocess.TimeoutExpired:
        raise UnreadableWorkbook(*REASONS[TOO_LARGE]) from None
    if done.returncode != 0:
        # A negative status: the reader was ended for asking too much memory.
        raise UnreadableWorkbook(*REASONS.get(done.returncode, REASONS[TOO_LARGE]))
    name, _, rows = done.stdout.decode().partition("\r\n")
    return next(csv.reader([name]), [""])[0], rows


# -- the child -------------------------------------------------------------------------------------------------------


def main(sheet: str) -> int:
    """Read a workbook from standard input, and write its rows to standard output; the answer is the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    content = sys.stdin.buffer.read()
    try:
        if content.startswith(ZIP) and unpacked_size(content) > MOST_UNPACKED:
            return TOO_LARGE
        return _write(content, sheet)
    except MemoryError:
        return TOO_LARGE
    except zipfile.BadZipFile:
        return BROKEN


def unpacked_size(content: bytes) -> int:
    """Bytes of all parts as they really unpack, whatever the directory says; reading stops at the limit."""
    size = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            part.file_size = MOST_UNPACKED + 2 * BITE  # the directory may lie; so the part is read to its true end
            with archive.open(part) as opened:
                while bite := opened.read(BITE):
                    size += len(bite)
                    if size > MOST_UNPACKED:
                        return size
    return size


def _write(content: bytes, sheet: str) -> int:
    # Only the child needs the library, whose import the API would pay for in memory.
    from python_calamine import (  # noqa: PLC0415
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
        WorksheetNotFound,
    )

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [
            each.name
            for each in workbook.sheets_metadata
            if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
        ]
        name = sheet or (shown or workbook.sheet_names)[0]
        opened = workbook.get_sheet_by_name(name)
    except PasswordError:
        return LOCKED
    except (WorksheetNotFound, IndexError):
        return NO_SHEET
    except CalamineError:
        return BROKEN
    if opened.total_height > MOST_ROWS:
        return TOO_LARGE
    left = [""] * (opened.start or (0, 0))[1]
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    writer = csv.writer(sys.stdout)
    writer.writerow([name])
    writer.writerows([*left, *map(written, row)] for row in opened.iter_rows())
    return 0


def written(cell: object) -> str:
    """A cell as its owner sees it: no .0 behind whole numbers, no scientific notation while every digit is there."""
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer() and abs(cell) < ROUND:
            return str(int(cell))
        case float():
            return _plain(f"{cell:.15g}")
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell)


def _plain(number: str) -> str:
    """Small fractions without an exponent; very large numbers keep it, for digits of theirs are lost."""
    return f"{float(number):.15f}".rstrip("0") if "e-" in number else number


def rows_of(text: str) -> Iterator[list[str]]:
    """The rows that the reader wrote."""
    return csv.reader(io.StringIO(text, newline=""), strict=True)


if __name__ == "__main__":
    status = main(sys.argv[1] if len(sys.argv) > 1 else "")
    sys.stdout.flush()
    sys.exit(status)
