"""A shipment is stopped at a simulated warehouse over HTTP, and what was at the dock comes back into the books."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from activities.warehouse import WarehouseActivities
from domain.effects import ReleaseRequest
from domain.facts import Moved
from domain.recall_effects import RecallAnswer, RecallRequest
from domain.stock import Want
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.warehouse import WarehouseUndecided
from infra.connectors.warehouses.plain import PlainWarehouse
from infra.db import tables
from infra.db.outbound import consume
from infra.db.reservations import Cause
from infra.db.stock import reserve
from tests.departments.desk import Desk
from tests.parties import Parties


@pytest.fixture
def department(desk: Desk, line: PlainClient) -> WarehouseActivities:
    return WarehouseActivities(PlainWarehouse(line), desk.direct, desk.watch)


def recalled(order_no: str, cause: str = "case/1", packages: tuple[str, ...] = ()) -> RecallRequest:
    key = f"{order_no}/recall/1/{cause}"
    return RecallRequest(key=key, order_no=order_no, shipment=1, warehouse="WH_SH", packages=packages)


async def released(desk: Desk, department: WarehouseActivities, market: Parties) -> str:
    """A shipment is with a warehouse that takes its time."""
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), hour=3_600)
    await department.release_shipment(
        ReleaseRequest(
            key=f"{order_no}/release/1",
            order_no=order_no,
            shipment=1,
            warehouse="WH_SH",
            lines=(Moved(line="1", quantity=2),),
            skus={"1": "TEA"},
        )
    )
    return order_no


@pytest.mark.clause("SR-130c")
@pytest.mark.parametrize(
    ("conduct", "answer"), [("stops", "STOPPED"), ("refuses", "REFUSED"), ("sends_anyway", "STOPPED")]
)
async def test_the_warehouse_says_whether_it_stopped_once_a_key(
    desk: Desk, department: WarehouseActivities, market: Parties, conduct: str, answer: str
) -> None:
    order_no = await released(desk, department, market)
    await market.behave(await desk.external_id(order_no), warehouse={"recall": conduct})
    first = await department.recall_shipment(recalled(order_no))
    assert first.answer == answer
    assert await department.recall_shipment(recalled(order_no)) == first


@pytest.mark.clause("SR-130c")
async def test_a_silent_warehouse_is_asked_again_under_the_same_key(
    desk: Desk, department: WarehouseActivities, market: Parties
) -> None:
    order_no = await released(desk, department, market)
    external_id = await desk.external_id(order_no)
    await market.behave(external_id, warehouse={"recall": "silent"})
    for _ in range(2):
        with pytest.raises(WarehouseUndecided):
            await department.recall_shipment(recalled(order_no))
    await market.behave(external_id, warehouse={"recall": "refuses"})
    assert (await department.recall_shipment(recalled(order_no))).answer is RecallAnswer.REFUSED


@pytest.mark.clause("SR-130c")
async def test_a_warehouse_that_refuses_every_request_refuses_a_recall_for_good(
    desk: Desk, department: WarehouseActivities, market: Parties
) -> None:
    order_no = await released(desk, department, market)
    await market.behave(await desk.external_id(order_no), warehouse={"refuses": "unknown shipment"})
    said = await department.recall_shipment(recalled(order_no))
    assert (said.answer, "unknown shipment" in said.reason) == (RecallAnswer.REFUSED, True)


@pytest.mark.clause("SR-130c", "AC-30")
async def test_what_is_pulled_from_the_dock_is_on_the_shelf_and_reserved_again_once(
    desk: Desk, department: WarehouseActivities, market: Parties
) -> None:
    order_no = await released(desk, department, market)
    await desk.stock_is("TEA", WH_SH=5)
    async with desk.engine.begin() as connection:
        await reserve(
            connection, Cause(f"{order_no}/audit/1", order_no, desk.now), [Want(line="1", sku="TEA", quantity=2)]
        )
        for table, row in (
            (tables.order_line, {"line": "1", "sku": "TEA", "quantity": 2}),
            (tables.shipment, {"shipment": 1, "warehouse": "WH_SH", "state": "OUTBOUND", "lines": {"1": 2}}),
            (
                tables.package,
                {"package": "1", "shipment": 1, "state": "LABELLED", "lines": {"1": 2}, "outbound_at": desk.now},
            ),
        ):
            await connection.execute(insert(table).values(order_no=order_no, **row))
        await consume(connection, order_no, desk.now)
    assert await desk.level("TEA") == (3, 0)
    for cause in ("case/1", "case/2"):
        await department.recall_shipment(recalled(order_no, cause, ("1",)))
    assert await desk.level("TEA") == (5, 2)
    assert [row["units"] for row in await desk.rows(tables.reservation, step="put_back")] == [2]
    assert await desk.ledger_adds_up()
