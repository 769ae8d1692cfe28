"""C8 stops when the channel has accepted a number for all that the order ships, out or not (§1.3, AC-62, AC-70)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import Allocation, AuditOutcome, EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.stage import Stage
from tests.rules.story import PLACED, Story, an_input, the_party_does_it

HOUR = timedelta(hours=1)


def _label(story: Story, package: str, shipment: int = 1) -> None:
    """The number is known before the parcel leaves, and the channel takes it."""
    number = f"SF{package}"
    story.says("tracking_number", shipment=shipment, package=package, tracking_number=number, carrier="SF")
    story.says("tracking_accepted", tracking_number=number)


def two_warehouses(order: Order, effect: EffectState) -> Outcome | None:
    """An audit that finds each of the two units in a warehouse of its own."""
    if effect.kind != EffectKind.AUDIT:
        return the_party_does_it(order, effect)
    found = tuple(Allocation(line="1", warehouse=warehouse, quantity=1) for warehouse in ("SH", "BJ"))
    return AuditOutcome(version=order.version, content=order.content, allocations=found)


@pytest.mark.clause("AC-70", "AC-62", "SR-121")
def test_c8_stops_with_the_accepted_number_though_the_goods_are_not_out() -> None:
    story = Story(an_input(latest_ship_at=PLACED + 30 * HOUR))
    story.is_paid()
    story.passes(hours=2)
    _label(story, "1")
    story.passes(hours=29)
    row = story.clock("C8")
    assert (row.verdict, row.stop_at, story.order.stage) == ("met", PLACED + 2 * HOUR, Stage.READY_TO_SHIP)
    assert story.order.cases == ()
    assert [entry for entry in story.entries if entry.params.get("clock") == "C8"] == []


@pytest.mark.clause("AC-70", "AC-62")
def test_c8_waits_for_the_number_of_every_shipment() -> None:
    story = Story(an_input(latest_ship_at=PLACED + 30 * HOUR), two_warehouses)
    story.is_paid()
    _label(story, "1", 1)
    story.passes(hours=3)
    assert story.clock("C8").verdict == "open"
    _label(story, "2", 2)
    assert (story.clock("C8").verdict, story.clock("C8").stop_at) == ("met", PLACED + 3 * HOUR)


@pytest.mark.clause("AC-70", "AC-62")
def test_c8_goes_on_where_the_shelf_held_less_and_units_have_no_shipment() -> None:
    story = Story(
        an_input(latest_ship_at=PLACED + 30 * HOUR),
        lambda order, effect: None if effect.kind == EffectKind.RESERVE else the_party_does_it(order, effect),
    )
    story.is_paid()
    _label(story, "1")
    assert story.clock("C8").verdict == "met"
    story.says("short_picked", shipment=1, line="1", quantity=1)
    assert story.clock("C8").verdict == "open"
    story.passes(hours=30, seconds=1)
    assert "SHIP_BY_MISSED" in story.open_cases


def _entered_when_held(order: Order, effect: EffectState) -> Outcome | None:
    """An ERP that answers late: the order is entered, its shipment planned, and a hold keeps it here."""
    return None if effect.kind == EffectKind.ENTER and not order.open_holds else the_party_does_it(order, effect)


@pytest.mark.clause("AC-70")
@pytest.mark.parametrize(("taken", "verdict"), [(True, "met"), (False, "void")])
def test_c8_of_a_cancelled_order_counts_what_the_channel_took_before(taken: bool, verdict: str) -> None:
    story = Story(an_input(latest_ship_at=PLACED + 30 * HOUR), _entered_when_held)
    story.is_paid()
    story.asks("place_hold", reason="MANUAL", blocks=("release",), note="n", review_at=PLACED + 900 * HOUR)
    if taken:
        _label(story, "1")
    story.passes(hours=1)
    assert story.asks("cancel", reason="n") == ""
    if not taken:
        _label(story, "1")
    assert story.clock("C8").verdict == verdict
