"""Price lists (SR-112): added once, never changed, and read as of the moment an order was placed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.price_lists import Offer, Price, PriceBook, PriceList
from infra.db.tables import price, price_list
from infra.db.transactions import Transaction

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(815202612)")
"""Numbers are given in the order of commits, so that whoever saw one number has seen all before it."""
READ = text(
    """
WITH book AS (SELECT COALESCE(CAST(:number AS bigint), (SELECT max(number) FROM price_list), 0) AS newest)
SELECT newest, l.edition, l.number, l.kind, l.channel, l.valid_from, p.sku, p.unit_price, p.floor
FROM book LEFT JOIN (price_list AS l JOIN price AS p USING (edition))
    ON l.number <= newest AND p.sku = ANY(CAST(:skus AS text[])) AND l.currency = :currency
    AND l.channel IN ('', :channel) AND (l.kind <> 'contract' OR l.buyer_key = :buyer_key)
    AND l.valid_from <= CAST(:placed_at AS timestamptz)
    AND (l.valid_until IS NULL OR CAST(:placed_at AS timestamptz) < l.valid_until)
ORDER BY l.number, p.sku"""
)
PARTS = ("kind", "channel", "buyer_key", "currency", "valid_from", "valid_until")


class PriceListTaken(ValueError):
    """The caller's to correct: an edition of this name exists and says something else."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose prices are wanted: of these SKUs, for an order of this channel, buyer, currency and moment.

    ``number``: of the newest edition that counts; None: all that there are now.
    """

    skus: Collection[str]
    channel: str
    buyer_key: str
    currency: str
    placed_at: datetime
    number: int | None = None


async def put_price_list(connection: AsyncConnection, given: PriceList, owner: str, at: datetime) -> bool:
    """Add an edition; False where it was known already.

    Raises:
        PriceListTaken: the name is taken by other prices.
    """
    await connection.execute(ONE_AT_A_TIME)
    known = await read_price_list(connection, given.edition)
    if known is not None:
        if known != _sorted(given):
            raise PriceListTaken(f"Price list {given.edition} exists and never changes; give this one a new name.")
        return False
    row = given.model_dump(include={"edition", *PARTS})
    await connection.execute(insert(price_list).values(**row, owner=owner, added_at=at))
    prices = [{"edition": given.edition, **each.model_dump()} for each in given.prices]
    await connection.execute(insert(price), prices)
    return True


async def read_price_list(connection: AsyncConnection, edition: str) -> PriceList | None:
    """One edition with its prices, by their SKUs; None where there is none."""
    head = (
        (await connection.execute(select(price_list).where(price_list.c.edition == edition))).mappings().one_or_none()
    )
    if head is None:
        return None
    rows = await connection.execute(select(price).where(price.c.edition == edition))
    prices = tuple(Price.model_validate(dict(row)) for row in rows.mappings())
    return _sorted(PriceList(edition=edition, prices=prices, **{name: head[name] for name in PARTS}))


def _sorted(given: PriceList) -> PriceList:
    return given.having(prices=tuple(sorted(given.prices, key=lambda each: each.sku)))


async def price_lists(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Every edition without its prices, the newest first."""
    rows = await connection.execute(select(price_list).order_by(price_list.c.number.desc()))
    return [dict(row) for row in rows.mappings()]


async def price_book(connection: Transaction, wanted: Wanted) -> PriceBook:
    """The offers an order can be judged by."""
    asked = {
        "skus": sorted(set(wanted.skus)),
        "channel": wanted.channel,
        "buyer_key": wanted.buyer_key or None,
        "currency": wanted.currency,
        "placed_at": wanted.placed_at,
        "number": wanted.number,
    }
    rows = (await connection.execute(READ, asked)).mappings().all()
    offers = tuple(Offer.model_validate(dict(row)) for row in rows if row["edition"] is not None)
    return PriceBook(number=rows[0]["newest"], offers=offers)
