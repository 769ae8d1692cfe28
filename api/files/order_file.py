"""A file of orders (SR-011): one row a line; rows of one order share channel and external_id, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from api.files.sheet import WHOLE as WHOLE_NUMBER
from api.files.sheet import File, Row, Sheet, read_sheet
from api.shapes import PostedOrder

OF_ORDER = {
    "channel": ("channel",),
    "external_id": ("external_id",),
    "placed_at": ("placed_at",),
    "name": ("customer", "name"),
    "phone": ("customer", "phone"),
    "buyer_key": ("customer", "buyer_key"),
    "province": ("address", "province"),
    "city": ("address", "city"),
    "district": ("address", "district"),
    "street": ("address", "street"),
    "currency": ("currency",),
    "freight": ("freight",),
    "discount": ("discount",),
    "platform_discount": ("platform_discount",),
    "tax": ("tax",),
    "total": ("total",),
    "payment_method": ("payment", "method"),
    "paid_amount": ("payment", "paid_amount"),
    "paid_at": ("payment", "paid_at"),
    "delivery_method": ("delivery_method",),
    "latest_ship_at": ("latest_ship_at",),
    "promised_delivery_date": ("promised_delivery_date",),
    "buyer_message": ("buyer_message",),
    "seller_memo": ("seller_memo",),
    "email": ("customer", "email"),
    "invoice_title": ("invoice", "title"),
    "tax_id": ("invoice", "tax_id"),
    "gift_note": ("gift_note",),
    "preferred_delivery_window": ("preferred_delivery_window",),
}
"""Column → the order's field. On the rows after an order's first these may be empty."""
OF_LINE = {
    "line": "line",
    "sku": "sku",
    "specification": "specification",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "line_discount": "discount",
}
"""Column → the line's field. An empty ``line`` counts the order's rows."""
OF_ORIGIN = ("submitter", "document_no")
"""Who handed the order in, and under which number of their own (SR-011)."""
WHOLE = frozenset(
    {"freight", "discount", "platform_discount", "tax", "total", "paid_amount", "quantity", "unit_price"}
    | {"line_discount"}
)
COLUMNS = (*OF_ORDER, *OF_LINE, *OF_ORIGIN)
NEEDED = ("channel", "external_id", "placed_at", "currency", "total", "payment_method", "quantity", "unit_price")
COLUMN_OF = {path: column for column, path in OF_ORDER.items()}
LINE_COLUMN_OF = {name: column for column, name in OF_LINE.items()}


class OrderRows:
    """The rows of one order."""

    def __init__(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        self._sheet = sheet
        self.rows = rows
        self.number = rows[0].number

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
        if any(self._sheet.is_bad(row) for row in self.rows):
            self.refuse_rest()
            return None
        return order

    def refuse_rest(self) -> None:
        """An order goes in whole or not at all: its other rows are not taken either."""
        bad = next(row.number for row in self.rows if self._sheet.is_bad(row))
        for row in self.rows:
            if not self._sheet.is_bad(row):
                reason = f"Not taken, because row {bad} of the same order is not"
                self._sheet.wrong(row.number, "", "order_refused", reason)

    def _agree(self) -> None:
        """What is said of the order on a later row must be what its first row says."""
        first = self.rows[0].cells
        for row in self.rows[1:]:
            for column in OF_ORDER.keys() & row.cells.keys():
                if row.cells[column] != first.get(column):
                    reason = f"Row {self.number} of the same order says something else"
                    self._sheet.wrong(row.number, column, "rows_differ", reason)

    def _content(self) -> dict[str, Any]:
        order: dict[str, Any] = {"lines": [self._line(place, row) for place, row in enumerate(self.rows, start=1)]}
        for column, (*holders, name) in OF_ORDER.items():
            if column in self.rows[0].cells:
                holder = order
                for each in holders:
                    holder = holder.setdefault(each, {})
                holder[name] = self._cell(self.rows[0], column)
        order.setdefault("payment", {})
        return order

    def _line(self, place: int, row: Row) -> dict[str, Any]:
        line = {name: self._cell(row, column) for column, name in OF_LINE.items() if column in row.cells}
        return {"line": str(place), **line}

    def _cell(self, row: Row, column: str) -> Any:
        return self._sheet.whole(row, column) if column in WHOLE else row.cells[column]

    def _wrong(self, location: tuple[Any, ...], code: str, reason: str) -> None:
        match location:
            case ("lines", int(place), str(name)):
                row, column = self.rows[place], LINE_COLUMN_OF.get(name, name)
            case _:
                row, column = self.rows[0], COLUMN_OF.get(location, ".".join(map(str, location)))
        if column in WHOLE and not WHOLE_NUMBER.fullmatch(row.cells.get(column, "0")):
            return  # noted already
        self._sheet.wrong(row.number, column, code, reason)


def read_orders(file: File) -> tuple[Sheet, list[OrderRows]]:
    """The orders of a file, by the place of their first rows."""
    sheet = read_sheet(file, COLUMNS, NEEDED)
    return sheet, list(_orders(sheet))


def _orders(sheet: Sheet) -> Iterator[OrderRows]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in sheet.rows:
        key = (sheet.needs(row, "channel"), sheet.needs(row, "external_id"))
        if all(key):
            groups.setdefault(key, []).append(row)
    for rows in groups.values():
        yield OrderRows(sheet, rows)
