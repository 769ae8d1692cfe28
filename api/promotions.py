"""Promotion mode (SR-102, A-06): windows by calendar and by hand, which end by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import Field

from api.dependencies import Reader, Ruler, TheParts
from api.errors import problem, wrong_shape
from api.shapes import Id, Posted, When, Words
from domain.editions import PROMOTION
from domain.promotion import LONGEST
from infra.db.promotions import end_windows, is_edition, open_window, show_windows

router = APIRouter(prefix="/v1/promotions", tags=["Promotions"])


class WindowBody(Posted):
    """A promotion: when, why, under which edition, and for which channel (empty: every one)."""

    starts_at: When | None = Field(None, description="Unset: now")
    ends_at: When = Field(description="At most 31 days after its start; the mode ends by itself")
    reason: Annotated[Words, Field(min_length=1, examples=["双十一"])]
    edition: Id = PROMOTION.edition
    channel: Words = ""


class EndBody(Posted):
    """Which window ends now; unset: every one that is on."""

    no: int | None = None


@router.get("", summary="List promotions")
async def list_promotions(parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """The windows, the latest first, and whether one is on."""
    now = parts.now()
    async with parts.engine.begin() as connection:
        windows = await show_windows(connection)
    shown = [{**window, "on": window["starts_at"] <= now < window["ends_at"]} for window in windows]
    return {"on": any(window["on"] for window in shown), "promotions": shown}


@router.post("", status_code=201, summary="Plan or begin a promotion")
async def plan_promotion(asked: WindowBody, parts: TheParts, ruler: Ruler) -> dict[str, Any]:
    """While it is on, new orders come in under its edition, and pull and volume monitor run every 15 minutes."""
    now = parts.now()
    starts_at = asked.starts_at or now
    _must_make_sense(starts_at, asked.ends_at, now)
    async with parts.engine.begin() as connection:
        if not await is_edition(connection, asked.edition):
            raise problem(
                404,
                "unknown_edition",
                f"There is no edition {asked.edition}",
                todo="Put it first: PUT /v1/policies/{edition}, with a valid_from far ahead if only promotions use it.",
            )
        return await open_window(
            connection,
            {
                "channel": asked.channel.strip(),
                "edition": asked.edition,
                "reason": asked.reason,
                "starts_at": starts_at,
                "ends_at": asked.ends_at,
                "created_at": now,
                "actor": ruler.name or ruler.role,
            },
        )


@router.post("/end", summary="End a promotion")
async def end_promotion(
    parts: TheParts, ruler: Ruler, asked: Annotated[EndBody, Body(default_factory=EndBody)]
) -> dict[str, Any]:
    """Now. Orders that came in under its edition keep it; asked again, it ends nothing more."""
    async with parts.engine.begin() as connection:
        ended = await end_windows(connection, parts.now(), ruler.name or ruler.role, asked.no)
    return {"ended": ended}


def _must_make_sense(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    told = ""
    if ends_at <= max(starts_at, now):
        told = "A promotion ends after its start, and not in the past"
    elif ends_at - starts_at > LONGEST:
        told = f"A promotion lasts {LONGEST.days} days at most; plan another one behind it"
    if told:
        raise wrong_shape([{"loc": ("ends_at",), "type": "window", "msg": told}], what="promotion")
