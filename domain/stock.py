"""What is wanted, what there is, and how lines are filled from it (SR-111, SR-017, A-21): pure, over units of SKUs.

Which warehouses are asked, and in which order, is the choice of `domain.allocation`.
"""

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
    """Units of a SKU that a warehouse can give: on hand − reserved − safety − quarantined; less than 0 counts as none.

    The lower the warehouse's ``priority``, the sooner it is asked; ``region`` is what it serves.
    """

    warehouse: str
    sku: str
    units: int
    priority: int = 100
    region: str = ""


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


def units_by_place(levels: Sequence[Available]) -> dict[tuple[str, str], int]:
    """What there is by warehouse and SKU; what is promised twice over is nothing."""
    return {(level.warehouse, level.sku): max(level.units, 0) for level in levels}


def fill(wants: Sequence[Want], levels: Sequence[Available], warehouses: Sequence[str]) -> Allotment:
    """Give line by line what these warehouses have, the first one first; one that has the whole line before others."""
    left = units_by_place(levels)
    allocations: list[Allocation] = []
    short: list[Moved] = []
    for want in wants:
        missing = want.quantity
        for warehouse in _willing(want, left, warehouses):
            units = min(missing, left.get((warehouse, want.sku), 0))
            if units > 0:
                allocations.append(Allocation(line=want.line, warehouse=warehouse, quantity=units))
                left[warehouse, want.sku] -= units
                missing -= units
        if missing > 0:
            short.append(Moved(line=want.line, quantity=missing))
    return Allotment(allocations=tuple(allocations), short=tuple(short))


def _willing(want: Want, left: Mapping[tuple[str, str], int], warehouses: Sequence[str]) -> list[str]:
    """Those that have the whole line first: a line in one parcel is better than in two."""
    return sorted(warehouses, key=lambda warehouse: left.get((warehouse, want.sku), 0) < want.quantity)
