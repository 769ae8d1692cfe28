"""Price lists: what goods cost by list, promotion or contract, each edition for ever as it is (SR-112)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.dependencies import Keeper, Reader, TheParts
from api.errors import problem
from api.shapes import Currency, Id, Minor, Posted, When, Words
from domain.price_lists import Price, PriceKind, PriceList
from infra.db import price_lists
from infra.db.price_lists import PriceListTaken

router = APIRouter(prefix="/v1/price-lists", tags=["Price lists"])
EditionName = Annotated[Id, Path(examples=["2026-11-promotion"])]
Least = Annotated[Minor, Field(ge=0)]
MOST_PRICES = 20_000


class PriceBody(Posted):
    """One SKU's price in minor units; net of discounts it never goes below ``floor``."""

    sku: Id
    unit_price: Least
    floor: Least | None = None


class PriceListBody(Posted):
    """An edition. A contract names its ``buyer_key``; an empty ``channel`` is every channel."""

    kind: PriceKind
    channel: Words = ""
    buyer_key: Words = ""
    currency: Currency = "CNY"
    valid_from: When = Field(description="Orders placed from then on")
    valid_until: When | None = Field(None, description="Orders placed before then; unset: for ever")
    prices: Annotated[list[PriceBody], Field(min_length=1, max_length=MOST_PRICES)]

    @model_validator(mode="after")
    def _holds_together(self) -> PriceListBody:
        if (self.kind is PriceKind.CONTRACT) != bool(self.buyer_key.strip()):
            raise PydanticCustomError("buyer_key", "A contract, and nothing else, names its buyer_key")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise PydanticCustomError("valid_until", "valid_until is after valid_from")
        if len({each.sku for each in self.prices}) < len(self.prices):
            raise PydanticCustomError("sku_twice", "Each SKU has one price in an edition")
        if any(each.floor is not None and each.floor > each.unit_price for each in self.prices):
            raise PydanticCustomError("floor", "A floor is not above its unit_price")
        return self


@router.put("/{edition}", status_code=201, summary="Add a price list")
async def put_price_list(edition: EditionName, asked: PriceListBody, parts: TheParts, keeper: Keeper) -> dict[str, Any]:
    """Orders whose first audit comes from now on are judged by it, if it was in force when they were placed."""
    prices = tuple(Price(**each.model_dump()) for each in asked.prices)
    given = PriceList(
        edition=edition,
        kind=asked.kind,
        channel=asked.channel.strip(),
        buyer_key=asked.buyer_key.strip(),
        currency=asked.currency,
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        prices=prices,
    )
    try:
        async with parts.engine.begin() as connection:
            owner = keeper.name or keeper.role
            added = await price_lists.put_price_list(connection, given, owner, parts.now())
    except PriceListTaken:
        raise problem(
            409,
            "price_list_taken",
            f"Price list {edition} exists with other prices",
            todo="A price list never changes, for orders were judged by it. Put the changed prices under a new name.",
        ) from None
    return {"edition": edition, "prices": len(prices), "added": added}


@router.get("", summary="List price lists")
async def list_price_lists(parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """Every edition without its prices, the newest first, with who put it and when."""
    async with parts.engine.begin() as connection:
        return {"price_lists": await price_lists.price_lists(connection)}


@router.get("/{edition}", summary="One price list")
async def show_price_list(edition: EditionName, parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """The edition with its prices."""
    async with parts.engine.begin() as connection:
        found = await price_lists.read_price_list(connection, edition)
    if found is None:
        todo = "GET /v1/price-lists lists them."
        raise problem(404, "unknown_price_list", f"There is no price list {edition}", todo=todo)
    return found.model_dump(mode="json")
