"""The tracking number within 1 hour of outbound, per package (C2, SR-121)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.holds import CaseStatus
from tests.sop.desk import Desk, a_content

HOUR = timedelta(hours=1)
HALVES = ({"line": "1", "quantity": 1},)


async def a_released_order(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()


@pytest.mark.clause("AC-05", "SR-121")
async def test_a_number_at_one_hour_is_in_time(desk: Desk) -> None:
    await a_released_order(desk)
    await desk.ships(number=None)
    out_at = desk.now
    await desk.is_just_at(out_at + HOUR)
    await desk.hears("tracking_number", tracking_number="SF1", carrier="SF")
    await desk.hears("tracking_accepted", tracking_number="SF1")
    await desk.passes(minutes=5)
    clock = await desk.clock("C2", "package/1")
    assert (clock.verdict, clock.gross_s, clock.stop_event) == ("met", 3600, "number_accepted")
    assert await desk.cases() == []
    assert "ask_warehouse" not in desk.steps
    assert desk.messages == ["ORDER_CONFIRMED/order", "SHIPPED_WITH_ETA/package/1", "TRACKING_ADDED/package/1"]


@pytest.mark.clause("AC-05", "SR-121", "SR-033")
async def test_a_number_one_second_late_is_a_case_and_the_warehouse_is_asked(desk: Desk) -> None:
    await a_released_order(desk)
    await desk.ships(number=None)
    await desk.is_at(desk.now + HOUR + timedelta(seconds=1))
    assert await desk.open_cases() == ["TRACKING_MISSING"]
    assert desk.steps[-1] == "ask_warehouse"
    assert desk.messages == ["ORDER_CONFIRMED/order", "SHIPPED_WITH_ETA/package/1"]
    await desk.hears("tracking_number", tracking_number="SF1", carrier="SF")
    await desk.hears("tracking_accepted", tracking_number="SF1")
    clock = await desk.clock("C2", "package/1")
    assert (clock.verdict, clock.cause, clock.responsible, clock.gross_s) == (
        "breached",
        "number_missing",
        "warehouse",
        3601,
    )
    [case] = await desk.cases()
    assert (case.status, case.outcome) == (CaseStatus.RESOLVED, "LATE")
    assert desk.steps.count("ask_warehouse") == 1


@pytest.mark.clause("AC-06", "SR-121", "EC-08", "EC-23")
async def test_of_two_packages_only_the_one_without_a_number_is_late(desk: Desk) -> None:
    await a_released_order(desk)
    await desk.ships(package="1", number="SF1", lines=HALVES)
    await desk.ships(package="2", number=None, lines=HALVES)
    await desk.passes(hours=1, seconds=1)
    assert (await desk.clock("C2", "package/1")).verdict == "met"
    assert (await desk.clock("C2", "package/2")).verdict == "breached"
    [case] = await desk.cases()
    assert (case.kind, case.subject) == ("TRACKING_MISSING", "package/2")
    asked = [request.subject for request in desk.book.requests if request.key.endswith(f"/{case.no}/1/shipment/1")]
    assert asked == ["shipment/1"]


@pytest.mark.clause("SR-121", "SR-022", "EC-37")
async def test_a_number_that_the_channel_refuses_is_late_by_the_channel(desk: Desk) -> None:
    await a_released_order(desk)
    await desk.ships(accepted=False)
    await desk.hears("tracking_refused", tracking_number="SF1", reason="物流公司编码错误")
    await desk.passes(hours=3)
    clock = await desk.clock("C2", "package/1")
    assert (clock.verdict, clock.cause, clock.responsible) == ("breached", "channel", "channel")
    assert await desk.open_cases() == ["TRACKING_MISSING"]
    await desk.hears("tracking_accepted", tracking_number="SF1")
    assert (await desk.clock("C2", "package/1")).gross_s == 3 * 3600
    assert await desk.open_cases() == []


@pytest.mark.clause("AC-62", "SR-121")
async def test_a_number_accepted_before_outbound_takes_no_time_at_all(desk: Desk) -> None:
    await a_released_order(desk)
    await desk.hears("tracking_number", tracking_number="SF1", carrier="SF")
    await desk.hears("tracking_accepted", tracking_number="SF1")
    await desk.passes(hours=5)
    await desk.ships(number=None)
    clock = await desk.clock("C2", "package/1")
    assert (clock.verdict, clock.gross_s, clock.net_s) == ("met", 0, 0)
    assert desk.messages == ["ORDER_CONFIRMED/order", "SHIPPED_WITH_ETA/package/1"]
    assert [letter for letter in desk.book.letters if letter.startswith("push_tracking")] == ["push_tracking/1/SF1"]
    await desk.passes(hours=2)
    assert await desk.cases() == []


@pytest.mark.clause("AC-62", "SR-121", "SR-124", "SR-132")
@pytest.mark.parametrize("method", ["pickup", "own_fleet", "virtual"])
async def test_what_travels_without_a_number_has_no_clock_on_the_way(desk: Desk, method: str) -> None:
    await desk.places(content=a_content(delivery_method=method))
    await desk.is_paid()
    await desk.ships(number=None)
    await desk.passes(hours=100)
    assert {kind for kind, _ in desk.book.clocks} == {"C1", "C4"}
    assert await desk.cases() == []
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    assert (await desk.is_refused("upload_tracking", tracking_number="SF1")).code == "NO_NUMBER_NEEDED"


@pytest.mark.clause("SR-121")
async def test_a_channel_that_wants_no_numbers_is_sent_none_and_waited_for_in_nothing(desk: Desk) -> None:
    await desk.places(channel="store")
    await desk.is_paid()
    await desk.ships(accepted=False)
    assert (await desk.clock("C2", "package/1")).verdict == "met"
    assert [letter for letter in desk.book.letters if letter.startswith("push_tracking")] == []
    assert [letter for letter in desk.book.letters if letter.startswith("subscribe")] == ["subscribe/1/SF1"]


@pytest.mark.clause("SR-121")
async def test_a_person_uploads_the_number(desk: Desk) -> None:
    await a_released_order(desk)
    await desk.ships(number=None)
    await desk.asks("upload_tracking", tracking_number="SF7", carrier="SF")
    assert [letter for letter in desk.book.letters if letter.startswith("push_tracking")] == ["push_tracking/1/SF7"]
    await desk.hears("tracking_accepted", tracking_number="SF7")
    assert (await desk.clock("C2", "package/1")).verdict == "met"
    assert desk.messages[-1] == "TRACKING_ADDED/package/1"


@pytest.mark.clause("SR-121")
async def test_a_number_of_another_package_is_refused(desk: Desk) -> None:
    await a_released_order(desk)
    await desk.ships(package="1", number="SF1", lines=HALVES)
    await desk.ships(package="2", number=None, lines=HALVES)
    no = await desk.is_refused("upload_tracking", package="2", tracking_number="SF1")
    assert no.code == "NUMBER_IN_USE"
    package = (await desk.order()).package("2")
    assert package is not None
    assert package.tracking_number == ""


@pytest.mark.clause("SR-121", "EC-22")
async def test_a_corrected_number_keeps_the_first_upload_for_the_clock(desk: Desk) -> None:
    await a_released_order(desk)
    await desk.ships()
    uploaded_at = desk.now
    await desk.passes(hours=4)
    await desk.hears("tracking_number", tracking_number="SF2", carrier="SF")
    await desk.hears("tracking_accepted", tracking_number="SF2")
    package = (await desk.order()).package("SF2")
    assert package is not None
    assert package.uploaded_at == uploaded_at
    pushed = [letter for letter in desk.book.letters if letter.startswith("push_tracking")]
    assert pushed == ["push_tracking/1/SF1", "push_tracking/1/SF2"]
    assert desk.messages.count("TRACKING_ADDED/package/1") == 1
