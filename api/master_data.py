"""Master data: what we sell, where it lies, how much of it (shapes "Master data")."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.dependencies import Keeper, Reader, TheParts
from api.errors import problem
from api.shapes import Id, Posted, Units, Words
from infra.db.counting import CountAnswer, Counted, put_counts
from infra.db.master_data import Count, Sku, Warehouse, put_skus, put_warehouse
from infra.db.queries import master

router = APIRouter(prefix="/v1", tags=["Master data"])
SkuCode = Annotated[Id, Path(examples=["TEA-250"])]
Place = Annotated[Id, Path(examples=["WH-SH"])]
Stocked = Annotated[Units, Field(ge=0)]


class SkuBody(Posted):
    """What is known of a SKU.

    An empty ``specification``: there is none to compare an order with. ``custom``: made to order, so that a line of it
    waits for its final design. ``weight_g``: grams a unit, 0 for unknown; ``goods``: the class a carrier has to take,
    such as cold_chain.
    """

    name: Words = ""
    specification: Words = ""
    sellable: bool = True
    custom: bool = False
    weight_g: Stocked = 0
    goods: Words = ""


class WarehouseBody(Posted):
    """What is known of a warehouse. The lower the ``priority``, the sooner it is asked.

    ``sends``: whether it sends parcels to customers; one that does not gives its goods to another warehouse first.
    """

    name: Words = ""
    priority: Units = 100
    region: Words = ""
    sends: bool = True


class StockBody(Posted):
    """What was counted. ``safety`` units are never promised, ``quarantined`` ones are not sellable."""

    on_hand: Stocked
    safety: Stocked = 0
    quarantined: Stocked = 0


@router.put("/skus/{sku:path}", summary="Add or change a SKU")
async def put_sku(sku: SkuCode, body: SkuBody, parts: TheParts, _keeper: Keeper) -> dict[str, Any]:
    """The SKU as it is from now on; orders judged before keep what they were judged by."""
    async with parts.engine.begin() as connection:
        await put_skus(connection, [Sku(sku=sku, **body.model_dump())])
    return {"sku": sku, **body.model_dump()}


@router.get("/skus", summary="List SKUs")
async def list_skus(
    parts: TheParts,
    _reader: Reader,
    after: Annotated[str, Query(description="The last SKU of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """SKUs by their code."""
    async with parts.engine.begin() as connection:
        rows = await master.skus(connection, after, limit + 1)
    return {"skus": rows[:limit], "has_more": len(rows) > limit}


@router.get("/skus/{sku:path}", summary="One SKU and its stock")
async def show_sku(sku: SkuCode, parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """The SKU, and what there is of it in every warehouse."""
    async with parts.engine.begin() as connection:
        row = await master.one_sku(connection, sku)
        if row is None:
            raise problem(404, "unknown_sku", f"There is no SKU {sku}", todo=f"Add it: PUT /v1/skus/{sku}.")
        return row | {"stock": await master.stock(connection, sku)}


@router.put("/warehouses/{warehouse}", summary="Add or change a warehouse")
async def put_place(warehouse: Place, body: WarehouseBody, parts: TheParts, _keeper: Keeper) -> dict[str, Any]:
    """The warehouse as it is from now on."""
    async with parts.engine.begin() as connection:
        await put_warehouse(connection, Warehouse(warehouse=warehouse, **body.model_dump()))
    return {"warehouse": warehouse, **body.model_dump()}


@router.get("/warehouses", summary="List warehouses")
async def list_warehouses(parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """Every warehouse, in the order in which they are asked."""
    async with parts.engine.begin() as connection:
        return {"warehouses": await master.warehouses(connection)}


@router.put("/stock/{warehouse}/{sku:path}", summary="Set what is on hand")
async def put_stock(
    warehouse: Place, sku: SkuCode, body: StockBody, parts: TheParts, _keeper: Keeper
) -> dict[str, Any]:
    """The books follow the count; orders that wait for the goods are told when there is more than before.

    Where it covers less than is reserved, orders lose units until it fits: ``lost``, by the operations page's rule.
    """
    count = Count(warehouse=warehouse, sku=sku, **body.model_dump())
    async with parts.engine.begin() as connection:
        [answer] = await put_counts(connection, [count], parts.now())
    if answer.fate is not Counted.PUT:
        raise problem(404, answer.fate.value, **refused_count(count, answer))
    return {"warehouse": warehouse, "sku": sku, **body.model_dump(), "reserved": answer.reserved, "lost": answer.lost}


def refused_count(count: Count, answer: CountAnswer) -> dict[str, str]:
    """Why a count was not put into the books, and what to do."""
    if answer.fate is Counted.UNKNOWN_WAREHOUSE:
        place = count.warehouse
        return {"title": f"There is no warehouse {place}", "todo": f"Add it: PUT /v1/warehouses/{place}."}
    return {"title": f"There is no SKU {count.sku}", "todo": f"Add it: PUT /v1/skus/{count.sku}."}
