"""Nothing is late, silent or unanswered while more waits to be heard, or before it could be answered (ADR 0053)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.effects import EffectKind
from domain.holds import EffectState
from domain.manual.decide import Decision
from domain.manual.looking import looked, must_look
from domain.manual.told_again import decided, take
from domain.operator_policy import OperatorPolicy
from domain.policy import STANDARD, CaseKind
from tests.rules.story import PLACED, Story, an_input, no_recall_is_answered
from tests.rules.test_told_again import ANSWER, released_order, told
from workflows.inbox import Heard, waits_more

DAYS = timedelta(days=9)
"""No clock of a parcel on its way lasts so long."""
ONE_BY_ONE = STANDARD.having(operator=OperatorPolicy(told_again=True))
"""As the editions before had it."""
LATE = {CaseKind.LOGISTICS_STALLED, CaseKind.LOGISTICS_DELAY}


def on_its_way(story: Story) -> Story:
    """Paid, sent, and seen by its carrier once."""
    story.is_paid()
    story.says("outbound", shipment=1, package="1")
    story.says("tracking_number", package="1", tracking_number="SF1", carrier="SF")
    return story


def cases(decision: Decision) -> set[CaseKind]:
    return {case.kind for case in decision.order.cases}


@pytest.mark.clause("AC-36", "EC-41")
def test_a_parcel_is_not_late_between_the_scans_that_a_reset_tells_one_by_one() -> None:
    story = on_its_way(Story())
    before, now = story.now, story.now + DAYS
    moving = story.fact("carrier_scan", scan="s1", tracking_number="SF1", state="IN_TRANSIT")
    between = decided(take(story.order, moving), now, before, more=True)
    assert cases(between) == set()
    assert [letter.template for letter in between.letters] == []
    assert decided(between.order, now, before).order.cases, "nothing more came: now it is late"
    there = story.fact("carrier_scan", scan="s2", tracking_number="SF1", state="DELIVERED")
    end = decided(take(between.order, there), now, before)
    assert cases(end) & LATE == set()


@pytest.mark.clause("AC-36")
def test_an_edition_of_before_judges_after_every_message() -> None:
    story = on_its_way(Story(an_input(policy=ONE_BY_ONE)))
    assert cases(decided(story.order, story.now + DAYS, story.now, more=True)) & LATE


@pytest.mark.clause("AC-36", "SR-130a", "C7")
def test_whoever_has_answered_is_not_reminded_though_all_that_is_told_comes_long_after() -> None:
    story = released_order()
    story.order = take(story.order, told(story.order, *ANSWER))
    story.says("message_delivered", message="message/NEED_INFO/question/1")
    before = story.now
    story.order = take(story.order, story.fact("label_rejected", shipment=1))
    decision = decided(story.order, before + timedelta(hours=30), before)
    assert decision.order.questions[0].answer == "correct"
    assert decision.order.questions[0].confirmed_at == before
    assert "ANSWER_REMINDER" not in [letter.template for letter in decision.letters]


def recalled() -> tuple[Story, EffectState]:
    """The warehouse is asked to stop the goods, and has not answered."""
    story = Story(answers=no_recall_is_answered)
    story.is_paid()
    story.says("label_rejected", shipment=1)
    [recall] = [each for each in story.order.running if each.kind == EffectKind.RECALL]
    return story, recall


def pressed(decision: Decision) -> bool:
    return any(each.kind == EffectKind.ASK_WAREHOUSE for each in decision.order.effects)


@pytest.mark.clause("AC-36", "EC-41")
def test_what_a_reset_asks_anew_has_its_time_anew() -> None:
    story, recall = recalled()
    began = recall.since + timedelta(days=1)
    assert must_look(story.order, began)
    order = looked(story.order, began, began)
    assert [each.since for each in order.running if each.key == recall.key] == [began]
    assert not must_look(order, began)
    assert not pressed(decided(order, began, began))
    later = began + STANDARD.change.recall_within + timedelta(minutes=1)
    assert must_look(order, later)
    assert pressed(decided(looked(order, later, began), later, began))


@pytest.mark.clause("AC-36")
def test_a_run_that_asked_itself_looks_once_and_goes_on() -> None:
    story, recall = recalled()
    late = recall.since + timedelta(days=1)
    order = looked(story.order, late, PLACED)
    assert [each.since for each in order.running if each.key == recall.key] == [recall.since]
    assert not must_look(order, late)
    assert pressed(decided(order, late, story.now))


@pytest.mark.clause("AC-36")
def test_only_news_of_the_same_moment_is_waited_for() -> None:
    later: datetime = PLACED + timedelta(seconds=1)
    fact = Story().fact("stock_arrived", sku="SKU-1")
    assert waits_more([Heard(PLACED, (fact,))], PLACED)
    assert not waits_more([Heard(later, (fact,)), Heard(PLACED, ring=1), Heard(PLACED)], PLACED)
