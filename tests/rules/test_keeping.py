"""How long an order keeps its stock, and what it does about units that a count did not find (edge cases 29, 61, 62)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.books import label_code
from domain.effects import Allocation, AuditOutcome, EffectKind, EnterOutcome, LineContent, ReserveOutcome
from domain.findings import Finding
from domain.holds import CaseStatus, EffectState
from domain.inside import Outcome
from domain.lines import Line
from domain.manual.explain import waiting
from domain.manual.keeping import lapses_at
from domain.order import Order
from domain.policy import STANDARD
from domain.shipments import ShipmentState
from domain.stage import Stage
from domain.stock_policy import PROMOTION_STOCK, StockPolicy
from tests.rules.story import NUMBER, PLACED, Answers, Story, a_content, a_line, an_input, the_party_does_it

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


def loses(
    story: Story, units: int = 1, *, line: str = "1", warehouse: str = "SH", reserved_by: str = "audit/1"
) -> None:
    """A count takes units of the order's away."""
    lost = {"line": line, "warehouse": warehouse, "units": units, "reserved_by": f"{NUMBER}/{reserved_by}"}
    story.says("reservation_lost", **lost)


# -- unpaid for too long ---------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-111")
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


@pytest.mark.clause("SR-111")
def test_a_promotion_keeps_it_for_30_minutes_and_an_old_edition_for_ever() -> None:
    promotion = Story(an_input(policy=STANDARD.having(stock=PROMOTION_STOCK)))
    promotion.passes(minutes=30, seconds=1)
    assert places(promotion) == (2, 0)
    assert promotion.open_cases == []
    patient = Story(an_input(policy=PATIENT))
    patient.passes(days=40)
    assert (places(patient), lapses_at(patient.order)) == ((0, 2), None)


@pytest.mark.clause("SR-111")
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


@pytest.mark.clause("SR-111", "SR-131")
def test_stock_that_is_gone_by_then_is_a_shortage() -> None:
    story = Story(answers=empty_shelves)
    story.passes(hours=30)
    story.is_paid()
    assert story.open_cases.count("STOCK_SHORTAGE") == 1
    assert [task.params for task in story.order.tasks if task.kind == "FIND_STOCK"] == [{"lines": {"1": 2}}]
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


# -- lost to a count -------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-131")
def test_units_that_are_lost_are_looked_for_at_once_and_what_nobody_has_is_a_case_for_exactly_them() -> None:
    story = Story(an_input(a_content(a_line(quantity=3))), answers=empty_shelves)
    loses(story, 2)
    assert (places(story), story.open_cases) == ((2, 1), ["STOCK_SHORTAGE"])
    assert steps(story) == ["audit/1", "reserve/1"]
    assert [(task.kind, task.params) for task in story.order.tasks] == [("FIND_STOCK", {"lines": {"1": 2}})]
    assert story.order.lines[0].allocations == (Allocation(line="1", warehouse="SH", quantity=1),)
    assert not story.order.stock_closed
    assert "reservation_lost" not in [gone.kind for gone in story.order.unmatched]
    loses(story, 1)
    assert [(task.kind, task.params) for task in story.order.tasks] == [("FIND_STOCK", {"lines": {"1": 3}})]


@pytest.mark.clause("SR-131")
def test_another_warehouse_gives_them_where_it_has_them() -> None:
    story = Story(an_input(a_content(a_line(quantity=3))))
    loses(story, 2)
    assert (places(story), story.order.cases) == ((0, 3), ())
    assert [(each.warehouse, each.quantity) for each in story.order.lines[0].allocations] == [("SH", 1), ("BJ", 2)]
    story.is_paid()
    assert [(each.warehouse, each.lines[0].quantity) for each in story.order.shipments] == [("BJ", 2), ("SH", 1)]


@pytest.mark.clause("C1", "SR-120")
def test_c1_that_both_gates_had_stopped_stays_met_and_c4_blames_the_stock() -> None:
    held = Story(an_input(a_content()), answers=empty_shelves)
    held.asks("place_hold", reason="MANUAL", blocks=("release",), note="n", review_at=PLACED + 99 * HOUR)
    held.passes(hours=1)
    held.is_paid()
    assert (held.clock("C1").stop_at, held.clock("C1").verdict) == (PLACED + HOUR, "met")
    loses(held)
    assert (held.clock("C1").stop_at, held.clock("C1").verdict) == (PLACED + HOUR, "met")
    assert (held.order.stock_confirmed_at, held.order.stock_met_at) == (None, PLACED)
    held.asks("release_hold", hold="H1")
    assert held.order.stage is Stage.AWAITING_CONFIRMATION
    held.passes(hours=60)
    assert held.clock("C4").cause == "stock"


def test_an_edition_that_asks_for_stock_alone_keeps_its_c1_too() -> None:
    story = Story(an_input(policy=STANDARD.having(confirm_requires="stock")), answers=empty_shelves)
    loses(story)
    assert (story.clock("C1").stop_at, story.clock("C1").verdict) == (PLACED, "met")
    both = Story(answers=empty_shelves)
    loses(both)
    assert both.order.stock_met_at is None


def ready(*, answers: Answers = empty_shelves, **fields: Any) -> Story:
    """An order that a warehouse was handed."""
    story = Story(an_input(a_content(a_line(quantity=3), **fields)), answers=answers)
    story.is_paid()
    return story


@pytest.mark.clause("SR-131")
def test_units_that_a_warehouse_was_handed_stay_and_it_looks_on_the_shelf() -> None:
    story = ready()
    loses(story, 2)
    loses(story, 1)
    assert (places(story), story.open_cases, story.order.stage) == ((0, 3), [], Stage.READY_TO_SHIP)
    assert [part.quantity for part in story.order.shipments[0].doubted] == [3]
    [task] = story.order.tasks
    assert (task.key, task.kind, task.role, task.done_at) == ("shelf/shipment/1", "CHECK_SHELF", "warehouse", None)
    assert task.params == {"lines": {"1": 2}}
    loses(story, 5)
    assert [part.quantity for part in story.order.shipments[0].doubted] == [3]
    story.ships()
    assert [task.done_at for task in story.order.tasks] == [PLACED]
    assert story.order.stage is Stage.SHIPPED


def test_what_the_warehouse_does_not_find_then_is_a_short_pick() -> None:
    story = ready()
    loses(story, 1)
    story.says("short_picked", line="1", shipment=1, quantity=1)
    assert (places(story), story.open_cases) == ((1, 2), ["STOCK_SHORTAGE"])


def held_back(*lines: LineContent) -> Story:
    """An order whose shipments are planned and that no warehouse was handed: a difference in the ERP keeps it."""

    def differing(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.ENTER:
            return EnterOutcome(document="E1", differences=(Finding(code="ERP_DIFFERS", field="total"),))
        return empty_shelves(order, effect)

    story = Story(an_input(a_content(*lines)), answers=differing)
    story.is_paid()
    return story


@pytest.mark.clause("SR-131")
def test_a_planned_shipment_shrinks_by_what_is_lost_and_one_of_nothing_is_called_off() -> None:
    story = held_back(a_line(quantity=3), a_line("2", quantity=1))
    loses(story, 1)
    [shipment] = story.order.shipments
    assert [(part.line, part.quantity) for part in shipment.lines] == [("1", 2), ("2", 1)]
    assert places(story) == (1, 2)
    loses(story, 1, line="2")
    assert [(part.line, part.quantity) for part in story.order.shipments[0].lines] == [("1", 2)]
    assert story.order.shipments[0].state is ShipmentState.PLANNED
    loses(story, 2)
    assert (story.order.shipments[0].state, story.order.shipments[0].lines) == (ShipmentState.CANCELLED, ())
    assert (places(story), places(story, 1)) == ((3, 0), (1, 0))
    assert [task.params["lines"] for task in story.order.tasks if task.kind == "FIND_STOCK"] == [{"1": 3, "2": 1}]
    story._answers = the_party_does_it
    story.says("stock_arrived", sku="SKU-1")
    assert [(each.number, each.warehouse, each.state) for each in story.order.live_shipments] == [
        (2, "BJ", ShipmentState.PLANNED)
    ]


def test_only_the_shipment_of_that_warehouse_shrinks() -> None:
    story = held_back(a_line(quantity=2))
    loses(story, 1, warehouse="GZ")
    assert (places(story), story.order.shipments[0].lines[0].quantity) == ((0, 2), 2)


def test_a_loss_of_what_was_given_back_since_is_nobodys() -> None:
    story = Story()
    story.passes(hours=25)
    story.is_paid(amount=2_000)
    before = story.order
    loses(story, 2)
    assert story.order.lines == before.lines
    loses(story, 2, warehouse="BJ", reserved_by="reserve/1")
    assert story.order.shipments[0].doubted[0].quantity == 2


def test_a_loss_that_is_told_before_its_reservation_waits_for_it() -> None:
    held: list[bool] = []

    def slowly(order: Order, effect: EffectState) -> Outcome | None:
        return None if effect.kind == EffectKind.AUDIT and not held else empty_shelves(order, effect)

    story = Story(answers=slowly)
    loses(story, 1)
    assert [gone.reason for gone in story.order.unmatched] == [f"{NUMBER}/audit/1 is not done"]
    held.append(True)
    story.hears()
    assert (places(story), story.order.unmatched) == ((1, 1), ())


def test_a_loss_of_a_line_that_is_not_there_is_unmatched_and_a_cancelled_order_has_none() -> None:
    story = Story()
    loses(story, 1, line="9")
    assert [gone.reason for gone in story.order.unmatched] == ["there is no line 9"]
    loses(story, 1, reserved_by="audit/7")
    assert len(story.order.early) == 1

    def never(order: Order, effect: EffectState) -> Outcome | None:
        return None if effect.kind == EffectKind.RELEASE_STOCK else the_party_does_it(order, effect)

    ended = Story(answers=never)
    ended.asks("cancel", reason="n")
    before = ended.order
    loses(ended, 1)
    assert ended.order.lines == before.lines
    assert ended.order.unmatched == ()


def test_a_line_loses_its_newest_units_of_that_warehouse() -> None:
    found = [("SH", 2), ("GZ", 1), ("SH", 1)]
    line = Line(line="1", sku="A", quantity=4, unit_price=1).reserve(
        tuple(Allocation(line="1", warehouse=place, quantity=units) for place, units in found)
    )
    lost = line.lose("SH", 2)
    assert (lost.reserved, lost.unallocated) == (2, 2)
    assert [(each.warehouse, each.quantity) for each in lost.allocations] == [("SH", 1), ("GZ", 1)]
    back = line.give_back()
    assert (back.reserved, back.unallocated, back.allocations) == (0, 4, ())
