"""A Reset tells an order everything anew, at once: requests that come too early wait (ADR 0047)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.inside import Asked
from domain.manual.told_again import comes_early, decided, take, waits
from domain.operator_policy import OperatorPolicy
from domain.order import Order
from domain.policy import STANDARD
from domain.requests import ASKS
from domain.stage import Stage
from tests.rules.story import PLACED, Story, an_input

ANSWER = ("customer_choice", {"question": 1, "option": "correct", "correction": 7})


def released_order() -> Story:
    """A paid order that its warehouse has."""
    story = Story()
    story.is_paid()
    return story


def told(order: Order, kind: str, said: dict[str, Any], at: datetime = PLACED) -> Asked:
    """A request as a Reset tells it: accepted, whatever the order says now."""
    ask = ASKS[kind](request_id=f"{kind}-1", **said)
    envelope = {"id": f"ask/{kind}-1#x", "source": "operator", "occurred_at": at, "received_at": at}
    return Asked.model_validate({**envelope, "ask": ask, "told_again": comes_early(order, ask, at)})


@pytest.mark.clause("EC-41", "SR-130a", "C7")
def test_an_answer_that_comes_before_its_question_waits_for_it_and_counts_from_then() -> None:
    story = released_order()
    fact = told(story.order, *ANSWER)
    assert fact.told_again
    order = take(story.order, fact)
    assert waits(order, fact)
    assert [each.kind for each in order.unmatched] == ["customer_choice"]
    assert take(order, fact) == order, "told twice, it waits once"
    story.order = order
    story.says("label_rejected", shipment=1)
    later = story.now + timedelta(minutes=5)
    decision = decided(story.order, later)
    [question] = decision.order.questions
    assert (question.answer, question.correction, question.answered_at) == ("correct", 7, later)
    assert (decision.order.early, decision.order.unmatched) == ((), ())
    assert decision.order.version == 2
    assert "customer_choice" in [entry.code for entry in decision.entries]


@pytest.mark.clause("EC-41")
def test_a_correction_waits_until_the_version_that_it_corrects_is_audited() -> None:
    story = released_order()
    fact = told(story.order, "correct_fields", {"expected_version": 2, "correction": 9})
    order = take(story.order, fact)
    assert waits(order, fact)
    assert decided(order, story.now).order.version == 1, "never forced"


@pytest.mark.clause("EC-41")
def test_a_request_that_fits_is_taken_at_once_and_one_of_before_this_edition_never_waits() -> None:
    story = released_order()
    fits = told(story.order, "place_hold", {"blocks": ["complete"], "note": "x", "review_at": "2099-01-01T00:00:00Z"})
    assert not fits.told_again
    assert [hold.note for hold in take(story.order, fits).open_holds] == ["x"]
    before = Story(an_input(policy=STANDARD.having(operator=OperatorPolicy())))
    assert not told(before.order, *ANSWER).told_again


@pytest.mark.clause("EC-41")
def test_news_that_came_before_the_question_it_is_about_is_taken_in_the_same_turn() -> None:
    story = released_order()
    story.says("message_delivered", message="message/NEED_INFO/question/1")
    assert [early.kind for early in story.order.early] == ["message_delivered"]
    story.order = take(story.order, story.fact("label_rejected", shipment=1))
    order = decided(story.order, story.now).order
    assert (order.questions[0].confirmed_at, order.early) == (story.now, ())
    assert order.stage is Stage.READY_TO_SHIP, "the recall is not answered yet"
