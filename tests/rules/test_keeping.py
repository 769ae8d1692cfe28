"""How long an order keeps its stock, and what it does about units that a count did not find (edge cases 29, 61, 62)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.books import label_code
from domain.effects import Allocation, AuditOutcome, EffectKind, ReserveOutcome
from domain.holds import CaseStatus, EffectState
from domain.inside import Outcome
from domain.manual.explain import waiting
from domain.manual.keeping import lapses_at
from domain.order import Order
from domain.policy import STANDARD
from domain.stage import Stage
from domain.stock_policy import PROMOTION_STOCK, StockPolicy
from tests.rules.shortages import NOT_ASKED
from tests.rules.story import NUMBER, PLACED, Story, a_content, an_input, the_party_does_it

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
PATIENT = STANDARD.having(stock=StockPolicy())
"""An edition from before orders lost their stock."""


def steps(story: Story) -> list[str]:
    return [effect.key.removeprefix(f"{NUMBER}/") for effect in story.order.effects]


def places(story: Story, line: int = 0) -> tuple[int, int]:
    """Unallocated and reserved units of a line."""
    return story.order.lines[line].unallocated, story.order.lines[line].reserved


def empty_shelves(order: Order, effect: EffectState) -> Outcome | None:
    """What was reserved by the audit was there; nothing else is."""
    return ReserveOutcome() if effect.kind == EffectKind.RESERVE else the_party_does_it(order, effect)


# -- unpaid for too long ---------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-111", "EC-61")
def test_an_unpaid_order_keeps_its_stock_for_24_hours_and_not_a_second_more() -> None:
    story = Story()
    assert lapses_at(story.order) == PLACED + 24 * HOUR
    story.passes(hours=24)
    assert (places(story), story.order.stock_lapsed) == ((0, 2), False)
    story.passes(seconds=1)
    assert (places(story), story.order.stock_lapsed) == ((2, 0), True)
    assert steps(story)[-1] == "release_stock/expired/1"
    assert story.order.lines[0].allocations == ()
    assert (story.order.stage, story.order.stock_closed) == (Stage.AWAITING_CONFIRMATION, False)
    assert "STOCK_SHORTAGE" not in story.open_cases
    story.passes(days=30)
    assert [step for step in steps(story) if step.startswith("release_stock")] == ["release_stock/expired/1"]


@pytest.mark.clause("SR-111", "EC-61")
def test_a_promotion_keeps_it_for_30_minutes_and_an_old_edition_for_ever() -> None:
    promotion = Story(an_input(policy=STANDARD.having(stock=PROMOTION_STOCK)))
    promotion.passes(minutes=30, seconds=1)
    assert places(promotion) == (2, 0)
    assert promotion.open_cases == []
    patient = Story(an_input(policy=PATIENT))
    patient.passes(days=40)
    assert (places(patient), lapses_at(patient.order)) == ((0, 2), None)


@pytest.mark.clause("SR-111", "EC-61")
def test_the_payment_of_a_lapsed_order_tries_its_stock_again_at_once() -> None:
    story = Story()
    story.passes(hours=30)
    story.is_paid()
    assert steps(story)[-2:] == ["enter/1", "release/1"]
    assert [step for step in steps(story) if step.startswith("reserve")] == ["reserve/1"]
    assert (story.order.stage, places(story), story.order.stock_lapsed) == (Stage.READY_TO_SHIP, (0, 2), False)
    assert "STOCK_SHORTAGE" not in [case.kind for case in story.order.cases]
    assert story.order.stock_confirmed_at == PLACED + 30 * HOUR
    story.passes(days=3)
    assert places(story) == (0, 2)


@pytest.mark.clause("SR-111", "SR-131", "EC-61")
def test_stock_that_is_gone_by_then_is_a_shortage() -> None:
    story = Story(an_input(policy=NOT_ASKED), answers=empty_shelves)
    story.passes(hours=30)
    story.is_paid()
    assert story.open_cases.count("STOCK_SHORTAGE") == 1
    assert [task.params["lines"] for task in story.order.tasks if task.kind == "FIND_STOCK"] == [{"1": 2}]
    assert story.order.stage is Stage.AWAITING_CONFIRMATION


@pytest.mark.clause("C1", "SR-120")
def test_c1_of_a_lapsed_order_stops_when_its_stock_is_confirmed_anew() -> None:
    story = Story(answers=empty_shelves)
    story.passes(hours=30)
    story.is_paid()
    assert (story.clock("C1").stop_at, story.clock("C1").verdict) == (None, "breached")
    story.passes(hours=1)
    story._answers = the_party_does_it
    story.says("stock_arrived", sku="SKU-1")
    assert story.clock("C1").stop_at == PLACED + 31 * HOUR
    assert story.clock("C1").cause == "payment"


@pytest.mark.parametrize(
    "content", [{"payment_method": "cod"}, {"payment_method": "credit"}, {"platform_discount": 2_000}]
)
@pytest.mark.clause("SR-111")
def test_orders_that_need_no_payment_first_keep_their_stock(content: dict[str, Any]) -> None:
    story = Story(an_input(a_content(**content)))
    assert lapses_at(story.order) is None
    story.passes(days=2)
    assert [step for step in steps(story) if step.startswith("release_stock")] == []


def test_money_that_came_and_is_not_what_is_due_keeps_the_goods() -> None:
    story = Story()
    story.is_paid(1)
    story.passes(days=3)
    assert (places(story), story.open_cases.count("PAYMENT_MISMATCH")) == ((0, 2), 1)


def test_a_payment_in_time_keeps_the_goods() -> None:
    story = Story()
    story.passes(hours=24)
    story.is_paid()
    story.passes(hours=1)
    assert (places(story), story.order.stage) == ((0, 2), Stage.READY_TO_SHIP)
    assert [step for step in steps(story) if step.startswith(("release_stock", "reserve"))] == []


def test_goods_that_arrive_are_not_for_a_lapsed_order_but_a_person_may_try_its_stock() -> None:
    story = Story()
    story.passes(hours=25)
    story.says("stock_arrived", sku="SKU-1")
    assert (places(story), story.order.stock_wanted) == ((2, 0), 0)
    assert story.asks("retry_step", step="stock") == ""
    assert (places(story), story.order.stock_lapsed) == ((0, 2), False)
    assert lapses_at(story.order) == PLACED + 49 * HOUR
    story.passes(hours=24, seconds=1)
    assert (places(story), steps(story)[-1]) == ((2, 0), "release_stock/expired/2")


def test_news_of_goods_that_was_kept_from_before_does_not_reserve_them_again() -> None:
    """While the audit runs every line waits, so that news of stock is counted which nobody needed."""
    held: list[Outcome] = []

    def slowly(order: Order, effect: EffectState) -> Outcome | None:
        return None if effect.kind == EffectKind.AUDIT and not held else the_party_does_it(order, effect)

    story = Story(answers=slowly)
    story.says("stock_arrived", sku="SKU-1")
    held.append(ReserveOutcome())
    story.hears()
    assert places(story) == (0, 2)
    story.passes(hours=25)
    assert (places(story), story.order.stock_lapsed) == ((2, 0), True)


def test_what_little_a_short_order_holds_lapses_too_and_nobody_looks_for_more() -> None:
    def half(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind != EffectKind.AUDIT:
            return the_party_does_it(order, effect)
        found = (Allocation(line="1", warehouse="SH", quantity=1),)
        return AuditOutcome(version=order.version, content=order.content, allocations=found)

    story = Story(answers=half)
    assert story.open_cases == ["STOCK_SHORTAGE"]
    story.passes(hours=24, seconds=1)
    [case] = [case for case in story.order.cases if case.kind == "STOCK_SHORTAGE"]
    assert (places(story), case.status, case.outcome) == ((2, 0), CaseStatus.RESOLVED, "LAPSED")
    story.is_paid()
    assert (places(story), story.order.stage) == ((0, 2), Stage.READY_TO_SHIP)


def test_a_payment_while_the_stock_goes_back_waits_for_that_and_then_tries_again() -> None:
    open_doors: list[bool] = []

    def slowly(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.RELEASE_STOCK and not open_doors:
            return None
        return the_party_does_it(order, effect)

    story = Story(answers=slowly)
    story.passes(hours=25)
    story.is_paid()
    assert (places(story), steps(story)[-1]) == ((2, 0), "release_stock/expired/1")
    assert "STOCK_SHORTAGE" not in [case.kind for case in story.order.cases]
    open_doors.append(True)
    story.hears()
    assert (places(story), story.order.stage) == ((0, 2), Stage.READY_TO_SHIP)


def test_a_lapsed_order_that_is_cancelled_gives_back_once_more_and_is_over() -> None:
    open_doors: list[bool] = []

    def slowly(order: Order, effect: EffectState) -> Outcome | None:
        if effect.cause == "all" and not open_doors:
            return None
        return the_party_does_it(order, effect)

    story = Story(answers=slowly)
    story.passes(hours=25)
    story.asks("cancel", reason="n")
    assert (story.order.stage, steps(story)[-1]) == (Stage.CANCELLING, "release_stock/all")
    open_doors.append(True)
    story.hears()
    assert story.order.stage is Stage.CANCELLED


def test_it_says_whom_a_lapsed_order_waits_for() -> None:
    story = Story()
    story.passes(hours=25)
    assert [wait.who for wait in waiting(story.order)] == ["payer"]
    assert label_code(story.order) == "AWAITING_PAYMENT"
