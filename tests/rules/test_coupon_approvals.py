"""Coupons that a supervisor decides about: goodwill, and more than the bound (§4.9)."""

from __future__ import annotations

import pytest

from domain.policy import STANDARD
from tests.rules.story import Story, a_content, a_line, an_input
from tests.rules.test_coupons import coupons, moving, told_why, with_reason


def tasks(story: Story) -> list[tuple[str, bool]]:
    return [(task.role, task.done_at is None) for task in story.order.tasks if task.kind == "APPROVE_COUPON"]


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize("word", ["暴雨", "CARRIER_SUSPENDED"])
def test_goodwill_after_72_hours_of_storm_waits_for_a_supervisor(word: str) -> None:
    story = told_why(word)
    moving(story, 155)
    assert (tasks(story), coupons(story)) == ([], [])
    moving(story, 40)
    assert (tasks(story), coupons(story)) == ([("supervisor", True)], [])
    asked = {"coupon": "package/1/1", "verdict": "approve", "reason": "a long storm"}
    assert story.asks("decide_coupon", **asked) == "FORBIDDEN"
    assert story.asks("decide_coupon", role="supervisor", **{**asked, "coupon": "package/9/1"}) == "NO_COUPON_TO_DECIDE"
    assert story.asks("decide_coupon", role="supervisor", **asked) == ""
    assert (tasks(story), coupons(story)) == ([("supervisor", False)], [("coupon/package/1/1", 500)])
    assert story.asks("decide_coupon", role="supervisor", **asked) == "NO_COUPON_TO_DECIDE"
    assert story.told.count("COUPON") == 1


@pytest.mark.clause("SR-132")
def test_what_a_supervisor_declines_is_not_asked_again() -> None:
    story = told_why("暴雨")
    moving(story, 200)
    said = {"coupon": "package/1/1", "verdict": "decline", "reason": "no goodwill this week"}
    assert story.asks("decide_coupon", role="supervisor", **said) == ""
    moving(story, 100)
    assert (tasks(story), coupons(story)) == ([("supervisor", False)], [])


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize(("over", "given"), [(500, [500]), (499, [])])
def test_more_than_the_bound_needs_an_approval_and_the_bound_itself_none(over: int, given: list[int]) -> None:
    policy = STANDARD.having(compensation=STANDARD.compensation.having(approval_over=over))
    story = Story(an_input(a_content(a_line(unit_price=15_000)), policy=policy), with_reason("HUB_OVERLOAD"))
    story.is_paid()
    story.ships()
    moving(story, 100)
    assert [coupon.amount for coupon in story.order.coupons] == given
    assert len(tasks(story)) == 1 - len(given)


@pytest.mark.clause("SR-132")
def test_an_order_that_is_over_waits_for_no_approval() -> None:
    story = told_why("暴雨")
    moving(story, 200)
    story.is_scanned("DELIVERED")
    story.says("confirmed")
    assert (story.order.stage, tasks(story)) == ("COMPLETED", [("supervisor", False)])
    assert coupons(story) == []
