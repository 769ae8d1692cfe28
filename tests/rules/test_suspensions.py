"""Announced suspensions of warehouses and carriers (edge case 48): holidays stop no clock, an announcement does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.policy import STANDARD, Policy
from domain.suspension_policy import Suspension
from tests.rules.recalling import complaints
from tests.rules.story import PLACED, Story, an_input, shipped

DAY = timedelta(days=1)
SPRING = Suspension(
    name="spring-2027",
    since=PLACED + DAY,
    until=PLACED + 8 * DAY,
    warehouses=("SH",),
    carriers=("SF",),
    notice={"zh-Hans": "春节期间仓库放假。", "en": "The warehouse is closed over Spring Festival."},
)


def announced(**changes: object) -> Policy:
    return STANDARD.having(suspensions=(SPRING.having(**changes),))


@pytest.mark.clause("EC-48", "SR-123")
def test_the_warehouse_of_a_shipment_is_closed_and_its_c4_waits() -> None:
    story = Story(an_input(policy=announced()))
    story.is_paid()
    clock = story.clock("C4", "shipment/1")
    assert (clock.due_at, len(clock.pauses)) == (PLACED + 9 * DAY, 1), "a day before it, a day after it"
    story.passes(days=8)
    assert (story.open_cases, story.clock("C4", "shipment/1").verdict) == ([], "open")
    story.passes(days=1, seconds=1)
    assert story.open_cases == ["OUTBOUND_OVERDUE"]


@pytest.mark.clause("EC-48")
def test_who_waits_for_it_is_told_the_public_text_once_when_it_begins() -> None:
    story = Story(an_input(policy=announced()))
    story.is_paid()
    assert "SUSPENSION_NOTICE" not in story.told
    story.passes(days=1, seconds=1)
    [letter] = [letter for letter in story.letters if letter.template == "SUSPENSION_NOTICE"]
    assert letter.params == {"notice": "春节期间仓库放假。", "date": "2026-12-01"}
    story.passes(days=3)
    story.ships()
    assert (story.told.count("SUSPENSION_NOTICE"), complaints(story)) == (1, [])


@pytest.mark.clause("EC-48", "SR-124")
def test_a_carrier_that_stands_still_is_not_silent() -> None:
    story = shipped(policy=announced(warehouses=()))
    story.passes(days=2)
    assert (story.open_cases, story.clock("C5").verdict) == ([], "open")
    assert story.clock("C5").due_at == PLACED + 8 * DAY, "its day was up as it began"
    other = shipped(policy=announced(warehouses=(), carriers=("YTO",)))
    other.passes(days=2)
    assert other.open_cases == ["LOGISTICS_STALLED"]


@pytest.mark.clause("EC-48")
def test_other_warehouses_other_carriers_and_other_editions_count_on() -> None:
    for policy in (announced(warehouses=("BJ",), carriers=("YTO",)), STANDARD):
        story = Story(an_input(policy=policy))
        story.is_paid()
        story.passes(hours=48, seconds=1)
        assert (story.open_cases, "SUSPENSION_NOTICE" in story.told) == (["OUTBOUND_OVERDUE"], False)


@pytest.mark.clause("EC-48")
def test_goods_that_have_left_wait_for_no_warehouse() -> None:
    story = shipped(policy=announced(carriers=()))
    story.passes(days=1, hours=2)
    assert "SUSPENSION_NOTICE" not in story.told
    assert "LOGISTICS_STALLED" in story.open_cases


@pytest.mark.clause("EC-48")
@pytest.mark.parametrize(
    ("changes", "said"), [({"until": SPRING.since}, "ends after"), ({"warehouses": (), "carriers": ()}, "names")]
)
def test_a_suspension_without_an_end_or_of_nobody_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Suspension.model_validate(SPRING.model_dump() | changes)
