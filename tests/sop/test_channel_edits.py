"""The same order is pulled again: other status is a fact only, another address a change request (AC-67, EC-31)."""

from __future__ import annotations

import pytest

from domain.change_requests import ChangeState
from domain.claims_policy import STANDARD_CLAIMS
from domain.holds import HoldReason
from domain.policy import STANDARD
from domain.stage import Stage
from tests.sop.desk import Desk, Refused


@pytest.mark.clause("AC-67", "EC-31")
async def test_another_address_after_the_release_is_a_change_that_the_channel_asks_for(desk: Desk) -> None:
    desk.book.shut.add("recall_shipment")
    await desk.places()
    await desk.is_paid()
    await desk.hears("channel_noted", fields=["status", "seller_memo", "tracking_numbers"], status="open")
    order = await desk.order()
    assert (order.change_requests, order.open_cases, order.version) == ((), (), 1)
    edit = {"change": "ADDRESS", "fields": ["address.street"], "correction": 8}
    await desk.hears("channel_changed", fields=["address.street"], content="b", edits=[edit])
    order = await desk.order()
    [request] = order.change_requests
    assert (request.asked_by, request.verdict, request.state) == ("CHANNEL", "R", ChangeState.IN_PROGRESS)
    assert [hold.reason for hold in order.open_holds] == [HoldReason.CHANGE_IN_PROGRESS]
    assert await desk.open_cases() == ["CHANGE_REQUESTED"]
    desk.book.shut.clear()
    await desk.settles()
    await desk.shows(stage=Stage.READY_TO_SHIP, open_cases=())
    order = await desk.order()
    assert [each.state for each in order.change_requests] == [ChangeState.APPLIED]
    assert (order.version, order.corrections, order.open_holds) == (2, (8,), ()), "recalled, then written"
    assert [(each.number, each.state) for each in order.shipments] == [(1, "CANCELLED"), (2, "RELEASED")]


@pytest.mark.clause("EC-31")
async def test_a_marketplace_that_forbids_edits_is_named_with_the_way_there(desk: Desk) -> None:

    claims = STANDARD_CLAIMS.having(managed_channels=("tmall-flagship",))
    await desk.places(policy=STANDARD.having(claims=claims))
    with pytest.raises(Refused) as refused:
        await desk.asks("submit_change_request", change="CANCEL", expected_version=1)
    change = refused.value.refusal.change
    assert change is not None
    assert (change.verdict, change.code) == ("CHANNEL_MANAGED", "CHANNEL_MANAGED")
    assert set(change.alternatives) == {"edit_on_channel", "apply_on_channel"}
