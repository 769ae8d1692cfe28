"""Sales channels: which are pulled, from where, and when that last went well (SR-100, SR-010)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field

from api.dependencies import Keeper, Reader, TheParts
from api.shapes import Id, Posted, When
from domain.cadence import PulledChannel
from infra.db.cadence import put_channel, show_channels

router = APIRouter(prefix="/v1/channels", tags=["Channels"])
ChannelName = Annotated[Id, Path(examples=["tmall"])]


class ChannelBody(Posted):
    """Whether a channel is pulled. ``pull_from`` has everything asked again that changed since then."""

    pulled: bool
    pull_from: When | None = Field(None, description="Unset: goes on where it was; a new channel from now on")


@router.get("", summary="List channels")
async def list_channels(parts: TheParts, caller: Reader) -> dict[str, Any]:
    """Every channel that was named, with the cursor of its pull and when the last good pull began."""
    async with parts.engine.begin() as connection:
        return {"channels": await show_channels(connection, caller.tenant)}


@router.put("/{channel}", summary="Pull a channel, or no longer")
async def set_channel(channel: ChannelName, asked: ChannelBody, parts: TheParts, caller: Keeper) -> dict[str, Any]:
    """The worker makes its schedules within seconds; what was pulled before is never taken in twice."""
    name = PulledChannel(tenant=caller.tenant, channel=channel)
    async with parts.engine.begin() as connection:
        await put_channel(connection, name, pulled=asked.pulled, now=parts.now(), pull_from=asked.pull_from)
        shown = await show_channels(connection, caller.tenant)
    return next(row for row in shown if row["channel"] == channel)
