"""Coupons and whoever gives them: no promise before there is one, an instrument a channel, and who bears it (§4.9)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.compensation_policy import Instrument
from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.owing import owes
from domain.policy import STANDARD
from domain.service_books import coupon_rows
from tests.rules.story import NUMBER, Story, a_content, a_line, an_input, the_party_does_it
from tests.rules.test_coupons import coupons, moving, told_why, with_word
from workflows.limits import LIMITS


@pytest.mark.clause("SR-132")
def test_a_coupon_of_an_unknown_cause_is_the_carriers_once_it_says_so_and_claimed_of_it() -> None:
    word = [""]
    story = Story(an_input(a_content(a_line(unit_price=15_000))), with_word(word))
    story.is_paid()
    story.ships()
    moving(story, 130)
    assert [(coupon.amount, coupon.payer) for coupon in story.order.coupons] == [(1_000, "us")]
    word[0] = "爆仓"
    moving(story, 20)
    story.is_scanned("DELIVERED")
    [row], [claim] = coupon_rows(story.order), story.order.logistics.claims
    assert (row.fault, row.cost_centre, claim.amount, claim.carrier) == ("unknown", "carrier", 1_000, "SF")
    assert row.expires_at == row.issued_at + timedelta(days=30)


@pytest.mark.clause("EC-38")
def test_the_coupon_service_is_tried_for_days() -> None:
    """Without an end, and no more than five minutes apart."""
    limits = LIMITS[EffectKind.ISSUE_COUPON]
    assert limits["retry_policy"].maximum_attempts == 0
    assert limits["retry_policy"].maximum_interval == timedelta(minutes=5)
    assert set(limits) == {"start_to_close_timeout", "retry_policy"}, "nothing else ends the trying"
    assert not limits["retry_policy"].non_retryable_error_types


@pytest.mark.clause("AC-33", "EC-38")
def test_a_code_is_not_promised_before_the_coupon_exists_though_the_order_is_over() -> None:
    """The service is down for days (edge case 38)."""
    down = [True]

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        waits = down[0] and effect.kind == EffectKind.ISSUE_COUPON
        return None if waits else the_party_does_it(order, effect)

    story = Story(an_input(a_content(a_line(unit_price=15_000))), answers)
    story.is_paid()
    story.ships()
    moving(story, 100)
    story.is_scanned("DELIVERED")
    story.passes(hours=30)
    assert (story.order.stage, owes(story.order), "COUPON" in story.told) == ("COMPLETED", True, False)
    down[0] = False
    story.hears()
    assert coupons(story) == [("coupon/package/1/1", 500)]
    assert (owes(story.order), story.told[-1], story.order.unmatched) == (False, "COUPON", ())


@pytest.mark.clause("SR-132", "EC-38")
@pytest.mark.parametrize(
    ("instrument", "template", "params", "expires"),
    [
        (Instrument.OWN, "COUPON", {"amount", "currency", "coupon", "days"}, True),
        (Instrument.PLATFORM, "PLATFORM_COUPON", {"amount", "currency", "days"}, True),
        (Instrument.TRANSFER, "SMALL_TRANSFER", {"amount", "currency"}, False),
    ],
)
def test_a_channel_has_its_instrument_and_the_message_promises_no_code_that_there_is_not(
    instrument: Instrument, template: str, params: set[str], expires: bool
) -> None:
    channel = an_input(a_content()).channel
    policy = STANDARD.having(compensation=STANDARD.compensation.having(instruments={channel: instrument}))
    story = told_why("爆仓", policy=policy)
    moving(story, 100)
    [effect] = [effect for effect in story.order.effects if effect.kind == EffectKind.ISSUE_COUPON]
    [coupon], [row] = story.order.coupons, coupon_rows(story.order)
    assert (effect.cause, coupon.amount, coupon.instrument) == ("package/1/1", 500, instrument)
    told = [letter for letter in story.letters if letter.key == f"{NUMBER}/message/{template}/package/1/1"]
    assert [set(letter.params) for letter in told] == [params]
    assert len(set(story.told) & {"COUPON", "PLATFORM_COUPON", "SMALL_TRANSFER"}) == 1
    assert (row.instrument, row.expires_at is not None) == (instrument, expires)
