"""Our record of an effect is lost after it was done: the party is asked by the same key and does it once (M12).

The table has every effect that leaves the house; an effect that is added needs its row here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from activities.compensation import CompensationActivities
from activities.erp import ErpActivities
from activities.payment import PaymentActivities
from activities.warehouse import WarehouseActivities
from domain.coupon_code import CouponCodes
from domain.coupon_effects import CouponRequest
from domain.effects import CancelEntryRequest, EffectKind, EnterRequest, RefundRequest, ReleaseRequest
from domain.facts import Moved
from domain.inquiries import Inquiry
from infra.connectors.coupon_issuers.plain import PlainCouponIssuer
from infra.connectors.erps.plain import PlainErp
from infra.connectors.payments.plain import PlainGateway
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.warehouses.plain import PlainWarehouse
from infra.db import tables
from tests.departments.desk import Desk
from tests.departments.test_erp import CONTENT
from tests.parties import Parties


@dataclass(frozen=True)
class Houses:
    """The departments that speak to parties outside, on one line."""

    desk: Desk
    line: PlainClient

    @property
    def erp(self) -> ErpActivities:
        return ErpActivities(PlainErp(self.line), self.desk.engine, self.desk.watch)

    @property
    def warehouse(self) -> WarehouseActivities:
        return WarehouseActivities(PlainWarehouse(self.line), self.desk.engine, self.desk.watch)

    @property
    def payment(self) -> PaymentActivities:
        return PaymentActivities(PlainGateway(self.line), self.desk.engine, self.desk.watch)

    @property
    def compensation(self) -> CompensationActivities:
        codes = CouponCodes(b"the secret of these scenes")
        return CompensationActivities(PlainCouponIssuer(self.line), codes, self.desk.engine, self.desk.watch)


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


TABLE: dict[EffectKind, tuple[str, Act]] = {
    EffectKind.ENTER: ("enter/1", enter),
    EffectKind.CANCEL_ENTRY: ("cancel_entry/1", cancel_entry),
    EffectKind.RELEASE: ("release/1", release),
    EffectKind.ASK_WAREHOUSE: ("ask_warehouse/1/1", ask_warehouse),
    EffectKind.REFUND: ("refund/cancel", refund),
    EffectKind.ISSUE_COUPON: ("coupon/package/1/1", coupon),
}
"""Each effect that leaves the house: under which key, and how it is asked for."""
OURS = {EffectKind.AUDIT, EffectKind.RESERVE, EffectKind.RELEASE_STOCK, EffectKind.CHOOSE_CARRIER}
"""Effects in our own database: their row and their deed are one transaction."""
ONLY_READ = {EffectKind.ASK_CARRIER, EffectKind.ASK_PAYER, EffectKind.READ_ENTRY}
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
    await market.behave(await desk.external_id(order_no), warehouse={"outbound": "never"})
    first = await act(houses, order_no)
    async with desk.engine.begin() as connection:
        await connection.execute(tables.effect.delete())
    assert await act(houses, order_no) == first, "the party answers by the key"
    assert await act(houses, order_no) == first, "and the answer is kept again"
    effects = (await market.log(await desk.external_id(order_no)))["effects"]
    assert [effect["key"] for effect in effects].count(f"{order_no}/{tail}") == 1
    assert [row["key"] for row in await desk.rows(tables.effect)].count(f"{order_no}/{tail}") == 1
