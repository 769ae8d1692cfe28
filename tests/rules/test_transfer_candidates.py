"""Who brings what an order lacks: in time first, then the cheapest, then the nearest (SR-131a, §4.6 E2 step 2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import office_time_after
from domain.policy import STANDARD
from domain.shortage_policy import STANDARD_SHORTAGE, Route, ShortagePolicy
from domain.stock import Available, Want
from domain.transfers import Store, Wish, candidates, target_of

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACES = [
    Store(warehouse="SH", sku="", units=0, priority=10, region="华东"),
    Store(warehouse="GZ", sku="", units=0, priority=20, region="华南"),
    Store(warehouse="A", sku="", units=0, priority=30, sends=False),
    Store(warehouse="B", sku="", units=0, priority=40, sends=False),
]


def wish(**fields: Any) -> Wish:
    wants = (Want(line="1", sku="TEA", quantity=2),)
    return Wish(**{"wants": wants, "policy": STANDARD_SHORTAGE, "now": NOON, **fields})


def has(**units: int) -> list[Available]:
    return [Available(warehouse=name, sku="TEA", units=count) for name, count in units.items()]


def sources(asked: Wish, levels: list[Available]) -> list[str]:
    return [one.source for one in candidates(asked, PLACES, levels)]


def routes(*given: tuple[str, int, int, int]) -> ShortagePolicy:
    """Routes to Shanghai: source, hours, cost, kilometres."""
    ways = tuple(
        Route(source=source, target="SH", lead=hours * HOUR, cost=cost, distance_km=far)
        for source, hours, cost, far in given
    )
    return STANDARD_SHORTAGE.having(routes=ways)


@pytest.mark.clause("SR-131a")
def test_of_those_in_time_the_cheapest_then_the_nearest() -> None:
    policy = routes(("A", 10, 500, 100), ("B", 20, 300, 900), ("GZ", 20, 300, 800))
    asked = wish(policy=policy, by=NOON + 24 * HOUR)
    assert sources(asked, has(A=2, B=2, GZ=2)) == ["GZ", "B", "A"]


@pytest.mark.clause("SR-131a")
def test_one_that_comes_too_late_is_none_and_just_in_time_is_in_time() -> None:
    policy = routes(("A", 24, 100, 1), ("B", 25, 0, 0))
    assert sources(wish(policy=policy, by=NOON + 24 * HOUR), has(A=2, B=2)) == ["A"]
    assert sources(wish(policy=policy, by=NOON + 23 * HOUR), has(A=2, B=2)) == []


def test_where_the_promise_is_past_whoever_comes_first_is_the_best() -> None:
    policy = routes(("A", 30, 100, 1), ("B", 40, 0, 0))
    assert sources(wish(policy=policy, by=NOON), has(A=2, B=2)) == ["A", "B"]


def test_one_that_has_it_all_before_one_that_has_a_part() -> None:
    policy = routes(("A", 10, 0, 0), ("B", 10, 900, 0))
    found = candidates(wish(policy=policy), PLACES, has(A=1, B=2))
    assert [(one.source, one.lines[0].quantity, one.missing) for one in found] == [("B", 2, 0), ("A", 1, 1)]


def test_nobody_brings_it_from_where_it_goes_and_nobody_is_asked_twice() -> None:
    assert sources(wish(tried=("A",)), has(SH=2, A=2, B=2)) == ["B"]
    assert sources(wish(), has(A=0)) == []


def test_it_goes_where_goods_of_the_order_lie_else_to_the_warehouse_of_the_province() -> None:
    assert target_of(wish(held=("GZ",), province="浙江省"), PLACES) == "GZ"
    assert target_of(wish(province="广东省"), PLACES) == "GZ"
    assert target_of(wish(), PLACES) == "SH"
    assert target_of(wish(held=("A",)), PLACES) == "SH"
    assert target_of(wish(), PLACES[2:]) == ""
    assert candidates(wish(), PLACES[2:], has(A=2)) == ()


@given(st.permutations(has(A=2, B=2, GZ=1)))
def test_the_order_in_which_levels_are_given_makes_no_difference(levels: list[Available]) -> None:
    assert sources(wish(), levels) == ["A", "B", "GZ"]


def test_a_policy_without_it_does_nothing_by_itself() -> None:
    assert ShortagePolicy().steps == ()
    assert not ShortagePolicy(unsplit=("cod",), prefer="transfer").gathers("cod")
    assert STANDARD.shortage.gathers("cod")
    assert not STANDARD.shortage.gathers("prepaid")


@pytest.mark.clause("SR-131a")
@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23T09:00+08:00", 4, "2026-11-23T13:00+08:00"),
        ("2026-11-23T16:00+08:00", 4, "2026-11-24T11:00+08:00"),
        ("2026-11-23T22:00+08:00", 4, "2026-11-24T13:00+08:00"),
        ("2026-11-23T14:00+08:00", 4, "2026-11-23T18:00+08:00"),
        ("2026-11-27T17:00+08:00", 4, "2026-11-30T12:00+08:00"),
        ("2026-11-28T12:00+08:00", 20, "2026-12-02T11:00+08:00"),
    ],
)
def test_office_time_leaves_out_nights_and_weekends(start: str, hours: int, due: str) -> None:
    office = STANDARD_SHORTAGE.office
    assert office is not None
    ends = office_time_after(
        datetime.fromisoformat(start), hours * HOUR, "Asia/Shanghai", (office.opens, office.closes)
    )
    assert ends == datetime.fromisoformat(due)
