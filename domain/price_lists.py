"""Price lists (SR-112): what a SKU costs, by list, promotion or contract, each edition for ever as it is.

Editions are numbered in the order in which they were added. An order is judged by those that were there at its first
audit and in force when it was placed; a promotion that has ended since still counts (edge case 30).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.value import Moment, Value

Whole = Annotated[int, Field(ge=0, le=2**53)]


class PriceKind(StrEnum):
    """Where a price comes from, the one that counts first first."""

    CONTRACT = "contract"
    PROMOTION = "promotion"
    LIST = "list"


class Price(Value):
    """What one SKU costs, in minor units; net of discounts it never goes below ``floor``, where there is one."""

    sku: str
    unit_price: Whole
    floor: Whole | None = None


class PriceList(Value):
    """One edition. ``channel`` empty: every channel. ``buyer_key``: whose contract. Valid up to ``valid_until``."""

    edition: str
    kind: PriceKind
    channel: str = ""
    buyer_key: str = ""
    currency: str = "CNY"
    valid_from: Moment
    valid_until: Moment | None = None
    prices: tuple[Price, ...]


class Offer(Price):
    """A price that an order could be judged by, and where it stands."""

    edition: str
    number: int
    kind: PriceKind
    channel: str = ""
    valid_from: Moment


class PriceBook(Value):
    """The offers for an order. ``number``: of the newest edition that counts for it; 0: the house keeps none."""

    number: int = 0
    offers: tuple[Offer, ...] = ()


class JudgedPrice(Value):
    """The price that one line was judged by; amounts in minor units."""

    line: str
    sku: str
    edition: str
    kind: PriceKind
    unit_price: int
    floor: int | None = None


def best(offers: Iterable[Offer], sku: str) -> Offer | None:
    """The offer that counts for a SKU: contract beats promotion beats list, the channel's own beats everybody's.

    Of two alike the one that came into force later counts, then the one that was added later.
    """
    mine = (offer for offer in offers if offer.sku == sku)
    return min(mine, key=_precedence, default=None)


def _precedence(offer: Offer) -> tuple[int, bool, float, int]:
    rank = list(PriceKind).index(offer.kind)
    return rank, offer.channel == "", -offer.valid_from.timestamp(), -offer.number
