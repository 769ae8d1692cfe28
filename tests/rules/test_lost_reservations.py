"""What an order does about units that a count did not find (edge case 29)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.effects import Allocation, EffectKind, LineContent
from domain.entry_effects import EnterOutcome
from domain.findings import Finding
from domain.holds import EffectState
from domain.inside import Outcome
from domain.lines import Line
from domain.order import Order
from domain.policy import STANDARD
from domain.shipments import ShipmentState
from domain.stage import Stage
from tests.rules.shortages import NOT_ASKED
from tests.rules.story import NUMBER, PLACED, Answers, Story, a_content, a_line, an_input, the_party_does_it
from tests.rules.test_keeping import HOUR, empty_shelves, places, steps


def loses(
    story: Story, units: int = 1, *, line: str = "1", warehouse: str = "SH", reserved_by: str = "audit/1"
) -> None:
    """A count takes units of the order's away."""
    by = f"{NUMBER}/{reserved_by}"
    story.says("reservation_lost", line=line, warehouse=warehouse, units=units, reserved_by=by)


@pytest.mark.clause("SR-131", "EC-29")
def test_units_that_are_lost_are_looked_for_at_once_and_what_nobody_has_is_a_case_for_exactly_them() -> None:
    story = Story(an_input(a_content(a_line(quantity=3)), policy=NOT_ASKED), answers=empty_shelves)
    loses(story, 2)
    assert (places(story), story.open_cases) == ((2, 1), ["STOCK_SHORTAGE"])
    assert steps(story) == ["audit/1", "reserve/1"]
    assert [task.kind for task in story.order.tasks] == []
    story.is_paid()
    assert [(task.kind, task.params["lines"]) for task in story.order.tasks] == [("FIND_STOCK", {"1": 2})]
    assert story.order.lines[0].allocations == (Allocation(line="1", warehouse="SH", quantity=1),)
    assert not story.order.stock_closed
    assert "reservation_lost" not in [gone.kind for gone in story.order.unmatched]
    loses(story, 1)
    assert [(task.kind, task.params["lines"]) for task in story.order.tasks] == [("FIND_STOCK", {"1": 3})]


@pytest.mark.clause("SR-131", "EC-29")
def test_another_warehouse_gives_them_where_it_has_them() -> None:
    story = Story(an_input(a_content(a_line(quantity=3))))
    loses(story, 2)
    assert (places(story), story.order.cases) == ((0, 3), ())
    assert [(each.warehouse, each.quantity) for each in story.order.lines[0].allocations] == [("SH", 1), ("BJ", 2)]
    story.is_paid()
    assert [(each.warehouse, each.lines[0].quantity) for each in story.order.shipments] == [("BJ", 2), ("SH", 1)]


@pytest.mark.clause("C1", "SR-120", "EC-62")
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

    story = Story(an_input(a_content(*lines), policy=NOT_ASKED), answers=differing)
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
