"""The carrier service table in PostgreSQL, asked by the entry and by those who look again (SR-052, SR-148, SR-174)."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import insert

from activities.carriage import CarriageActivities
from activities.erp import ErpActivities
from domain.carriage import (
    CarriageAsked,
    CarrierService,
    Chosen,
    CutOff,
    NoCarrier,
    Obstacle,
    Route,
    Suspension,
    ToCarry,
)
from domain.carrier_effects import CarrierRequest
from domain.effects import Content, LineContent
from domain.entry_effects import EnterRequest
from infra.connectors.erps.plain import PlainErp
from infra.connectors.plain_protocol import PlainClient
from infra.db import tables
from infra.db.carriage import drop_service, put_service, services
from tests.departments.desk import Desk

ZONE = "Asia/Shanghai"
SF = CarrierService(
    carrier="SF",
    priority=1,
    goods=("cold_chain",),
    routes=(Route(days=3), Route(region="浙江省/杭州市", days=1), Route(region="西藏自治区", served=False)),
    cut_offs=(CutOff(warehouse="WH_SH", at=time(16, 30)),),
)
ZTO = CarrierService(carrier="ZTO", routes=(Route(days=4, max_weight_g=3_000),))


def asked(*parcels: ToCarry, **wishes: Any) -> CarriageAsked:
    given = parcels or (ToCarry(warehouse="WH_SH", units={"TEA": 2, "CUP": 1}),)
    return CarriageAsked(parcels=given, zone=ZONE, **wishes)


def look(order_no: str, number: int = 1, **wishes: Any) -> CarrierRequest:
    key = f"{order_no}/carrier/1/{number}"
    return CarrierRequest(key=key, order_no=order_no, carriage=asked(**wishes))


async def has(desk: Desk, *table: CarrierService) -> None:
    async with desk.engine.begin() as connection:
        for service in table:
            await put_service(connection, service)


async def goods(desk: Desk, weight_g: int = 1_000, kind: str = "") -> None:
    async with desk.engine.begin() as connection:
        rows = [{"sku": "TEA", "weight_g": weight_g, "goods": kind}, {"sku": "CUP", "weight_g": 500, "goods": ""}]
        await connection.execute(insert(tables.sku), rows)


@pytest.mark.clause("SR-148", "SR-174")
async def test_the_table_is_asked_for_where_the_order_goes_and_what_it_weighs(desk: Desk) -> None:
    await goods(desk)
    await has(desk, SF, ZTO)
    department = CarriageActivities(desk.engine, desk.watch)
    order_no = await desk.order_came_in()
    outcome = await department.choose_carrier(look(order_no))
    assert isinstance(outcome.choice, Chosen)
    offer = outcome.choice.offer
    assert (offer.carrier, offer.ships_on, offer.delivered_by) == ("SF", date(2026, 11, 24), date(2026, 11, 25)), (
        "it is eight in the evening there, past the cut-off"
    )
    assert await department.choose_carrier(look(order_no)) == outcome
    wished = await department.choose_carrier(look(order_no, 2, preferred="ZTO"))
    assert isinstance(wished.choice, Chosen)
    assert (wished.choice.offer.carrier, wished.choice.why) == ("ZTO", "PREFERRED")


@pytest.mark.clause("SR-148", "SR-174")
async def test_where_nobody_drives_the_answer_names_what_stands_against_each(desk: Desk) -> None:
    await goods(desk, weight_g=1_500)
    await has(desk, SF, ZTO)
    tibet = {"province": "西藏自治区", "city": "拉萨市", "district": "城关区", "street": "1 号"}
    order_no = await desk.order_came_in(address=tibet)
    outcome = await CarriageActivities(desk.engine, desk.watch).choose_carrier(look(order_no))
    assert isinstance(outcome.choice, NoCarrier)
    assert {no.carrier: no.obstacles for no in outcome.choice.refused} == {
        "SF": (Obstacle.NOT_SERVED,),
        "ZTO": (Obstacle.TOO_HEAVY,),
    }
    assert [offer.carrier for offer in outcome.choice.offers] == ["ZTO"]


@pytest.mark.clause("SR-147", "SR-174")
async def test_goods_of_a_class_go_with_who_takes_them(desk: Desk) -> None:
    await goods(desk, kind="frozen")
    await has(desk, SF, ZTO)
    outcome = await CarriageActivities(desk.engine, desk.watch).choose_carrier(look(await desk.order_came_in()))
    assert isinstance(outcome.choice, NoCarrier)
    assert {no.obstacles for no in outcome.choice.refused} == {(Obstacle.GOODS_NOT_TAKEN,)}


async def test_a_table_without_carriers_leaves_it_to_a_person(desk: Desk) -> None:
    outcome = await CarriageActivities(desk.engine, desk.watch).choose_carrier(look(await desk.order_came_in()))
    assert outcome.choice == NoCarrier()


@pytest.mark.clause("SR-052", "SR-174")
@pytest.mark.parametrize("filled", [True, False])
async def test_the_entry_brings_the_carrier_of_each_warehouse(desk: Desk, line: PlainClient, filled: bool) -> None:
    await goods(desk)
    if filled:
        await has(desk, SF, ZTO)
    order_no = await desk.order_came_in()
    content = Content(
        lines=(LineContent(line="1", sku="TEA", quantity=2, unit_price=6_800),),
        currency="CNY",
        total=13_600,
        payment_method="prepaid",
    )
    parcels = (ToCarry(warehouse="WH_SH", units={"TEA": 1}), ToCarry(warehouse="WH_BJ", units={"TEA": 1}))
    request = EnterRequest(
        key=f"{order_no}/enter/1", order_no=order_no, version=1, content=content, carriage=asked(*parcels)
    )
    department = ErpActivities(PlainErp(line), desk.direct, desk.watch)
    outcome = await department.enter_order(request)
    days = {
        warehouse: choice.offer.ships_on for warehouse, choice in outcome.carriers.items() if isinstance(choice, Chosen)
    }
    assert days == ({"WH_SH": date(2026, 11, 24), "WH_BJ": date(2026, 11, 23)} if filled else {})
    assert await department.enter_order(request) == outcome, "as chosen first"


async def test_a_carrier_that_is_put_again_is_as_it_was_put_last(desk: Desk) -> None:
    closed = Suspension(region="浙江省", since=date(2026, 11, 23), until=date(2026, 11, 24), reason="大雪")
    await has(desk, SF, ZTO, SF.having(routes=(Route(region="浙江", days=2),), suspensions=(closed,), cut_offs=()))
    async with desk.engine.begin() as connection:
        [first, second] = await services(connection)
        assert (first.carrier, first.goods, first.cut_offs) == ("SF", ("cold_chain",), ())
        assert [(route.region, route.days) for route in first.routes] == [("浙江", 2)]
        assert [(each.region, each.reason) for each in first.suspensions] == [("浙江", "大雪")]
        assert second == ZTO
        assert [await drop_service(connection, "SF"), await drop_service(connection, "SF")] == [True, False]
        assert await services(connection) == [ZTO]
