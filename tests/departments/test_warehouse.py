"""The warehouse department with a simulated warehouse over HTTP (SR-030, SR-051)."""

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.warehouse import WarehouseActivities
from domain.effects import ReleaseRequest
from domain.facts import Moved
from domain.inquiries import Inquiry
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.warehouse import Release, WarehouseQuestion
from infra.connectors.warehouses.plain import PlainWarehouse
from infra.db import tables
from tests.departments.desk import Desk
from tests.parties import Parties


class Remembering(PlainWarehouse):
    """The plain warehouse, and what it was told."""

    releases: list[Release]

    async def release(self, key: str, release: Release) -> str:
        self.__dict__.setdefault("releases", []).append(release)
        return await super().release(key, release)


@pytest.fixture
def warehouse(line: PlainClient) -> Remembering:
    return Remembering(line)


@pytest.fixture
def department(desk: Desk, warehouse: Remembering) -> WarehouseActivities:
    return WarehouseActivities(warehouse, desk.direct, desk.watch)


def request(order_no: str) -> ReleaseRequest:
    return ReleaseRequest(
        key=f"{order_no}/release_shipment/1",
        order_no=order_no,
        shipment=1,
        warehouse="WH_SH",
        lines=(Moved(line="1", quantity=2), Moved(line="2", quantity=1)),
        skus={"1": "TEA", "2": "CUP"},
    )


def question(order_no: str) -> Inquiry:
    key = f"{order_no}/ask_warehouse/1/1"
    return Inquiry(key=key, order_no=order_no, case="1", subject="shipment/1", warehouse="WH_SH", shipment=1)


@pytest.mark.clause("SR-030")
async def test_a_shipment_goes_to_its_warehouse_once_with_the_receiver_as_corrected(
    desk: Desk, department: WarehouseActivities, warehouse: Remembering
) -> None:
    order_no = await desk.order_came_in()
    accepted = await desk.corrected(order_no, address__street="学院路 1 号")
    await desk.corrected(order_no, address__street="nobody accepted this")
    async with desk.engine.begin() as connection:
        asked = tables.correction.update().where(tables.correction.c.id == accepted)
        await connection.execute(asked.values(status="accepted"))
    first = await department.release_shipment(request(order_no))
    assert await department.release_shipment(request(order_no)) == first
    (told,) = warehouse.releases
    assert [(part.line, part.sku, part.quantity) for part in told.lines] == [("1", "TEA", 2), ("2", "CUP", 1)]
    assert (told.warehouse, told.receiver.name, told.receiver.street) == ("WH_SH", "王小明", "学院路 1 号")


async def test_what_the_workflow_keeps_of_a_release_is_not_personal(
    desk: Desk, department: WarehouseActivities
) -> None:
    order_no = await desk.order_came_in()
    said = request(order_no).model_dump_json() + (await department.release_shipment(request(order_no))).reference
    kept: list[dict[str, Any]] = await desk.rows(tables.effect)
    assert not any(word in said + str(kept) for word in ("王小明", "13800138000", "文三路"))


async def test_a_refused_shipment_waits_for_a_person(
    desk: Desk, department: WarehouseActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), warehouse={"refuses": "on strike"})
    with pytest.raises(ApplicationError, match="on strike") as refused:
        await department.release_shipment(request(order_no))
    assert (refused.value.type, refused.value.non_retryable) == ("Business.WarehouseRefused", True)


@pytest.mark.clause("SR-051")
async def test_the_warehouse_names_a_reason_and_a_time(
    desk: Desk, department: WarehouseActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), warehouse={"reason": "peak load", "promises": 3600})
    answer = await department.ask_warehouse(question(order_no))
    assert answer.reason == "peak load"
    assert answer.promised_at is not None
    assert await department.ask_warehouse(question(order_no)) == answer


def test_the_question_carries_no_more_than_the_shipment() -> None:
    assert set(WarehouseQuestion.model_fields) == {"order", "warehouse", "shipment", "skus", "stop", "by"}


@pytest.mark.clause("SR-051")
async def test_the_warehouse_says_what_lies_there_and_a_difference_from_our_books_is_an_alert(
    desk: Desk, department: WarehouseActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await desk.stock_is("TEA", WH_SH=10)
    await desk.stock_is("CUP", WH_SH=4)
    await desk.counted("TEA", quarantined=1, reserved=5)
    shipment = {"order_no": order_no, "shipment": 1, "warehouse": "WH_SH", "state": "RELEASED"}
    async with desk.engine.begin() as connection:
        for line, sku in (("1", "TEA"), ("2", "CUP"), ("3", "JAR")):
            await connection.execute(
                tables.order_line.insert().values(order_no=order_no, line=line, sku=sku, quantity=1)
            )
        await connection.execute(tables.shipment.insert().values(**shipment, lines={"1": 1, "2": 1}))
    await market.behave(
        await desk.external_id(order_no), warehouse={"shelf": {"TEA": 7, "CUP": 4, "JAR": 9}, "promises": 60}
    )
    answer = await department.ask_warehouse(question(order_no))
    assert (answer.on_shelf, answer.promised_at is None) == ({"TEA": 7, "CUP": 4}, False)
    [alert] = await desk.rows(tables.alert)
    assert (alert["kind"], alert["order_no"]) == ("stock_differs", order_no)
    assert alert["detail"] == {"sku": "TEA", "warehouse": "WH_SH", "books": 9, "warehouse_says": 7}
    await department.ask_warehouse(question(order_no))
    assert len(await desk.rows(tables.alert)) == 1
    assert await desk.level("TEA") == (10, 5)
