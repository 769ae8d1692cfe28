"""A silent parcel from the first question to its replacement, on the real server (E3, E5; SR-132a, SR-132b, SR-144)."""

from __future__ import annotations

import pytest

from domain.carrier_orders import CarrierSaid
from domain.inquiries import CarrierAnswer
from domain.policy import STANDARD
from tests.sop.desk import Desk, a_content

MOST_EVENTS = 300
"""The budget of an order with one E3 case."""
RESENT = STANDARD.having(logistics=STANDARD.logistics.having(resend_up_to=39_000))


@pytest.mark.clause("SR-132", "SR-132a", "SR-132b", "SR-034", "SR-162")
async def test_an_order_with_one_delayed_parcel_is_sent_again_within_its_budget(desk: Desk) -> None:
    desk.book.carrier_answer = CarrierAnswer(reason="网点爆仓")
    desk.book.carrier_says["request_priority"] = CarrierSaid(accepted=False, reason="爆仓")
    await desk.is_on_its_way(policy=RESENT, content=a_content())
    await desk.passes(hours=24, minutes=1)
    order = await desk.order()
    assert [(step.word, step.result) for step in order.steps] == [
        ("ask_cause", "HUB_OVERLOAD"),
        ("priority", "REFUSED"),
        ("switch_carrier", "RESHIPPED"),
    ]
    assert [(case.kind, case.outcome) for case in order.cases] == [("LOGISTICS_STALLED", "RESENT")]
    assert order.packages[0].superseded_at is not None
    assert desk.steps[3:] == [
        *("ask_carrier", "ask_warehouse", "request_priority", "reserve_stock", "release_shipment"),
        "intercept_parcel",
    ]
    await desk.hears("outbound", shipment=2, package="2-1", tracking_number="YT2", carrier="YTO")
    await desk.hears("tracking_accepted", tracking_number="YT2")
    await desk.carrier_scans("IN_TRANSIT", number="YT2")
    await desk.passes(hours=20)
    await desk.carrier_scans("DELIVERED", number="YT2")
    await desk.passes(hours=23, minutes=1)
    assert desk.messages == [
        *("ORDER_CONFIRMED/order", "SHIPPED_WITH_ETA/package/1", "TRACKING_ADDED/package/1"),
        *("STALLED_NOTICE/package/1", "RESHIPPED/package/2-1", "DELIVERED/order", "COMPLETED/order"),
    ]
    described = await desk.handle.describe()
    assert described.history_length <= MOST_EVENTS


@pytest.mark.clause("SR-144", "SR-034", "SR-162")
async def test_a_complaint_is_soothed_while_the_carrier_is_down_and_the_push_is_tried_on(desk: Desk) -> None:
    await desk.is_on_its_way()
    desk.book.shut.add("request_priority")
    await desk.hears("complaint", topic="slow_logistics")
    assert desk.messages[-1] == "SLOW_COMPLAINT/complaint/1"
    assert "ask_carrier" in desk.steps
    assert "request_priority" not in desk.steps
    desk.book.shut.clear()
    await desk.settles()
    assert desk.steps.count("request_priority") == 1
    assert desk.messages.count("SLOW_COMPLAINT/complaint/1") == 1
