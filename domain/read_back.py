"""Whether the ERP holds what was ordered (SR-021): code, quantity, price, delivery method, field by field."""

from __future__ import annotations

from collections.abc import Iterator

from domain.effects import Content, Request
from domain.findings import Finding

OF_LINE = ("sku", "specification", "quantity", "unit_price", "discount")
OF_ORDER = ("currency", "freight", "discount", "tax", "total", "delivery_method")
NOTHING = "—"
ACCEPTED = "DIFFERENCE_ACCEPTED"
"""How a supervisor resolves an ``ERP_MISMATCH`` that is to stay; after every other outcome the entry is read again."""


class ReadEntryRequest(Request):
    """Read the ERP's document once more and compare it with ``content`` (key …/read_entry/{version}/{n})."""

    document: str
    content: Content


def differences(ordered: Content, entered: Content) -> tuple[Finding, ...]:
    """Every field in which the entry differs from the order's approved version."""
    return tuple(_compare(ordered, entered))


def _compare(ordered: Content, entered: Content) -> Iterator[Finding]:
    there = {line.line: line for line in entered.lines}
    for line in ordered.lines:
        found = there.pop(line.line, None)
        for name in OF_LINE if found else ("sku",):
            yield from _field(f"lines.{line.line}.{name}", getattr(line, name), getattr(found, name, NOTHING))
    for extra in there.values():
        yield from _field(f"lines.{extra.line}.sku", NOTHING, extra.sku)
    for name in OF_ORDER:
        yield from _field(name, getattr(ordered, name), getattr(entered, name))


def _field(path: str, expected: str | int, actual: str | int) -> Iterator[Finding]:
    if expected != actual:
        yield Finding(code="ERP_DIFFERENCE", field=path, params={"expected": expected, "actual": actual})
