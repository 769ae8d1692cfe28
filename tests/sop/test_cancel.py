"""Cancelled until the release: stock, money and ERP entry go back, each once; later refused (§4.3, §4.7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from temporalio.exceptions import ApplicationError

from domain.effects import RefundRequest
from domain.findings import Finding, Severity
from domain.holds import CaseStatus
from domain.stage import Stage
from tests.sop.changing import BY_PEOPLE
from tests.sop.desk import Desk
from tests.sop.patience import until

PHONE = Finding(code="FIELD_MISSING", field="customer.phone", severity=Severity.CRITICAL)
SHUT = ApplicationError("period closed", type="Business.Refused", non_retryable=True)


async def unpaid(desk: Desk) -> None:
    await desk.places()


async def needing_correction(desk: Desk) -> None:
    desk.book.findings = (PHONE,)
    await desk.places()
    await desk.is_paid()


async def paid_and_short_of_stock(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 1}
    await desk.places()
    await desk.is_paid()


async def paid_too_little(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid(amount=30_000)


async def refused_by_the_erp(desk: Desk) -> None:
    desk.book.differences = (PHONE,)
    await desk.places()
    await desk.is_paid()


STAGES: dict[str, tuple[Callable[[Desk], Awaitable[None]], list[str], int]] = {
    "unpaid": (unpaid, ["audit_order", "release_stock"], 0),
    "needing correction": (needing_correction, ["audit_order", "release_stock", "refund_payment"], 39_000),
    "short of stock": (
        paid_and_short_of_stock,
        ["audit_order", "request_transfer", "ask_purchasing", "release_stock", "refund_payment"],
        39_000,
    ),
    "paid too little": (paid_too_little, ["audit_order", "release_stock", "refund_payment"], 30_000),
    "in the ERP": (
        refused_by_the_erp,
        ["audit_order", "enter_order", "release_stock", "cancel_entry", "refund_payment"],
        39_000,
    ),
}


def paid_back(desk: Desk) -> int:
    return sum(request.amount for request in desk.book.requests if isinstance(request, RefundRequest))


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("stage", STAGES)
async def test_before_the_release_everything_is_undone_once(desk: Desk, stage: str) -> None:
    reach, steps, amount = STAGES[stage]
    await reach(desk)
    await desk.asks("cancel", reason="changed my mind")
    await desk.ends_as(Stage.CANCELLED)
    order = await desk.order()
    assert (desk.steps[:1], sorted(desk.steps)) == (steps[:1], sorted(steps))
    assert paid_back(desk) == amount
    assert order.payment.settled
    assert [(line.reserved, line.cancelled) for line in order.lines] == [(0, 2)]
    assert desk.messages[-1:] == ["CANCELLED_REFUND/order"]
    assert {(case.status, case.outcome) for case in order.cases} <= {
        (CaseStatus.RESOLVED, "CANCELLED"),
        (CaseStatus.RESOLVED, "SETTLED"),
    }
    assert [row.verdict for rows in desk.book.clocks.values() for row in rows if row.verdict == "open"] == []


@pytest.mark.clause("SR-054")
async def test_while_the_audit_runs_it_ends_first(desk: Desk) -> None:
    desk.book.broken["audit_order"] = ConnectionError("no database")
    await desk.places()
    await desk.asks("cancel", reason="changed my mind")
    assert await desk.stage() is Stage.CANCELLING
    assert desk.steps == []
    desk.book.broken.clear()
    await desk.ends_as(Stage.CANCELLED)
    assert desk.steps == ["audit_order", "release_stock"]


@pytest.mark.clause("SR-054")
async def test_while_the_erp_entry_is_under_way_it_is_finished_and_cancelled(desk: Desk) -> None:
    desk.book.shut.add("enter_order")
    await desk.places()
    await desk.is_paid()
    await desk.asks("cancel", reason="changed my mind")
    assert await desk.stage() is Stage.CANCELLING
    assert "cancel_entry" not in desk.steps
    desk.book.shut.clear()
    await desk.ends_as(Stage.CANCELLED)
    assert desk.steps.count("cancel_entry") == 1
    assert desk.steps.index("enter_order") < desk.steps.index("cancel_entry")
    assert "release_shipment" not in desk.steps


@pytest.mark.clause("SR-054")
async def test_after_the_release_it_is_refused_with_what_one_may_do(desk: Desk) -> None:
    await desk.places(policy=BY_PEOPLE)
    await desk.is_paid()
    no = await desk.is_refused("cancel", reason="changed my mind")
    assert (no.code, no.stage, no.alternatives) == (
        "WRONG_STAGE",
        "READY_TO_SHIP",
        ("submit_change_request", "place_hold"),
    )
    assert no.reason
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert "refund_payment" not in desk.steps
    assert "release_stock" not in desk.steps


@pytest.mark.clause("SR-054")
async def test_while_the_release_is_under_way_it_is_refused_too(desk: Desk) -> None:
    desk.book.shut.add("release_shipment")
    await desk.places(policy=BY_PEOPLE)
    await desk.is_paid()
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION
    assert (await desk.is_refused("cancel", reason="changed my mind")).code == "ALREADY_RELEASED"
    desk.book.shut.clear()
    await desk.settles()
    assert await desk.stage() is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-054")
async def test_money_that_comes_while_it_is_cancelled_goes_back_too(desk: Desk) -> None:
    desk.book.broken["release_stock"] = ConnectionError("no database")
    await desk.places()
    await desk.asks("cancel", reason="changed my mind")
    await desk.is_paid()
    desk.book.broken.clear()
    await desk.ends_as(Stage.CANCELLED)
    assert paid_back(desk) == 39_000
    assert desk.steps.count("refund_payment") == 1


@pytest.mark.clause("SR-054")
async def test_a_refund_that_fails_keeps_the_order_cancelling_until_a_person_retries(desk: Desk) -> None:
    desk.book.broken["refund_payment"] = ApplicationError("card closed", type="Business.Refused", non_retryable=True)
    await desk.places()
    await desk.is_paid(amount=38_000)
    await desk.asks("cancel", reason="changed my mind")
    assert await desk.stage() is Stage.CANCELLING
    told = "REFUND_DELAYED/refund/ending/P1"
    assert desk.messages == [told]
    [refund] = (await desk.order()).parked
    assert desk.book.recordings[-1].projection.needs_attention is True
    desk.book.broken.clear()
    await desk.asks("retry_step", step=refund.key)
    await desk.ends_as(Stage.CANCELLED)
    assert desk.steps.count("refund_payment") == 1
    assert desk.messages == [told, "CANCELLED_REFUND/order"]


@pytest.mark.clause("SR-054")
async def test_an_order_that_is_cancelled_is_not_cancelled_again(desk: Desk) -> None:
    desk.book.broken["release_stock"] = ConnectionError("no database")
    await desk.places()
    await desk.asks("cancel", reason="changed my mind")
    assert (await desk.is_refused("cancel", reason="really")).code == "WRONG_STAGE"
    desk.book.broken.clear()
    await desk.ends_as(Stage.CANCELLED)
    assert desk.steps == ["audit_order", "release_stock"]


@pytest.mark.clause("SR-054", "SR-163", "EC-43")
async def test_cancel_in_the_temporal_ui_is_a_request_like_any_other(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid(amount=100)
    await desk.handle.cancel()
    await desk.ends_as(Stage.CANCELLED)
    assert paid_back(desk) == 100
    assert desk.messages == ["CANCELLED_REFUND/order"]


@pytest.mark.clause("SR-054", "SR-163", "EC-43")
async def test_cancel_in_the_temporal_ui_after_the_release_is_refused_and_kills_nothing(desk: Desk) -> None:
    await desk.places(policy=BY_PEOPLE)
    await desk.is_paid()
    await desk.handle.cancel()
    await desk.handle.cancel()
    await desk.ships()
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    await desk.ends_as(Stage.COMPLETED)
    codes = [entry.code for recording in desk.book.recordings for entry in recording.entries]
    assert codes.count("cancel_refused") == 1
    assert "refund_payment" not in desk.steps


@pytest.mark.clause("SR-054", "SR-163", "EC-43")
async def test_cancel_in_the_temporal_ui_while_the_books_are_down_kills_nothing(desk: Desk) -> None:
    await desk.places()
    desk.book.broken["record_order"] = ConnectionError("no database")
    await desk.is_paid(amount=100, settles=False)
    await desk.handle.cancel()
    desk.book.broken.clear()
    await desk.ends_as(Stage.CANCELLED)
    assert paid_back(desk) == 100
    assert desk.messages == ["CANCELLED_REFUND/order"]


@pytest.mark.clause("SR-054")
async def test_the_channel_closes_an_order_that_may_still_be_cancelled(desk: Desk) -> None:
    await desk.places()
    await desk.hears("channel_closed", reason="buyer did not pay", source="channel")
    await desk.ends_as(Stage.CANCELLED)
    assert desk.steps == ["audit_order", "release_stock"]


@pytest.mark.clause("SR-054")
async def test_the_channel_closes_a_released_order_in_vain(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.hears("channel_closed", reason="buyer applied", source="channel")
    order = await desk.order()
    assert (order.stage, [unmatched.kind for unmatched in order.unmatched]) == (Stage.READY_TO_SHIP, ["channel_closed"])
    assert "release_stock" not in desk.steps


@pytest.mark.clause("SR-054")
async def test_an_order_that_its_warehouse_refused_can_be_cancelled(desk: Desk) -> None:
    desk.book.broken["release_shipment"] = SHUT
    await desk.places()
    await desk.is_paid()
    key = f"{desk.number}/release/1"
    assert [effect.key for effect in (await desk.order()).parked] == [key]
    desk.book.broken.clear()
    await desk.asks("cancel", reason="then not")
    await desk.ends_as(Stage.CANCELLED)
    assert desk.book.asked[key] == 1, "what was refused is not tried again"
    order = await desk.order()
    assert order.payment.refunded(order.payment.currency) == 39_000
    assert [task.key for task in order.tasks if task.done_at is None] == []


@pytest.mark.clause("SR-054")
async def test_an_order_whose_release_did_not_answer_cannot_be_cancelled(desk: Desk) -> None:
    desk.book.broken["release_shipment"] = ConnectionError("no line")
    await desk.places(policy=BY_PEOPLE)
    await desk.is_paid(settles=False)
    await desk.shows(stage=Stage.AWAITING_CONFIRMATION)
    await until(lambda: desk.book.asked[f"{desk.number}/release/1"] > 0)
    assert (await desk.is_refused("cancel", reason="then not")).code == "ALREADY_RELEASED"
