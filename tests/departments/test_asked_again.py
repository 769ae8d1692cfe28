"""Our record of an effect is lost after it was done: the party is asked by the same key and does it once (M12).

The table has every effect that leaves the house; an effect that is added needs its row here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from activities.carrier import CarrierActivities
from activities.compensation import CompensationActivities
from activities.erp import ErpActivities
from activities.payment import PaymentActivities
from activities.transfer import TransferActivities
from activities.warehouse import WarehouseActivities
from domain.carrier_orders import InterceptRequest, PriorityRequest, RedeliveryRequest
from domain.claim_effects import ClaimRequest
from domain.coupon_code import CouponCodes
from domain.coupon_effects import CouponRequest
from domain.effects import EffectKind, RefundRequest, ReleaseRequest
from domain.entry_effects import CancelEntryRequest, EnterRequest
from domain.facts import Moved
from domain.inquiries import Inquiry
from domain.recall_effects import RecallRequest
from infra.connectors.carrier import Subscription
from infra.connectors.carriers.plain import PlainCarrier
from infra.connectors.coupon_issuers import issuers
from infra.connectors.erps.plain import PlainErp
from infra.connectors.payments.plain import PlainGateway
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.reference import OrderReference
from infra.connectors.warehouses.plain import PlainWarehouse
from infra.db import tables
from tests.departments.desk import Desk
from tests.departments.test_erp import CONTENT
from tests.departments.test_transfers import off, wish
from tests.parties import Parties


@dataclass(frozen=True)
class Houses:
    """The departments that speak to parties outside, on one line."""

    desk: Desk
    line: PlainClient

    @property
    def erp(self) -> ErpActivities:
        return ErpActivities(PlainErp(self.line), self.desk.direct, self.desk.watch)

    @property
    def warehouse(self) -> WarehouseActivities:
        return WarehouseActivities(PlainWarehouse(self.line), self.desk.direct, self.desk.watch)

    @property
    def carrier(self) -> CarrierActivities:
        return CarrierActivities(PlainCarrier(self.line), self.desk.engine, self.desk.watch)

    @property
    def transfer(self) -> TransferActivities:
        return TransferActivities(PlainWarehouse(self.line), self.desk.engine, self.desk.watch)

    @property
    def payment(self) -> PaymentActivities:
        return PaymentActivities(PlainGateway(self.line), self.desk.engine, self.desk.watch)

    @property
    def compensation(self) -> CompensationActivities:
        codes = CouponCodes(b"the secret of these scenes")
        return CompensationActivities(issuers(self.line), codes, self.desk.engine, self.desk.watch)


Act = Callable[[Houses, str], Awaitable[Any]]


async def enter(houses: Houses, order_no: str) -> Any:
    return await houses.erp.enter_order(
        EnterRequest(key=f"{order_no}/enter/1", order_no=order_no, version=1, content=CONTENT)
    )


async def cancel_entry(houses: Houses, order_no: str) -> Any:
    document = await PlainErp(houses.line).find(f"{order_no}/enter/1") or (await enter(houses, order_no)).document
    key = f"{order_no}/cancel_entry/1"
    return await houses.erp.cancel_entry(CancelEntryRequest(key=key, order_no=order_no, document=document))


async def release(houses: Houses, order_no: str) -> Any:
    lines, skus = (Moved(line="1", quantity=2),), {"1": "TEA"}
    asked: dict[str, Any] = {"shipment": 1, "warehouse": "WH_SH", "lines": lines, "skus": skus}
    return await houses.warehouse.release_shipment(
        ReleaseRequest(key=f"{order_no}/release/1", order_no=order_no, **asked)
    )


async def ask_warehouse(houses: Houses, order_no: str) -> Any:
    about: dict[str, Any] = {"case": "1", "subject": "shipment/1", "warehouse": "WH_SH", "shipment": 1}
    return await houses.warehouse.ask_warehouse(
        Inquiry(key=f"{order_no}/ask_warehouse/1/1", order_no=order_no, **about)
    )


async def refund(houses: Houses, order_no: str) -> Any:
    key = f"{order_no}/refund/cancel"
    return await houses.payment.refund_payment(RefundRequest(key=key, order_no=order_no, amount=16800, currency="CNY"))


async def coupon(houses: Houses, order_no: str) -> Any:
    asked: dict[str, Any] = {"up_to": 500, "currency": "CNY", "below": (), "valid_days": 30}
    return await houses.compensation.issue_coupon(
        CouponRequest(key=f"{order_no}/coupon/package/1/1", order_no=order_no, **asked)
    )


async def recall(houses: Houses, order_no: str) -> Any:
    await release(houses, order_no)
    key = f"{order_no}/recall/1/case/1"
    return await houses.warehouse.recall_shipment(
        RecallRequest(key=key, order_no=order_no, shipment=1, warehouse="WH_SH")
    )


async def parcel(houses: Houses, order_no: str, tail: str) -> dict[str, Any]:
    """A parcel that its carrier knows, and the key of what the carrier is asked to do with it."""
    number, external_id = f"SF-{order_no}", await houses.desk.external_id(order_no)
    order = OrderReference(order_no=order_no, channel="tmall", external_id=external_id)
    await PlainCarrier(houses.line).subscribe(f"{order_no}/s", Subscription(order=order, tracking_number=number))
    asked = {"key": f"{order_no}/{tail}", "order_no": order_no, "tracking_number": number}
    return {**asked, "shipment": 1, "package": "1", "carrier": "SF"}


async def intercept(houses: Houses, order_no: str) -> Any:
    asked = await parcel(houses, order_no, "intercept/1/return")
    return await houses.carrier.intercept_parcel(InterceptRequest(**asked, purpose="return"))


async def hurry(houses: Houses, order_no: str) -> Any:
    return await houses.carrier.request_priority(PriorityRequest(**await parcel(houses, order_no, "priority/1")))


async def deliver_again(houses: Houses, order_no: str) -> Any:
    return await houses.carrier.book_redelivery(RedeliveryRequest(**await parcel(houses, order_no, "redelivery/1")))


async def claim(houses: Houses, order_no: str) -> Any:
    asked = await parcel(houses, order_no, "claim/package/1")
    return await houses.carrier.open_claim(ClaimRequest(**asked, ground="lost", amount=16800, currency="CNY"))


async def transfer(houses: Houses, order_no: str) -> Any:
    if not await houses.desk.rows(tables.sku, sku="TEA"):
        await houses.desk.stock_is("TEA", SH=0, CD=2)
    outcome = await houses.transfer.request_transfer(wish(houses.desk, order_no))
    assert (outcome.source, await houses.desk.level("TEA", "CD")) == ("CD", (2, 2)), "its goods are held once"
    return outcome


async def call_off(houses: Houses, order_no: str) -> Any:
    if not await houses.desk.rows(tables.stock_transfer):
        await transfer(houses, order_no)
    outcome = await houses.transfer.call_off_transfer(off(order_no))
    assert (outcome.called_off, await houses.desk.level("TEA", "CD")) == (True, (2, 0)), "they are given back once"
    return outcome


TABLE: dict[EffectKind, tuple[str, Act]] = {
    EffectKind.ENTER: ("enter/1", enter),
    EffectKind.CANCEL_ENTRY: ("cancel_entry/1", cancel_entry),
    EffectKind.RELEASE: ("release/1", release),
    EffectKind.ASK_WAREHOUSE: ("ask_warehouse/1/1", ask_warehouse),
    EffectKind.REFUND: ("refund/cancel", refund),
    EffectKind.ISSUE_COUPON: ("coupon/package/1/1", coupon),
    EffectKind.RECALL: ("recall/1/case/1", recall),
    EffectKind.INTERCEPT: ("intercept/1/return", intercept),
    EffectKind.PRIORITY: ("priority/1", hurry),
    EffectKind.REDELIVERY: ("redelivery/1", deliver_again),
    EffectKind.CLAIM: ("claim/package/1", claim),
    EffectKind.REQUEST_TRANSFER: ("transfer/1", transfer),
    EffectKind.CALL_OFF_TRANSFER: ("call_off_transfer/1", call_off),
}
"""Each effect that leaves the house: under which key, and how it is asked for."""
OURS = {
    *(EffectKind.AUDIT, EffectKind.RESERVE, EffectKind.RELEASE_STOCK, EffectKind.CHOOSE_CARRIER),
    EffectKind.BOOK_TRANSFER,
}
"""Effects in our own database: their row and their deed are one transaction."""
ONLY_READ = {
    EffectKind.ASK_CARRIER,
    EffectKind.ASK_PAYER,
    EffectKind.READ_ENTRY,
    EffectKind.ASK_PURCHASING,
    EffectKind.COUNT_OVERDUE,
}
"""Questions that change nothing outside; every answer is fresh."""


def test_the_table_has_every_effect_that_leaves_the_house() -> None:
    assert set(EffectKind) - OURS - ONLY_READ == set(TABLE)


@pytest.mark.clause("AC-37", "EC-41")
@pytest.mark.parametrize("kind", TABLE)
async def test_what_was_done_but_not_noted_is_asked_again_and_done_once(
    desk: Desk, line: PlainClient, market: Parties, kind: EffectKind
) -> None:
    tail, act = TABLE[kind]
    houses, order_no = Houses(desk, line), await desk.order_came_in()
    slow: dict[str, Any] = {"warehouse": {"outbound": "never", "transfer_shipped": "never"}, "carrier": {"script": []}}
    await market.behave(await desk.external_id(order_no), **slow)
    first = await act(houses, order_no)
    async with desk.engine.begin() as connection:
        await connection.execute(tables.effect.delete())
    assert await act(houses, order_no) == first, "the party answers by the key"
    assert await act(houses, order_no) == first, "and the answer is kept again"
    effects = (await market.log(await desk.external_id(order_no)))["effects"]
    assert [effect["key"] for effect in effects].count(f"{order_no}/{tail}") == 1
    assert [row["key"] for row in await desk.rows(tables.effect)].count(f"{order_no}/{tail}") == 1
