"""Platform codes: the queue of those nobody knows, and what each stands for (SR-170)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.dependencies import Keeper, Reader, TheParts
from api.errors import problem
from api.shapes import Id, Posted, Units, Words
from domain.code_matching import CodeMatch
from infra.db import code_matching
from infra.db.code_matching import UnknownSkus

router = APIRouter(prefix="/v1", tags=["Platform codes"])
Channel = Annotated[Id, Path(examples=["tmall"])]
Code = Annotated[Id, Path(examples=["TM-GIFTBOX-1"])]


class ComponentBody(Posted):
    """Units of one of our SKUs in one unit of the code; ``share``: its weight in the price; a gift has none."""

    sku: Id
    quantity: Annotated[Units, Field(ge=1, le=9_999)] = 1
    specification: Words = ""
    share: Annotated[Units, Field(ge=0, le=10**9)] = 1
    gift: bool = False


class MatchBody(Posted):
    """What the code stands for: one component for a SKU, several for a bundle."""

    components: Annotated[tuple[ComponentBody, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _somebody_pays(self) -> MatchBody:
        if all(component.gift for component in self.components):
            raise PydanticCustomError("only_gifts", "At least one component is no gift: it carries the price")
        return self


@router.get("/unmatched-codes", summary="Codes that wait for a match")
async def list_unmatched(
    parts: TheParts,
    caller: Reader,
    after: Annotated[str, Query(description="channel and code of the page before, with a / between")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Every code that is neither matched nor a SKU, with how many orders wait for it, and some of them."""
    channel, _, code = after.partition("/")
    async with parts.engine.begin() as connection:
        rows = await code_matching.queue(connection, caller.tenant, (channel, code), limit + 1)
    return {"codes": rows[:limit], "has_more": len(rows) > limit}


@router.put("/code-matches/{channel}/{code:path}", summary="Say what a code stands for")
async def put_code_match(
    channel: Channel, code: Code, body: MatchBody, parts: TheParts, _keeper: Keeper
) -> dict[str, Any]:
    """Orders that wait for the code are told and audited again by themselves; ``told`` says how many."""
    match = CodeMatch.model_validate({"channel": channel, "code": code, **body.model_dump()})
    try:
        async with parts.engine.begin() as connection:
            told = await code_matching.put_match(connection, match, parts.now())
    except UnknownSkus as lacking:
        raise problem(404, "unknown_sku", f"There is no SKU {lacking}", todo="Add it: PUT /v1/skus/{sku}.") from None
    return {**match.model_dump(mode="json"), "told": told}


@router.get("/code-matches/{channel}", summary="What a channel's codes stand for")
async def list_matches(
    channel: Channel,
    parts: TheParts,
    _reader: Reader,
    after: Annotated[str, Query(description="The last code of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """The matches of one channel, by code."""
    async with parts.engine.begin() as connection:
        found = await code_matching.matches(connection, channel, after, limit + 1)
    return {"matches": [match.model_dump(mode="json") for match in found[:limit]], "has_more": len(found) > limit}
