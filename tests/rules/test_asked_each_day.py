"""A parcel with an open case is asked for every 24 h until it is presumed lost, and nothing else happens twice (E3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import EffectKind
from tests.rules.carriers import DEAR, Carrier, on_its_way
from tests.rules.story import PLACED, Story

SECOND = timedelta(seconds=1)


def asked_after(story: Story) -> list[int]:
    """After how many whole hours its carrier was asked, from the outbound on."""
    asked = (effect for effect in story.order.effects if effect.kind == EffectKind.ASK_CARRIER)
    return [round((effect.since - PLACED) / timedelta(hours=1)) for effect in asked]


@pytest.mark.clause("SR-132", "SR-132a")
@pytest.mark.parametrize("seen_to", [False, True])
def test_a_silent_parcel_is_asked_for_every_24_hours_until_it_is_lost(*, seen_to: bool) -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD"), DEAR)
    story.passes(hours=25)
    assert (story.open_cases, asked_after(story)) == (["LOGISTICS_STALLED"], [24])
    if seen_to:
        assert story.asks("acknowledge", case=1) == ""
    story.passes(hours=46, minutes=59)
    assert asked_after(story) == [24, 48]
    assert [coupon.amount for coupon in story.order.coupons] == [500], "one delay, one coupon"
    assert story.told.count("STALLED_NOTICE") == 1
    assert "LATE_NOTICE" not in story.told
    assert len([case for case in story.order.cases if case.kind == "LOGISTICS_STALLED"]) == 1
    story.passes(days=4)
    assert asked_after(story) == [24, 48, 72], "what is presumed lost is asked for once more, and never again"
    assert story.open_cases == ["LOST_OR_DAMAGED"]
    assert story.told.count("STALLED_NOTICE") == 1


@pytest.mark.clause("SR-132", "SR-124")
def test_a_parcel_that_moves_again_is_asked_for_anew_only_after_a_silence_of_its_own() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD"), DEAR)
    story.passes(hours=40)
    story.is_scanned("IN_TRANSIT", location="Wuhan")
    assert story.open_cases == []
    story.passes(hours=23, minutes=59)
    assert asked_after(story) == [24]
    story.passes(minutes=2)
    assert asked_after(story) == [24, 64]
    assert story.told.count("STALLED_NOTICE") == 1, "one parcel, one story"
