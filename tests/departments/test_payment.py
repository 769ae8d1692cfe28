"""The payment department with a simulated gateway over HTTP: paid back once (invariants 3 and 4, SR-015)."""

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from activities.payment import PaymentActivities
from domain.effects import RefundRequest
from domain.inquiries import Inquiry
from infra.connectors.payment import GatewayUnreachable
from infra.connectors.payments.plain import PlainGateway
from infra.connectors.plain_protocol import PlainClient
from infra.db import tables
from infra.db.effects import EffectConflict
from tests.departments.desk import Desk
from tests.parties import Parties


@pytest.fixture
def department(desk: Desk, line: PlainClient) -> PaymentActivities:
    return PaymentActivities(PlainGateway(line), desk.engine, desk.watch)


def refund(order_no: str, amount: int = 16800) -> RefundRequest:
    return RefundRequest(key=f"{order_no}/refund/cancel", order_no=order_no, amount=amount, currency="CNY")


async def refunds(market: Parties, desk: Desk, order_no: str) -> list[int]:
    effects = (await market.log(await desk.external_id(order_no)))["effects"]
    return [effect["asked"] for effect in effects if effect["party"] == "payments"]


async def test_money_goes_back_once_however_often_it_is_asked(
    desk: Desk, department: PaymentActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    first = await department.refund_payment(refund(order_no))
    assert first.reference == f"TK-{order_no}/refund/cancel"
    assert await department.refund_payment(refund(order_no)) == first
    assert await refunds(market, desk, order_no) == [1]


async def test_two_attempts_at_once_are_one_refund(desk: Desk, department: PaymentActivities, market: Parties) -> None:
    order_no = await desk.order_came_in()
    first, *others = await asyncio.gather(*(department.refund_payment(refund(order_no)) for _ in range(5)))
    assert others == [first] * 4
    assert len(await refunds(market, desk, order_no)) == 1
    assert len(await desk.rows(tables.effect)) == 1


async def test_money_goes_back_once_when_the_gateway_times_out_after_it_paid(desk: Desk, market: Parties) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), payments={"loses_answers": 1})
    async with market.client(within=0.3) as hasty:
        department = PaymentActivities(PlainGateway(hasty), desk.engine, desk.watch)
        assert (await department.refund_payment(refund(order_no))).reference
    assert len(await refunds(market, desk, order_no)) == 1


async def test_another_amount_needs_a_key_of_its_own(desk: Desk, department: PaymentActivities) -> None:
    order_no = await desk.order_came_in()
    await department.refund_payment(refund(order_no))
    with pytest.raises(EffectConflict, match="key of its own"):
        await department.refund_payment(refund(order_no, amount=1))


async def test_a_refused_refund_waits_for_finance(desk: Desk, department: PaymentActivities, market: Parties) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), payments={"refuses": "account closed"})
    with pytest.raises(ApplicationError, match="account closed") as refused:
        await department.refund_payment(refund(order_no))
    assert (refused.value.type, refused.value.non_retryable) == ("Business.RefundRefused", True)


@pytest.mark.clause("SR-015")
async def test_the_gateway_is_asked_anew_each_time(desk: Desk, department: PaymentActivities, market: Parties) -> None:
    order_no = await desk.order_came_in()
    asked = Inquiry(key=f"{order_no}/ask_payer/1/1", order_no=order_no, case="1", subject="order")
    assert (await department.ask_payer(asked)).receipts == ()
    body = {"channel": "tmall", "external_id": await desk.external_id(order_no), "amount": 16800}
    async with market.by_hand() as payer:
        assert (await payer.post("/payments/payments", json=body)).is_success
    (receipt,) = (await department.ask_payer(asked)).receipts
    assert (receipt.amount, receipt.currency) == (16800, "CNY")


async def test_a_gateway_that_is_down_is_asked_again(
    desk: Desk, department: PaymentActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), payments={"failing": 1})
    with pytest.raises(GatewayUnreachable):
        await department.refund_payment(refund(order_no))
    assert (await department.refund_payment(refund(order_no))).reference
