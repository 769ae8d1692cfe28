"""The carrier's truth: one story from any order of arrival, any duplication (§4.4, M13, invariant 7)."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.books import promises
from domain.facts import Fact
from domain.order import Order
from domain.packages import FINAL, PackageState, Scan, distinct, fold
from domain.stage import Stage
from domain.taking.after import after
from tests.rules.story import PLACED, Story, shipped

HOUR = timedelta(hours=1)
EVENTS = (
    ("PICKED_UP", 3),
    ("IN_TRANSIT", 20),
    ("OUT_FOR_DELIVERY", 43),
    ("DELIVERY_FAILED", 45),
    ("READY_FOR_PICKUP", 46),
    ("DELIVERED", 50),
)


def a_scan(state: str, hour: float, number: int = 0, **fields: Any) -> Scan:
    """A scan so many hours after the outbound, heard of at once."""
    at = PLACED + hour * HOUR
    return Scan(id=f"s{number}", state=PackageState(state), at=at, received_at=fields.pop("received_at", at), **fields)


# -- AC-38 -----------------------------------------------------------------------------------------------------------


def _told(order: Order, facts: tuple[Fact, ...]) -> Order:
    for fact in facts:
        order = after(order, fact)
    return order


@pytest.mark.clause("AC-38", "SR-031", "EC-15")
def test_any_order_of_six_events_with_duplicates_tells_the_same_story() -> None:
    story = shipped()
    story.now = PLACED + 51 * HOUR
    facts = [
        story.fact("carrier_scan", ago=(51 - hour) * HOUR, tracking_number="SF1", state=state, location=str(hour))
        for state, hour in EVENTS
    ]
    again = [fact.having(id=f"again:{fact.id}") for fact in facts]
    expected = _told(story.order, tuple(facts))
    clocks = promises(expected, story.now)
    assert expected.stage is Stage.DELIVERED
    for number, arrival in enumerate(itertools.permutations(facts)):
        twice = (*arrival, arrival[number % 6], again[number % 5], again[number % 6])
        order = _told(story.order, twice)
        assert order.stage is expected.stage
        assert order.lines == expected.lines
        assert [package.story for package in order.packages] == [package.story for package in expected.packages]
        assert promises(order, story.now) == clocks


# -- the fold --------------------------------------------------------------------------------------------------------

SCANS = st.lists(
    st.builds(
        a_scan,
        st.sampled_from([state.value for state in PackageState]),
        st.integers(0, 6),
        st.integers(0, 40),
        location=st.sampled_from(("", "Wuhan")),
    ),
    max_size=8,
    unique_by=lambda scan: scan.id,
)


@pytest.mark.clause("SR-031", "EC-15")
@settings(max_examples=150, deadline=None, database=None)
@given(scans=SCANS, data=st.data())
def test_the_fold_knows_no_order_of_arrival(scans: list[Scan], data: st.DataObject) -> None:
    repeated = [*scans, *data.draw(st.lists(st.sampled_from(scans), max_size=4))] if scans else scans
    shuffled = data.draw(st.permutations(repeated))
    assert fold(tuple(shuffled)) == fold(tuple(scans))
    assert distinct(tuple(shuffled)) == distinct(tuple(scans))


@pytest.mark.clause("SR-031")
@settings(max_examples=150, deadline=None, database=None)
@given(scans=SCANS)
def test_an_end_is_left_only_by_a_lost_parcel_that_moves(scans: list[Scan]) -> None:
    known = distinct(tuple(scans))
    states = [fold(known[:count]).state for count in range(len(known) + 1)]
    left = [state for state, following in itertools.pairwise(states) if state in FINAL and following is not state]
    assert set(left) <= {PackageState.LOST}


@pytest.mark.clause("SR-031")
@pytest.mark.parametrize("state", ["LABELLED", "UNKNOWN"])
def test_being_heard_from_is_no_movement(state: str) -> None:
    assert not a_scan(state, 1).moves
    assert fold((a_scan("IN_TRANSIT", 1, 1), a_scan(state, 2, 2))).state is PackageState.IN_TRANSIT


@pytest.mark.clause("SR-031")
def test_of_two_scans_of_one_moment_the_higher_rank_counts() -> None:
    scans = (a_scan("DELIVERED", 5, 1), a_scan("OUT_FOR_DELIVERY", 5, 2))
    assert fold(scans).state is fold(scans[::-1]).state is PackageState.DELIVERED


# -- contradictions --------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-031", "SR-122", "EC-16")
def test_a_signed_parcel_that_moves_again_is_in_doubt_and_nothing_completes() -> None:
    story = shipped()
    story.passes(hours=20)
    story.is_scanned("DELIVERED")
    story.passes(hours=2)
    story.is_scanned("IN_TRANSIT")
    assert story.open_cases == ["FALSE_DELIVERY"]
    assert story.order.packages[0].state is PackageState.DELIVERED
    story.passes(hours=40)
    assert (story.order.stage, story.clock("C3").verdict) == (Stage.DELIVERED, "open")
    assert story.asks("confirm_completion") == "DELIVERY_IN_DOUBT"
    assert story.asks("resolve_case", case=1, outcome="SIGNED_AFTER_ALL") == ""
    story.passes(hours=21)
    assert story.order.stage is Stage.COMPLETED
    assert story.clock("C3").net_s == 23 * 3600


@pytest.mark.clause("SR-031", "EC-16")
def test_an_earlier_scan_that_comes_late_contradicts_nothing() -> None:
    story = shipped()
    story.passes(hours=20)
    story.is_scanned("DELIVERED")
    story.passes(hours=2)
    story.is_scanned("OUT_FOR_DELIVERY", ago=3 * HOUR)
    assert story.open_cases == []
    assert story.order.packages[0].state is PackageState.DELIVERED


@pytest.mark.clause("SR-031")
def test_a_lost_parcel_that_moves_is_found() -> None:
    story = shipped()
    story.passes(hours=20)
    story.is_scanned("LOST")
    assert story.open_cases == ["LOST_OR_DAMAGED"]
    story.passes(hours=90)
    story.is_scanned("IN_TRANSIT")
    assert "FOUND" in story.open_cases
    assert (story.order.stage, story.order.packages[0].state) == (Stage.SHIPPED, PackageState.IN_TRANSIT)


@pytest.mark.clause("SR-031")
def test_a_failed_attempt_is_a_case_until_the_parcel_goes_on() -> None:
    story = shipped()
    story.passes(hours=20)
    story.is_scanned("DELIVERY_FAILED", by_recipient=True)
    assert (story.open_cases, story.clock("C6").verdict) == (["DELIVERY_FAILED"], "met")
    story.passes(hours=2)
    story.is_scanned("OUT_FOR_DELIVERY")
    assert (story.open_cases, story.order.cases[0].outcome) == ([], "WENT_ON")


@pytest.mark.clause("AC-64")
def test_a_presumed_delivery_gives_way_to_a_scan_that_comes_late() -> None:
    story = shipped()
    story.passes(hours=20)
    story.is_scanned("READY_FOR_PICKUP")
    story.passes(days=7, hours=1)
    assert story.order.packages[0].state is PackageState.DELIVERED
    story.is_scanned("RETURNING", ago=5 * 24 * HOUR)
    assert (story.order.packages[0].state, story.order.stage) == (PackageState.RETURNING, Stage.SHIPPED)


@pytest.mark.clause("SR-030", "SR-031")
def test_news_of_the_outbound_may_come_after_news_of_the_signature() -> None:
    usual, story = shipped(), Story()
    usual.passes(hours=20)
    usual.is_scanned("DELIVERED")
    story.is_paid()
    story.says("tracking_number", tracking_number="SF1", carrier="SF")
    story.says("tracking_accepted", tracking_number="SF1")
    story.passes(hours=20)
    story.is_scanned("DELIVERED")
    story.says("outbound", ago=20 * HOUR)
    assert (story.order.stage, story.order.lines) == (usual.order.stage, usual.order.lines)


@pytest.mark.clause("SR-031")
def test_a_second_report_of_one_outbound_is_history() -> None:
    story = shipped()
    lines, package = story.order.lines, story.order.packages[0]
    story.passes(hours=1)
    story.says("outbound", lines=[{"line": "1", "quantity": 1}])
    assert (story.order.lines, story.order.packages[0]) == (lines, package)
