"""The customer chooses what becomes of goods that nobody has (E2 steps 4 to 6; AC-26, AC-27, AC-28, EC-10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.effects import EffectKind
from domain.facts import Moved
from domain.holds import EffectState
from domain.inquiries import Answer
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD
from domain.question_policy import QuestionPolicy
from domain.shipments import ShipmentState
from domain.stage import Stage
from tests.rules.choosing import LETTER, Shelf, came_to, choosing, half_out, question, refunds, sound, words
from tests.rules.shortages import House, asked, short, steps
from tests.rules.story import PLACED, Story, delivered

# -- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-26", "SR-131b")
def test_what_nobody_has_is_the_customers_to_decide_and_no_task() -> None:
    story = choosing()
    assert words(story) == [("ship_rest", -2_000, "SKU-1 × 2"), ("cancel", 0, "")]
    assert (question(story).default, story.order.tasks, story.told) == ("ship_rest", (), ["SHORTAGE_CHOICE"])
    assert steps(story)[-1] == ("choice", "OPEN", "")
    assert (story.order.holds, story.clock("C4").verdict) == ((), "open"), "no clock waits for what we lack"
    assert story.letters[-1].params["item"] == "SKU-1 × 2"
    assert sound(story) == []


@pytest.mark.clause("AC-26", "SR-131b")
def test_where_nothing_is_left_the_default_is_to_cancel() -> None:
    story = choosing(Shelf(first=0))
    assert (words(story), question(story).default) == ([("cancel", 0, "SKU-1 × 3")], "cancel")
    story.passes(hours=48, seconds=1)
    assert (story.order.stage, refunds(story)) == (Stage.CANCELLED, [("refund/ending/p1", 3_000)])
    assert came_to(story) == ["CANCELLED"]
    assert story.order.coupons == (), "the stock had never been confirmed"


@pytest.mark.clause("SR-131b")
def test_editions_without_choice_or_questions_ask_a_person_as_before() -> None:
    shortage = STANDARD.shortage.having(steps=("transfer", "purchasing"))
    for policy in (STANDARD.having(shortage=shortage), STANDARD.having(questions=QuestionPolicy())):
        story = short(House(), policy=policy)
        assert ([task.kind for task in story.order.tasks], story.order.questions) == (["FIND_STOCK"], ())


@pytest.mark.clause("SR-131b")
@pytest.mark.parametrize("result", ["", "nonsense"])
def test_a_person_who_takes_the_question_back_has_to_find_the_goods(result: str) -> None:
    story = choosing()
    done = {"result": result} if result else {"reason": "we called"}
    assert story.asks("report_step" if result else "skip_step", step="1/choice", **done) == ""
    assert (question(story).state, [task.kind for task in story.order.tasks]) == ("WITHDRAWN", ["FIND_STOCK"])
    assert story.order.open_holds == ()


# -- AC-26 -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-26", "SR-131b")
def test_after_48_silent_hours_what_is_missing_is_paid_back_once_and_the_rest_is_sent() -> None:
    story = choosing()
    story.passes(hours=48)
    assert (refunds(story), story.order.stage) == ([], Stage.AWAITING_CONFIRMATION)
    story.passes(seconds=1)
    assert (question(story).state, refunds(story)) == ("DEFAULTED", [("refund/short/1", 2_000)])
    [line] = story.order.lines
    assert (line.quantity, line.cancelled, line.reserved, line.unallocated) == (3, 2, 1, 0)
    assert [(each.warehouse, each.lines) for each in story.order.shipments] == [("SH", (Moved(line="1", quantity=1),))]
    assert (story.order.stage, story.order.content.total, story.order.version) == (Stage.READY_TO_SHIP, 1_000, 1)
    assert came_to(story) == ["PARTIAL_REFUND"]
    assert sound(story) == []
    story.ships()
    story.says("stock_arrived", sku="SKU-1")
    story.is_scanned("DELIVERED")
    story.passes(hours=24)
    assert (story.order.stage, story.order.payment.state) == (Stage.COMPLETED, "partially_refunded")
    assert (asked(story, EffectKind.REFUND), asked(story, EffectKind.RESERVE)) == (["short/1"], [])
    assert sound(story) == []


@pytest.mark.clause("AC-26", "SR-131b")
def test_a_late_answer_is_told_what_was_done() -> None:
    story = choosing()
    story.passes(hours=49)
    assert story.asks("customer_choice", question=1, option="cancel") == "ANSWER_TOO_LATE"
    assert story.order.stage is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-131b")
def test_on_a_channel_that_holds_the_money_the_buyer_is_asked_to_apply() -> None:
    claims = STANDARD.claims.having(refund_ports={"tmall": "agree"})
    story = choosing(policy=STANDARD.having(claims=claims))
    story.passes(hours=49)
    assert asked(story, EffectKind.REFUND) == []
    assert "REFUND_APPLY" in story.told
    assert [(back.amount, back.done) for back in story.order.payment.refunds] == [(2_000, False)]
    assert sound(story) == []


@pytest.mark.clause("SR-131b")
def test_the_customer_cancels_all_of_it() -> None:
    story = choosing()
    assert story.asks("customer_choice", question=1, option="cancel", actor="customer") == ""
    assert (story.order.stage, refunds(story)) == (Stage.CANCELLED, [("refund/ending/p1", 3_000)])
    assert (came_to(story), story.order.coupons) == (["CANCELLED"], ())
    assert sound(story) == []


@pytest.mark.clause("SR-131b")
def test_what_was_cancelled_stays_so_when_the_order_is_audited_again() -> None:
    amendments: list[Any] = []
    house = Shelf()

    def noting(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.AUDIT:
            amendments.append([each["less"] for each in effect.request["amendments"]])
        return house(order, effect)

    story = short(noting, policy=STANDARD)  # type: ignore[arg-type]
    story.says("message_delivered", message=LETTER)
    story.asks("customer_choice", question=1, option="ship_rest")
    assert amendments == [[]]
    assert (
        story.asks("submit_change_request", change="ADDRESS", params={"region": ""}, expected_version=1, correction=7)
        == ""
    )
    assert story.order.version == 2
    assert amendments == [[], [[{"line": "1", "quantity": 2}]]]
    assert sound(story) == []


# -- waiting ---------------------------------------------------------------------------------------------------------


def dated(**fields: Any) -> Story:
    """Purchasing has them in six days, which is later than what was promised."""
    house = Shelf()
    house.purchasing = Answer(promised_at=PLACED + timedelta(days=6))
    return choosing(house, **fields)


@pytest.mark.clause("SR-131b")
def test_the_customer_waits_for_the_day_that_purchasing_named_and_c4_with_them() -> None:
    story = dated()
    assert [option.word for option in question(story).options] == ["wait_until", "ship_rest", "cancel"]
    assert str(question(story).options[0].day) == "2026-11-29"
    story.asks("customer_choice", question=1, option="wait_until")
    assert [str(each.until - PLACED) for each in story.order.agreed] == ["6 days, 0:00:00"]
    story.passes(days=5)
    assert (story.order.tasks, story.open_cases) == ((), ["STOCK_SHORTAGE"])
    story._answers.arrived = 2  # type: ignore[attr-defined]
    story.says("stock_arrived", sku="SKU-1")
    assert (story.order.stage, story.order.cases[0].outcome) == (Stage.READY_TO_SHIP, "WAITED")
    assert refunds(story) == []
    assert sound(story) == []


@pytest.mark.clause("SR-131b")
def test_a_day_that_passes_without_the_goods_is_a_persons_to_see_to() -> None:
    story = dated()
    story.asks("customer_choice", question=1, option="wait_until")
    story.passes(days=6, seconds=1)
    assert "FIND_STOCK" in [task.kind for task in story.order.tasks]


@pytest.mark.clause("AC-61", "SR-131b")
def test_where_waiting_may_not_be_offered_it_is_not() -> None:
    story = dated(policy=STANDARD.having(may_wait=False))
    assert [option.word for option in question(story).options] == ["ship_rest", "cancel"]


# -- AC-28 -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-28", "SR-131b")
def test_stock_that_appears_ends_the_question_and_the_order_goes_on() -> None:
    house = Shelf()
    story = choosing(house)
    story.passes(hours=5)
    house.arrived = 2
    story.says("stock_arrived", sku="SKU-1")
    assert (question(story).state, story.order.stage) == ("WITHDRAWN", Stage.READY_TO_SHIP)
    assert (story.order.open_holds, story.order.cases[0].open, refunds(story)) == ((), False, [])
    [told] = [letter for letter in story.letters if letter.template == "SHORTAGE_FOUND"]
    assert told.params == {"item": "SKU-1 × 2"}
    assert story.asks("customer_choice", question=1, option="cancel") == "QUESTION_MOOT"
    story.passes(days=3)
    assert refunds(story) == []
    assert sound(story) == []


@pytest.mark.clause("AC-28", "SR-131b")
def test_a_part_that_appears_leaves_the_question_and_only_the_rest_is_paid_back() -> None:
    house = Shelf()
    story = choosing(house)
    house.arrived = 1
    story.says("stock_arrived", sku="SKU-1")
    assert question(story).open
    story.asks("customer_choice", question=1, option="ship_rest")
    assert refunds(story) == [("refund/short/1", 1_000)]
    assert {each.warehouse: each.lines[0].quantity for each in story.order.shipments} == {"SH": 1, "BJ": 1}


@pytest.mark.clause("AC-28", "SR-131b")
def test_an_answer_that_came_before_stands() -> None:
    house = Shelf()
    story = choosing(house)
    story.asks("customer_choice", question=1, option="ship_rest")
    house.arrived = 2
    story.says("stock_arrived", sku="SKU-1")
    assert (asked(story, EffectKind.RESERVE), story.order.lines[0].cancelled) == ([], 2)
    assert "SHORTAGE_FOUND" not in story.told


@pytest.mark.clause("AC-28", "SR-131b")
def test_goods_that_were_being_reserved_when_the_answer_came_are_sent() -> None:
    house = Shelf()
    waiting: list[bool] = []

    def slow(order: Order, effect: EffectState) -> Outcome | None:
        return None if effect.kind == EffectKind.RESERVE and waiting else house(order, effect)

    story = short(slow, policy=STANDARD)  # type: ignore[arg-type]
    waiting.append(True)
    house.arrived = 2
    story.says("stock_arrived", sku="SKU-1")
    story.asks("customer_choice", question=1, option="ship_rest")
    assert (refunds(story), [task.kind for task in story.order.tasks]) == ([], [])
    waiting.clear()
    story.hears()
    assert (refunds(story), story.order.stage) == ([], Stage.READY_TO_SHIP)
    assert "SHORTAGE_FOUND" in story.told


# -- EC-10, and our stock error --------------------------------------------------------------------------------------


@pytest.mark.clause("EC-10", "SR-131b")
def test_lines_that_are_not_sent_are_paid_back_and_the_order_completes_in_part() -> None:
    story = half_out()
    assert (story.order.stage, question(story).default) == (Stage.PARTIALLY_SHIPPED, "ship_rest")
    story.says("message_delivered", message=LETTER)
    story.passes(hours=48, seconds=1)
    assert refunds(story)[-1] == ("refund/short/1", 5_000)
    assert [each.state for each in story.order.shipments] == [ShipmentState.OUTBOUND, ShipmentState.CANCELLED]
    assert (story.order.stage, story.order.payment.due) == (Stage.SHIPPED, 2_600)
    story.is_scanned("DELIVERED")
    assert story.order.stage is Stage.DELIVERED
    story.passes(hours=24)
    assert (story.order.stage, story.order.payment.state) == (Stage.COMPLETED, "partially_refunded")
    assert [(line.cancelled, line.delivered) for line in story.order.lines] == [(0, 2), (2, 0)]
    assert sound(story) == []


@pytest.mark.clause("EC-10", "SR-131b", "SR-132c")
def test_goods_that_had_been_confirmed_and_are_not_sent_are_worth_a_coupon_of_5() -> None:
    story = half_out()
    story.asks("customer_choice", question=1, option="ship_rest")
    [coupon] = story.order.coupons
    assert (coupon.key.partition("/")[2], coupon.amount, coupon.fault) == ("coupon/order/short", 500, "stock")
    assert story.told.count("COUPON") == 1
    never = choosing()
    never.passes(hours=49)
    assert (never.order.coupons, never.told.count("COUPON")) == ((), 0)


@pytest.mark.clause("SR-131b")
def test_a_document_that_the_erp_has_already_is_compared_anew() -> None:
    story = half_out()
    story.asks("customer_choice", question=1, option="ship_rest")
    assert asked(story, EffectKind.READ_ENTRY) == ["1/1"]


def test_an_order_that_lacked_nothing_knows_none_of_it() -> None:
    order = delivered().order
    assert (order.amendments, order.questions, order.payment.given_back, order.payment.first) == ((), (), 0, "")
