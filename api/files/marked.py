"""A copy of an imported sheet as a workbook: the texts as they came, bad cells red with a comment that says why.

It is made in the answer to whoever sent the file, and kept nowhere.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence

import xlsxwriter
from fastapi import Response
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.answers import RowProblem
from api.files.grid import grid_of
from api.files.sheet import UNREADABLE, File, Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE, PROBLEMS = "导入结果", "问题"
HEAD = ("行 row", "单元格 cell", "列 column", "代码 code", "说明", "reason")
AUTHOR = "orders"
LONGEST = 32_767
"""Characters a cell can hold."""
Where = tuple[int, int]


def marked_copy(file: File, sheet: Sheet) -> bytes:
    """The sheet again, with what is wrong; a second sheet lists it."""
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        red = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006", "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        _copy(book.add_worksheet(TITLE), file, _marks(sheet), (text, red))
        _list(book.add_worksheet(PROBLEMS), sheet.told())
    return target.getvalue()


def as_workbook(content: bytes, name: str) -> Response:
    """The workbook as an answer to download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)


def _marks(sheet: Sheet) -> dict[Where, str]:
    """Row and place of each bad cell → its comment; what concerns a whole row stands at its first cell."""
    places = {column.field or column.header: column.place for column in sheet.columns}
    said: defaultdict[Where, list[str]] = defaultdict(list)
    for problem in sheet.told():
        where = (max(problem.row, 1), places.get(problem.column, 0))
        said[where].append(f"{problem.reason_zh}\n{problem.reason}")
    return {where: "\n".join(lines)[:1000] for where, lines in said.items()}


def _copy(page: Worksheet, file: File, marks: Mapping[Where, str], formats: Sequence[Format]) -> None:
    """Rows keep their numbers, those of a piece too."""
    bad: defaultdict[int, set[int]] = defaultdict(set)
    for number, place in marks:
        bad[number].add(place)
    try:
        for place, record in enumerate(grid_of(file.content, file.sheet).records):
            number = place + 1 if place == 0 else place - 1 + file.first_row
            _row(page, record, {at: marks[number, at] for at in bad[number]}, (number - 1, formats))
    except UNREADABLE:
        page.write_string(0, 0, "", formats[1])
        page.write_comment(0, 0, marks.get((1, 0), ""), {"author": AUTHOR})


def _row(page: Worksheet, record: Sequence[str], said: Mapping[int, str], at: tuple[int, Sequence[Format]]) -> None:
    number, (text, red) = at
    for place in sorted({*range(len(record)), *said}):
        cell = (record[place] if place < len(record) else "")[:LONGEST]
        if place in said:
            page.write_string(number, place, cell, red)
            page.write_comment(number, place, said[place], {"author": AUTHOR, "x_scale": 2})
        elif cell:
            page.write_string(number, place, cell, text)


def _list(page: Worksheet, problems: Sequence[RowProblem]) -> None:
    page.freeze_panes(1, 0)
    page.set_column(4, 5, 60)
    page.write_row(0, 0, HEAD)
    for number, problem in enumerate(problems, start=1):
        page.write_number(number, 0, problem.row)
        for place, value in enumerate(
            (problem.cell, problem.column, problem.code, problem.reason_zh, problem.reason), start=1
        ):
            page.write_string(number, place, value)
