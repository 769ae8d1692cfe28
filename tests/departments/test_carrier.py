"""The carrier department with a simulated carrier over HTTP (SR-031…SR-033)."""

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from activities.carrier import CarrierActivities
from domain.inquiries import Inquiry
from domain.packages import PackageState
from infra.connectors.carriers.plain import PlainCarrier
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.reference import OrderReference
from infra.connectors.warehouse import Receiver, Release, ReleasedLine
from infra.connectors.warehouses.plain import PlainWarehouse
from tests.departments.desk import Desk
from tests.parties import Listener


@pytest.fixture
def department(desk: Desk, line: PlainClient) -> CarrierActivities:
    return CarrierActivities(PlainCarrier(line), desk.engine, desk.watch)


def question(number: str) -> Inquiry:
    return Inquiry(
        key="SO1/ask_carrier/1/1", order_no="SO1", case="1", subject="package/1", tracking_number=number, carrier="SF"
    )


async def test_a_number_nobody_knows_waits_for_a_person(department: CarrierActivities) -> None:
    with pytest.raises(ApplicationError, match="correct the tracking number") as unknown:
        await department.ask_carrier(question("NO-SUCH"))
    assert (unknown.value.type, unknown.value.non_retryable) == ("Business.UnknownTrackingNumber", True)


@pytest.mark.clause("SR-031")
async def test_the_carrier_is_asked_anew_each_time(
    department: CarrierActivities, line: PlainClient, news: Listener
) -> None:
    order = OrderReference(order_no="SO-carrier", channel="tmall", external_id="T-carrier")
    receiver = Receiver(name="王小明", phone="1", province="", city="", district="", street="")
    lines = (ReleasedLine(line="1", sku="TEA", quantity=1),)
    release = Release(order=order, shipment=1, warehouse="WH_SH", lines=lines, receiver=receiver)
    await PlainWarehouse(line).release("SO-carrier/release/1", release)
    async with asyncio.timeout(20):
        number = ""
        while not number:
            told = [fact for fact in await news.hears("outbound") if fact["order_no"] == "SO-carrier"]
            number = told[0]["data"]["tracking_number"] if told else ""
            await asyncio.sleep(0.05)
        states: list[PackageState] = []
        while PackageState.DELIVERED not in states:
            answer = await department.ask_carrier(question(number))
            states = [scan.state for scan in answer.scans]
            await asyncio.sleep(0.05)
    assert states[0] is PackageState.PICKED_UP
