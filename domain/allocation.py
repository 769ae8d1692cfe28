"""Which warehouses give an order its goods: the edition's criteria, weighed over every choice of them (SR-111, edge 9).

A choice is a set of warehouses that together have as much of the order as there is anywhere, so that no criterion ever
makes an order short. Up to ``EXACT`` warehouses every such set is weighed, and "fewest shipments" is exact. Beyond
that only the single ones, a greedy cover and all of them together are: the answer is good, and perhaps not the best.
The order in which levels are given makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, TypeVar

from domain.areas import serves
from domain.stock import Allotment, Available, Want, fill, total_by_sku, units_by_place
from domain.stock_policy import Criterion
from domain.value import Value

EXACT = 8
"""So many warehouses are weighed in every combination: 255 sets."""
NOBODY = (1, 0, "")
"""Stands where a smaller set has no warehouse left; worse than any."""


class Destination(Value):
    """Where the goods go, and which warehouses hold units of the same order that no shipment has yet."""

    province: str = ""
    held: tuple[str, ...] = ()


ANYWHERE = Destination()


class Place(Value):
    """A warehouse as the criteria see it."""

    warehouse: str
    priority: int
    home: bool
    held: bool

    @property
    def rank(self) -> tuple[int, int, str]:
        """Its place in the house's own order; the name decides between equals."""
        return (0, self.priority, self.warehouse)


Choice = tuple[Place, ...]
Left = Mapping[tuple[str, str], int]


def allocate(
    wants: Sequence[Want],
    levels: Sequence[Available],
    criteria: Sequence[Criterion],
    destination: Destination | None = None,
) -> Allotment:
    """Give the lines what there is, from the warehouses that the criteria prefer.

    Args:
        wants: what the lines want.
        levels: what there is, in any order.
        criteria: the weightiest first; between equals the house's priority decides, then the warehouse's name.
        destination: where the goods go; None where nobody asks.
    """
    to = destination or ANYWHERE
    totals = total_by_sku(wants)
    left = units_by_place(levels)
    places = _places(levels, totals, to)
    needs = {sku: min(units, _units(places, sku, left)) for sku, units in totals.items()}

    def weight(choice: Choice) -> tuple[Any, ...]:
        complete = needs == totals
        return (*(_weighed(each, choice, to, complete=complete) for each in criteria), _by_priority(choice))

    chosen = min(_choices(places, needs, left), key=weight, default=())
    asked = sorted(chosen, key=lambda place: _asked(place, criteria))
    return fill(wants, levels, [place.warehouse for place in asked])


def _units(places: Sequence[Place], sku: str, left: Left) -> int:
    return sum(left.get((place.warehouse, sku), 0) for place in places)


class Offered(Available):
    """What a warehouse has of a SKU; one that does not send parcels only gives it to another warehouse."""

    sends: bool = True


Offer = TypeVar("Offer", bound=Available)


def one_place(wants: Sequence[Want], levels: Sequence[Offer], destination: Destination) -> list[Offer]:
    """The levels of the one warehouse that an order is gathered in: that holds some of it already, or has the most."""
    left, totals = units_by_place(levels), total_by_sku(wants)

    def weight(level: Offer) -> tuple[Any, ...]:
        has = sum(min(units, left.get((level.warehouse, sku), 0)) for sku, units in totals.items())
        home = serves(level.region, destination.province)
        return (level.warehouse not in destination.held, -has, not home, level.priority, level.warehouse)

    chosen = min(levels, key=weight, default=None)
    return [level for level in levels if chosen is not None and level.warehouse == chosen.warehouse]


def set_aside(levels: Sequence[Offer], units: Mapping[str, int]) -> list[Offer]:
    """The levels without these units of each SKU, taken where they are asked for last."""
    owed = dict(units)
    kept = []
    for level in sorted(levels, key=lambda level: (level.priority, level.warehouse), reverse=True):
        taken = min(max(level.units, 0), owed.get(level.sku, 0))
        owed[level.sku] = owed.get(level.sku, 0) - taken
        kept.append(level.having(units=level.units - taken))
    return kept


def _places(levels: Sequence[Available], totals: Mapping[str, int], destination: Destination) -> Choice:
    """Every warehouse that has something of the order, in the house's own order."""
    useful = {level.warehouse: level for level in levels if level.units > 0 and level.sku in totals}
    places = (
        Place(
            warehouse=name,
            priority=level.priority,
            home=serves(level.region, destination.province),
            held=name in destination.held,
        )
        for name, level in useful.items()
    )
    return tuple(sorted(places, key=lambda place: place.rank))


def _choices(places: Choice, needs: Mapping[str, int], left: Left) -> Iterator[Choice]:
    """The sets of warehouses that have all there is to have."""
    for choice in _sets(places, needs, left):
        if all(_units(choice, sku, left) >= units for sku, units in needs.items()):
            yield choice


def _sets(places: Choice, needs: Mapping[str, int], left: Left) -> Iterator[Choice]:
    if len(places) <= EXACT:
        for size in range(1, len(places) + 1):
            yield from combinations(places, size)
        return
    yield from ((place,) for place in places)
    yield _greedy(places, needs, left)
    yield places


def _greedy(places: Choice, needs: Mapping[str, int], left: Left) -> Choice:
    """Again and again the warehouse that has the most of what is still missing; of equals the first."""
    missing = dict(needs)
    chosen: list[Place] = []

    def gain(place: Place) -> int:
        return sum(min(units, left.get((place.warehouse, sku), 0)) for sku, units in missing.items())

    while any(missing.values()):
        best = max((place for place in places if place not in chosen), key=gain)
        chosen.append(best)
        missing = {sku: max(units - left.get((best.warehouse, sku), 0), 0) for sku, units in missing.items()}
    return tuple(chosen)


def _weighed(criterion: Criterion, choice: Choice, destination: Destination, *, complete: bool) -> Any:
    """How a choice does by one criterion; the least is the best."""
    match criterion:
        case Criterion.WHOLE:
            together = {*destination.held, *(place.warehouse for place in choice)}
            return not (complete and len(together) == 1)
        case Criterion.FEWEST_SHIPMENTS:
            return sum(not place.held for place in choice)
        case Criterion.REGION:
            return sum(not place.home for place in choice)
        case Criterion.PRIORITY:
            return _by_priority(choice)


def _by_priority(choice: Choice) -> tuple[tuple[int, int, str], ...]:
    """The ranks of a set, to be compared one by one; a set that goes on is better than one that ends."""
    return (*sorted(place.rank for place in choice), NOBODY)


def _asked(place: Place, criteria: Sequence[Criterion]) -> tuple[Any, ...]:
    """The place of a chosen warehouse in the order in which lines are filled."""
    said = {Criterion.FEWEST_SHIPMENTS: not place.held, Criterion.REGION: not place.home}
    return (*(said[each] for each in criteria if each in said), place.rank)
