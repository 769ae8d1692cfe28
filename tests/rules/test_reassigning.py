"""A shipment is sent from another warehouse (E4 step 2, SR-034): all of it or nothing, and the books always balance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.backlog import Overdue
from domain.effects import Allocation, EffectKind, ReserveOutcome
from domain.facts import Moved
from domain.holds import EffectState
from domain.inquiries import Answer
from domain.inside import Outcome
from domain.manual.decide import decide
from domain.manual.explain import explain
from domain.order import Order
from domain.policy import STANDARD
from domain.recall_effects import RecallAnswer, RecallOutcome
from domain.stage import Stage
from tests.rules.asked import to_do
from tests.rules.invariants import of_state
from tests.rules.story import BY_PEOPLE, Story, an_input, the_party_does_it

TOLD = pytest.mark.clause("SR-034")


def house(
    says: str = "STOPPED", *, stock: bool = True, reason: str = ""
) -> Callable[[Order, EffectState], Outcome | None]:
    """Its warehouse stops it or not, another has the goods or not; asked why, it says ``reason``."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        match effect.kind:
            case EffectKind.RECALL:
                return RecallOutcome(answer=RecallAnswer(says)) if says else None
            case EffectKind.RESERVE if not stock:
                return ReserveOutcome(short=tuple(Moved(**part) for part in effect.request["lines"]))
            case EffectKind.ASK_WAREHOUSE:
                return Answer(reason=reason)
            case _:
                return the_party_does_it(order, effect)

    return answers


def released(answers: Callable[[Order, EffectState], Outcome | None], **fields: Any) -> Story:
    """A paid order whose two units lie in SH, and were handed over there."""
    story = Story(an_input(**fields), answers)
    story.is_paid()
    return story


def causes(story: Story, kind: EffectKind) -> list[str]:
    return [effect.cause for effect in story.order.effects if effect.kind == kind]


def places(story: Story) -> list[tuple[int, str, str]]:
    return [(each.number, each.warehouse, str(each.state)) for each in story.order.shipments]


def sound(story: Story) -> bool:
    return list(of_state(story.order, story.now, decide(story.order, story.now))) == []


@TOLD
def test_what_was_released_is_reserved_elsewhere_recalled_and_released_anew_under_a_number_of_its_own() -> None:
    story = released(house())
    assert story.asks("reassign_warehouse", shipment=1, warehouse="BJ", reason="SH has a fire drill") == ""
    assert places(story) == [(1, "SH", "CANCELLED"), (2, "BJ", "RELEASED")]
    [asked] = [effect for effect in story.order.effects if effect.kind == EffectKind.RECALL]
    order = [effect.key.partition("/")[2] for effect in story.order.effects][-4:]
    assert order == ["reserve/elsewhere/1", asked.key.partition("/")[2], "release_stock/elsewhere/1", "release/2"]
    [line] = story.order.lines
    assert (line.reserved, line.unallocated) == (2, 0)
    assert line.allocations == (Allocation(line="1", warehouse="BJ", quantity=2),)
    assert (story.order.stage, story.noted.count("reassigned"), sound(story)) == (Stage.READY_TO_SHIP, 1, True)
    story.ships("2-1", shipment=2)
    assert story.order.stage is Stage.SHIPPED
    assert sound(story)


@TOLD
def test_what_the_books_are_asked_and_what_is_given_back_are_the_same_units() -> None:
    asked: list[EffectState] = []

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        asked.append(effect)
        return house()(order, effect)

    story = released(answers)
    story.asks("reassign_warehouse", warehouse="BJ", reason="n")
    [reserve] = [each.request for each in asked if each.kind == EffectKind.RESERVE]
    assert (reserve["lines"], reserve["whole"], reserve["gather"]) == ([{"line": "1", "quantity": 2}], True, True)
    assert (reserve["not_from"], reserve["only_from"]) == (["SH"], "BJ")
    [back] = [each.request for each in asked if each.kind == EffectKind.RELEASE_STOCK]
    assert back["parts"] == [{"line": "1", "warehouse": "SH", "quantity": 2}]


@TOLD
def test_a_refused_recall_leaves_the_order_as_it_was() -> None:
    story = released(house("REFUSED"))
    before = story.order.lines
    assert story.asks("reassign_warehouse", reason="n") == ""
    assert (places(story), story.order.lines) == ([(1, "SH", "RELEASED")], before)
    assert story.noted[-1] == "reassign_failed"
    assert story.entries[-1].params == {"subject": "shipment/1", "result": "REFUSED"}
    assert causes(story, EffectKind.RELEASE_STOCK) == ["elsewhere/1"], "what was reserved elsewhere goes back"
    assert sound(story)


@TOLD
def test_without_stock_elsewhere_nothing_moves() -> None:
    story = released(house(stock=False))
    before = story.order.lines
    assert story.asks("reassign_warehouse", reason="n") == ""
    assert (places(story), story.order.lines) == ([(1, "SH", "RELEASED")], before)
    assert (causes(story, EffectKind.RECALL), causes(story, EffectKind.RELEASE_STOCK)) == ([], [])
    assert story.entries[-1].params["result"] == "NO_STOCK"


@TOLD
def test_what_was_not_released_yet_is_not_recalled() -> None:
    def answers(order: Order, effect: EffectState) -> Outcome | None:
        return None if effect.kind == EffectKind.ENTER and order.version else house()(order, effect)

    story = Story(answers=answers)
    story.is_paid()
    story.asks("place_hold", reason="HIGH_RISK", note="who is that?")
    story.answered_by(house())
    assert places(story) == [(1, "SH", "PLANNED")]
    assert story.asks("reassign_warehouse", shipment=1, reason="n") == ""
    assert places(story) == [(1, "SH", "CANCELLED"), (2, "BJ", "PLANNED")]
    assert causes(story, EffectKind.RECALL) == []
    assert story.asks("release_hold", hold="H1") == ""
    assert causes(story, EffectKind.RELEASE) == ["2"]
    assert sound(story)


@TOLD
def test_what_left_is_being_changed_or_lies_there_already_is_refused() -> None:
    story = released(house(""))
    assert story.asks("reassign_warehouse", shipment=9, reason="n") == "NOT_REASSIGNABLE"
    assert story.asks("reassign_warehouse", warehouse="SH", reason="n") == "SAME_WAREHOUSE"
    assert story.asks("reassign_warehouse", reason="n", dry_run=True) == ""
    assert story.order.logistics.relocations == (), "a dry run asks, and does nothing"
    assert story.asks("reassign_warehouse", reason="n") == ""
    assert story.asks("reassign_warehouse", reason="n") == "NOT_REASSIGNABLE", "it is being sent elsewhere already"
    gone = released(house())
    gone.ships()
    assert gone.asks("reassign_warehouse", reason="n") == "NOT_REASSIGNABLE"
    by_people = released(house(), policy=BY_PEOPLE)
    assert by_people.asks("reassign_warehouse", reason="n") == "NOT_REASSIGNABLE", "nobody recalls by itself"


@TOLD
def test_a_silent_warehouse_is_telephoned_and_its_answer_counts() -> None:
    story = released(house(""))
    story.asks("reassign_warehouse", reason="n")
    story.passes(hours=5)
    assert "RECALL_GOODS" in to_do(story)
    assert places(story) == [(1, "SH", "RELEASED")]
    story.answered_by(house())
    assert places(story)[-1] == (2, "BJ", "RELEASED")
    assert "RECALL_GOODS" not in to_do(story)


@TOLD
def test_goods_that_leave_while_it_is_tried_are_gone_and_the_others_go_back() -> None:
    story = released(house(""))
    story.asks("reassign_warehouse", reason="n")
    story.ships()
    story.is_scanned("IN_TRANSIT")
    assert story.entries[-1].code != "reassigned"
    assert [each.state for each in story.order.logistics.relocations] == ["REFUSED"]
    assert causes(story, EffectKind.RELEASE_STOCK) == ["elsewhere/1"]
    assert (story.order.stage, sound(story)) == (Stage.SHIPPED, True)


@TOLD
def test_a_cancel_overtakes_it() -> None:
    story = released(house(""))
    story.asks("reassign_warehouse", reason="n")
    assert story.asks("cancel", reason="the customer called") == ""
    story.answered_by(house())
    assert story.order.stage is Stage.CANCELLED
    assert len(story.order.shipments) == 1
    assert sound(story)


@TOLD
def test_a_count_that_does_not_find_what_was_reserved_elsewhere_ends_it() -> None:
    story = released(house(""))
    story.asks("reassign_warehouse", reason="n")
    key = f"{story.order.number}/reserve/elsewhere/1"
    story.says("reservation_lost", sku="SKU-1", line="1", warehouse="BJ", units=1, reserved_by=key)
    assert [each.state for each in story.order.logistics.relocations] == ["NO_STOCK"]
    assert (places(story), story.order.lines[0].reserved) == ([(1, "SH", "RELEASED")], 2)
    assert sound(story)


# -- E4 --------------------------------------------------------------------------------------------------------------


def late(answers: Callable[[Order, EffectState], Outcome | None], **fields: Any) -> Story:
    story = released(answers, **fields)
    story.passes(hours=48, seconds=2)
    return story


@pytest.mark.clause("SR-033", "SR-034")
def test_a_warehouse_that_names_no_time_loses_the_shipment_and_its_case_ends() -> None:
    story = late(house(reason="capacity"))
    story.passes(hours=3)
    steps = {step.word: step.result for step in story.order.steps}
    assert (steps["hurry"], steps["reassign"]) == ("NO_ANSWER", "REASSIGNED")
    assert [(case.kind, case.outcome) for case in story.order.cases] == [("OUTBOUND_OVERDUE", "REASSIGNED")]
    assert (story.open_cases, "REASSIGN_WAREHOUSE" in to_do(story)) == ([], False)
    clock = story.clock("C4", "shipment/2")
    assert (clock.start_at, clock.verdict) == (story.order.shipments[1].planned_at, "open"), (
        "it gets a clock of its own"
    )
    assert sound(story)
    story.passes(hours=1)
    story.ships("2-1", shipment=2)
    assert (story.clock("C4", "shipment/2").verdict, story.open_cases) == ("met", [])


@pytest.mark.clause("SR-033", "SR-034")
@pytest.mark.parametrize(("says", "stock", "result"), [("REFUSED", True, "REFUSED"), ("STOPPED", False, "NO_STOCK")])
def test_where_it_cannot_go_elsewhere_somebody_sees_to_it(says: str, stock: bool, result: str) -> None:
    story = late(house(says, stock=stock, reason="capacity"))
    story.passes(hours=3)
    [task] = [task for task in story.order.tasks if task.kind == "REASSIGN_WAREHOUSE"]
    assert (task.params["result"], task.done_at, story.open_cases) == (result, None, ["OUTBOUND_OVERDUE"])
    assert places(story) == [(1, "SH", "RELEASED")]
    assert sound(story)


@pytest.mark.clause("SR-033", "SR-034")
@pytest.mark.parametrize(("request_", "result"), [("skip_step", ""), ("report_step", "REASSIGNED")])
def test_a_person_may_leave_the_step_out_or_say_what_the_warehouse_said(request_: str, result: str) -> None:
    story = late(house("", reason="capacity"))
    story.passes(hours=3)
    said = {"result": "STOPPED"} if request_ == "report_step" else {"reason": "it is on the lorry"}
    assert story.asks(request_, step="1/reassign", **said) == ""
    moved = result == "REASSIGNED"
    assert places(story)[-1] == ((2, "BJ", "RELEASED") if moved else (1, "SH", "RELEASED"))
    assert ("REASSIGN_WAREHOUSE" in to_do(story)) is not moved
    assert sound(story)


@pytest.mark.clause("SR-033")
def test_an_edition_without_it_leaves_it_to_a_person() -> None:
    by_people = STANDARD.having(outbound=STANDARD.outbound.having(reassigns=False))
    story = late(house(reason="capacity"), policy=by_people)
    story.passes(hours=3)
    assert "REASSIGN_WAREHOUSE" in to_do(story)
    assert causes(story, EffectKind.RESERVE) == []


# -- step 4: the whole warehouse -------------------------------------------------------------------------------------


def silent(overdue: int, **fields: Any) -> Story:
    """A warehouse that says nothing for a day, and has so many of a hundred open shipments overdue."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.COUNT_OVERDUE:
            return Overdue(open=100, overdue=overdue)
        return house()(order, effect) if effect.kind != EffectKind.ASK_WAREHOUSE else None

    story = late(answers, **fields)
    story.passes(hours=23)
    assert causes(story, EffectKind.COUNT_OVERDUE) == [], "it is not asked before the case has reached the manager"
    story.passes(hours=2)
    return story


@pytest.mark.clause("SR-033", "SR-034")
def test_a_warehouse_that_is_late_with_a_twentieth_of_its_shipments_is_a_question_to_the_manager() -> None:
    story = silent(5)
    assert (causes(story, EffectKind.COUNT_OVERDUE), story.order.cases[0].level) == (["1"], 3)
    [task] = [task for task in story.order.tasks if task.kind == "REASSIGN_ALL"]
    assert (task.role, task.case_no, task.params["overdue"], task.params["open"]) == ("operations_manager", 1, 5, 100)
    assert task.params["command"] == "orders reassign --warehouse SH --overdue --dry-run"
    assert story.noted.count("warehouse_overdue") == 1
    waits = [wait.what for wait in explain(story.order, story.now, None).waiting]
    assert "step 1/reassign_all" in waits
    assert places(story) == [(1, "SH", "RELEASED")], "nothing moves by itself"


@pytest.mark.clause("SR-033")
def test_a_smaller_share_is_this_orders_trouble_alone() -> None:
    story = silent(4)
    assert causes(story, EffectKind.COUNT_OVERDUE) == ["1"]
    assert "REASSIGN_ALL" not in to_do(story)
    other = silent(99, policy=STANDARD.having(outbound=STANDARD.outbound.having(reassign_all_from=None)))
    assert (causes(other, EffectKind.COUNT_OVERDUE), "REASSIGN_ALL" in to_do(other)) == ([], False)
