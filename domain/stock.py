"""Which warehouse gives which units (SR-111, SR-017, A-21): a pure choice over what is available."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.effects import Allocation
from domain.facts import Moved
from domain.value import Value


class Want(Value):
    """Units of a SKU wanted for one order line."""

    line: str
    sku: str
    quantity: int


class Available(Value):
    """Units of a SKU that a warehouse can give: on hand − reserved − safety − quarantined."""

    warehouse: str
    sku: str
    units: int


class Allotment(Value):
    """Who gives what, and what nobody has."""

    allocations: tuple[Allocation, ...] = ()
    short: tuple[Moved, ...] = ()


def total_by_sku(wants: Sequence[Want]) -> dict[str, int]:
    """Units of each SKU, summed over lines (edge case 28), in SKU order."""
    totals: dict[str, int] = {}
    for want in wants:
        totals[want.sku] = totals.get(want.sku, 0) + want.quantity
    return dict(sorted(totals.items()))


def allot(wants: Sequence[Want], levels: Sequence[Available]) -> Allotment:
    """Give the whole order from one warehouse where one has it all; else line by line what there is.

    Args:
        wants: what the lines want.
        levels: what there is, the preferred warehouse first.
    """
    left = {(level.warehouse, level.sku): max(level.units, 0) for level in levels}
    warehouses = list(dict.fromkeys(level.warehouse for level in levels))
    totals = total_by_sku(wants)
    for warehouse in warehouses:
        if all(left.get((warehouse, sku), 0) >= units for sku, units in totals.items()):
            return Allotment(allocations=tuple(_from(warehouse, want, want.quantity) for want in wants))
    return _line_by_line(wants, left, warehouses)


def _line_by_line(wants: Sequence[Want], left: dict[tuple[str, str], int], warehouses: Sequence[str]) -> Allotment:
    allocations: list[Allocation] = []
    short: list[Moved] = []
    for want in wants:
        missing = want.quantity
        for warehouse in _willing(want, left, warehouses):
            units = min(missing, left.get((warehouse, want.sku), 0))
            if units:
                allocations.append(_from(warehouse, want, units))
                left[warehouse, want.sku] -= units
                missing -= units
        if missing:
            short.append(Moved(line=want.line, quantity=missing))
    return Allotment(allocations=tuple(allocations), short=tuple(short))


def _willing(want: Want, left: Mapping[tuple[str, str], int], warehouses: Sequence[str]) -> list[str]:
    """Those that have the whole line first: a line in one parcel is better than in two."""
    return sorted(warehouses, key=lambda warehouse: left.get((warehouse, want.sku), 0) < want.quantity)


def _from(warehouse: str, want: Want, units: int) -> Allocation:
    return Allocation(line=want.line, warehouse=warehouse, quantity=units)
