"""A file of orders (SR-011): one row a line; rows of one order share channel and external_id, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from api.files.columns import AMOUNTS, COLUMNS, NEEDED, OF_LINE, OF_ORDER, OF_ORIGIN, WHOLE
from api.files.order_sheet import Reading, read_order_sheet
from api.files.sheet import File, Row, Sheet
from api.shapes import PostedOrder

__all__ = ["COLUMNS", "NEEDED", "OrderRows", "read_orders"]
COLUMN_OF = {path: column for column, path in OF_ORDER.items()}
LINE_COLUMN_OF = {name: column for column, name in OF_LINE.items()}
ITS_ROWS = frozenset(OF_ORDER) | {"document_no"}
"""A row without any of these goes on with the order above it."""


@dataclass
class OrderRows:
    """The rows of one order."""

    sheet: Sheet
    rows: list[Row]
    reading: Reading

    @property
    def number(self) -> int:
        """Its first row."""
        return self.rows[0].number

    def origin(self) -> dict[str, str]:
        """Who handed the order in, and under which number."""
        first = self.rows[0].cells
        return {name: first[name] for name in OF_ORIGIN if name in first}

    def read(self) -> PostedOrder | None:
        """The order; None where something is wrong with one of its rows, all of which is noted then."""
        self._agree()
        content = self._content()
        try:
            order = PostedOrder.model_validate(content)
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False):
                self._wrong(found["loc"], found["type"], found["msg"])
            order = None
        if any(self.sheet.is_bad(row) for row in self.rows):
            self.refuse_rest()
            return None
        return order

    def refuse(self, column: str, code: str, reason: str = "") -> None:
        """Take none of its rows, because of a cell of its first."""
        self.sheet.wrong(self.number, column, code, reason)
        self.refuse_rest()

    def refuse_rest(self) -> None:
        """An order goes in whole or not at all: its other rows are not taken either."""
        bad = next(row.number for row in self.rows if self.sheet.is_bad(row))
        for row in self.rows:
            if not self.sheet.is_bad(row):
                reason = f"Not taken, because row {bad} of the same order is not"
                self.sheet.wrong(row.number, "", "order_refused", reason)

    def _agree(self) -> None:
        """What is said of the order on a later row must be what its first row says."""
        first = self.rows[0].cells
        for row in self.rows[1:]:
            for column in OF_ORDER.keys() & row.cells.keys():
                if row.cells[column] != first.get(column) and not self.sheet.is_noted(row, column):
                    reason = f"Row {self.number} of the same order says something else"
                    self.sheet.wrong(row.number, column, "rows_differ", reason)

    def _content(self) -> dict[str, Any]:
        first = Row(self.number, {**self.reading.defaults, **self.rows[0].cells})
        currency = first.cells.get("currency", "")
        lines = [self._line(place, row, currency) for place, row in enumerate(self.rows, start=1)]
        order: dict[str, Any] = {"lines": lines}
        for column, (*holders, name) in OF_ORDER.items():
            if column in first.cells:
                holder = order
                for each in holders:
                    holder = holder.setdefault(each, {})
                holder[name] = self._cell(first, column, currency)
        order.setdefault("payment", {})
        return _reckoned(order) if self.reading.reckon_total else order

    def _line(self, place: int, row: Row, currency: str) -> dict[str, Any]:
        line = {name: self._cell(row, column, currency) for column, name in OF_LINE.items() if column in row.cells}
        return {"line": str(place), **line}

    def _cell(self, row: Row, column: str, currency: str) -> Any:
        if column in AMOUNTS:
            return self.sheet.amount(row, column, currency)
        return self.sheet.whole(row, column) if column in WHOLE else row.cells[column]

    def _wrong(self, location: tuple[Any, ...], code: str, reason: str) -> None:
        match location:
            case ("lines", int(place), str(name)):
                row, column = self.rows[place], LINE_COLUMN_OF.get(name, name)
            case _:
                row, column = self.rows[0], COLUMN_OF.get(location, ".".join(map(str, location)))
        if not self.sheet.is_noted(row, column):
            self.sheet.wrong(row.number, column, code, reason)


def _reckoned(order: dict[str, Any]) -> dict[str, Any]:
    """An order whose sheet has no total: what its lines, freight and tax come to; its discount is that of its lines."""
    lines = [{"quantity": 0, "unit_price": 0, "discount": 0, **line} for line in order["lines"]]
    if "total" in order or any(None in line.values() for line in lines):
        return order
    discount = order.setdefault("discount", sum(line["discount"] for line in lines))
    goods = sum(line["quantity"] * line["unit_price"] for line in lines)
    more = (order.get("freight", 0) or 0) + (order.get("tax", 0) or 0)
    return {**order, "total": goods - (discount or 0) + more}


def read_orders(file: File, reading: Reading | None = None) -> tuple[Sheet, list[OrderRows]]:
    """The orders of a file, by the place of their first rows."""
    reading = reading or Reading()
    sheet = read_order_sheet(file, reading)
    return sheet, list(_orders(sheet, reading))


def _orders(sheet: Sheet, reading: Reading) -> Iterator[OrderRows]:
    groups: dict[tuple[str, str], list[Row]] = {}
    above: list[Row] | None = None
    channels, usual = _channels(sheet), reading.defaults.get("channel", "")
    for row in sheet.rows:
        if above is not None and not ITS_ROWS & row.cells.keys():
            above.append(row)
            continue
        channel = row.cells.get("channel") or channels.get(row.cells.get("external_id", ""), usual)
        told = Row(row.number, {**row.cells, "channel": channel}) if channel else row
        key = _key(sheet, told)
        above = groups.setdefault(key, []) if all(key) else [told]
        if all(key):
            above.append(told)
    for rows in groups.values():
        yield OrderRows(sheet, rows, reading)


def _channels(sheet: Sheet) -> dict[str, str]:
    """External id → its channel, for rows that leave it out: that of the id's other rows, where these agree."""
    told: dict[str, set[str]] = {}
    for row in sheet.rows:
        if {"channel", "external_id"} <= row.cells.keys():
            told.setdefault(row.cells["external_id"], set()).add(row.cells["channel"])
    return {external_id: min(channels) for external_id, channels in told.items() if len(channels) == 1}


def _key(sheet: Sheet, row: Row) -> tuple[str, str]:
    external_id = sheet.needs(row, "external_id")
    channel = sheet.needs(row, "channel")
    if sheet.is_noted(row, "external_id"):
        return channel, external_id and f"{external_id}\n{row.number}"  # a spoiled id joins nobody's rows
    return channel, external_id
