"""Coupons that a supervisor decides about: goodwill, and more than the bound (§4.9)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.coupon_effects import CouponIssued
from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.owing import owes
from domain.policy import STANDARD, Policy
from tests.rules.story import NUMBER, Story, a_content, a_line, an_input, the_party_does_it
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


def completed(policy: Policy = STANDARD) -> Story:
    """A parcel that a storm kept for days has arrived, and nobody has decided about the goodwill."""
    story = told_why("暴雨", policy=policy)
    moving(story, 200)
    story.is_scanned("DELIVERED")
    story.says("confirmed")
    assert story.order.stage == "COMPLETED"
    return story


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize(("verdict", "given"), [("approve", [("coupon/package/1/1", 500)]), ("decline", [])])
def test_an_order_that_is_over_waits_for_its_approval(verdict: str, given: list[tuple[str, int]]) -> None:
    story = completed()
    story.passes(hours=500)
    assert (owes(story.order), tasks(story), coupons(story)) == (True, [("supervisor", True)], [])
    asked = {"coupon": "package/1/1", "verdict": verdict, "reason": "a long storm"}
    assert story.asks("decide_coupon", role="supervisor", **asked) == ""
    assert (owes(story.order), tasks(story), coupons(story)) == (False, [("supervisor", False)], given)
    assert (story.told.count("COUPON"), story.order.unmatched) == (len(given), ())
    assert story.asks("decide_coupon", role="supervisor", **asked) == "NO_COUPON_TO_DECIDE"


@pytest.mark.clause("SR-132")
def test_where_the_edition_does_not_wait_the_approval_lapses_with_the_order() -> None:
    story = completed(STANDARD.having(compensation=STANDARD.compensation.having(waits=False)))
    assert (owes(story.order), tasks(story), coupons(story)) == (False, [("supervisor", False)], [])


class Budget:
    """A coupon service whose day has so much left."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.asked: list[dict[str, Any]] = []

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind != EffectKind.ISSUE_COUPON:
            outcome: Outcome | None = with_reason("HUB_OVERLOAD")(order, effect)
            return outcome
        self.asked.append(effect.request)
        wanted = CouponIssued.model_validate(the_party_does_it(order, effect)).amount
        if not effect.request["approved"] and wanted > self.left:
            return CouponIssued(amount=0, over_budget=True)
        self.left -= wanted
        return CouponIssued(amount=wanted)


def late_by_budget(left: int, hours: int = 100) -> tuple[Story, Budget]:
    budget = Budget(left)
    story = Story(an_input(a_content(a_line(unit_price=15_000))), budget)
    story.is_paid()
    story.ships()
    moving(story, hours)
    return story, budget


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize(("left", "given"), [(500, [("coupon/package/1/1", 500)]), (499, [])])
def test_what_is_over_the_days_budget_waits_for_a_supervisor(left: int, given: list[tuple[str, int]]) -> None:
    story, budget = late_by_budget(left)
    assert (coupons(story), len(tasks(story)), len(budget.asked)) == (given, 1 - len(given), 1)
    assert story.told.count("COUPON") == len(given), "nobody is promised what does not exist"
    assert (budget.asked[0]["budget"], budget.asked[0]["zone"]) == (500_000, "Asia/Shanghai")


@pytest.mark.clause("SR-132", "AC-34")
def test_approved_it_is_issued_once_under_a_key_of_its_own_and_the_next_step_adds_the_difference() -> None:
    story, budget = late_by_budget(0)
    asked = {"coupon": "package/1/1", "verdict": "approve", "reason": "it is our fault"}
    assert story.asks("decide_coupon", role="supervisor", **asked) == ""
    assert coupons(story) == [("coupon/package/1/1/approved", 500)]
    assert budget.asked[-1]["below"] == [f"{NUMBER}/coupon/package/1/1"], "what was issued before counts, if it was"
    moving(story, 30)
    assert [approval.coupon for approval in story.order.approvals] == ["package/1/1", "package/1/2"]
    assert story.asks("decide_coupon", role="supervisor", **{**asked, "coupon": "package/1/2"}) == ""
    assert coupons(story)[1:] == [("coupon/package/1/2/approved", 500)], "the difference of the two steps"
    assert (story.told.count("COUPON"), tasks(story)) == (2, [("supervisor", False)] * 2)
    assert story.noted.count("coupon_over_budget") == 2


@pytest.mark.clause("SR-132")
def test_over_the_budget_while_the_order_ends_it_waits_all_the_same() -> None:
    answers: list[Outcome | None] = [None]

    def slow(order: Order, effect: EffectState) -> Outcome | None:
        issues = effect.kind == EffectKind.ISSUE_COUPON and not effect.request["approved"]
        outcome: Outcome | None = answers[0] if issues else with_reason("HUB_OVERLOAD")(order, effect)
        return outcome

    story = Story(an_input(a_content(a_line(unit_price=15_000))), slow)
    story.is_paid()
    story.ships()
    moving(story, 100)
    story.is_scanned("DELIVERED")
    story.says("confirmed")
    answers[0] = CouponIssued(amount=0, over_budget=True)
    story.hears()
    assert (story.order.stage, owes(story.order), tasks(story)) == ("COMPLETED", True, [("supervisor", True)])
    asked = {"coupon": "package/1/1", "verdict": "approve", "reason": "n"}
    assert story.asks("decide_coupon", role="supervisor", **asked) == ""
    assert (coupons(story), owes(story.order)) == ([("coupon/package/1/1/approved", 500)], False)


def test_an_edition_without_a_budget_asks_as_before() -> None:
    budget = Budget(10_000)
    unbound = STANDARD.having(compensation=STANDARD.compensation.having(daily_budget=None))
    story = Story(an_input(a_content(a_line(unit_price=15_000)), policy=unbound), budget)
    story.is_paid()
    story.ships()
    moving(story, 100)
    [asked] = budget.asked
    assert (asked["below"], asked["budget"], asked["approved"]) == ([], None, False)
