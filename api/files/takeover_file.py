"""A file of orders with their past (M19): an order file's columns, and what has happened to each line and order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from api.files.columns import COLUMNS as ORDER_COLUMNS
from api.files.columns import NEEDED
from api.files.order_file import OrderRows
from api.files.order_sheet import Reading
from api.files.sheet import File, Row, Sheet, read_sheet
from api.shapes import PostedOrder
from domain.facts import Moved
from domain.takeover.checks import Contradiction
from domain.takeover.history import History, PackageBefore, PaidBefore, RefundBefore, ShipmentBefore, Told

OF_ORDER = (
    "audited_at",
    "stock_confirmed_at",
    "entered_at",
    "document",
    "completed_at",
    "cancelled_at",
    "rejected_at",
    "reason",
)
"""Of the whole order; its rows must not say different things."""
OF_SHIPMENT = ("warehouse", "released_at", "picked_at", "packed_at")
OF_PACKAGE = (
    "outbound_at",
    "carrier",
    "tracking_number",
    "uploaded_at",
    "accepted_at",
    "scans",
    "signed_at",
    "settled_at",
)
"""Of the line's shipment and parcel; rows of one parcel may leave it empty after its first."""
COLUMNS = (
    *ORDER_COLUMNS,
    *OF_ORDER,
    "payment_no",
    "refunded_amount",
    "refunded_at",
    "shipment",
    *OF_SHIPMENT,
    "package",
    *OF_PACKAGE,
)
COLUMN_OF = {"payments": "paid_amount", "refunds": "refunded_amount", "lines": "line", "shipments": "shipment"}
"""Where a contradiction without a column of its own is told."""
Part = TypeVar("Part", bound=Told)


class OrderStory:
    """The rows of one order with its past."""

    def __init__(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        self._sheet = sheet
        self.rows = OrderRows(sheet, list(rows), Reading())
        self._places: dict[str, int] = {}

    def read(self) -> tuple[PostedOrder, History] | None:
        """The order and its past; None where something is wrong with a row, all of which is noted then."""
        order = self.rows.read()
        if order is None:
            return None
        lines = {row.number: line.line for row, line in zip(self.rows.rows, order.lines, strict=True)}
        quantities = {line.line: line.quantity for line in order.lines}
        first = self.rows.rows[0]
        parts = {
            "shipments": tuple(self._shipments(lines, quantities)),
            "packages": tuple(self._packages(lines, quantities)),
            **self._money(order, first),
        }
        past = self._part(History, first, {**self._agreed(self.rows.rows, OF_ORDER), **parts})
        if past is None or any(self._sheet.is_bad(row) for row in self.rows.rows):
            self.rows.refuse_rest()
            return None
        return order, past

    def refuse(self, wrong: Sequence[Contradiction]) -> None:
        """Note what cannot be, at its cell; an order goes in whole or not at all."""
        for each in wrong:
            names = each.path.split(".")
            row = self._places.get(".".join(names[1:3]), self.rows.number)
            column = next((name for name in (names[-1], COLUMN_OF.get(names[-1], "")) if name in COLUMNS), "")
            column = column or COLUMN_OF.get(names[1] if len(names) > 1 else "", "")
            self._sheet.wrong(row, column, each.code, each.reason)
        if wrong:
            self.rows.refuse_rest()

    # -- parts ---------------------------------------------------------------------------------------------------

    def _shipments(self, lines: dict[int, str], quantities: dict[str, int]) -> Iterator[ShipmentBefore]:
        telling = ("shipment", *OF_SHIPMENT, "package", *OF_PACKAGE)
        for place, (number, rows) in enumerate(self._grouped(telling, "shipment").items()):
            self._places[f"shipments.{place}"] = rows[0].number
            cells = self._agreed(rows, OF_SHIPMENT)
            held = _moved(rows, lines, quantities)
            part = self._part(ShipmentBefore, rows[0], {**cells, "shipment": number, "lines": held})
            if part is not None:
                yield part

    def _packages(self, lines: dict[int, str], quantities: dict[str, int]) -> Iterator[PackageBefore]:
        for place, (name, rows) in enumerate(self._grouped(("package", *OF_PACKAGE), "package").items()):
            self._places[f"packages.{place}"] = rows[0].number
            cells: dict[str, Any] = self._agreed(rows, OF_PACKAGE)
            if "scans" in cells:
                cells["scans"] = self._scans(rows[0], cells["scans"])
            place_of = {"package": name, "shipment": rows[0].cells.get("shipment", "1")}
            held = _moved(rows, lines, quantities)
            part = self._part(PackageBefore, rows[0], {**cells, **place_of, "lines": held})
            if part is not None:
                yield part

    def _scans(self, row: Row, text: str) -> list[dict[str, str]]:
        """``IN_TRANSIT 2026-11-24T10:00:00+08:00; DELIVERED …``: a state and a time each."""
        scans = []
        for said in filter(None, (each.strip() for each in text.split(";"))):
            state, _, at = said.partition(" ")
            scans.append({"state": state, "at": at.strip()})
            if not at:
                self._sheet.wrong(row.number, "scans", "scan_unreadable", "Write a state and a time, STATE TIME; …")
        return scans

    def _money(self, order: PostedOrder, row: Row) -> dict[str, Any]:
        """The payment under its number, and what went back."""
        found: dict[str, Any] = {}
        if "payment_no" in row.cells:
            paid = {"amount": order.payment.paid_amount, "at": order.payment.paid_at}
            part = self._part(PaidBefore, row, {"payment_no": row.cells["payment_no"], **paid})
            found["payments"] = (part,) if part else ()
        if "refunded_amount" in row.cells:
            amount = self._sheet.whole(row, "refunded_amount")
            at = self._sheet.needs(row, "refunded_at")
            if amount is not None and at:
                back = self._part(RefundBefore, row, {"amount": amount, "at": at})
                found["refunds"] = (back,) if back else ()
        return found

    def _part(self, kind: type[Part], row: Row, cells: dict[str, Any]) -> Part | None:
        try:
            return kind.model_validate(cells)
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False):
                field = str(found["loc"][0])
                name = {"amount": "refunded_amount", "at": "refunded_at"}.get(field, field)
                self._sheet.wrong(row.number, name if name in COLUMNS else "", found["type"], found["msg"])
            return None

    def _grouped(self, telling: Sequence[str], by: str) -> dict[str, list[Row]]:
        """The rows that tell of a shipment or a parcel, by its name; the first needs none."""
        groups: dict[str, list[Row]] = {}
        for row in self.rows.rows:
            if row.cells.keys() & set(telling):
                groups.setdefault(row.cells.get(by, "1"), []).append(row)
        return groups

    def _agreed(self, rows: Sequence[Row], columns: Sequence[str]) -> dict[str, str]:
        """What is said of them all; a row that says something else is told."""
        said: dict[str, str] = {}
        for row in rows:
            for name in row.cells.keys() & set(columns):
                if said.setdefault(name, row.cells[name]) != row.cells[name]:
                    self._sheet.wrong(
                        row.number, name, "rows_differ", "Another row of the same one says something else"
                    )
        return said


def _moved(rows: Sequence[Row], lines: dict[int, str], quantities: dict[str, int]) -> tuple[Moved, ...]:
    names = (lines[row.number] for row in rows)
    return tuple(Moved(line=name, quantity=quantities[name]) for name in names if quantities[name] > 0)


def read_stories(file: File) -> tuple[Sheet, list[OrderStory]]:
    """The orders of a file with their past, by the place of their first rows."""
    sheet = read_sheet(file, COLUMNS, NEEDED)
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in sheet.rows:
        key = (sheet.needs(row, "channel"), sheet.needs(row, "external_id"))
        if all(key):
            groups.setdefault(key, []).append(row)
    return sheet, [OrderStory(sheet, rows) for rows in groups.values()]
