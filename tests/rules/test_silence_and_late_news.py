"""Silence, delay and news that comes late: C5, C6 and the breaches that are taken back (§1.3, SR-124, SR-132)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inquiries import CarrierAnswer
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.story import PLACED, Story, an_input, promised, shipped, the_party_does_it

HOUR = timedelta(hours=1)


# -- silence ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-12", "AC-13", "SR-124")
def test_movement_starts_the_24_hours_again_and_a_repeated_scan_does_not() -> None:
    story = shipped()
    story.passes(hours=23, minutes=59)
    story.is_scanned("IN_TRANSIT", location="Hangzhou")
    seen_at = story.now
    story.passes(hours=23, minutes=59)
    story.is_scanned("IN_TRANSIT", location="Hangzhou", ago=story.now - seen_at)
    story.is_scanned("LABELLED")
    story.passes(minutes=1)
    assert story.open_cases == []
    story.passes(seconds=1)
    assert (story.clock("C5").start_at, story.open_cases) == (seen_at, ["LOGISTICS_STALLED"])


@pytest.mark.clause("AC-64", "SR-124")
def test_at_the_pickup_point_silence_does_not_count() -> None:
    story = shipped()
    story.passes(hours=20)
    story.is_scanned("READY_FOR_PICKUP")
    story.passes(hours=72)
    assert (story.clock("C6").verdict, story.open_cases) == ("met", [])
    assert story.told.count("PICKUP_REMINDER") == 1
    story.passes(hours=96)
    assert story.order.stage is Stage.DELIVERED
    assert story.clock("C3").start_at == PLACED + 188 * HOUR


@pytest.mark.clause("AC-15", "SR-132")
def test_silence_and_delay_of_one_parcel_are_one_case() -> None:
    story = shipped(promised_delivery_date=promised(23))
    story.passes(hours=40)
    assert story.open_cases == ["LOGISTICS_DELAY"]
    assert {row.kind: row.case_no for row in story.rows("C5", "C6")} == {"C5": 1, "C6": 1}


@pytest.mark.clause("AC-14", "SR-132")
def test_c6_is_the_first_promise_whatever_the_carrier_says_later() -> None:
    story = shipped(promised_delivery_date=promised(24))
    due = story.clock("C6").due_at
    story.says("delivery_estimated", tracking_number="SF1", estimated_at=PLACED + 400 * HOUR)
    assert story.clock("C6").due_at == due


@pytest.mark.clause("SR-124")
def test_a_lost_parcel_is_not_silent_until_it_moves_again() -> None:
    story = shipped()
    story.passes(hours=10)
    story.is_scanned("LOST")
    story.passes(hours=100)
    story.is_scanned("IN_TRANSIT")
    assert [(row.start_at, row.verdict) for row in story.rows("C5")] == [
        (PLACED, "met"),
        (PLACED + 110 * HOUR, "open"),
    ]


# -- the day that was to be told later -------------------------------------------------------------------------------

SHIPPED = ["SHIPPED_NO_ETA", "SHIPPED_WITH_ETA", "TRACKING_ADDED", "PARTIAL_SHIPPED"]
NO_TRANSIT = STANDARD.having(transit=None)


def _told_of_shipping(story: Story) -> list[str]:
    return [template for template in story.told if template in SHIPPED]


@pytest.mark.clause("SR-023", "SR-132")
@pytest.mark.parametrize("parcels", [1, 2])
def test_the_first_estimate_is_told_once_to_whom_no_day_was_told(parcels: int) -> None:
    story = Story(an_input(policy=NO_TRANSIT))
    story.is_paid()
    for package in range(1, parcels + 1):
        story.ships(str(package), lines=[{"line": "1", "quantity": 2 // parcels}])
    story.is_scanned("PICKED_UP")
    assert _told_of_shipping(story) == ["SHIPPED_NO_ETA"] * parcels
    for hours in (60, 90):
        story.says("delivery_estimated", tracking_number="SF1", estimated_at=PLACED + hours * HOUR)
    assert _told_of_shipping(story) == ["SHIPPED_NO_ETA"] * parcels + ["SHIPPED_WITH_ETA"]
    assert story.letters[-1].params == {"date": "2026-11-25", "carrier": "SF", "tracking": "SF1"}


@pytest.mark.clause("SR-023", "SR-132")
def test_an_estimate_in_the_carriers_answer_is_told_too() -> None:
    def carrier_knows_the_day(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.ASK_CARRIER:
            return CarrierAnswer(estimated_at=PLACED + 90 * HOUR)
        return the_party_does_it(order, effect)

    story = Story(an_input(policy=NO_TRANSIT), carrier_knows_the_day)
    story.is_paid()
    story.ships()
    story.passes(hours=25)
    assert _told_of_shipping(story) == ["SHIPPED_NO_ETA", "SHIPPED_WITH_ETA"]


@pytest.mark.clause("SR-023", "SR-132")
def test_a_day_is_told_neither_twice_nor_after_it_is_over() -> None:
    told_at_once = shipped()
    told_at_once.says("delivery_estimated", tracking_number="SF1", estimated_at=PLACED + 60 * HOUR)
    assert _told_of_shipping(told_at_once) == ["SHIPPED_WITH_ETA"]
    too_late = shipped(policy=NO_TRANSIT)
    too_late.passes(hours=30)
    too_late.says("delivery_estimated", tracking_number="SF1", estimated_at=PLACED)
    arrived = shipped(policy=NO_TRANSIT)
    arrived.is_scanned("DELIVERED")
    arrived.says("delivery_estimated", tracking_number="SF1", estimated_at=PLACED + 60 * HOUR)
    assert _told_of_shipping(too_late) == _told_of_shipping(arrived) == ["SHIPPED_NO_ETA"]


# -- late news -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-124")
def test_late_news_of_what_was_in_time_takes_the_breach_back() -> None:
    story = shipped()
    story.passes(hours=25)
    assert story.open_cases == ["LOGISTICS_STALLED"]
    story.is_scanned("IN_TRANSIT", ago=3 * HOUR)
    case = story.order.cases[0]
    assert (story.open_cases, case.status, case.outcome) == ([], "WITHDRAWN", "FALSE_ALARM")
    assert [row.verdict for row in story.rows("C5")] == ["met", "open"]
    assert "clock_corrected" in story.noted


@pytest.mark.clause("SR-123")
def test_late_news_of_what_was_late_resolves_the_case_late() -> None:
    story = Story()
    story.is_paid()
    story.passes(hours=50)
    story.ships(ago=HOUR)
    case = story.order.cases[0]
    assert (case.kind, case.status, case.outcome) == ("OUTBOUND_OVERDUE", "RESOLVED", "LATE")


@pytest.mark.clause("AC-69", "SR-122")
def test_a_signature_heard_of_after_its_due_completes_at_once_and_is_nobodys_case() -> None:
    story = shipped()
    story.passes(hours=20)
    story.is_scanned("IN_TRANSIT")
    story.passes(hours=40)
    story.is_scanned("DELIVERED", ago=30 * HOUR)
    row = story.clock("C3")
    assert story.order.stage is Stage.COMPLETED
    assert (row.verdict, row.cause, row.responsible, row.case_no) == ("breached", "LATE_FACT", "carrier", None)
    assert story.open_cases == []


@pytest.mark.clause("SR-120")
def test_an_order_heard_of_after_its_two_hours_is_the_channels_breach() -> None:
    story = Story(an_input(received_at=PLACED + 3 * HOUR))
    row = story.clock("C1")
    assert (row.verdict, row.cause, row.responsible, row.case_no) == ("breached", "LATE_INTAKE", "channel", None)
    story.passes(hours=2, seconds=1)
    assert story.open_cases == ["CONFIRM_OVERDUE"]
