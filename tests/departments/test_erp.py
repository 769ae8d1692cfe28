"""The ERP department with a simulated ERP over HTTP: entered once, read back, compared (SR-020, SR-021, row 35)."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.erp import ErpActivities
from domain.effects import Content, LineContent
from domain.entry_effects import CancelEntryRequest, EnterRequest
from domain.read_back import ReadEntryRequest, differences
from infra.connectors.erp import ErpEntry, ErpUnreachable
from infra.connectors.erps.plain import PlainErp
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.reference import OrderReference
from infra.db import tables
from infra.draining import Drain
from tests.departments.desk import Desk
from tests.parties import Parties

LINE = LineContent(line="1", sku="TEA", specification="250g", quantity=2, unit_price=6800, discount=600)
CONTENT = Content(lines=(LINE,), currency="CNY", discount=600, total=13000, payment_method="prepaid")


@pytest.fixture
def department(desk: Desk, line: PlainClient) -> ErpActivities:
    return ErpActivities(PlainErp(line), desk.direct, desk.watch)


def request(order_no: str) -> EnterRequest:
    return EnterRequest(key=f"{order_no}/enter_order/1", order_no=order_no, version=1, content=CONTENT)


async def documents(market: Parties, desk: Desk, order_no: str) -> list[str]:
    effects = (await market.log(await desk.external_id(order_no)))["effects"]
    return [effect["key"] for effect in effects if effect["party"] == "erp"]


async def posts(market: Parties, desk: Desk, order_no: str) -> list[tuple[str, int]]:
    """What the ERP was asked to do for the order, and how it answered."""
    requests = (await market.log(await desk.external_id(order_no)))["requests"]
    return [(asked["path"], asked["status"]) for asked in requests if asked["party"] == "erp"]


@pytest.mark.clause("SR-020")
async def test_an_order_is_entered_once_however_often_it_is_asked(
    desk: Desk, department: ErpActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    first = await department.enter_order(request(order_no))
    assert first.document.startswith("XSD")
    assert first.differences == ()
    assert await department.enter_order(request(order_no)) == first
    assert await documents(market, desk, order_no) == [f"{order_no}/enter_order/1"]


@pytest.mark.clause("SR-020", "AC-46", "EC-35")
async def test_a_timeout_after_the_write_makes_no_second_document(desk: Desk, market: Parties) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), erp={"loses_answers": 1, "forgets_keys": True})
    async with market.client(within=0.3) as hasty:
        outcome = await ErpActivities(PlainErp(hasty), desk.direct, desk.watch).enter_order(request(order_no))
        assert (await PlainErp(hasty).read(outcome.document)).content == CONTENT, "read back equal"
    assert outcome.differences == ()
    assert await posts(market, desk, order_no) == [("/documents", 504)], "asked once, never answered"


@pytest.mark.clause("SR-020", "AC-46")
async def test_a_step_that_ended_after_the_write_finds_its_document_when_it_is_tried_again(
    desk: Desk, department: ErpActivities, line: PlainClient, market: Parties
) -> None:
    """This ERP knows no key again: whoever does not look before he writes makes a second document."""
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), erp={"loses_answers": 1, "forgets_keys": True})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await department.enter_order(request(order_no))
    outcome = await department.enter_order(request(order_no))
    assert (await PlainErp(line).read(outcome.document)).content == CONTENT, "read back equal"
    assert outcome.differences == ()
    assert await posts(market, desk, order_no) == [("/documents", 504)], "asked once, never answered"


@pytest.mark.clause("SR-020", "AC-46", "EC-35")
async def test_what_was_entered_but_not_noted_is_found_by_its_key(
    desk: Desk, department: ErpActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), erp={"forgets_keys": True})
    first = await department.enter_order(request(order_no))
    async with desk.engine.begin() as connection:
        await connection.execute(tables.effect.delete())
    assert await department.enter_order(request(order_no)) == first
    assert await posts(market, desk, order_no) == [("/documents", 200)]


async def test_an_erp_that_knows_no_key_again_makes_a_second_document(
    desk: Desk, line: PlainClient, market: Parties
) -> None:
    """What the scenes above would show if nobody looked before he wrote."""
    order_no = await desk.order_came_in()
    external_id = await desk.external_id(order_no)
    await market.behave(external_id, erp={"forgets_keys": True})
    entry = ErpEntry(
        order=OrderReference(order_no=order_no, channel="shop", external_id=external_id), version=1, content=CONTENT
    )
    first, second = [await PlainErp(line).enter("key", entry) for _ in range(2)]
    assert first != second
    assert await PlainErp(line).find("key") == first


@pytest.mark.clause("SR-021", "AC-47")
async def test_another_price_in_the_erp_is_a_difference(desk: Desk, department: ErpActivities, market: Parties) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), erp={"price_off_by": 1})
    (difference,) = (await department.enter_order(request(order_no))).differences
    assert (difference.code, difference.field) == ("ERP_DIFFERENCE", "lines.1.unit_price")
    assert difference.params == {"expected": 6800, "actual": 6801}


@pytest.mark.clause("SR-021", "AC-47")
async def test_a_document_that_was_set_right_is_read_again_and_not_written(
    desk: Desk, department: ErpActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), erp={"price_off_by": 1})
    document = (await department.enter_order(request(order_no))).document
    asked = ReadEntryRequest(key=f"{order_no}/read_entry/1/1", order_no=order_no, document=document, content=CONTENT)
    [still] = (await department.read_entry(asked)).differences
    assert still.params == {"expected": 6800, "actual": 6801}
    await market.behave(await desk.external_id(order_no), erp={"price_off_by": 1, "price_off_for": 0.02})
    await department.read_entry(asked)
    await asyncio.sleep(0.05)
    assert (await department.read_entry(asked)).differences == ()
    assert await posts(market, desk, order_no) == [("/documents", 200)]
    with pytest.raises(ApplicationError, match="no document X"):
        await department.read_entry(asked.having(document="X"))


@pytest.mark.clause("SR-021")
def test_code_quantity_price_and_delivery_are_compared_field_by_field() -> None:
    other = CONTENT.having(
        lines=(LINE.having(sku="CUP", quantity=3), LINE.having(line="9")), delivery_method="pickup", total=1
    )
    fields = {finding.field: finding.params["actual"] for finding in differences(CONTENT, other)}
    assert fields == {
        "lines.1.sku": "CUP",
        "lines.1.quantity": 3,
        "lines.9.sku": "TEA",
        "delivery_method": "pickup",
        "total": 1,
    }
    (missing,) = differences(CONTENT, CONTENT.having(lines=()))
    assert (missing.field, missing.params["actual"]) == ("lines.1.sku", "—")


async def test_a_refusal_waits_for_a_person(desk: Desk, department: ErpActivities, market: Parties) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), erp={"refuses": "customer is blocked"})
    with pytest.raises(ApplicationError, match="customer is blocked") as refused:
        await department.enter_order(request(order_no))
    assert (refused.value.type, refused.value.non_retryable) == ("Business.ErpRefused", True)


async def test_an_erp_that_is_down_is_asked_again(desk: Desk, department: ErpActivities, market: Parties) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), erp={"failing": 1})
    with pytest.raises(ErpUnreachable):
        await department.enter_order(request(order_no))
    assert (await department.enter_order(request(order_no))).document


async def test_a_document_is_cancelled_once(
    desk: Desk, department: ErpActivities, line: PlainClient, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    document = (await department.enter_order(request(order_no))).document
    asked = CancelEntryRequest(key=f"{order_no}/cancel_entry/{document}", order_no=order_no, document=document)
    assert await department.cancel_entry(asked) == await department.cancel_entry(asked)
    assert (await PlainErp(line).read(document)).cancelled
    assert len(await documents(market, desk, order_no)) == 2


@pytest.mark.clause("EC-36")
def test_a_backlog_drains_at_its_rate_and_each_keeps_its_turn() -> None:
    now = [100.0]
    drain = Drain(2, lambda: now[0])
    assert [drain.wait(key) for key in "abc"] == [0, 0.5, 1]
    assert drain.wait("b") == 0.5, "asked twice it has one turn"
    now[0] += 0.5
    assert [drain.wait(key) for key in "bd"] == [0, 1]
    now[0] += 3_600
    assert [drain.wait(key) for key in "ecd"] == [0, 0.5, 1], "turns that nobody came for are given up"


@pytest.mark.clause("EC-36")
async def test_orders_that_come_again_after_an_outage_are_entered_at_a_rate(desk: Desk, line: PlainClient) -> None:
    now = [0.0]
    department = ErpActivities(PlainErp(line), desk.direct, desk.watch, Drain(0.1, lambda: now[0]))
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, is_local=False)
    first, second, new = [request(await desk.order_came_in()) for _ in range(3)]
    assert (await environment.run(department.enter_order, first)).document
    with pytest.raises(ApplicationError, match="the turn of this order is in 10 s") as waits:
        await environment.run(department.enter_order, second)
    assert (waits.value.type, waits.value.next_retry_delay) == ("ErpBacklog", timedelta(seconds=10))
    assert (await environment.run(department.enter_order, first)).document, "what is done waits for no turn"
    environment.info = dataclasses.replace(environment.info, is_local=True)
    assert (await environment.run(department.enter_order, new)).document, "the first try of a new order goes at once"
    environment.info = dataclasses.replace(environment.info, is_local=False)
    now[0] += 10
    assert (await environment.run(department.enter_order, second)).document
