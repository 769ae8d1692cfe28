"""A delay that is a fact is compensated once an incident, however its clocks, cases and news come (SR-132c)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.compensation_policy import CompensationPolicy
from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inquiries import CarrierAnswer
from domain.inside import Outcome
from domain.logistics_policy import LogisticsPolicy
from domain.order import Order
from domain.policy import STANDARD
from domain.service_books import coupon_rows
from tests.rules.story import NUMBER, PLACED, Answers, Story, a_content, a_line, an_input, shipped, the_party_does_it

HOUR = timedelta(hours=1)


def dear(**fields: Any) -> Story:
    """An order of 300.00 that is on its way; promised for the third day."""
    return shipped(content=a_content(a_line(unit_price=15_000)), **fields)


def coupons(story: Story) -> list[tuple[str, int | None]]:
    return [(coupon.key.removeprefix(f"{NUMBER}/"), coupon.amount) for coupon in story.order.coupons]


def with_reason(word: str) -> Any:
    """A carrier that says why."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        told = effect.kind == EffectKind.ASK_CARRIER
        return CarrierAnswer(reason=word) if told else the_party_does_it(order, effect)

    return answers


def moving(story: Story, hours: int) -> None:
    """It is seen every 20 hours, so that it is late and not silent."""
    for number in range(hours // 20):
        story.passes(hours=20)
        story.is_scanned("IN_TRANSIT", location=f"hub {number}")
    story.passes(hours=hours % 20)


def late_since(story: Story) -> Any:
    due = story.clock("C6").due_at
    assert due is not None
    return due


WAITED_FOR = STANDARD.having(logistics=LogisticsPolicy())
"""Nothing is sent again and nothing presumed lost, so that a delay may grow."""


def told_why(word: str, **fields: Any) -> Story:
    story = Story(an_input(a_content(a_line(unit_price=15_000)), **fields), with_reason(word))
    story.is_paid()
    story.ships()
    return story


@pytest.mark.clause("AC-34", "SR-132")
def test_when_the_step_rises_only_the_difference_is_given() -> None:
    story = told_why("爆仓")
    due = late_since(story)
    moving(story, 180)
    assert story.now - due > 72 * HOUR
    assert coupons(story) == [("coupon/package/1/1", 500), ("coupon/package/1/2", 500), ("coupon/package/1/3", 1_000)]
    assert [coupon.issued_at - due for coupon in story.order.coupons if coupon.issued_at] == [
        timedelta(milliseconds=1),
        24 * HOUR + timedelta(milliseconds=1),
        72 * HOUR + timedelta(milliseconds=1),
    ]
    assert story.told.count("COUPON") == 3
    assert {coupon.payer for coupon in story.order.coupons} == {"carrier"}
    assert {(coupon.edition, coupon.case_no) for coupon in story.order.coupons[1:]} == {(STANDARD.edition, 1)}


@pytest.mark.clause("SR-132")
def test_while_nobody_knows_the_cause_it_waits_a_day_and_then_counts_as_the_carriers() -> None:
    story = dear()
    due = late_since(story)
    moving(story, 100)
    assert 0 * HOUR < story.now - due < 24 * HOUR
    assert coupons(story) == []
    moving(story, 30)
    assert coupons(story) == [("coupon/package/1/2", 1_000)]
    assert story.order.coupons[0].payer == "us"


@pytest.mark.clause("SR-132")
def test_late_and_arrived_is_settled_at_once_by_how_late_it_was() -> None:
    story = dear()
    moving(story, 100)
    story.is_scanned("DELIVERED")
    assert coupons(story) == [("coupon/package/1/1", 500)]
    story.passes(hours=20)
    story.says("confirmed")
    assert (story.order.stage, story.told[-1]) == ("COMPLETED", "COMPLETED")
    assert story.told.count("COUPON") == 1


@pytest.mark.clause("SR-132", "AC-34")
@pytest.mark.parametrize("word", ["RECIPIENT_ABSENT", "ADDRESS_PROBLEM", "地址异常", "拒收"])
def test_what_the_customer_caused_gets_none_and_says_so(word: str) -> None:
    story = told_why(word)
    moving(story, 200)
    assert coupons(story) == []
    assert "COUPON" not in story.told
    assert story.noted.count("coupon_none") == 1


@pytest.mark.clause("SR-132")
def test_an_attempt_that_failed_by_the_recipient_is_the_customers_delay() -> None:
    story = dear()
    story.passes(hours=20)
    story.is_scanned("DELIVERY_FAILED", by_recipient=True)
    story.passes(hours=200)
    assert coupons(story) == []


def with_word(word: list[str]) -> Answers:
    """A carrier that gives the reason which stands in ``word`` when it is asked."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        outcome: Outcome | None = with_reason(word[0])(order, effect)
        return outcome

    return answers


@pytest.mark.clause("SR-132")
def test_a_known_cause_later_takes_nothing_back() -> None:
    word = ["爆仓"]
    story = Story(an_input(a_content(a_line(unit_price=15_000))), with_word(word))
    story.is_paid()
    story.ships()
    moving(story, 100)
    assert coupons(story) == [("coupon/package/1/1", 500)]
    word[0] = "RECIPIENT_ABSENT"
    moving(story, 100)
    assert coupons(story) == [("coupon/package/1/1", 500), ("coupon/package/1/2", 500)], "the third step would be due"
    assert [(coupon.fault, coupon.payer) for coupon in story.order.coupons] == [("carrier", "us")] * 2
    assert story.noted.count("coupon_cost_moved") == 2, "only who bears it changes"
    assert [(row.coupon, row.cost_centre, row.party, row.edition) for row in coupon_rows(story.order)] == [
        (f"package/1/{step}", "us", "SF", STANDARD.edition) for step in (1, 2)
    ]


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize(("hours", "due"), [(47, []), (48, [])])
def test_silence_is_a_delay_from_48_hours_on_and_waits_for_its_cause(hours: int, due: list[Any]) -> None:
    story = dear()
    story.passes(hours=hours)
    assert coupons(story) == due


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize(("seconds", "given"), [(-1, []), (0, [("coupon/package/1/1", 500)])])
def test_at_exactly_48_hours_of_silence_a_known_cause_is_worth_the_first_step(seconds: int, given: list[Any]) -> None:
    story = told_why("爆仓")
    story.passes(hours=48, seconds=seconds)
    assert coupons(story) == given


@pytest.mark.clause("SR-132", "AC-33")
def test_silent_and_late_is_one_incident_with_one_ladder() -> None:
    """Both clocks breached: each step once, and together the highest step."""
    story = told_why("HUB_OVERLOAD", policy=WAITED_FOR)
    story.passes(hours=300)
    assert {row.verdict for row in story.rows("C5", "C6")} == {"breached"}
    assert coupons(story) == [("coupon/package/1/1", 500), ("coupon/package/1/2", 500), ("coupon/package/1/3", 1_000)]


@pytest.mark.clause("SR-132")
def test_a_second_case_of_the_same_parcel_is_no_second_incident() -> None:
    story = told_why("HUB_OVERLOAD")
    story.passes(hours=50)
    story.is_scanned("IN_TRANSIT")
    moving(story, 60)
    assert len(story.order.cases) == 2
    assert coupons(story) == [("coupon/package/1/1", 500)]


@pytest.mark.clause("SR-132")
def test_a_lost_parcel_is_worth_twenty_and_a_returning_one_nothing() -> None:
    lost, returning = dear(), dear()
    for story, state in ((lost, "LOST"), (returning, "RETURNING")):
        story.passes(hours=10)
        story.is_scanned(state)
        story.passes(hours=200)
    assert coupons(lost) == [("coupon/package/1/lost", 2_000)]
    assert [coupon.fault for coupon in lost.order.coupons] == ["carrier"], "its own scan says what happened"
    assert coupons(returning) == []


@pytest.mark.clause("SR-132")
def test_lost_after_late_gives_the_difference() -> None:
    story = told_why("HUB_OVERLOAD")
    moving(story, 120)
    assert coupons(story)[-1] == ("coupon/package/1/2", 500)
    story.is_scanned("LOST")
    assert coupons(story)[2:] == [("coupon/package/1/lost", 1_000)]


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize(
    ("hours", "given"),
    [
        (72, []),
        (72 + 1, [("coupon/shipment/1/1", 500)]),
        (121, [("coupon/shipment/1/1", 500), ("coupon/shipment/1/2", 500)]),
    ],
)
def test_a_warehouse_that_lets_nothing_go_is_dear_from_a_day_on(hours: int, given: list[Any]) -> None:
    story = Story(an_input(a_content(a_line(unit_price=15_000))))
    story.is_paid()
    story.passes(hours=hours)
    assert story.clock("C4", "shipment").responsible == "warehouse"
    assert coupons(story) == given


@pytest.mark.clause("SR-132")
def test_what_we_held_up_ourselves_is_not_the_warehouses() -> None:
    story = Story(an_input(a_content(a_line(unit_price=15_000))))
    story.asks("place_hold", reason="MANUAL", blocks=("release",), note="n", review_at=PLACED + 900 * HOUR)
    story.is_paid()
    story.passes(hours=200)
    assert story.rows("C4")[0].verdict == "breached"
    assert coupons(story) == []


@pytest.mark.clause("SR-132")
def test_two_incidents_an_order_and_together_ten_percent() -> None:
    content = a_content(*(a_line(line, 1, 5_000) for line in "123"))
    story = Story(an_input(content, policy=WAITED_FOR), with_reason("HUB_OVERLOAD"))
    story.is_paid()
    for number, line in enumerate("123", 1):
        story.says(
            "outbound",
            shipment=1,
            package=str(number),
            tracking_number=f"SF{number}",
            carrier="SF",
            lines=[{"line": line, "quantity": 1}],
        )
    story.passes(hours=300)
    assert sum(coupon.amount or 0 for coupon in story.order.coupons) == 1_500
    assert len({coupon.incident for coupon in story.order.coupons}) == 2
    assert "coupon_none" in story.noted


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize(("price", "given"), [(1_999, []), (2_000, [200])])
def test_under_twenty_yuan_nothing_is_given(price: int, given: list[int]) -> None:
    story = Story(an_input(a_content(a_line("1", 1, price))), with_reason("HUB_OVERLOAD"))
    story.is_paid()
    story.ships()
    moving(story, 300)
    assert [coupon.amount for coupon in story.order.coupons] == given


@pytest.mark.clause("SR-132")
def test_without_the_rules_nothing_is_given() -> None:
    story = dear(policy=STANDARD.having(compensation=CompensationPolicy()))
    moving(story, 300)
    assert coupons(story) == []
