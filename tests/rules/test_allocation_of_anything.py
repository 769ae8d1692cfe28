"""What holds for every order, every stock and every edition's criteria (SR-111, AC-22; edge cases 7, 9, 28)."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.allocation import Destination, allocate
from domain.stock import Allotment, Available, Want, fill, total_by_sku, units_by_place
from domain.stock_policy import Criterion
from tests.rules.test_allocation import FEWEST, a_want

SKUS, PLACES = ("A", "B", "C"), tuple(f"W{n}" for n in range(5))
WANTS = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 4)), min_size=1, max_size=4).map(
    lambda found: [a_want(str(n), sku, quantity) for n, (sku, quantity) in enumerate(found)]
)
LEVELS = st.dictionaries(st.tuples(st.sampled_from(PLACES), st.sampled_from(SKUS)), st.integers(-1, 5)).map(
    lambda found: [
        Available(
            warehouse=place,
            sku=sku,
            units=units,
            priority=int(place[1]) % 3,
            region=("浙江", "广东")[int(place[1]) % 2],
        )
        for (place, sku), units in found.items()
    ]
)
CRITERIA = st.lists(st.sampled_from(list(Criterion)), unique=True).map(tuple)
HOME = st.sampled_from((Destination(), Destination(province="浙江省"), Destination(province="广东", held=("W1",))))


def _short(allotment: Allotment) -> int:
    return sum(each.quantity for each in allotment.short)


@pytest.mark.clause("SR-111", "AC-22")
@settings(max_examples=150, deadline=None, database=None)
@given(wants=WANTS, levels=LEVELS, criteria=CRITERIA, to=HOME, luck=st.randoms(use_true_random=False))
def test_nothing_is_given_twice_or_made_up_and_nothing_that_is_there_is_kept(
    wants: list[Want], levels: list[Available], criteria: tuple[Criterion, ...], to: Destination, luck: random.Random
) -> None:
    allotment = allocate(wants, levels, criteria, to)
    there = units_by_place(levels)
    skus = {want.line: want.sku for want in wants}
    given_units: dict[tuple[str, str], int] = {}
    for each in allotment.allocations:
        place = (each.warehouse, skus[each.line])
        given_units[place] = given_units.get(place, 0) + each.quantity
    assert all(units <= there[place] for place, units in given_units.items())
    for want in wants:
        got = sum(each.quantity for each in allotment.allocations if each.line == want.line)
        lacking = sum(each.quantity for each in allotment.short if each.line == want.line)
        assert got + lacking == want.quantity
    for sku, units in total_by_sku(wants).items():
        somewhere = sum(count for (_, known), count in there.items() if known == sku)
        assert sum(each.quantity for each in allotment.short if skus[each.line] == sku) == max(units - somewhere, 0)
    shuffled = levels.copy()
    luck.shuffle(shuffled)
    assert allocate(wants, shuffled, criteria, to) == allotment


@settings(max_examples=100, deadline=None, database=None)
@given(wants=WANTS, levels=LEVELS, criteria=CRITERIA, more=st.integers(1, 3), which=st.integers(0, 20))
def test_more_stock_never_makes_an_order_shorter(
    wants: list[Want], levels: list[Available], criteria: tuple[Criterion, ...], more: int, which: int
) -> None:
    richer = [
        level.having(units=level.units + more) if n == which % max(len(levels), 1) else level
        for n, level in enumerate(levels)
    ]
    assert _short(allocate(wants, richer, criteria)) <= _short(allocate(wants, levels, criteria))


@pytest.mark.clause("SR-111")
@settings(max_examples=100, deadline=None, database=None)
@given(wants=WANTS, levels=LEVELS)
def test_no_other_choice_needs_fewer_shipments(wants: list[Want], levels: list[Available]) -> None:
    allotment = allocate(wants, levels, (FEWEST,))
    used = len({each.warehouse for each in allotment.allocations})
    for size in range(used):
        for chosen in itertools.combinations(PLACES, size):
            some = [level for level in levels if level.warehouse in chosen]
            assert _short(fill(wants, some, chosen)) > _short(allotment)
