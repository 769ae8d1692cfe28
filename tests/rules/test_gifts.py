"""Gifts: they follow their goods, and an order goes without one that is short (edge case 51)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.code_matching import CodeMatch, Component, with_our_goods
from domain.effects import Allocation, AuditOutcome, EffectKind, LineContent, ReserveOutcome
from domain.gifts import goods_left, with_their_gifts
from domain.holds import EffectState
from domain.inside import Outcome
from domain.lines import Line
from domain.order import Order
from domain.policy import STANDARD, Policy
from domain.shortage_policy import ShortagePolicy
from tests.rules.choosing import LETTER, came_to, refunds, sound
from tests.rules.story import Story, a_content, an_input, the_party_does_it

TEA, CUP, SPOON = "TEA", "CUP", "SPOON"
SET = CodeMatch(
    channel="tmall", code="SET", components=(Component(sku=TEA), Component(sku=CUP), Component(sku=SPOON, gift=True))
)


def part(line: str, sku: str, quantity: int = 2, price: int = 1_000, **fields: Any) -> LineContent:
    return LineContent(line=line, sku=sku, quantity=quantity, unit_price=price, part_of="1", **fields)


GOODS = (part("1", TEA, added_by_rule="bundle"), part("1#2", CUP, added_by_rule="bundle"))
GIFT = part("1#3", SPOON, price=0, added_by_rule="gift")
OTHER = LineContent(line="2", sku="JAM", quantity=1, unit_price=2_500)


class Shelves:
    """One warehouse with so many units of each SKU, and nobody who brings more."""

    def __init__(self, **units: int) -> None:
        self.units = {TEA: 9, CUP: 9, SPOON: 9, "JAM": 9, **units}

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        match effect.kind:
            case EffectKind.AUDIT:
                found = [(line.line, min(line.quantity, self.units[line.sku])) for line in order.content.lines]
                given = tuple(Allocation(line=line, warehouse="SH", quantity=n) for line, n in found if n)
                return AuditOutcome(version=order.version, content=order.content, allocations=given)
            case EffectKind.RESERVE:
                return ReserveOutcome()
            case _:
                return the_party_does_it(order, effect)


def ordered(shelves: Shelves, *lines: LineContent, policy: Policy = STANDARD) -> Story:
    story = Story(an_input(a_content(*(lines or (*GOODS, GIFT))), policy=policy), answers=shelves)
    story.is_paid()
    return story


def units(story: Story) -> dict[str, tuple[int, int]]:
    """Line → units that will be sent, and that will not."""
    return {line.line: (line.to_ship, line.cancelled) for line in story.order.lines}


@pytest.mark.clause("EC-51")
@pytest.mark.parametrize(("there", "sent"), [(0, 0), (1, 1)])
def test_a_gift_that_is_short_keeps_nothing_back_and_the_customer_is_told(there: int, sent: int) -> None:
    story = ordered(Shelves(SPOON=there))
    assert story.order.stage == "READY_TO_SHIP"
    assert units(story) == {"1": (2, 0), "1#2": (2, 0), "1#3": (sent, 2 - sent)}
    assert (came_to(story), refunds(story), story.order.questions) == (["GIFT_LEFT_OUT"], [], ())
    assert (story.told.count("GIFT_SHORT"), story.noted.count("gift_left_out")) == (1, 1)
    assert [task.kind for task in story.order.tasks if task.done_at is None] == []
    assert sound(story) == []
    story.ships()
    story.is_scanned("DELIVERED")
    story.says("confirmed")
    assert (story.order.stage, story.told.count("GIFT_SHORT")) == ("COMPLETED", 1)


@pytest.mark.clause("EC-51")
def test_an_edition_from_before_keeps_the_goods_for_the_gift() -> None:
    old = STANDARD.having(shortage=STANDARD.shortage.having(gifts_follow=False))
    assert not ShortagePolicy().gifts_follow
    story = ordered(Shelves(SPOON=0), policy=old)
    assert (story.order.stage, story.open_cases) == ("AWAITING_CONFIRMATION", ["STOCK_SHORTAGE"])
    assert "GIFT_SHORT" not in story.told


@pytest.mark.clause("EC-51")
def test_before_it_is_paid_a_gift_may_still_come() -> None:
    story = Story(an_input(a_content(*GOODS, GIFT)), answers=Shelves(SPOON=0))
    assert (story.open_cases, story.told.count("GIFT_SHORT")) == (["STOCK_SHORTAGE"], 0)


@pytest.mark.clause("EC-51")
def test_goods_that_are_short_are_no_gift_and_the_gift_waits_with_them() -> None:
    story = ordered(Shelves(CUP=0, SPOON=0))
    assert (story.open_cases, "GIFT_SHORT" in story.told) == (["STOCK_SHORTAGE"], False)
    assert len(story.order.questions) == 1, "the customer decides about the cups"


def chosen(story: Story, option: str) -> None:
    story.says("message_delivered", message=LETTER)
    asked = story.order.questions[-1]
    answer = {"question": asked.no, "option": option}
    assert story.asks("customer_choice", **answer) == ""


@pytest.mark.clause("EC-51")
def test_goods_that_are_not_sent_take_their_gift_along() -> None:
    story = ordered(Shelves(TEA=0, CUP=0), *GOODS, GIFT, OTHER)
    chosen(story, "ship_rest")
    assert units(story) == {"2": (1, 0)}, "a version of its own, in which the set and its spoons are no more"
    assert refunds(story) == [("refund/short/1", 4_000)]
    assert (story.order.stage, came_to(story), sound(story)) == ("READY_TO_SHIP", ["PARTIAL_REFUND"], [])


@pytest.mark.clause("EC-51")
def test_nobody_is_sent_a_gift_alone() -> None:
    story = ordered(Shelves(TEA=0, CUP=0))
    assert [option.word for option in story.order.questions[-1].options] == ["cancel"]


@pytest.mark.clause("EC-51")
@pytest.mark.parametrize(
    ("less", "gone"),
    [
        ({"1": 2, "1#2": 2}, 2),  # all of it
        ({"1": 2}, 0),  # the cups stay, and so do the spoons
        ({"1": 1, "1#2": 1}, 1),  # half of it
        ({"2": 1}, 0),  # what has nothing to do with it
    ],
)
def test_of_a_gift_stays_what_stays_of_its_goods(less: dict[str, int], gone: int) -> None:
    lines = [Line(**line.model_dump()) for line in (*GOODS, GIFT, OTHER)]
    assert with_their_gifts(lines, less) == {**less, **({"1#3": gone} if gone else {})}
    assert goods_left(lines, {"1": 2, "1#2": 2})
    assert not goods_left(lines[:3], {"1": 2, "1#2": 2})


@pytest.mark.clause("EC-51")
def test_an_odd_half_is_rounded_up_and_what_was_cancelled_before_counts() -> None:
    goods, gift = Line(**GOODS[0].model_dump()), Line(**GIFT.model_dump())
    three = goods.having(quantity=3), gift.having(quantity=3)
    assert with_their_gifts(three, {"1": 1}) == {"1": 1, "1#3": 1}
    two = goods.having(quantity=3), gift.having(quantity=1)
    assert with_their_gifts(two, {"1": 2}) == {"1": 2}
    assert with_their_gifts((goods.having(cancelled=1), gift.having(cancelled=1)), {"1": 1}) == {"1": 1, "1#3": 1}


@pytest.mark.clause("EC-51")
@pytest.mark.parametrize(("quantity", "gifts"), [(3, [3]), (1, [1])])
def test_a_change_of_the_posted_line_changes_its_gift(quantity: int, gifts: list[int]) -> None:
    """A change names what was posted; the gift is made anew from it, and goes with it."""
    line = {"line": "1", "sku": "SET", "quantity": quantity, "unit_price": 2_000, "discount": 0}
    ours = with_our_goods({"lines": [line]}, {"SET": SET})
    assert [each["quantity"] for each in ours["lines"] if each["added_by_rule"] == "gift"] == gifts
    assert with_our_goods({"lines": []}, {"SET": SET})["lines"] == []
