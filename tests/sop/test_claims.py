"""Refund applications, claims about goods, and refunds that fail, on the server (edge cases 24, 32 and 39)."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from domain.effects import RefundRequest
from domain.holds import CaseStatus
from domain.inquiries import Inquiry
from domain.stage import Stage
from tests.sop.desk import Desk


def paid_back(desk: Desk) -> list[int]:
    return [request.amount for request in desk.book.requests if isinstance(request, RefundRequest)]


def stops(desk: Desk) -> list[str]:
    return [request.stop for request in desk.book.requests if isinstance(request, Inquiry) and request.stop]


async def tasks(desk: Desk) -> list[str]:
    return [task.kind for task in (await desk.order()).tasks if task.done_at is None]


@pytest.mark.clause("AC-68", "EC-32")
async def test_applied_for_before_outbound_and_withdrawn_the_goods_stay_and_then_go_on(desk: Desk) -> None:
    await desk.places()
    await desk.hears("refund_requested", application="AS1", lines=[{"line": "1", "quantity": 2}])
    await desk.is_paid()
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION
    assert "release_shipment" not in desk.steps
    await desk.passes(hours=13)
    assert "REFUND_REPLY_DUE" in await desk.open_cases()
    await desk.hears("refund_withdrawn", application="AS1")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert "REFUND_REPLY_DUE" not in await desk.open_cases()
    await desk.hears("refund_requested", application="AS2")
    assert desk.steps[-1] == "recall_shipment"
    assert (await desk.stage(), await tasks(desk)) == (Stage.AWAITING_CONFIRMATION, ["ANSWER_REFUND"])
    await desk.hears("refund_withdrawn", application="AS2")
    assert (await desk.stage(), await tasks(desk)) == (Stage.READY_TO_SHIP, [])
    assert [desk.steps.count(step) for step in ("enter_order", "release_shipment")] == [1, 2]
    await desk.ships(shipment=2)
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    await desk.ends_as(Stage.COMPLETED)
    assert (paid_back(desk), stops(desk)) == ([], [])
    assert not [letter for letter in desk.book.letters if letter.startswith("push_refund_answer")]


@pytest.mark.clause("EC-32")
async def test_agreed_to_it_is_paid_back_once_and_the_channel_is_answered_once(desk: Desk) -> None:
    await desk.places()
    await desk.hears("refund_requested", application="AS1")
    await desk.is_paid()
    asked = {"application": "AS1", "verdict": "agree", "reason": "not shipped yet"}
    await desk.asks("answer_refund", **asked)
    await desk.ends_as(Stage.CANCELLED)
    assert paid_back(desk) == [39_000]
    assert [letter for letter in desk.book.letters if letter.startswith("push_refund")] == ["push_refund_answer/AS1"]
    assert "release_shipment" not in desk.steps


@pytest.mark.clause("EC-24", "AC-71")
async def test_a_parcel_that_the_customer_has_not_received_is_looked_into_before_somebody_decides(desk: Desk) -> None:
    await desk.is_delivered()
    await desk.passes(hours=2)
    await desk.hears("not_received_claim", claim="C1", package="1")
    assert await desk.open_cases() == ["NOT_RECEIVED_CLAIM"]
    assert desk.steps.count("ask_carrier") == 1
    await desk.passes(hours=48)
    assert await desk.stage() is Stage.DELIVERED
    assert "DECIDE_CLAIM" in await tasks(desk)
    await desk.asks("resolve_case", case=1, outcome="REFUNDED")
    await desk.passes(hours=22)
    await desk.ends_as(Stage.COMPLETED)
    assert paid_back(desk) == [39_000]


@pytest.mark.clause("AC-71")
async def test_other_goods_than_ordered_leave_and_the_quantities_are_true_to_what_left(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.ships(lines=[{"line": "1", "quantity": 1}], others=[{"sku": "MUG-BLUE", "quantity": 1}])
    assert await desk.open_cases() == ["MIS_SHIPMENT"]
    order = await desk.order()
    assert [(line.shipped, line.to_ship) for line in order.lines] == [(1, 1)]
    assert await desk.stage() is Stage.PARTIALLY_SHIPPED
    await desk.hears("wrong_goods_claim", claim="C1", package="1")
    assert await desk.open_cases() == ["MIS_SHIPMENT"], "the customer says what we knew: one case"


@pytest.mark.clause("EC-39")
async def test_a_refund_that_finance_pays_by_hand_ends_the_order_and_is_not_paid_again(desk: Desk) -> None:
    desk.book.broken["refund_payment"] = ApplicationError("card closed", type="Business.Refused", non_retryable=True)
    await desk.places()
    await desk.is_paid(amount=38_000)
    await desk.asks("cancel", reason="changed my mind")
    assert await desk.stage() is Stage.CANCELLING
    assert "REFUND_FAILED" in await desk.open_cases()
    [case] = [case for case in await desk.cases() if str(case.kind) == "REFUND_FAILED"]
    assert desk.messages == [f"REFUND_DELAYED/{case.subject}"]
    await desk.asks("report_step", step=f"{case.no}/refund", result="BANK-1", note="by bank transfer")
    await desk.ends_as(Stage.CANCELLED)
    assert "refund_payment" not in desk.steps
    order = desk.book.recordings[-1]
    assert (order.projection.refunded, order.projection.captured) == (38_000, 38_000)
    assert [row.status for row in order.cases if row.kind == "REFUND_FAILED"] == [CaseStatus.RESOLVED]
