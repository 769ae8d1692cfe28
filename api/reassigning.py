"""Shipments that a warehouse does not send (E4): which they are, and whether another one has their goods (SR-034)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api.dependencies import Parts, Reader, TheParts
from api.errors import problem
from api.shapes import Id
from domain.asks_of_logistics import ReassignWarehouse
from infra.db.late_shipments import is_elsewhere, is_known, late_shipments

router = APIRouter(prefix="/v1/warehouses", tags=["Requests"])


@router.get("/{warehouse}/shipments", summary="List a warehouse's open shipments")
async def list_shipments(
    warehouse: Annotated[Id, Path(examples=["WH-SH"])],
    parts: TheParts,
    reader: Reader,
    overdue: Annotated[bool, Query(description="Only those whose C4 is past")] = False,  # noqa: FBT002 - a query parameter
) -> dict[str, Any]:
    """What it has not sent yet, the longest overdue first, each with the request that sends it from elsewhere."""
    async with parts.engine.begin() as connection:
        if not await is_known(connection, warehouse):
            todo = f"Look at the spelling, or add it: PUT /v1/warehouses/{warehouse}."
            raise problem(404, "unknown_warehouse", f"There is no warehouse {warehouse}", todo=todo)
        found = await late_shipments(connection, reader.tenant, warehouse, parts.now(), only_overdue=overdue)
    rows = [asdict(each) | {"request": f"/v1/orders/{each.order_no}/reassign_warehouse"} for each in found]
    late = sum(each.overdue for each in found)
    return {"warehouse": warehouse, "shown": len(rows), "overdue": late, "shipments": rows}


async def must_be_elsewhere(parts: Parts, order_no: str, asked: ReassignWarehouse) -> None:
    """Refuse before anything moves where no other warehouse has all of it; the reservation decides in the end."""
    async with parts.engine.begin() as connection:
        found = await is_elsewhere(connection, order_no, asked.shipment, asked.warehouse)
    if not found:
        where = f"Warehouse {asked.warehouse}" if asked.warehouse else "No other warehouse"
        raise problem(
            409,
            "NO_STOCK_ELSEWHERE",
            "The goods are not there",
            detail=f"{where} {'has not' if asked.warehouse else 'has'} all of shipment {asked.shipment}.",
            todo="Name a warehouse that has them, transfer stock, or press the warehouse: expedite.",
        )
