"""Money that is not what is due: never confirmed by itself, lost, or paid back twice (SR-015, edge cases 5, 6)."""

from __future__ import annotations

import pytest

from domain.effects import RefundRequest
from domain.holds import CaseStatus
from domain.payment import PaymentState
from domain.stage import Stage
from tests.sop.desk import Desk, a_content


def refunds(desk: Desk) -> list[tuple[int, str]]:
    return [(request.amount, request.currency) for request in desk.book.requests if isinstance(request, RefundRequest)]


@pytest.mark.clause("SR-015", "SR-120", "EC-05")
async def test_too_little_keeps_the_gate_open_and_the_goods_here(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid(amount=38_999)
    assert await desk.open_cases() == ["PAYMENT_MISMATCH"]
    order = await desk.order()
    assert (order.stage, order.payment.state) == (Stage.AWAITING_CONFIRMATION, PaymentState.MISMATCH)
    assert [(task.kind, task.role, task.params) for task in order.tasks] == [
        ("CHECK_PAYMENT", "finance", {"due": 39_000, "captured": 38_999})
    ]
    assert (await desk.clock("C1")).verdict == "open"
    assert desk.steps == ["audit_order"]
    assert desk.messages == []


@pytest.mark.clause("SR-015")
async def test_the_rest_of_the_money_settles_it(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid(amount=30_000)
    await desk.passes(minutes=10)
    await desk.is_paid(amount=9_000, payment_no="P2")
    assert [(case.status, case.outcome) for case in await desk.cases()] == [(CaseStatus.RESOLVED, "SETTLED")]
    assert (await desk.clock("C1")).stop_at == desk.now
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert refunds(desk) == []


@pytest.mark.clause("SR-015", "EC-05")
async def test_too_little_cannot_be_waved_through(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid(amount=38_999)
    no = await desk.is_refused("resolve_case", case=1, outcome="GOOD_ENOUGH")
    assert no.code == "CASE_ENDS_BY_ITSELF"
    assert desk.steps == ["audit_order"]


@pytest.mark.clause("SR-015", "EC-06")
async def test_a_second_payment_goes_back_by_itself_once_and_finance_is_told(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.is_paid(payment_no="P2")
    assert refunds(desk) == [(39_000, "CNY")]
    [case] = await desk.cases()
    assert (case.kind, case.status, case.outcome) == ("PAYMENT_MISMATCH", CaseStatus.RESOLVED, "SETTLED")
    assert [task.role for task in (await desk.order()).tasks if task.kind == "CHECK_PAYMENT"] == ["finance"]
    await desk.ships()
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    assert await desk.stage() is Stage.COMPLETED
    assert refunds(desk) == [(39_000, "CNY")]


@pytest.mark.clause("SR-015", "EC-05")
async def test_too_much_before_the_release_keeps_the_goods_until_finance_spoke(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid(amount=40_000)
    assert desk.steps == ["audit_order"]
    await desk.asks("resolve_case", case=1, outcome="REFUND_THE_DIFFERENCE")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert refunds(desk) == [(1_000, "CNY")]
    assert (await desk.clock("C1")).verdict == "met"


@pytest.mark.clause("SR-015", "EC-05")
async def test_another_currency_confirms_nothing(desk: Desk) -> None:
    await desk.places()
    await desk.hears("paid", amount=39_000, currency="USD", payment_no="P1")
    assert await desk.open_cases() == ["PAYMENT_MISMATCH"]
    assert desk.steps == ["audit_order"]
    assert refunds(desk) == []
    await desk.is_paid(payment_no="P2")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert refunds(desk) == [(39_000, "USD")]
    assert await desk.open_cases() == []


@pytest.mark.clause("SR-015")
async def test_the_same_payment_reported_twice_counts_once(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.is_paid()
    no = await desk.is_refused(
        "confirm_payment", role="finance", payment_no="P1", amount=39_000, paid_at=desk.now.isoformat()
    )
    assert no.code == "PAYMENT_KNOWN"
    assert (await desk.order()).payment.captured("CNY") == 39_000
    assert await desk.cases() == []


@pytest.mark.clause("SR-015")
async def test_what_the_platform_pays_is_not_asked_of_the_buyer(desk: Desk) -> None:
    await desk.places(content=a_content(platform_discount=1_000))
    await desk.is_paid(amount=38_000)
    assert await desk.cases() == []
    assert await desk.stage() is Stage.READY_TO_SHIP
