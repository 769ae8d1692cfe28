"""The carrier service table: who goes where, how fast, until when of the day, and where not today (SR-148, SR-173)."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.dependencies import Keeper, Reader, TheParts
from api.errors import problem
from api.shapes import Day, Id, Minor, Posted, Units, Words
from domain.carriage import CarrierService
from infra.db import carriage

router = APIRouter(prefix="/v1/carriers", tags=["Carriers"])
CarrierCode = Annotated[Id, Path(examples=["SF"])]
Limit = Annotated[Units, Field(ge=0)]
Fen = Annotated[Minor, Field(ge=0)]
Place = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$", examples=["浙江省/杭州市/西湖区"])]


class RouteBody(Posted):
    """From a warehouse, a region or (empty) anywhere to a region, in days; the smallest region that fits counts."""

    region: Place = ""
    warehouse: Words = ""
    from_region: Place = ""
    days: Annotated[Units, Field(ge=0, le=365)] = 0
    served: bool = True
    max_weight_g: Limit | None = None
    max_pieces: Limit | None = None
    surcharge: Fen = 0
    via: Words = ""


class CutOffBody(Posted):
    """Until when, in business time, a parcel of the warehouse (empty: of any) goes the same day; inclusive."""

    warehouse: Words = ""
    at: time = Field(examples=["16:30:00"])

    @model_validator(mode="after")
    def _local(self) -> CutOffBody:
        if self.at.tzinfo is not None:
            raise PydanticCustomError("time_with_zone", "A cut-off is a time of the business zone, without an offset")
        return self


class SuspensionBody(Posted):
    """An area that is not served from ``since`` to ``until``, both included."""

    region: Place = ""
    since: Day
    until: Day
    reason: Words = ""

    @model_validator(mode="after")
    def _forward(self) -> SuspensionBody:
        if self.until < self.since:
            raise PydanticCustomError("days_backwards", "A suspension ends on the day it began or later")
        return self


class CarrierBody(Posted):
    """A carrier. The lower the ``priority`` the sooner it is chosen, then the cheaper; ``goods``: classes it takes."""

    name: Words = ""
    priority: Units = 100
    cost: Fen = 0
    max_weight_g: Limit | None = None
    goods: tuple[Words, ...] = ()
    cash_on_delivery: bool = False
    cod_limit: Fen | None = None
    routes: Annotated[tuple[RouteBody, ...], Field(max_length=10_000)] = ()
    cut_offs: Annotated[tuple[CutOffBody, ...], Field(max_length=1_000)] = ()
    suspensions: Annotated[tuple[SuspensionBody, ...], Field(max_length=1_000)] = ()


@router.put("/{carrier}", summary="Add or change a carrier")
async def put_carrier(carrier: CarrierCode, body: CarrierBody, parts: TheParts, _keeper: Keeper) -> dict[str, Any]:
    """The carrier as it is from now on, with all its routes; shipments whose carrier is chosen keep it."""
    service = CarrierService.model_validate({"carrier": carrier, **body.model_dump()})
    async with parts.engine.begin() as connection:
        return (await carriage.put_service(connection, service)).model_dump(mode="json")


@router.delete("/{carrier}", summary="Take a carrier out")
async def drop_carrier(carrier: CarrierCode, parts: TheParts, _keeper: Keeper) -> dict[str, Any]:
    """From now on nothing is given to it; shipments whose carrier is chosen keep it."""
    async with parts.engine.begin() as connection:
        if not await carriage.drop_service(connection, carrier):
            raise problem(404, "unknown_carrier", f"There is no carrier {carrier}", todo="GET /v1/carriers lists them.")
    return {"carrier": carrier, "dropped": True}


@router.get("", summary="List carriers")
async def list_carriers(parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """The whole table, in the order in which carriers are chosen."""
    async with parts.engine.begin() as connection:
        return {"carriers": [each.model_dump(mode="json") for each in await carriage.services(connection)]}
