"""E2 as a story: another warehouse brings it, else purchasing, else a person (SR-131, SR-131a, §4.6)."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.effects import EffectKind
from domain.facts import Moved
from domain.inquiries import Answer
from domain.manual.explain import explain
from domain.stage import Stage
from tests.rules.shortages import HOUR, House, asked, short, states, steps
from tests.rules.story import Story, a_content, a_line, an_input


@pytest.mark.clause("AC-24", "SR-131a")
def test_another_warehouse_brings_it_and_the_order_goes_on() -> None:
    story = short(House("ZZ"))
    [transfer] = story.order.transfers
    assert (transfer.source, transfer.target, transfer.lines) == ("ZZ", "SH", (Moved(line="1", quantity=2),))
    assert transfer.due == story.clock("C4").due_at - 4 * HOUR  # type: ignore[operator]
    assert (story.open_cases, story.order.tasks) == (["STOCK_SHORTAGE"], ())
    waiting = [(each.who, each.what) for each in explain(story.order, story.now, None).waiting]
    assert ("warehouse", "transfer 1 from ZZ") in waiting
    for kind in ("transfer_picked", "transfer_shipped"):
        story.passes(hours=1)
        story.says(kind, transfer=1)
    assert (states(story), asked(story, EffectKind.BOOK_TRANSFER)) == ([("ZZ", "IN_TRANSIT")], ["1/shipped"])
    assert story.order.lines[0].unallocated == 2
    story.says("transfer_received", transfer=1)
    assert asked(story, EffectKind.BOOK_TRANSFER) == ["1/shipped", "1/received"]
    assert story.order.lines[0].reserved == 3
    assert [case.outcome for case in story.order.cases] == ["TRANSFERRED"]
    assert steps(story) == [("transfer-1", "DONE", "RECEIVED")]
    assert story.order.stage is Stage.READY_TO_SHIP
    assert [(each.warehouse, each.lines[0].quantity) for each in story.order.shipments] == [("SH", 3)]
    assert asked(story, EffectKind.ASK_PURCHASING) == []
    assert story.noted.count("step_ended") == 1


@pytest.mark.clause("AC-25", "SR-131a")
@pytest.mark.parametrize("told", [(), ("transfer_picked",), ("transfer_picked", "transfer_shipped")])
def test_a_transfer_that_fails_is_booked_and_the_next_warehouse_is_asked(told: tuple[str, ...]) -> None:
    story = short(House("AA", "ZZ"))
    for kind in told:
        story.says(kind, transfer=1)
    story.says("transfer_failed", transfer=1, reason="broken")
    assert states(story) == [("AA", "FAILED"), ("ZZ", "REQUESTED")]
    assert asked(story, EffectKind.BOOK_TRANSFER)[-1] == "1/failed"
    assert steps(story) == [("transfer-1", "DONE", "FAILED"), ("transfer-2", "OPEN", "")]
    story.says("transfer_received", transfer=2)
    assert (story.order.stage, story.order.lines[0].reserved) == (Stage.READY_TO_SHIP, 3)


@pytest.mark.clause("AC-25")
def test_a_warehouse_that_refuses_is_passed_over() -> None:
    story = short(House("AA", "ZZ", refuses="AA"))
    assert states(story) == [("AA", "FAILED"), ("ZZ", "REQUESTED")]
    assert asked(story, EffectKind.BOOK_TRANSFER) == []


@pytest.mark.clause("SR-131a")
def test_nobody_has_it_purchasing_is_asked_and_then_a_person() -> None:
    story = short(House())
    assert steps(story) == [("transfer-1", "DONE", "NONE"), ("purchasing", "DONE", "NO_DATE")]
    [task] = story.order.tasks
    assert (task.kind, task.role, task.params["lines"]) == ("FIND_STOCK", "purchasing", {"1": 2})


@pytest.mark.clause("SR-131a")
def test_purchasing_has_four_office_hours_and_no_answer_is_no_date() -> None:
    house = House()
    house.purchasing = Answer()
    story = short(house)
    assert (steps(story)[1], story.order.tasks) == (("purchasing", "OPEN", ""), ())
    assert story.order.steps[1].until == story.now + 4 * HOUR
    story.passes(hours=3, minutes=59)
    assert story.order.steps[1].open
    story.passes(minutes=1)
    assert steps(story)[1] == ("purchasing", "DONE", "NO_ANSWER")
    assert "FIND_STOCK" in [task.kind for task in story.order.tasks]


@pytest.mark.clause("SR-131a")
@pytest.mark.parametrize(("hours", "result"), [(20, "PROMISED"), (45, "TOO_LATE")])
def test_a_date_that_meets_the_promise_is_waited_for_and_a_later_one_is_not(hours: int, result: str) -> None:
    house = House()
    house.purchasing = Answer()
    story = short(house)
    story.says("purchase_promised", sku="SKU-1", promised_at=(story.now + hours * HOUR).isoformat())
    assert steps(story)[1][2] == result
    assert bool(story.order.tasks) is (result == "TOO_LATE")


@pytest.mark.clause("SR-131a", "AC-28")
def test_what_purchasing_promised_comes_or_does_not() -> None:
    house = House()
    house.purchasing = Answer(promised_at=datetime.fromisoformat("2026-11-23T20:00+00:00"))
    story = short(house)
    assert steps(story)[1] == ("purchasing", "OPEN", "PROMISED")
    house.arrived = 2
    story.says("stock_arrived", sku="SKU-1")
    assert [case.outcome for case in story.order.cases] == ["PURCHASED"]
    assert story.order.stage is Stage.READY_TO_SHIP
    late = short(house := House())
    house.purchasing = Answer(promised_at=late.now + 2 * HOUR)
    again = short(house)
    again.passes(hours=3)
    assert steps(again)[1] == ("purchasing", "DONE", "NOT_KEPT")
    assert "FIND_STOCK" in [task.kind for task in again.order.tasks]


@pytest.mark.clause("AC-28")
def test_stock_that_appears_while_a_transfer_waits_calls_it_off() -> None:
    story = short(house := House("ZZ"))
    story.says("transfer_picked", transfer=1)
    house.arrived = 2
    story.says("stock_arrived", sku="SKU-1")
    assert asked(story, EffectKind.CALL_OFF_TRANSFER) == ["1"]
    assert (states(story), steps(story)) == ([("ZZ", "CALLED_OFF")], [("transfer-1", "DONE", "CALLED_OFF")])
    assert (story.order.stage, story.order.lines[0].reserved) == (Stage.READY_TO_SHIP, 3)
    assert asked(story, EffectKind.BOOK_TRANSFER) == []


@pytest.mark.clause("AC-28")
def test_goods_that_had_left_arrive_for_anybody() -> None:
    house = House("ZZ")
    house.keeps = False
    story = short(house)
    house.arrived = 2
    story.says("stock_arrived", sku="SKU-1")
    assert states(story) == [("ZZ", "IN_TRANSIT")]
    story.says("transfer_received", transfer=1)
    assert story.order.transfers[0].booked
    assert story.order.lines[0].reserved == 3
    [received] = [effect for effect in story.order.effects if effect.cause == "1/received"]
    assert received.done_at is not None


@pytest.mark.clause("AC-28", "SR-131a")
def test_stock_that_appears_is_not_taken_for_units_on_the_road() -> None:
    story = short(house := House("ZZ"))
    story.says("transfer_shipped", transfer=1)
    house.arrived = 2
    story.says("stock_arrived", sku="SKU-1")
    assert asked(story, EffectKind.RESERVE) == []
    assert states(story) == [("ZZ", "IN_TRANSIT")]


@pytest.mark.clause("SR-131a", "SR-162")
def test_a_transfer_that_a_person_skips_is_called_off_and_the_next_is_asked() -> None:
    story = short(House("AA", "ZZ"))
    assert story.asks("skip_step", step="1/transfer-1", reason="the road is closed") == ""
    assert states(story) == [("AA", "CALLED_OFF"), ("ZZ", "REQUESTED")]


@pytest.mark.clause("SR-131a", "SR-162")
@pytest.mark.parametrize(
    ("result", "stage"), [("RECEIVED", Stage.READY_TO_SHIP), ("LOST", Stage.AWAITING_CONFIRMATION)]
)
def test_what_a_person_reports_of_a_transfer_counts(result: str, stage: Stage) -> None:
    story = short(House("AA"))
    assert story.asks("report_step", step="1/transfer-1", result=result) == ""
    assert story.order.stage is stage
    assert states(story)[0] == ("AA", "RECEIVED" if result == "RECEIVED" else "FAILED")


def test_a_date_that_a_person_got_from_purchasing_is_waited_for() -> None:
    house = House()
    house.purchasing = Answer()
    story = short(house)
    promised = (story.now + 10 * HOUR).isoformat()
    assert story.asks("report_step", step="1/purchasing", result=promised) == ""
    assert "FIND_STOCK" not in [task.kind for task in story.order.tasks]
    story.passes(hours=11)
    assert "FIND_STOCK" in [task.kind for task in story.order.tasks]


@pytest.mark.clause("AC-25", "SR-131a")
def test_a_transfer_that_has_not_left_by_its_due_is_called_off_and_one_on_the_road_is_chased() -> None:
    story = short(House("AA", "ZZ"))
    due = story.order.transfers[0].due
    story.passes(seconds=(due - story.now).total_seconds())
    assert states(story)[0] == ("AA", "CALLED_OFF")
    other = short(House("AA"))
    other.says("transfer_shipped", transfer=1)
    other.passes(hours=48)
    assert states(other) == [("AA", "IN_TRANSIT")]
    assert [task.role for task in other.order.tasks if task.kind == "CHASE_TRANSFER"] == ["warehouse"]


@pytest.mark.clause("SR-131a")
def test_an_order_that_is_cancelled_calls_its_transfer_off_before_it_ends() -> None:
    house = House("ZZ")
    story = short(house)
    story._answers = lambda order, effect: None if effect.kind == EffectKind.CALL_OFF_TRANSFER else house(order, effect)
    assert story.asks("cancel", reason="n") == ""
    assert story.order.stage is Stage.CANCELLING
    story._answers = house
    story.hears()
    assert (story.order.stage, states(story)) == (Stage.CANCELLED, [("ZZ", "CALLED_OFF")])


@pytest.mark.clause("SR-131a")
def test_goods_of_a_cancelled_order_that_left_are_booked_and_it_ends() -> None:
    house = House("ZZ")
    house.keeps = False
    story = short(house)
    assert story.asks("cancel", reason="n") == ""
    assert story.order.stage is Stage.CANCELLED
    assert asked(story, EffectKind.BOOK_TRANSFER) == ["1/shipped"]
    assert story.order.lines[0].reserved == 0


def test_nothing_is_brought_for_an_order_that_is_not_paid() -> None:
    story = Story(an_input(a_content(a_line(quantity=3))), answers=House("ZZ"))
    assert (story.open_cases, story.order.steps, story.order.tasks) == (["STOCK_SHORTAGE"], (), ())
    story.is_paid()
    assert states(story) == [("ZZ", "REQUESTED")]


@pytest.mark.clause("SR-131a")
def test_less_arrives_than_was_sent_and_the_rest_is_looked_for() -> None:
    story = short(House("AA", "ZZ"))
    story.says("transfer_received", transfer=1, lines=[{"line": "1", "quantity": 1}])
    assert story.order.lines[0].unallocated == 1
    assert [(each.number, each.lines) for each in story.order.transfers][-1] == (2, (Moved(line="1", quantity=1),))


@pytest.mark.clause("SR-131a", "AC-24")
@pytest.mark.parametrize("turned", [False, True])
def test_the_order_and_number_of_reports_make_no_difference(turned: bool) -> None:
    story = short(House("ZZ"))
    kinds = ["transfer_picked", "transfer_shipped", "transfer_received"]
    facts = [story.fact(kind, transfer=1) for kind in kinds]
    for fact in [*(reversed(facts) if turned else facts), *facts]:
        story.hears(fact)
    assert (story.order.lines[0].reserved, states(story)) == (3, [("ZZ", "RECEIVED")])
    assert story.order.unmatched == ()


def test_news_of_a_transfer_nobody_asked_for_waits_and_of_one_that_is_over_is_history() -> None:
    story = short(House("ZZ"))
    story.says("transfer_received", transfer=7)
    assert [gone.kind for gone in story.order.unmatched] == ["transfer_received"]
    story.says("transfer_failed", transfer=1)
    story.says("transfer_received", transfer=1)
    assert [gone.reason for gone in story.order.unmatched][1:] == ["transfer 1 is over: FAILED"]
