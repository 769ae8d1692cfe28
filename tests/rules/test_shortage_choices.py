"""The customer chooses what becomes of goods that nobody has (E2 steps 4 to 6; AC-26, AC-27, AC-28, EC-10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.amending import amended, amended_order, costs_more
from domain.books import promises
from domain.effects import Allocation, Amendment, AuditOutcome, Content, EffectKind, LineContent, ReserveOutcome
from domain.facts import Moved
from domain.holds import EffectState
from domain.inquiries import Answer
from domain.inside import Outcome
from domain.money import receivable
from domain.order import Order
from domain.policy import STANDARD, CaseKind, Policy
from domain.question_policy import QuestionPolicy
from domain.questions import Question
from domain.shipments import ShipmentState
from domain.shortage_policy import Substitute
from domain.stage import Stage
from tests.rules import invariants
from tests.rules.shortages import House, asked, short, steps
from tests.rules.story import PLACED, Story, a_content, a_line, an_input, delivered, the_party_does_it

HOUR = timedelta(hours=1)
LETTER = "message/SHORTAGE_CHOICE/question/1"


def offering(unit_price: int, **changes: Any) -> Policy:
    """An edition that names what may be sent in place of the mug."""
    other = Substitute(sku="SKU-1", instead="SKU-9", specification="blue", unit_price=unit_price)
    return STANDARD.having(shortage=STANDARD.shortage.having(substitutes=(other,)), **changes)


class Shelf(House):
    """As the house, and it has so many units of anything else."""

    others = 9

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        match effect.kind:
            case EffectKind.AUDIT:
                found = tuple(self._of(line) for line in order.content.lines)
                return AuditOutcome(
                    version=order.version, content=order.content, allocations=tuple(each for each in found if each)
                )
            case EffectKind.RESERVE:
                units = min(sum(part["quantity"] for part in effect.request["lines"]), self.arrived)
                line = effect.request["lines"][0]["line"]
                given = (Allocation(line=line, warehouse="BJ", quantity=units),) if units else ()
                return ReserveOutcome(allocations=given)
            case _:
                return super().__call__(order, effect)

    def _of(self, line: LineContent) -> Allocation | None:
        units = min(line.quantity, self.first if line.sku == "SKU-1" else self.others)
        return Allocation(line=line.line, warehouse="SH", quantity=units) if units else None


def sound(story: Story) -> list[str]:
    """What does not hold in the order."""
    return list(invariants.of_state(story.order, story.now, story.decided))


def choosing(house: House | None = None, **fields: Any) -> Story:
    """A paid order of three, of which one is there; nobody brings the others, and the question has arrived."""
    story = short(house or Shelf(), **{"policy": STANDARD, **fields})
    story.says("message_delivered", message=LETTER)
    return story


def question(story: Story) -> Question:
    return story.order.questions[-1]


def refunds(story: Story) -> list[tuple[str, int]]:
    return [(back.key.partition("/")[2], back.amount) for back in story.order.payment.refunds]


def came_to(story: Story) -> list[str]:
    """How the shortages ended; an order that is late has other cases too."""
    return [case.outcome for case in story.order.cases if case.kind is CaseKind.STOCK_SHORTAGE]


def words(story: Story) -> list[tuple[str, int, str]]:
    return [(each.word, each.difference, each.about) for each in question(story).options]


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


# -- AC-27 -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-27", "SR-131b")
def test_cheaper_goods_instead_are_a_new_version_and_the_difference_goes_back_once() -> None:
    story = choosing(policy=offering(700))
    assert words(story)[0] == ("substitute", -600, "SKU-9 × 2")
    assert story.asks("customer_choice", question=1, option="substitute") == ""
    order = story.order
    assert [(line.line, line.sku, line.quantity, line.unit_price) for line in order.content.lines] == [
        ("1", "SKU-1", 1, 1_000),
        ("1S1", "SKU-9", 2, 700),
    ]
    assert (order.version, order.content.total, order.payment.due) == (2, 2_400, 2_400)
    assert refunds(story) == [("refund/short/1", 600)]
    assert (order.stage, came_to(story)) == (Stage.READY_TO_SHIP, ["SUBSTITUTED"])
    assert [part.line for part in order.shipments[0].lines] == ["1", "1S1"]
    assert sound(story) == []
    story.ships()
    story.is_scanned("DELIVERED")
    story.passes(hours=24)
    assert (story.order.stage, refunds(story)) == (Stage.COMPLETED, [("refund/short/1", 600)])
    assert sound(story) == []


@pytest.mark.clause("AC-27", "SR-131b")
def test_dearer_goods_instead_are_sent_once_the_difference_is_paid() -> None:
    story = choosing(policy=offering(1_300))
    assert words(story)[0] == ("substitute", 600, "SKU-9 × 2")
    started = story.clock("C4").start_at
    story.passes(hours=1)
    story.asks("customer_choice", question=1, option="substitute")
    assert (story.order.version, story.order.payment.due, refunds(story)) == (2, 3_600, [])
    assert not story.order.payment.gate_closed
    assert story.letters[-1].template == "PAY_DIFFERENCE"
    assert story.letters[-1].params == {"amount": 600, "currency": "CNY"}
    assert (story.order.stage, asked(story, EffectKind.ENTER)) == (Stage.AWAITING_CONFIRMATION, [])
    assert [task.kind for task in story.order.tasks if not task.done_at] == ["CHECK_PAYMENT"]
    assert sound(story) == []
    story.passes(hours=10)
    story.is_paid(500)
    assert asked(story, EffectKind.RELEASE) == []
    story.is_paid(100)
    assert (story.order.stage, story.order.open_holds) == (Stage.READY_TO_SHIP, ())
    assert (refunds(story), story.order.payment.state) == ([], "paid")
    clock = story.clock("C4", "shipment/1")
    assert clock.start_at == started, (
        "paid since the first payment; the ten hours until the difference came do not count"
    )
    assert clock.due_at == PLACED + 58 * HOUR
    assert len([row for row in promises(story.order, story.now) if row.kind == "C1"]) == 1
    assert sound(story) == []


@pytest.mark.clause("AC-27", "SR-131b")
def test_nothing_is_replaced_without_consent() -> None:
    story = choosing(policy=offering(700))
    story.passes(hours=49)
    assert (question(story).chosen, story.order.version) == ("ship_rest", 1)
    assert "SKU-9" not in {line.sku for line in story.order.lines}


@pytest.mark.clause("AC-27", "SR-131b")
def test_goods_instead_that_are_gone_by_then_are_a_persons_to_find_and_nothing_is_asked_twice() -> None:
    house = Shelf()
    house.others = 1
    story = choosing(house, policy=offering(700))
    story.asks("customer_choice", question=1, option="substitute")
    assert [task.params["lines"] for task in story.order.tasks if task.kind == "FIND_STOCK"] == [{"1S1": 1}]
    assert (len(story.order.questions), refunds(story)) == (1, [("refund/short/1", 600)])
    assert sound(story) == []


@pytest.mark.clause("AC-27", "SR-131b")
def test_cash_on_delivery_collects_what_the_goods_cost_by_then() -> None:
    content = a_content(a_line(quantity=3), payment_method="cod")
    story = Story(an_input(content, policy=offering(1_300)), answers=Shelf())
    story.says("message_delivered", message=LETTER)
    story.asks("customer_choice", question=1, option="substitute")
    assert (story.order.payment.due, story.order.stage) == (3_600, Stage.READY_TO_SHIP)
    assert (refunds(story), story.order.open_holds) == ([], ())


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


def half_out() -> Story:
    """Two lines of 20.00 from two warehouses; one left, and the other's shelf held nothing."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.AUDIT:
            places = zip(order.content.lines, ("SH", "BJ"), strict=True)
            found = tuple(Allocation(line=each.line, warehouse=at, quantity=each.quantity) for each, at in places)
            return AuditOutcome(version=order.version, content=order.content, allocations=found)
        return ReserveOutcome() if effect.kind == EffectKind.RESERVE else the_party_does_it(order, effect)

    content = a_content(a_line("1"), a_line("2", unit_price=2_500), freight=600, total=7_600)
    story = Story(an_input(content), answers=answers)
    story.is_paid()
    story.ships()
    story.says("short_picked", shipment=2, line="2", quantity=2)
    return story


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


# -- what an amendment does ------------------------------------------------------------------------------------------


def discounted() -> Content:
    lines = (
        LineContent(line="1", sku="A", quantity=3, unit_price=1_000, discount=100),
        LineContent(line="2", sku="B", quantity=1, unit_price=2_000, discount=200),
    )
    return Content(
        lines=lines,
        currency="CNY",
        freight=500,
        discount=300,
        platform_discount=400,
        tax=47,
        total=5_247,
        payment_method="prepaid",
    )


@pytest.mark.clause("SR-131b", "AC-26")
def test_a_line_keeps_its_share_of_the_discounts_and_the_freight_stays() -> None:
    less = Amendment(case=1, less=(Moved(line="1", quantity=2), Moved(line="2", quantity=1)))
    after = amended(discounted(), less)
    assert [(line.line, line.quantity, line.discount) for line in after.lines] == [("1", 1, 33)]
    assert (after.discount, after.freight, after.total) == (33, 500, receivable(after))
    assert (after.tax, after.platform_discount) == (47 * 967 // 4_700, 400 * 967 // 4_700)
    assert costs_more(discounted(), less) == (after.total - after.platform_discount) - (5_247 - 400)


@pytest.mark.clause("SR-131b", "AC-27")
def test_the_posted_order_is_read_with_its_amendments_and_keeps_everything_else() -> None:
    raw = {
        "lines": [{"line": "1", "sku": "TB-7", "quantity": 2, "unit_price": 1_000, "title": "mug"}],
        "currency": "CNY",
        "total": 2_000,
        "payment": {"method": "prepaid", "paid_amount": 2_000},
        "customer": {"name": "王小明"},
    }
    other = LineContent(line="1S1", sku="SKU-9", quantity=1, unit_price=1_500)
    amendment = Amendment(case=1, less=(Moved(line="1", quantity=1),), instead=(other,))
    once = amended_order(raw, (amendment,))
    assert [(line["line"], line["sku"], line["quantity"]) for line in once["lines"]] == [
        ("1", "TB-7", 1),
        ("1S1", "SKU-9", 1),
    ]
    assert (once["lines"][0]["title"], once["customer"]) == ("mug", raw["customer"])
    assert (once["total"], once["payment"]["paid_amount"]) == (2_500, 2_500)
    assert raw["total"] == 2_000, "the posted order stays as it is"
    assert amended_order(raw, ()) == raw
