"""Who loses a reservation when a count finds less than is reserved (edge case 29)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.losing import Holding, lose

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_holding(order_no: str, units: int = 1, *, age: int = 0, **fields: Any) -> Holding:
    return Holding(order_no=order_no, line="1", units=units, placed_at=NOON - timedelta(hours=age), **fields)


def losers(holdings: list[Holding], units: int) -> list[tuple[str, int]]:
    return [(loss.holding.order_no, loss.units) for loss in lose(holdings, units)]


@pytest.mark.clause("SR-131", "EC-29")
def test_the_newest_unpaid_order_loses_first_and_the_oldest_paid_one_last() -> None:
    holdings = [
        a_holding("old-paid", age=9, paid=True),
        a_holding("new-paid", age=1, paid=True),
        a_holding("old-unpaid", age=8),
        a_holding("new-unpaid", age=2),
        a_holding("over", age=99, paid=True, final=True),
    ]
    everybody = ["over", "new-unpaid", "old-unpaid", "new-paid", "old-paid"]
    for units in range(6):
        assert losers(holdings, units) == [(name, 1) for name in everybody[:units]]
        assert losers(holdings[::-1], units) == [(name, 1) for name in everybody[:units]]
    assert losers(holdings, 7) == [(name, 1) for name in everybody]


def test_only_so_much_is_lost_as_is_missing() -> None:
    holdings = [a_holding("a", 3, age=2), a_holding("b", 2, age=1)]
    assert losers(holdings, 1) == [("b", 1)]
    assert losers(holdings, 4) == [("b", 2), ("a", 2)]
    assert losers(holdings, 0) == []


def test_of_equal_orders_the_later_number_loses_first_and_of_lines_the_last() -> None:
    assert losers([a_holding("SO1"), a_holding("SO3"), a_holding("SO2")], 2) == [("SO3", 1), ("SO2", 1)]
    lines = [a_holding("SO1"), a_holding("SO1").having(line="2")]
    assert [loss.holding.line for loss in lose(lines, 1)] == ["2"]


@pytest.mark.clause("SR-131", "EC-29")
def test_what_a_warehouse_was_handed_is_lost_last_even_of_an_unpaid_order() -> None:
    handed = a_holding("handed", 3, age=0, handed_over=2)
    waiting = a_holding("waiting", 1, age=9, paid=True)
    assert losers([handed, waiting], 1) == [("handed", 1)]
    assert losers([handed, waiting], 2) == [("handed", 1), ("waiting", 1)]
    assert losers([handed, waiting], 3) == [("handed", 2), ("waiting", 1)]
    both = [a_holding("paid", age=0, handed_over=1, paid=True), a_holding("unpaid", age=5, handed_over=1)]
    assert losers(both, 1) == [("unpaid", 1)]
    assert losers([a_holding("more", 1, handed_over=5)], 4) == [("more", 1)]


@settings(max_examples=100, deadline=None, database=None)
@given(
    holdings=st.lists(
        st.builds(
            a_holding,
            st.sampled_from(("a", "b", "c", "d")),
            st.integers(1, 4),
            age=st.integers(0, 3),
            paid=st.booleans(),
            final=st.booleans(),
            handed_over=st.integers(0, 5),
        ),
        max_size=5,
        unique_by=lambda each: each.order_no,
    ),
    units=st.integers(0, 20),
)
def test_as_much_is_lost_as_there_is_and_nobody_loses_more_than_he_has(holdings: list[Holding], units: int) -> None:
    lost = lose(holdings, units)
    assert sum(loss.units for loss in lost) == min(units, sum(each.units for each in holdings))
    assert all(0 < loss.units <= loss.holding.units for loss in lost)
    assert len({loss.holding.order_no for loss in lost}) == len(lost)
    assert set(lose(holdings[::-1], units)) == set(lost)
