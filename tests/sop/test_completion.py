"""Completed within 24 hours of the signature; the desk does it by itself at 23 (C3, SR-122)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.holds import CaseStatus
from domain.stage import Stage
from tests.sop.desk import Desk, a_content

HOUR = timedelta(hours=1)


@pytest.mark.clause("AC-08", "SR-122")
async def test_when_nobody_acts_the_order_completes_itself_at_23_hours(desk: Desk) -> None:
    await desk.is_delivered()
    signed_at = desk.now
    await desk.is_just_at(signed_at + 23 * HOUR)
    assert await desk.stage() is Stage.DELIVERED
    await desk.passes(seconds=1)
    assert await desk.stage() is Stage.COMPLETED
    clock = await desk.clock("C3")
    assert (clock.verdict, clock.start_at, clock.stop_event) == ("met", signed_at, "completed")
    assert clock.gross_s == pytest.approx(23 * 3600, abs=1)
    assert await desk.cases() == []
    assert desk.messages.count("COMPLETED/order") == 1
    assert [entry.code for recording in desk.book.recordings for entry in recording.entries].count(
        "completed_by_itself"
    ) == 1


@pytest.mark.clause("SR-122", "SR-022")
@pytest.mark.parametrize("source", ["customer", "erp", "ops"])
async def test_a_confirmation_completes_the_delivered_order_at_once(desk: Desk, source: str) -> None:
    await desk.is_delivered()
    await desk.passes(hours=2)
    await desk.hears("confirmed", source=source)
    assert await desk.stage() is Stage.COMPLETED
    assert (await desk.clock("C3")).gross_s == pytest.approx(2 * 3600, abs=10)


@pytest.mark.clause("SR-122")
async def test_an_early_confirmation_waits_for_the_signature(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.hears("confirmed")
    assert await desk.stage() is Stage.SHIPPED
    await desk.carrier_scans("DELIVERED")
    assert await desk.stage() is Stage.COMPLETED


@pytest.mark.clause("SR-122")
async def test_ops_complete_the_delivered_order_and_no_other(desk: Desk) -> None:
    await desk.is_on_its_way()
    assert (await desk.is_refused("confirm_completion")).code == "WRONG_STAGE"
    await desk.carrier_scans("DELIVERED")
    await desk.asks("confirm_completion")
    assert await desk.stage() is Stage.COMPLETED


@pytest.mark.clause("SR-022")
async def test_the_marketplaces_own_completion_completes_nothing(desk: Desk) -> None:
    await desk.is_delivered()
    await desk.hears("channel_completed", source="channel")
    assert await desk.stage() is Stage.DELIVERED
    assert "push_status/COMPLETED" not in desk.book.letters


@pytest.mark.clause("SR-122", "EC-08")
async def test_the_clock_starts_at_the_last_package(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.ships(package="1", number="SF1", lines=[{"line": "1", "quantity": 1}])
    await desk.ships(package="2", number="SF2", lines=[{"line": "1", "quantity": 1}])
    await desk.carrier_scans("DELIVERED", number="SF1")
    assert await desk.stage() is Stage.PARTIALLY_DELIVERED
    await desk.passes(hours=20)
    await desk.carrier_scans("DELIVERED", number="SF2")
    assert (await desk.clock("C3")).start_at == desk.now
    assert await desk.stage() is Stage.DELIVERED
    assert desk.messages[-2:] == ["PARTIAL_DELIVERED/package/1", "DELIVERED/order"]


@pytest.mark.clause("AC-09", "SR-122")
async def test_a_dispute_stops_the_clock_and_the_order_completes_after_it(desk: Desk) -> None:
    await desk.is_delivered()
    signed_at = desk.now
    await desk.passes(hours=2)
    await desk.asks("place_hold", reason="DISPUTE", note="says nothing came")
    await desk.passes(hours=30)
    assert await desk.stage() is Stage.DELIVERED
    assert (await desk.clock("C3")).due_at is None
    assert await desk.cases() == []
    await desk.asks("release_hold", hold="H1")
    await desk.is_just_at(signed_at + 53 * HOUR)
    assert await desk.stage() is Stage.DELIVERED
    await desk.passes(minutes=1)
    assert await desk.stage() is Stage.COMPLETED
    clock = await desk.clock("C3")
    assert clock.verdict == "met"
    assert clock.gross_s == pytest.approx(53 * 3600, abs=10)
    assert clock.net_s == pytest.approx(23 * 3600, abs=10)
    assert await desk.cases() == []


@pytest.mark.clause("SR-122")
async def test_a_confirmation_does_not_complete_over_a_dispute(desk: Desk) -> None:
    await desk.is_delivered()
    await desk.asks("place_hold", reason="DISPUTE", note="the box was empty")
    no = await desk.is_refused("confirm_completion")
    assert (no.code, no.alternatives) == ("COMPLETION_HELD", ("release_hold",))
    await desk.hears("confirmed")
    assert await desk.stage() is Stage.DELIVERED
    await desk.asks("release_hold", hold="H1")
    assert await desk.stage() is Stage.COMPLETED


@pytest.mark.clause("SR-122", "SR-033")
async def test_a_hold_of_ours_on_completion_is_a_breach_at_24_hours_and_no_false_completion(desk: Desk) -> None:
    await desk.is_delivered()
    signed_at = desk.now
    await desk.asks(
        "place_hold",
        reason="MANUAL",
        blocks=["complete"],
        note="count the returns first",
        review_at=(signed_at + 100 * HOUR).isoformat(),
    )
    await desk.is_just_at(signed_at + 24 * HOUR)
    assert await desk.open_cases() == []
    await desk.passes(seconds=1)
    assert await desk.open_cases() == ["COMPLETION_BLOCKED"]
    assert await desk.stage() is Stage.DELIVERED
    clock = await desk.clock("C3")
    assert (clock.verdict, clock.cause, clock.responsible) == ("breached", "blocked", "us")
    await desk.asks("release_hold", hold="H1")
    assert await desk.stage() is Stage.COMPLETED
    [case] = await desk.cases()
    assert (case.status, case.outcome) == (CaseStatus.RESOLVED, "LATE")


@pytest.mark.clause("SR-122", "SR-031")
async def test_a_signature_in_doubt_stops_the_clock_and_the_completion(desk: Desk) -> None:
    await desk.is_delivered()
    signed_at = desk.now
    await desk.passes(hours=2)
    await desk.carrier_scans("IN_TRANSIT")
    assert await desk.open_cases() == ["FALSE_DELIVERY"]
    assert (await desk.is_refused("confirm_completion")).code == "DELIVERY_IN_DOUBT"
    await desk.hears("confirmed")
    await desk.passes(hours=30)
    assert await desk.stage() is Stage.DELIVERED
    assert (await desk.clock("C3")).verdict == "open"
    await desk.asks("resolve_case", case=1, outcome="SIGNED_AFTER_ALL")
    assert await desk.stage() is Stage.COMPLETED
    clock = await desk.clock("C3")
    assert clock.verdict == "met"
    assert clock.gross_s is not None
    assert clock.net_s is not None
    assert clock.gross_s - clock.net_s == pytest.approx(30 * 3600, abs=10)
    assert clock.start_at == signed_at


@pytest.mark.clause("AC-69", "SR-122")
async def test_a_signature_reported_30_hours_late_completes_at_once_and_is_the_sources_breach(desk: Desk) -> None:
    await desk.places(content=a_content(delivery_method="own_fleet"))
    await desk.is_paid()
    await desk.ships(number=None)
    signed_at = desk.now + HOUR
    await desk.passes(hours=31)
    await desk.hears("carrier_scan", at=signed_at, package="1", state="DELIVERED", source="carrier")
    assert await desk.stage() is Stage.COMPLETED
    clock = await desk.clock("C3")
    assert (clock.verdict, clock.cause, clock.responsible) == ("breached", "LATE_FACT", "carrier")
    assert clock.gross_s == pytest.approx(30 * 3600, abs=10)
    assert await desk.cases() == []
    assert desk.messages[-2:] == ["DELIVERED/order", "COMPLETED/order"]


@pytest.mark.clause("AC-69", "SR-122")
async def test_a_signature_reported_late_is_a_case_only_if_the_order_cannot_complete(desk: Desk) -> None:
    await desk.places(content=a_content(delivery_method="own_fleet"))
    await desk.is_paid()
    await desk.ships(number=None)
    await desk.asks("place_hold", blocks=["complete"], note="wait", review_at=(desk.now + 500 * HOUR).isoformat())
    signed_at = desk.now + HOUR
    await desk.passes(hours=31)
    await desk.hears("carrier_scan", at=signed_at, package="1", state="DELIVERED", source="carrier")
    assert await desk.open_cases() == []
    await desk.passes(hours=24, seconds=1)
    assert await desk.open_cases() == ["COMPLETION_BLOCKED"]
    assert await desk.stage() is Stage.DELIVERED


@pytest.mark.clause("SR-122")
async def test_a_clocks_case_never_keeps_the_order_from_completing(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.ships(accepted=False)
    await desk.passes(hours=3)
    assert await desk.open_cases() == ["TRACKING_MISSING"]
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    assert await desk.stage() is Stage.COMPLETED
    [case] = await desk.cases()
    assert (case.status, case.outcome, case.actor) == (CaseStatus.RESOLVED, "LATE", "desk")
    assert desk.book.recordings[-1].projection.open_cases == ()
