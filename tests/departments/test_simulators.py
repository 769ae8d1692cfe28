"""The simulated parties do each effect once, lose nothing to a kill -9, and behave as they were told per order."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.packages import PackageState
from infra.connectors.carrier import CarrierUnreachable, Subscription, UnknownTrackingNumber
from infra.connectors.carriers.plain import PlainCarrier
from infra.connectors.channel import TrackingPush
from infra.connectors.erp import ErpRefused, ErpUnreachable, UnknownDocument
from infra.connectors.erps.plain import PlainErp
from infra.connectors.messaging import Message, MessengerUnreachable
from infra.connectors.messengers.plain import PlainMessenger
from infra.connectors.payment import Refund, RefundRefused
from infra.connectors.payments.plain import PlainGateway
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.reference import OrderReference
from infra.connectors.shops.plain import PlainShop
from infra.connectors.warehouse import WarehouseQuestion
from infra.connectors.warehouses.plain import PlainWarehouse
from tests.parties import Listener, Parties, entry, listening, parties, release

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
async def product() -> AsyncIterator[Listener]:
    async with listening() as listener:
        yield listener


@pytest.fixture(scope="module")
async def town(product: Listener, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parties]:
    async with parties(tmp_path_factory.mktemp("town"), product.url, hour=0.02) as running:
        yield running


@pytest.fixture
async def client(town: Parties) -> AsyncIterator[PlainClient]:
    async with town.client() as open_client:
        yield open_client


@pytest.fixture
async def order(product: Listener, town: Parties) -> AsyncIterator[OrderReference]:
    """A new order; the next scene begins when all news of this one is told."""
    number = next(NUMBERS)
    yield OrderReference(order_no=f"SO20261123{number:08d}", channel="tmall", external_id=f"T-{number}")
    while not all(news["told"] for news in (await town.log(f"T-{number}"))["news"]):  # noqa: ASYNC110 - it is polled
        await asyncio.sleep(0.05)
    product.facts.clear()
    product.keys.clear()


async def effects(town: Parties, order: OrderReference, party: str) -> list[dict[str, Any]]:
    return [one for one in (await town.log(order.external_id))["effects"] if one["party"] == party]


async def test_the_same_key_is_done_once_and_answers_the_same(
    town: Parties, client: PlainClient, order: OrderReference
) -> None:
    gateway, refund = PlainGateway(client), Refund(order=order, amount=100, currency="CNY")
    first = await gateway.refund("k/refund/1", refund)
    assert [await gateway.refund("k/refund/1", refund) for _ in range(3)] == [first] * 3
    done = await effects(town, order, "payments")
    assert [(one["key"], one["asked"]) for one in done] == [("k/refund/1", 4)]


async def test_a_key_used_for_something_else_is_refused(client: PlainClient, order: OrderReference) -> None:
    gateway = PlainGateway(client)
    await gateway.refund("k/refund/2", Refund(order=order, amount=100, currency="CNY"))
    with pytest.raises(RefundRefused, match="something else"):
        await gateway.refund("k/refund/2", Refund(order=order, amount=200, currency="CNY"))


@pytest.mark.clause("SR-020")
async def test_after_a_timeout_the_party_is_asked_what_it_wrote(town: Parties, order: OrderReference) -> None:
    await town.behave(order.external_id, erp={"loses_answers": 1})
    async with town.client(within=0.3) as hasty:
        erp = PlainErp(hasty)
        document = await erp.enter("k/enter/1", entry(order))
        assert await erp.find("k/enter/1") == document
        assert await erp.enter("k/enter/1", entry(order)) == document
    assert len(await effects(town, order, "erp")) == 1


async def test_a_failing_party_comes_back(town: Parties, client: PlainClient, order: OrderReference) -> None:
    await town.behave(order.external_id, messenger={"failing": 2})
    messenger = PlainMessenger(client)
    message = Message(order=order, template="COMPLETED", receiver="13800138000", text="您的订单已完成")
    for _ in range(2):
        with pytest.raises(MessengerUnreachable, match="503"):
            await messenger.send("k/message/1", message)
    assert await messenger.send("k/message/1", message)
    assert [one["asked"] for one in await effects(town, order, "messenger")] == [3]


async def test_a_slow_party_is_unreachable_and_has_done_nothing(town: Parties, order: OrderReference) -> None:
    await town.behave(order.external_id, erp={"slow": 1})
    async with town.client(within=0.2) as hasty:
        with pytest.raises(ErpUnreachable, match="did not answer"):
            await PlainErp(hasty).enter("k/enter/2", entry(order))


async def test_a_refusal_is_final_and_says_why(town: Parties, client: PlainClient, order: OrderReference) -> None:
    await town.behave(order.external_id, erp={"refuses": "customer is blocked"})
    with pytest.raises(ErpRefused, match="customer is blocked"):
        await PlainErp(client).enter("k/enter/3", entry(order))
    assert await effects(town, order, "erp") == []


@pytest.mark.clause("SR-021")
async def test_the_erp_may_read_back_another_price(town: Parties, client: PlainClient, order: OrderReference) -> None:
    await town.behave(order.external_id, erp={"price_off_by": 1})
    erp = PlainErp(client)
    document = await erp.enter("k/enter/4", entry(order))
    assert (await erp.read(document)).content.lines[0].unit_price == 6801
    await erp.cancel("k/cancel/4", document)
    assert (await erp.read(document)).cancelled
    with pytest.raises(UnknownDocument):
        await erp.read("XSD999999")


async def test_the_channel_refuses_a_number_for_a_while(
    town: Parties, client: PlainClient, order: OrderReference
) -> None:
    await town.behave(order.external_id, shop={"refuses_numbers": 2})
    shop, push = PlainShop(client), TrackingPush(order=order, package="1", tracking_number="SF1")
    answers = [await shop.push_tracking("k/push/1", push) for _ in range(4)]
    assert [answer.accepted for answer in answers] == [False, False, True, True]
    assert answers[0].reason == "order is locked"


@pytest.mark.clause("SR-030", "SR-031")
async def test_an_honest_journey_is_told_in_order_with_each_partys_key(
    client: PlainClient, product: Listener, order: OrderReference
) -> None:
    await PlainWarehouse(client).release("k/release/1", release(order))
    (outbound,) = await product.hears("outbound")
    number = outbound["data"]["tracking_number"]
    carrier = PlainCarrier(client)
    await carrier.subscribe("k/subscribe/1", Subscription(order=order, tracking_number=number))
    await product.hears("confirmed")
    assert [fact["kind"] for fact in product.facts] == (
        ["picked", "packed", "outbound"] + ["carrier_scan"] * 5 + ["confirmed"]
    )
    assert [scan["data"]["state"] for scan in product.of_kind("carrier_scan")] == (
        ["PICKED_UP", "IN_TRANSIT", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED"]
    )
    assert outbound["order_no"] == order.order_no
    assert outbound["data"]["lines"] == [{"line": "1", "quantity": 2}]
    assert product.of_kind("carrier_scan")[0]["tracking_number"] == number
    assert (product.of_kind("confirmed")[0]["channel"], product.keys[-1]) == ("tmall", "Bearer key-of-channel")
    assert {product.keys[0], product.keys[3]} == {"Bearer key-of-warehouse", "Bearer key-of-carrier"}
    answer = await carrier.query(number, "")
    assert [scan.state for scan in answer.scans][-1] is PackageState.DELIVERED


async def test_what_nobody_subscribed_to_is_seen_only_by_a_query(
    client: PlainClient, product: Listener, order: OrderReference
) -> None:
    await PlainWarehouse(client).release("k/release/2", release(order))
    number = (await product.hears("outbound"))[0]["data"]["tracking_number"]
    await product.hears("confirmed")
    assert product.of_kind("carrier_scan") == []
    assert len((await PlainCarrier(client).query(number, "")).scans) == 5


async def test_a_carrier_that_is_down_or_knows_nothing(
    town: Parties, client: PlainClient, order: OrderReference
) -> None:
    carrier = PlainCarrier(client)
    with pytest.raises(UnknownTrackingNumber):
        await carrier.query("SF0000", "SF")
    await town.behave(order.external_id, carrier={"failing": 1})
    with pytest.raises(CarrierUnreachable):
        await carrier.subscribe("k/subscribe/2", Subscription(order=order, tracking_number="SF1"))
    await carrier.subscribe("k/subscribe/2", Subscription(order=order, tracking_number="SF1"))


async def test_the_warehouse_does_as_it_was_told(
    town: Parties, client: PlainClient, product: Listener, order: OrderReference
) -> None:
    await town.behave(
        order.external_id,
        warehouse={"packages": 2, "unnumbered": [2], "tracking": 0.2, "reason": "爆仓", "promises": 60},
    )
    warehouse = PlainWarehouse(client)
    await warehouse.release("k/release/3", release(order, quantity=3))
    outbound = await product.hears("outbound", times=2)
    assert [fact["data"]["lines"][0]["quantity"] for fact in outbound] == [2, 1]
    assert all("tracking_number" not in fact["data"] for fact in outbound)
    assert [fact["data"]["package"] for fact in await product.hears("tracking_number")] == ["1"]
    answer = await warehouse.inquire("k/ask/3", WarehouseQuestion(order=order, warehouse="HZ", shipment=1))
    assert answer.reason == "爆仓"
    assert answer.promised_at is not None


async def test_a_number_nobody_told_is_the_parcels_once_it_is_typed_in(
    town: Parties, client: PlainClient, product: Listener, order: OrderReference
) -> None:
    await town.behave(order.external_id, warehouse={"tracking": "never"})
    await PlainWarehouse(client).release("k/release/4", release(order))
    (outbound,) = await product.hears("outbound")
    assert "tracking_number" not in outbound["data"]
    await PlainCarrier(client).subscribe("k/subscribe/4", Subscription(order=order, tracking_number="TYPED-1"))
    scans = await product.hears("carrier_scan", times=5)
    assert {scan["tracking_number"] for scan in scans} == {"TYPED-1"}


async def test_goods_without_a_carrier_are_told_by_package(
    client: PlainClient, product: Listener, order: OrderReference
) -> None:
    await PlainWarehouse(client).release("k/release/5", release(order, delivery_method="pickup"))
    scans = await product.hears("carrier_scan", times=2)
    assert [scan["data"]["state"] for scan in scans] == ["READY_FOR_PICKUP", "DELIVERED"]
    assert (scans[0]["external_id"], scans[0]["data"]["package"]) == (order.external_id, "1")


async def test_news_may_come_twice_late_and_out_of_order(
    town: Parties, client: PlainClient, product: Listener, order: OrderReference
) -> None:
    await town.behave(order.external_id, warehouse={"duplicates": 1, "echoes": 1, "out_of_order": True, "late": 0.1})
    await PlainWarehouse(client).release("k/release/6", release(order))
    await product.hears("outbound", times=4)
    await product.hears("picked", times=4)
    told = [fact["kind"] for fact in product.facts]
    assert told.index("packed") < told.index("picked")
    identities = {fact["event_id"] for fact in product.of_kind("outbound")}
    assert len(identities) == 2


@pytest.mark.parametrize(("conduct", "amounts"), [({}, [1000]), ({"pays_after": "never"}, []), ({"silent": True}, [])])
async def test_the_payer_pays_or_does_not(
    town: Parties, product: Listener, order: OrderReference, conduct: dict[str, object], amounts: list[int]
) -> None:
    payments = {"channel": "tmall", "amount": 1000, **conduct}
    await town.behave(order.external_id, payments=payments)
    await asyncio.sleep(0.4)
    assert [fact["data"]["amount"] for fact in product.of_kind("paid")] == amounts


async def test_a_payment_told_late_keeps_its_time_and_shows_in_a_query(
    town: Parties, client: PlainClient, product: Listener, order: OrderReference
) -> None:
    payments = {"channel": "tmall", "amount": 1000, "pays_after": 0, "late": 0.6}
    await town.behave(order.external_id, payments=payments)
    (receipt,) = (await PlainGateway(client).query(order)).receipts
    assert product.facts == []
    (paid,) = await product.hears("paid")
    assert datetime.fromisoformat(paid["occurred_at"]) == receipt.paid_at


async def test_the_customer_pays_by_hand(town: Parties, product: Listener, order: OrderReference) -> None:
    body = {"channel": "tmall", "external_id": order.external_id, "amount": 500}
    async with town.by_hand() as payer:
        assert (await payer.post("/payments/payments", json=body)).status_code == 201
    (paid,) = await product.hears("paid")
    assert paid["data"] == {"amount": 500, "currency": "CNY", "payment_no": f"PAY-{order.external_id}-1"}


async def test_an_unknown_behavior_is_refused(town: Parties) -> None:
    async with town.by_hand() as person:
        answer = await person.put("/behavior/T-0", json={"warehouse": {"slwo": 1}})
    assert answer.status_code == 422


async def test_news_waits_for_a_product_that_is_down(
    client: PlainClient, product: Listener, order: OrderReference
) -> None:
    product.status = 503
    await PlainWarehouse(client).release("k/release/7", release(order))
    await asyncio.sleep(0.5)
    product.status = 202
    await product.hears("outbound")
    assert [fact["kind"] for fact in product.facts][:3] == ["picked", "packed", "outbound"]


async def test_a_kill_loses_no_result_and_no_news(product: Listener, order: OrderReference, tmp_path: Path) -> None:
    async with parties(tmp_path, product.url, hour=0.5) as town:
        async with town.client() as client:
            first = await PlainWarehouse(client).release("k/release/8", release(order))
        await town.stop(signal.SIGKILL)
        await town.start()
        async with town.client() as client:
            assert await PlainWarehouse(client).release("k/release/8", release(order)) == first
        await product.hears("outbound")
        assert len(await effects(town, order, "warehouse")) == 1
    assert [fact["kind"] for fact in product.facts] == ["picked", "packed", "outbound"]
