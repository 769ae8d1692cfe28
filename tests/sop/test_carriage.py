"""A carrier is chosen before the release, and a forbidden route waits for a person (SR-148, SR-174, edge case 58)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.carriage import Chosen, NoCarrier, Obstacle, Offer, Refused
from domain.effects import ReleaseRequest
from domain.stage import Stage
from tests.sop.desk import Desk

OFFER = Offer(carrier="SF", days=2, ships_on=date(2026, 11, 23), delivered_by=date(2026, 11, 25))
NOBODY = NoCarrier(refused=(Refused(carrier="ZTO", obstacles=(Obstacle.NOT_SERVED,)),), others=(OFFER,))


@pytest.mark.clause("SR-052", "SR-174")
async def test_the_chosen_carrier_goes_with_the_release_and_costs_no_step(desk: Desk) -> None:
    desk.book.carriers = {"WH-SH": Chosen(offer=OFFER, why="BEST")}
    await desk.places()
    await desk.is_paid()
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    [release] = [request for request in desk.book.requests if isinstance(request, ReleaseRequest)]
    assert release.carrier == "SF"
    [row] = [row for recording in desk.book.recordings for row in recording.shipments if row.released_at]
    assert (row.carrier, row.delivered_by) == ("SF", date(2026, 11, 25))


@pytest.mark.clause("SR-148", "SR-174", "EC-58")
async def test_a_forbidden_route_waits_visibly_until_somebody_chooses(desk: Desk) -> None:
    desk.book.carriers = {"WH-SH": NOBODY}
    await desk.places()
    await desk.is_paid()
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION
    assert await desk.open_cases() == ["INFO_ERROR"]
    assert desk.book.recordings[-1].projection.needs_attention
    assert desk.book.recordings[-1].projection.waiting_for == "logistics"
    no = await desk.is_refused("choose_carrier", carrier="ZTO")
    assert (no.code, no.reason.endswith(": SF")) == ("CARRIER_NOT_POSSIBLE", True)
    assert "release_shipment" not in desk.steps
    await desk.asks("choose_carrier", carrier="SF")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert await desk.open_cases() == []


@pytest.mark.clause("SR-174")
async def test_a_mended_table_is_looked_at_again_by_a_step_of_its_own(desk: Desk) -> None:
    desk.book.carriers = {"WH-SH": NOBODY}
    await desk.places()
    await desk.is_paid()
    desk.book.carriers = {"WH-SH": Chosen(offer=OFFER, why="BEST")}
    await desk.asks("choose_carrier")
    assert desk.steps == ["audit_order", "enter_order", "choose_carrier", "release_shipment"]
