"""A start that is told after its due: its party is asked at once, the case comes later (§1.3); whom level 1 tells."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import EffectKind
from tests.rules.story import PLACED, Story, a_content, an_input

HOUR = timedelta(hours=1)
ASKS = (EffectKind.ASK_WAREHOUSE, EffectKind.ASK_CARRIER, EffectKind.ASK_PAYER)


def asked(story: Story) -> list[tuple[str, str]]:
    """Who was asked, and as what: late, or because of a case or a silence."""
    return [
        (effect.kind, f"{effect.cause.split('/')[0]} {effect.cause.split('/', 2)[-1]}")
        for effect in story.order.effects
        if effect.kind in ASKS
    ]


def out_30_hours_ago(*, number: str | None) -> Story:
    """An order of which we hear 30 hours late that it left."""
    story = Story()
    story.is_paid()
    story.passes(hours=31)
    story.says("outbound", shipment=1, package="1", tracking_number=number, carrier="SF", ago=30 * HOUR)
    return story


@pytest.mark.clause("AC-69", "SR-033", "SR-121", "SR-124")
def test_an_outbound_told_late_is_asked_about_at_once_and_again_by_the_case() -> None:
    story = out_30_hours_ago(number=None)
    assert [(row.verdict, row.cause) for row in story.rows("C2", "C5")] == [("breached", "LATE_FACT")] * 2
    assert (asked(story), story.open_cases) == ([("ask_warehouse", "late shipment/1")], [])
    story.passes(hours=1, seconds=1)
    assert story.open_cases == ["TRACKING_MISSING"]
    assert asked(story) == [("ask_warehouse", "late shipment/1"), ("ask_warehouse", "1 shipment/1")]
    story.says("tracking_number", shipment=1, package="1", tracking_number="SF1", carrier="SF")
    assert asked(story)[2:] == [("ask_carrier", "late package/1")]
    story.passes(hours=23)
    assert "LOGISTICS_STALLED" in story.open_cases
    assert asked(story)[3:] == [("ask_carrier", "silence package/1")]


@pytest.mark.clause("AC-69", "SR-033", "SR-124", "SR-132")
def test_one_carrier_is_asked_once_though_two_clocks_of_a_parcel_are_late() -> None:
    story = Story(an_input(promised_delivery_date=PLACED.date()))
    story.is_paid()
    story.passes(hours=31)
    story.says("outbound", shipment=1, package="1", tracking_number="SF1", carrier="SF", ago=30 * HOUR)
    assert [row.cause for row in story.rows("C5", "C6")] == ["LATE_FACT"] * 2
    story.passes(hours=20)
    assert [each for each in asked(story) if each[0] == "ask_carrier"] == [("ask_carrier", "late package/1")]


@pytest.mark.clause("AC-69", "SR-124")
def test_a_movement_told_late_is_the_carriers_own_word() -> None:
    story = out_30_hours_ago(number="SF1")
    story.is_scanned("IN_TRANSIT", ago=26 * HOUR)
    assert [(row.verdict, row.cause) for row in story.rows("C5")][1:] == [("breached", "LATE_FACT")]
    assert asked(story) == [("ask_carrier", "late package/1")]


@pytest.mark.clause("SR-033", "SR-123")
def test_a_payment_told_late_asks_the_warehouse_as_soon_as_it_has_the_goods() -> None:
    story = Story(an_input(latest_ship_at=PLACED + 40 * HOUR))
    story.passes(hours=50)
    story.is_paid(ago=49 * HOUR)
    assert [row.cause for row in story.rows("C8")] == ["LATE_FACT"]
    assert [each for each in asked(story) if each[0] == "ask_warehouse"] == [("ask_warehouse", "late shipment/1")]
    assert "OUTBOUND_OVERDUE" not in story.open_cases


@pytest.mark.clause("SR-033", "SR-120")
@pytest.mark.parametrize(("method", "asks"), [("prepaid", [("ask_payer", "late order")]), ("cod", [])])
def test_an_order_told_late_has_its_payer_asked_at_once(method: str, asks: list[tuple[str, str]]) -> None:
    story = Story(an_input(a_content(payment_method=method), received_at=PLACED + 3 * HOUR))
    assert (asked(story), story.open_cases) == (asks, [])


# -- level 1 ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-033")
def test_level_1_tells_the_partys_team_and_the_owner() -> None:
    story = Story()
    story.is_paid()
    story.says("outbound", shipment=1, package="1")
    story.passes(hours=1, seconds=1)
    mine = {task.key: task for task in story.order.tasks if task.case_no == 1}
    roles = {key: (task.kind, task.role, task.done_at) for key, task in mine.items()}
    assert roles == {
        "case/1": ("TRACKING_MISSING", "warehouse", None),
        "case/1/owner": ("TRACKING_MISSING", "order_administrator", None),
    }
    story.says("tracking_number", shipment=1, package="1", tracking_number="SF1", carrier="SF")
    story.says("tracking_accepted", tracking_number="SF1")
    assert all(task.done_at == story.now for task in story.order.tasks if task.case_no == 1)


@pytest.mark.clause("SR-033")
def test_a_case_of_the_owner_is_one_task() -> None:
    story = Story()
    story.asks("place_hold", reason="MANUAL", blocks=("release",), note="n", review_at=PLACED + 900 * HOUR)
    story.is_paid()
    story.passes(hours=48, seconds=1)
    [case] = story.order.open_cases
    assert [task.key for task in story.order.tasks if task.case_no == case.no] == [f"case/{case.no}"]
