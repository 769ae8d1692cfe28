"""A file as a grid of text: a workbook's sheet, or CSV in whatever encoding an office produces (libraries.md §4)."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from api.files.workbook import is_workbook, read_workbook, rows_of

DELIMITERS = ",;\t"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LOOKED_AT = 4096
NULS = 0.02
"""From this share of NULs on, a file without a mark is taken for UTF-16: of Chinese text only commas and ends of lines
have one; in any other encoding a NUL is a slip."""
LINES = 5
"""So many lines tell the delimiter, for a title may stand above the header."""
FIELD_LIMIT = 2**20


@dataclass(frozen=True)
class Grid:
    """The rows of a file from its first on. ``office``: they come from a workbook, whose times have no offset."""

    records: Iterator[list[str]]
    sheet: str = ""
    office: bool = False


def grid_of(content: bytes, sheet: str = "") -> Grid:
    """Open a file.

    Raises:
        UnreadableWorkbook: it is a workbook that cannot be read.
        UnicodeDecodeError, csv.Error: it is no text, or no CSV (the latter also while rows are read).
    """
    if is_workbook(content):
        name, rows = read_workbook(content, sheet)
        return Grid(rows_of(rows), name, office=True)
    text = text_of(content)
    first = "\n".join(text[:LOOKED_AT].split("\n")[:LINES])
    csv.field_size_limit(FIELD_LIMIT)
    return Grid(csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count), strict=True))


def text_of(content: bytes) -> str:
    """The text: by its mark (BOM), else UTF-8, else UTF-16, else GB18030. UnicodeDecodeError where it is none."""
    if content.startswith(UTF_16):
        return content.decode("utf-16")
    head = content[:LOOKED_AT]
    if head.count(0) > NULS * len(head):
        return content.decode("utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if content.startswith(codecs.BOM_UTF8):
            raise  # it says what it is: another encoding would make nonsense of all that is right in it
        return content.decode("gb18030")
