"""Files of SKUs and of stock counts (shapes "Master data"): a row each."""

from __future__ import annotations

from collections.abc import Iterator

from api.files.sheet import File, Row, Sheet, read_sheet
from api.shapes import MAX_ID_BYTES
from infra.db.master_data import Count, Sku

SKU_COLUMNS = ("sku", "name", "specification", "sellable", "custom", "weight_g", "goods")
STOCK_COLUMNS = ("warehouse", "sku", "on_hand", "safety", "quarantined")
MOST_UNITS = 2**31 - 1


def read_skus(file: File) -> tuple[Sheet, list[tuple[Row, Sku]]]:
    """The SKUs of a file."""
    sheet = read_sheet(file, SKU_COLUMNS, ("sku",))
    return sheet, list(_skus(sheet))


def read_counts(file: File) -> tuple[Sheet, list[tuple[Row, Count]]]:
    """The stock counts of a file."""
    sheet = read_sheet(file, STOCK_COLUMNS, ("warehouse", "sku", "on_hand"))
    return sheet, list(_counts(sheet))


def _skus(sheet: Sheet) -> Iterator[tuple[Row, Sku]]:
    seen: dict[str, int] = {}
    for row in sheet.rows:
        code = _code(sheet, row, "sku")
        sellable, custom = sheet.yes(row, "sellable", default=True), sheet.yes(row, "custom", default=False)
        weight = _units(sheet, row, "weight_g")
        _once(sheet, row, seen, code)
        if not sheet.is_bad(row):
            words = {name: row.cells.get(name, "") for name in ("name", "specification", "goods")}
            yield row, Sku(sku=code, sellable=sellable, custom=custom, weight_g=weight, **words)


def _counts(sheet: Sheet) -> Iterator[tuple[Row, Count]]:
    seen: dict[str, int] = {}
    for row in sheet.rows:
        place, code = _code(sheet, row, "warehouse"), _code(sheet, row, "sku")
        units = {name: _units(sheet, row, name) for name in ("on_hand", "safety", "quarantined")}
        sheet.needs(row, "on_hand")
        _once(sheet, row, seen, f"{place}\n{code}")
        if not sheet.is_bad(row):
            yield row, Count(warehouse=place, sku=code, **units)


def _code(sheet: Sheet, row: Row, column: str) -> str:
    code = sheet.needs(row, column)
    if len(code.encode()) > MAX_ID_BYTES:
        sheet.wrong(row.number, column, "id_too_long", f"At most {MAX_ID_BYTES} bytes of UTF-8")
    return code


def _units(sheet: Sheet, row: Row, column: str) -> int:
    units = sheet.whole(row, column) or 0
    if not 0 <= units <= MOST_UNITS:
        sheet.wrong(row.number, column, "out_of_range", f"0 to {MOST_UNITS} units")
    return units


def _once(sheet: Sheet, row: Row, seen: dict[str, int], key: str) -> None:
    first = seen.setdefault(key, row.number)
    if first != row.number:
        sheet.wrong(row.number, "sku", "row_twice", f"Row {first} says this already")
