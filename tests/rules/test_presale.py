"""Pre-sale and made to order: the order says which ship date the customer accepted (edge case 52)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import AuditOutcome, EffectKind, ReserveOutcome
from domain.facts import Moved
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from tests.rules.recalling import complaints
from tests.rules.story import PLACED, Story, an_input, the_party_does_it

SHIPS = PLACED + timedelta(days=20)


def not_there_yet(order: Order, effect: EffectState) -> Outcome | None:
    """Nothing of it is on any shelf."""
    match effect.kind:
        case EffectKind.AUDIT:
            return AuditOutcome(version=order.version, content=order.content)
        case EffectKind.RESERVE:
            return ReserveOutcome(short=tuple(Moved(**part) for part in effect.request["lines"]))
        case _:
            return the_party_does_it(order, effect)


def presold() -> Story:
    story = Story(an_input(accepted_ship_at=SHIPS), not_there_yet)
    story.passes(minutes=30)
    story.is_paid()
    return story


@pytest.mark.clause("EC-52", "SR-120", "SR-123")
def test_the_accepted_date_is_the_stock_gate_of_c1_and_the_start_of_c4() -> None:
    story = presold()
    assert (story.clock("C1").verdict, story.clock("C1").stop_at) == ("met", PLACED + timedelta(minutes=30))
    clock = story.clock("C4")
    assert (clock.start_at, clock.due_at, clock.verdict) == (SHIPS, SHIPS + timedelta(hours=48), "open")
    assert (story.open_cases, story.order.stage) == ([], "AWAITING_CONFIRMATION")
    story.passes(days=10)
    assert (story.open_cases, story.told) == ([], []), "nobody looks for goods that nobody has promised yet"
    story.says("stock_arrived", sku="SKU-1")
    story.answered_by(the_party_does_it)
    story.says("stock_arrived", sku="SKU-1")
    assert story.told[:1] == ["ORDER_CONFIRMED"]
    [confirmed] = [letter for letter in story.letters if letter.template == "ORDER_CONFIRMED"]
    assert confirmed.params["date"] == "2026-12-15", "the promise is shown"
    story.ships()
    assert (story.clock("C4", "shipment/1").verdict, complaints(story)) == ("met", [])


@pytest.mark.clause("EC-52", "SR-131")
def test_goods_that_are_not_there_on_the_accepted_date_are_a_shortage() -> None:
    story = presold()
    story.passes(days=19)
    assert story.open_cases == []
    story.passes(days=1)
    assert story.open_cases == ["STOCK_SHORTAGE"]
    story.passes(days=2)
    assert story.clock("C4").verdict == "breached"


@pytest.mark.clause("EC-52", "SR-120")
def test_an_unpaid_one_is_still_to_be_paid_in_time_and_a_late_payment_starts_c4_later() -> None:
    story = Story(an_input(accepted_ship_at=SHIPS), not_there_yet)
    story.passes(hours=2, seconds=1)
    assert (story.clock("C1").verdict, story.open_cases) == ("breached", ["CONFIRM_OVERDUE"])
    story.passes(days=21)
    story.is_paid()
    assert story.clock("C4").start_at == story.now


@pytest.mark.clause("EC-52")
def test_an_order_without_it_is_as_ever() -> None:
    story = Story(an_input(), not_there_yet)
    story.is_paid()
    assert (story.clock("C4").start_at, story.open_cases) == (PLACED, ["STOCK_SHORTAGE"])
