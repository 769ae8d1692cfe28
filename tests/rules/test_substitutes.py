"""Other goods instead, and what an amendment of the order does (E2 step 4 and 5; AC-27)."""

from __future__ import annotations

import pytest

from domain.amending import amended, amended_order, costs_more
from domain.books import promises
from domain.effects import Amendment, Content, EffectKind, LineContent
from domain.facts import Moved
from domain.money import receivable
from domain.stage import Stage
from tests.rules.choosing import HOUR, LETTER, Shelf, came_to, choosing, offering, question, refunds, sound, words
from tests.rules.shortages import asked
from tests.rules.story import PLACED, Story, a_content, a_line, an_input

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
    story = choosing(house, policy=offering(700))
    house.others = 1
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
