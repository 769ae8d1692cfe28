"""The carrier service table in the books: put, read, and asked for the parcels of an order (SR-052, SR-148, SR-174)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.carriage import CarriageAsked, CarrierService, Choice, Parcel, ToCarry, choose_carrier
from domain.regions import around, plain_region, region_of
from infra.db.tables import carrier, carrier_cut_off, carrier_route, carrier_suspension
from infra.db.transactions import Transaction
from infra.db.versions import read_version

PARTS = {"routes": carrier_route, "cut_offs": carrier_cut_off, "suspensions": carrier_suspension}
"""Part of a service → its table."""
OF_ITSELF = tuple(column.name for column in carrier.c)
SERVICES = text("""
    SELECT to_jsonb(c) || jsonb_build_object(
        'routes', COALESCE((SELECT jsonb_agg(to_jsonb(r)) FROM carrier_route AS r
            WHERE r.carrier = c.carrier AND (:whole OR r.region = ANY(:regions))), '[]'),
        'cut_offs', COALESCE((SELECT jsonb_agg(to_jsonb(o)) FROM carrier_cut_off AS o
            WHERE o.carrier = c.carrier), '[]'),
        'suspensions', COALESCE((SELECT jsonb_agg(to_jsonb(s)) FROM carrier_suspension AS s
            WHERE s.carrier = c.carrier AND (:whole OR s.region = ANY(:regions))), '[]'))
    FROM carrier AS c ORDER BY c.priority, c.carrier
""")

ANY = text("SELECT EXISTS (SELECT FROM carrier)")
GOODS = text("SELECT sku, weight_g, goods FROM sku WHERE sku = ANY(:skus)")
PLACE = text("SELECT region FROM warehouse WHERE warehouse = :warehouse")


async def put_service(connection: AsyncConnection, service: CarrierService) -> CarrierService:
    """Put a carrier with all its routes, cut-offs and suspensions in the place of what was known of it."""
    plain = _in_our_spelling(service)
    row = plain.model_dump(include=set(OF_ITSELF)) | {"goods": list(plain.goods)}
    statement = upsert(carrier).values(**row)
    new = {name: statement.excluded[name] for name in OF_ITSELF if name != "carrier"}
    await connection.execute(statement.on_conflict_do_update(index_elements=[carrier.c.carrier], set_=new))
    for name, table in PARTS.items():
        await _put_parts(connection, table, plain.carrier, [part.model_dump() for part in getattr(plain, name)])
    return plain


async def services(connection: Transaction, regions: Sequence[str] | None = None) -> list[CarrierService]:
    """The carrier service table: what concerns these regions, or all of it."""
    asked = {"whole": regions is None, "regions": list(regions or ())}
    return [CarrierService.model_validate(body) for body in (await connection.execute(SERVICES, asked)).scalars()]


async def drop_service(connection: AsyncConnection, name: str) -> bool:
    """Take a carrier out of the table; False where it was not there. Orders keep what was chosen for them."""
    gone = await connection.execute(delete(carrier).where(carrier.c.carrier == name).returning(carrier.c.carrier))
    return gone.scalar_one_or_none() is not None


async def choose_carriers(
    connection: Transaction, order_no: str, asked: CarriageAsked, at: datetime
) -> dict[str, Choice]:
    """Who carries what each warehouse sends of an order; empty where the table names no carrier at all."""
    if not (await connection.execute(ANY)).scalar_one():
        return {}
    address = (await read_version(connection, order_no)).raw.get("address") or {}
    region = region_of([address.get(name) for name in ("province", "city", "district")])
    table = await services(connection, around(region))
    parcels = [await _parcel(connection, part, asked, region) for part in asked.parcels]
    return {parcel.warehouse: choose_carrier(parcel, table, at, asked.zone) for parcel in parcels}


async def _parcel(connection: Transaction, part: ToCarry, asked: CarriageAsked, region: str) -> Parcel:
    rows = (await connection.execute(GOODS, {"skus": list(part.units)})).all()
    place = (await connection.execute(PLACE, {"warehouse": part.warehouse})).scalar_one_or_none()
    return Parcel(
        warehouse=part.warehouse,
        warehouse_region=plain_region(place or ""),
        region=region,
        weight_g=sum(row.weight_g * part.units[row.sku] for row in rows),
        pieces=sum(part.units.values()),
        goods=tuple(sorted({row.goods for row in rows if row.goods})),
        cash=part.cash,
        preferred=asked.preferred,
        within_days=asked.within_days,
        fast=asked.fast,
        avoid=part.avoid,
    )


async def _put_parts(connection: AsyncConnection, table: Table, name: str, rows: Sequence[dict[str, Any]]) -> None:
    await connection.execute(delete(table).where(table.c.carrier == name))
    if rows:
        await connection.execute(insert(table), [{"carrier": name, **row} for row in rows])


def _in_our_spelling(service: CarrierService) -> CarrierService:
    """The service with its regions in the spelling they are compared by; of two rows that say the same, the last."""
    routes = {
        (route.region, route.warehouse, route.from_region): route
        for route in (
            each.having(region=plain_region(each.region), from_region=plain_region(each.from_region))
            for each in service.routes
        )
    }
    return service.having(
        routes=tuple(routes.values()),
        cut_offs=tuple({each.warehouse: each for each in service.cut_offs}.values()),
        suspensions=tuple(each.having(region=plain_region(each.region)) for each in service.suspensions),
    )
