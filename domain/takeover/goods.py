"""Which units a taken-over order still wants from the books, and where the system before had them (M19).

What left is gone from the shelves and from the counts. What a warehouse has already begun is there, whatever the books
say: they are told what they can be told, and no shortage is opened. What nobody began is reserved like any order's.
"""

from __future__ import annotations

from domain.effects import Allocation, Content
from domain.facts import Moved
from domain.takeover.filling import begun_at
from domain.takeover.history import History, ShipmentBefore
from domain.value import Value


class Need(Value):
    """Units of a line that have not left. ``warehouse`` empty: whichever has them; ``begun``: it is at work on them."""

    line: str
    sku: str
    quantity: int
    warehouse: str = ""
    begun: bool = False


class Found(Value):
    """What the books had: who gives the units that may come from anywhere, and what is short."""

    allocations: tuple[Allocation, ...] = ()
    missing: tuple[Moved, ...] = ()


def needs(content: Content, history: History, house: str) -> tuple[Need, ...]:
    """What has to be reserved now; nothing before the stock was confirmed, and nothing for an order that is over.

    A shipment that names no warehouse is one of ``house``.
    """
    if history.stock_confirmed_at is None or history.ended_at or history.completed_at:
        return ()
    skus = {line.line: line.sku for line in content.lines}
    named = [
        Need(
            line=part.line,
            sku=skus[part.line],
            quantity=part.quantity,
            warehouse=shipment.warehouse or house,
            begun=begun_at(shipment, history.packages) is not None,
        )
        for shipment in history.shipments
        for part in _still_there(shipment, history)
    ]
    free = unnamed(content, history)
    return (*named, *(Need(line=part.line, sku=skus[part.line], quantity=part.quantity) for part in free))


def unnamed(content: Content, history: History) -> tuple[Moved, ...]:
    """The units that no shipment has."""
    held: dict[str, int] = {}
    for shipment in history.shipments:
        for part in shipment.lines:
            held[part.line] = held.get(part.line, 0) + part.quantity
    left = ((line.line, line.quantity - held.get(line.line, 0)) for line in content.lines)
    return tuple(Moved(line=line, quantity=units) for line, units in left if units > 0)


def allocated(content: Content, history: History, found: Found, house: str) -> tuple[Allocation, ...]:
    """Every unit with its warehouse, as it was when the stock was confirmed; ``house`` where nothing is known."""
    told = [
        Allocation(line=part.line, warehouse=shipment.warehouse or house, quantity=part.quantity)
        for shipment in history.shipments
        for part in shipment.lines
    ]
    given: dict[str, int] = {}
    for each in found.allocations:
        given[each.line] = given.get(each.line, 0) + each.quantity
    rest = ((part.line, part.quantity - given.get(part.line, 0)) for part in unnamed(content, history))
    place = next((each.warehouse for each in found.allocations), house)
    lacking = [Allocation(line=line, warehouse=place, quantity=units) for line, units in rest if units > 0]
    return (*told, *found.allocations, *lacking)


def _still_there(shipment: ShipmentBefore, history: History) -> tuple[Moved, ...]:
    out = [each for each in history.packages if each.shipment == shipment.shipment and each.outbound_at]
    if any(not package.lines for package in out):
        return ()
    gone: dict[str, int] = {}
    for package in out:
        for part in package.lines:
            gone[part.line] = gone.get(part.line, 0) + part.quantity
    left = ((part.line, part.quantity - gone.get(part.line, 0)) for part in shipment.lines)
    return tuple(Moved(line=line, quantity=units) for line, units in left if units > 0)
