"""Master data: SKUs and warehouses (shapes "Master data"); the counts of what lies in them: `counting`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.audit.papers import KnownSku
from infra.db.tables import sku, warehouse
from infra.db.transactions import Transaction

KNOWN = text("SELECT sku, specification, sellable FROM sku WHERE sku = ANY(:skus)")


@dataclass(frozen=True, slots=True)
class Sku:
    """What we sell. An empty ``specification``: there is none to compare with; ``weight_g`` 0: unknown.

    ``custom``: it is made to order. ``goods``: the class a carrier has to take, such as cold_chain; empty: any.
    """

    sku: str
    name: str = ""
    specification: str = ""
    sellable: bool = True
    custom: bool = False
    weight_g: int = 0
    goods: str = ""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """Where goods lie. The lower the ``priority``, the sooner it is asked; ``sends``: parcels to customers."""

    warehouse: str
    name: str = ""
    priority: int = 100
    region: str = ""
    sends: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted of a SKU in a warehouse. ``safety`` units are never promised, ``quarantined`` not sellable."""

    warehouse: str
    sku: str
    on_hand: int
    safety: int = 0
    quarantined: int = 0


async def put_skus(connection: AsyncConnection, skus: Sequence[Sku]) -> None:
    """Add these SKUs, or replace what is known of them."""
    if skus:
        statement = insert(sku).values([asdict(each) for each in skus])
        names = ("name", "specification", "sellable", "custom", "weight_g", "goods")
        new = {name: statement.excluded[name] for name in names}
        await connection.execute(statement.on_conflict_do_update(index_elements=[sku.c.sku], set_=new))


async def put_warehouse(connection: AsyncConnection, place: Warehouse) -> None:
    """Add a warehouse, or replace what is known of it."""
    statement = insert(warehouse).values(**asdict(place))
    new = {name: statement.excluded[name] for name in ("name", "priority", "region", "sends")}
    await connection.execute(statement.on_conflict_do_update(index_elements=[warehouse.c.warehouse], set_=new))


async def known_skus(connection: Transaction, names: Collection[str]) -> dict[str, KnownSku]:
    """The master data of these SKUs, as the audit reads it; unknown ones are missing."""
    rows = await connection.execute(KNOWN, {"skus": sorted(set(names))})
    return {row["sku"]: KnownSku(**row) for row in rows.mappings()}
