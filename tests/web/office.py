"""Files as an office sends them: workbooks of mixed quality whose errors are known, and a workbook of old (XLS)."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import xlsxwriter

from api.files.sheet import letters

HEADERS = (
    *("订单编号", "渠道", "下单时间", "收货人", "联系电话", "省份", "城市", "区县", "详细地址"),
    *("商品编码", "规格", "数量", "单价（元）", "合计金额（元）", "付款方式", "备注"),
)
ID, CHANNEL, PLACED, NAME, PHONE, CITY, COUNT, PRICE, TOTAL, PAYMENT = 0, 1, 2, 3, 4, 6, 11, 12, 13, 14
ABOVE: tuple[list[str], ...] = (["每日订单汇总", "", "", "制表：行政部"], [])
"""What stands above the header."""
MORNING = datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001 - a spreadsheet's times have no zone
Cells = list[Any]


@dataclass
class Mixed:
    """A workbook of mixed quality: what was planted in it, and how many orders are good."""

    content: bytes = b""
    rows: int = 0
    good: int = 0
    planted: set[tuple[str, str]] = field(default_factory=set)
    """Cell and code."""


def workbook(rows: Sequence[Sequence[Any]], sheet: str = "订单", *, before: Sequence[str] = ()) -> bytes:
    """A workbook of one sheet, behind others if some are named; cells as typed as they are given."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd hh:mm", "constant_memory": True}) as book:
        for name in before:
            book.add_worksheet(name)
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return target.getvalue()


def an_order(external_id: str, number: int = 0, *, lines: int = 1) -> list[Cells]:
    """The rows of one order as an office writes it: typed cells, the order's on its first row only."""
    price = 68.1 + number % 7
    first = [external_id, "门店", MORNING + timedelta(minutes=number % 400), "李雷", 13900139000, "上海市", "上海市"]
    street, total = ["浦东新区", "世纪大道 １ 号"], f"¥{price * 2 * lines:,.2f}"
    more = [["TEA-250", "250g", 2, price, "", "", ""] for _ in range(lines)]
    more[0] = ["TEA-250", "250g", "２", price, total, "货到付款", "工作日送"]
    return [[*first, *street, *more[0]], *([""] * len([*first, *street]) + each for each in more[1:])]


SPOILED: tuple[tuple[int, Any, str], ...] = (
    (COUNT, "两件半", "not_a_whole_number"),
    (PRICE, "面议", "not_an_amount"),
    (PRICE, 12.345, "too_many_decimals"),
    (PLACED, "昨天下午", "not_a_time"),
    (PAYMENT, "刷脸", "literal_error"),
    (ID, "", "missing"),
    (ID, 123456789012345678, "digits_lost"),
    (TOTAL, "", "missing"),
    (COUNT, "", "missing"),
    (CITY, "杭州市", "rows_differ"),
)
"""Column, what is written there, and the code by which it is told."""


def mixed(name: str, rows: int, *, every: int = 9) -> Mixed:
    """About so many rows of orders, one to three lines each; one order in ``every`` has an error."""
    made = Mixed()
    sheet: list[Cells] = [*ABOVE, list(HEADERS)]
    number = 0
    while len(sheet) < rows + len(ABOVE) + 1:
        number += 1
        order = an_order(f"{name}-{number}", number, lines=1 + number % 3)
        if number % every == 0:
            _spoil(order, made, len(sheet) + 1, number // every)
        else:
            made.good += 1
        sheet += order
        if number % 50 == 0:
            sheet.append([])
    made.rows = len(sheet)
    sheet.append(["合计：", *[""] * (TOTAL - 1), "¥99,999.00"])
    made.content = workbook(sheet)
    return made


def _spoil(order: list[Cells], made: Mixed, row: int, turn: int) -> None:
    place, value, code = SPOILED[turn % len(SPOILED)]
    at = 0
    if code == "rows_differ":
        order[1:] = [[*order[0][: CITY + 1], *([""] * 2), *an_order("x")[0][9:13]]]
        at = 1
    order[at][place] = value
    made.planted.add((f"{letters(place)}{row + at}", code))


# -- XLS -------------------------------------------------------------------------------------------------------------

SECTOR, END, FREE, FAT = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def old_workbook(rows: Sequence[Sequence[str | float]], sheet: str = "Sheet1") -> bytes:
    """An XLS (BIFF8 in a compound file) of one sheet with texts and numbers: nobody's library writes them any more."""
    start = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    name = sheet.encode("utf-16-le")
    bound = struct.pack("<IHBB", 0, 0, len(sheet), 1) + name
    position = sum(len(_record(kind, data)) for kind, data in ((0x809, start), (0x85, bound), (0x0A, b"")))
    bound = struct.pack("<I", position) + bound[4:]
    book = _record(0x809, start) + _record(0x85, bound) + _record(0x0A, b"")
    book += _record(0x809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                text = struct.pack("<HHHHB", row, place, 0, len(cell), 1) + cell.encode("utf-16-le")
                book += _record(0x204, text)
            else:
                book += _record(0x203, struct.pack("<HHHd", row, place, 0, cell))
    return _compound(book + _record(0x0A, b""))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _compound(stream: bytes) -> bytes:
    """A compound file with one stream: header, one FAT sector, one directory sector, the stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<I", 0)
    header = header.ljust(SECTOR, b"\xff")
    table = [FAT, END, *range(3, 2 + count), END]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    return header + fat + directory.ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, first: int, size: int, child: int = FREE) -> bytes:
    text = f"{name}\0".encode("utf-16-le")
    links = struct.pack("<BBIII", kind, 1, FREE, FREE, child)
    return text.ljust(64, b"\0") + struct.pack("<H", len(text)) + links + bytes(36) + struct.pack("<IQ", first, size)
