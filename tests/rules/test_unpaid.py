"""An unpaid order closes by itself only where the edition says so, and never over a payment (edge case 4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inquiries import PayerAnswer, ReceiptSeen
from domain.inside import Outcome
from domain.late_policy import STANDARD_LATE
from domain.order import Order
from domain.policy import STANDARD, compressed
from domain.stage import Stage
from tests.rules.recalling import complaints, effects
from tests.rules.story import PLACED, Story, an_input, the_party_does_it

CLOSING = STANDARD.having(late=STANDARD_LATE.having(close_unpaid_after=timedelta(hours=24)))
LAST = timedelta(hours=24, minutes=15)


def story_of(*receipts: ReceiptSeen, silent: bool = False) -> Story:
    """An order of that edition; the gateway has these receipts when it is asked for the last time."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind != EffectKind.ASK_PAYER or not effect.cause.startswith("unpaid-"):
            return the_party_does_it(order, effect)
        return None if silent else PayerAnswer(receipts=receipts)

    return Story(an_input(policy=CLOSING), answers=answers)


def last_questions(story: Story) -> list[str]:
    return [each for each in effects(story, EffectKind.ASK_PAYER) if "unpaid" in each]


@pytest.mark.clause("EC-04")
def test_after_its_time_and_grace_the_gateway_is_asked_and_the_order_closed() -> None:
    story = story_of()
    story.passes(hours=24, minutes=15)
    assert (story.order.stage, last_questions(story)) == (Stage.AWAITING_CONFIRMATION, [])
    story.passes(seconds=1)
    assert last_questions(story) == ["ask_payer/unpaid-1/order"]
    assert story.order.stage is Stage.CANCELLED
    assert story.order.ending is not None
    assert (story.order.ending.by, story.order.ending.reason) == ("desk", "not paid in time")
    assert complaints(story) == []


@pytest.mark.clause("EC-04")
def test_money_that_the_gateway_has_by_then_is_a_payment_and_nothing_is_closed() -> None:
    receipt = ReceiptSeen(payment_no="p9", amount=2_000, currency="CNY", paid_at=PLACED + LAST)
    story = story_of(receipt)
    story.passes(hours=30)
    assert (story.order.ending, story.order.payment.captured("CNY")) == (None, 2_000)
    assert story.order.stage is Stage.READY_TO_SHIP
    assert complaints(story) == []


@pytest.mark.clause("EC-04")
def test_a_payment_in_the_grace_is_in_time() -> None:
    story = story_of()
    story.passes(hours=24, minutes=14)
    story.is_paid()
    story.passes(hours=2)
    assert (story.order.stage, last_questions(story)) == (Stage.READY_TO_SHIP, [])


@pytest.mark.clause("EC-04")
def test_a_gateway_that_does_not_answer_closes_nothing_and_its_late_answer_counts() -> None:
    story = story_of(silent=True)
    story.passes(days=2)
    assert (story.order.ending, last_questions(story)) == (None, ["ask_payer/unpaid-1/order"])
    story.is_paid()
    story.answered_by(the_party_does_it)
    assert (story.order.ending, story.order.stage) == (None, Stage.READY_TO_SHIP)


@pytest.mark.clause("EC-04")
def test_cash_on_delivery_and_the_standard_edition_wait_for_ever() -> None:
    standard = Story()
    standard.passes(days=10)
    assert (standard.order.ending, last_questions(standard)) == (None, [])
    quick = compressed(CLOSING, hour=timedelta(seconds=2), least=timedelta(seconds=1), edition="demo")
    assert quick.late.close_unpaid_after == timedelta(seconds=48)
