"""No refund, message or coupon twice, however often and in whatever order the news come (invariants 3, 4, 16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from tests.rules.told_often import LIVES, Told

EACH, SHARE = 112, 3
"""So many histories of each life make more than a thousand; `make test` tries a few of each."""

REPEATED = {"COUPON", "ANSWER_REMINDER"}
"""Templates of several messages: a coupon of a higher step, a reminder after 2 h and one after 24 h."""


@pytest.mark.clause("SR-055", "SR-132c", "SR-144", "AC-30", "AC-32")
@pytest.mark.parametrize(
    "seeds", [range(SHARE), pytest.param(range(SHARE, EACH), marks=pytest.mark.thorough)], ids=["some", "a thousand"]
)
@pytest.mark.parametrize("live", LIVES, ids=lambda live: live.__name__)
def test_no_shuffled_or_doubled_history_pays_or_says_anything_twice(
    live: Callable[[Random], Told], seeds: range
) -> None:
    end, kept, back = LIVES[live]
    for seed in seeds:
        life = live(Random(f"{live.__name__}/{seed}"))
        life.ends()
        order = life.story.order
        assert (order.stage, life.kept, list(life.back.values())) == (end, kept, back), seed
        assert [each.key for each in order.payment.refunds if not each.done] == [], seed
        assert life.twice == [], seed
        said = Counter(life.story.told)
        assert [template for template, times in said.items() if times > 1 and template not in REPEATED] == [], seed
        for incident in {coupon.incident for coupon in order.coupons}:
            mine = [coupon for coupon in order.coupons if coupon.incident == incident]
            assert sum(coupon.amount or 0 for coupon in mine) == max(coupon.up_to for coupon in mine), seed
