"""C6 moves with what the customer chose on the parcel's way, and with nothing else (SR-132)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.calendar import local_day
from domain.policy import STANDARD
from tests.rules.carriers import Carrier
from tests.rules.story import Story, a_content, an_input, promised

OLD = STANDARD.having(logistics=STANDARD.logistics.having(promise_moves=False))
LATER: dict[str, Any] = {"change": "DELIVER_LATER", "params": {"until": "2026-12-01"}}
ADDRESS: dict[str, Any] = {"change": "ADDRESS", "correction": 7}
MOVED = "promise_moved"


def on_its_way(*, says: bool = True, **fields: Any) -> Story:
    """An order whose parcel left on Monday the 23rd and moved since, promised for the 26th."""
    carrier = Carrier("HUB_OVERLOAD", request_priority=False, intercept_parcel=says)
    content = a_content(region="浙江省")
    story = Story(an_input(content, promised_delivery_date=promised(26), **fields), carrier)
    story.is_paid()
    story.ships()
    story.passes(hours=2)
    story.is_scanned("IN_TRANSIT", location="Hangzhou")
    return story


def changes(story: Story, how: dict[str, Any]) -> None:
    """The customer asks for it, and where people do it they have done it."""
    assert story.asks("submit_change_request", expected_version=story.order.version, **how) == ""
    for case in story.order.open_cases:
        if case.kind == "CHANGE_REQUESTED":
            assert story.asks("resolve_case", case=case.no, outcome="APPLIED") == ""


def travels(story: Story, times: int) -> None:
    """It is seen moving every 22 h."""
    for _ in range(times):
        story.passes(hours=22)
        story.is_scanned("IN_TRANSIT", location=str(story.now))


def day(story: Story) -> int:
    """The day of the month on which the parcel is promised."""
    due = story.clock("C6").due_at
    assert due is not None
    return local_day(due, STANDARD.zone).day


@pytest.mark.clause("SR-132", "SR-054")
def test_a_later_day_that_the_customer_chose_is_the_promise_from_then_on() -> None:
    story = on_its_way()
    assert day(story) == 26
    changes(story, LATER)
    assert (day(story), story.noted.count(MOVED)) == (1, 1)
    travels(story, 4)
    assert story.clock("C6").verdict == "open", "the first promise is over, and nobody is late"
    assert "LOGISTICS_DELAY" not in [case.kind for case in story.order.cases]
    assert "LATE_NOTICE" not in story.told


@pytest.mark.clause("SR-132", "SR-054")
def test_a_new_address_has_the_time_to_travel_once_more() -> None:
    story = on_its_way()
    travels(story, 2)
    changes(story, ADDRESS)
    assert [each.state for each in story.order.change_requests] == ["APPLIED"]
    assert (day(story), story.noted.count(MOVED)) == (28, 1)
    story.passes(hours=1)
    assert (day(story), story.noted.count(MOVED)) == (28, 1), "once a change"


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize("how", [LATER, ADDRESS])
def test_a_promise_that_was_broken_before_stays_broken(how: dict[str, Any]) -> None:
    story = on_its_way()
    travels(story, 4)
    assert story.clock("C6").verdict == "breached"
    changes(story, how)
    assert (day(story), story.clock("C6").verdict, MOVED in story.noted) == (26, "breached", False)


@pytest.mark.clause("SR-132")
def test_what_the_carrier_refused_or_estimates_moves_nothing() -> None:
    story = on_its_way(says=False)
    assert story.asks("submit_change_request", expected_version=1, **ADDRESS) == ""
    assert [each.state for each in story.order.change_requests] == ["DECLINED"]
    later = (story.now + timedelta(days=6)).isoformat()
    story.says("delivery_estimated", tracking_number="SF1", estimated_at=later)
    assert (day(story), MOVED in story.noted) == (26, False)


@pytest.mark.clause("SR-132")
def test_an_earlier_day_never_shortens_a_promise() -> None:
    story = on_its_way()
    changes(story, {**LATER, "params": {"until": "2026-11-25"}})
    assert (day(story), MOVED in story.noted) == (26, False)


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize("how", [LATER, ADDRESS])
def test_in_an_old_edition_the_first_promise_never_moves(how: dict[str, Any]) -> None:
    story = on_its_way(policy=OLD)
    changes(story, how)
    assert (day(story), MOVED in story.noted) == (26, False)
