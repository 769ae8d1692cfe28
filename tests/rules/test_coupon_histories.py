"""A coupon is never given twice, in whatever order and however often its news come (invariant 16)."""

from __future__ import annotations

from random import Random

import pytest

from tests.rules.story import Story, a_content, a_line, an_input
from tests.rules.test_coupons import HOUR, with_reason


@pytest.mark.clause("SR-132")
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(1, 20))])
def test_no_shuffled_or_duplicated_history_gives_a_coupon_twice(seed: int) -> None:
    """50 histories a seed: news in any order and several times over, and time in between (invariant 16)."""
    found = 0
    for number in range(50):
        random = Random(f"{seed}/{number}")
        word = random.choice(("HUB_OVERLOAD", "", "暴雨", "RECIPIENT_ABSENT"))
        story = Story(an_input(a_content(a_line(unit_price=random.choice((1_500, 4_000, 15_000))))), with_reason(word))
        story.is_paid()
        story.ships()
        states = ("IN_TRANSIT", "IN_TRANSIT", "OUT_FOR_DELIVERY", random.choice(("DELIVERED", "LOST", "IN_TRANSIT")))
        facts = [
            story.fact("carrier_scan", tracking_number="SF1", state=state, ago=-hours * HOUR)
            for state, hours in zip(states, sorted(random.sample(range(300), len(states))), strict=True)
        ]
        news = facts * random.randint(1, 3)
        random.shuffle(news)
        for fact in news:
            story.passes(hours=random.randint(0, 60))
            story.hears(fact)
        story.passes(hours=100)
        given = [coupon.amount or 0 for coupon in story.order.coupons]
        assert len({coupon.key for coupon in story.order.coupons}) == len(given)
        for incident in {coupon.incident for coupon in story.order.coupons}:
            mine = [coupon for coupon in story.order.coupons if coupon.incident == incident]
            assert sum(coupon.amount or 0 for coupon in mine) == max(coupon.up_to for coupon in mine)
        assert sum(given) <= story.order.content.total // 10
        assert story.told.count("COUPON") == sum(amount > 0 for amount in given)
        found += bool(given)
    assert found > 10, "the histories must give coupons, or they prove nothing"
