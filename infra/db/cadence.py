"""Which channels are pulled and how far, and what a first pull starts from (SR-100)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cadence import PromotionWindow, PulledChannel
from domain.policy import STANDARD
from domain.polling_policy import PollingPolicy
from infra.db.tables import channel, channel_cursor, promo_window

SHOWN = text(
    """
SELECT c.tenant, c.channel, c.pulled, c.pull_from, k.updated_at AS cursor_at, k.good_at AS last_good_pull
FROM channel AS c LEFT JOIN channel_cursor AS k USING (tenant, channel)
ORDER BY c.tenant, c.channel"""
)
ADVANCE = text(
    """
INSERT INTO channel_cursor (tenant, channel, updated_at, external_id) VALUES (:tenant, :channel, :updated_at, :id)
ON CONFLICT (tenant, channel) DO UPDATE SET updated_at = excluded.updated_at, external_id = excluded.external_id
WHERE (channel_cursor.updated_at, channel_cursor.external_id) < (excluded.updated_at, excluded.external_id)"""
)
GOOD = text(
    """
INSERT INTO channel_cursor (tenant, channel, updated_at, good_at) VALUES (:tenant, :channel, :since, :at)
ON CONFLICT (tenant, channel) DO UPDATE SET good_at = greatest(channel_cursor.good_at, excluded.good_at)"""
)
ZONE = text(
    "SELECT body ->> 'zone' FROM policy_edition WHERE channel = '' AND valid_from <= :now"
    " ORDER BY valid_from DESC LIMIT 1"
)
POLLING = text(
    "SELECT COALESCE(body -> 'polling', '{}') FROM policy_edition WHERE channel = '' AND valid_from <= :now"
    " ORDER BY valid_from DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Cadenced:
    """What the schedules are made from."""

    channels: tuple[PulledChannel, ...]
    windows: tuple[PromotionWindow, ...]
    over: tuple[PromotionWindow, ...]
    zone: str
    polled: timedelta | None


async def read_cadenced(connection: AsyncConnection, now: datetime, over_since: datetime) -> Cadenced:
    """What is pulled, the promotion windows not over, those over since ``over_since``, the zone, how often to poll."""
    names = select(channel.c.tenant, channel.c.channel).where(channel.c.pulled).order_by(*channel.primary_key)
    pulled = [PulledChannel(**row) for row in (await connection.execute(names)).mappings()]
    columns = (promo_window.c.id.label("no"), promo_window.c.starts_at, promo_window.c.ends_at)
    found = select(*columns).where(promo_window.c.ends_at > over_since).order_by(promo_window.c.id)
    windows = [PromotionWindow.model_validate(dict(row)) for row in (await connection.execute(found)).mappings()]
    return Cadenced(
        channels=tuple(pulled),
        windows=tuple(window for window in windows if window.ends_at > now),
        over=tuple(window for window in windows if window.ends_at <= now),
        zone=await house_zone(connection, now),
        polled=(await house_polling(connection, now)).every,
    )


async def house_zone(connection: AsyncConnection, now: datetime) -> str:
    """The business zone: that of the edition for every channel."""
    return (await connection.execute(ZONE, {"now": now})).scalar_one_or_none() or STANDARD.zone


async def house_polling(connection: AsyncConnection, now: datetime) -> PollingPolicy:
    """How carriers are polled: by the edition for every channel."""
    told = (await connection.execute(POLLING, {"now": now})).scalar_one_or_none()
    return STANDARD.polling if told is None else PollingPolicy.model_validate(told)


async def show_channels(connection: AsyncConnection, tenant: str | None = None) -> list[dict[str, Any]]:
    """Every channel that was ever named, with its cursor and its last good pull, of one tenant or all."""
    rows = [dict(row) for row in (await connection.execute(SHOWN)).mappings()]
    return [row for row in rows if tenant in (None, row["tenant"])]


async def put_channel(
    connection: AsyncConnection, name: PulledChannel, *, pulled: bool, now: datetime, pull_from: datetime | None
) -> None:
    """Pull a channel, or no longer; ``pull_from`` has everything asked again that changed since."""
    row = {**name.model_dump(), "pulled": pulled, "pull_from": pull_from or now}
    changes = {"pulled": pulled, **({"pull_from": pull_from} if pull_from else {})}
    asked = insert(channel).values(row).on_conflict_do_update(index_elements=["tenant", "channel"], set_=changes)
    await connection.execute(asked)
    if pull_from:
        cursor = channel_cursor
        await connection.execute(delete(cursor).where(cursor.c.tenant == name.tenant, cursor.c.channel == name.channel))


async def pulled_up_to(connection: AsyncConnection, tenant: str, name: str) -> tuple[datetime, bool] | None:
    """Where the next pull starts, and whether one was before it; None where the channel is not pulled."""
    found = select(channel.c.pulled, channel.c.pull_from, channel_cursor.c.updated_at).select_from(
        channel.outerjoin(
            channel_cursor,
            (channel.c.tenant == channel_cursor.c.tenant) & (channel.c.channel == channel_cursor.c.channel),
        )
    )
    row = (await connection.execute(found.where(channel.c.tenant == tenant, channel.c.channel == name))).one_or_none()
    if row is None or not row.pulled:
        return None
    return row.updated_at or row.pull_from, row.updated_at is not None


async def advance(connection: AsyncConnection, tenant: str, name: str, place: tuple[datetime, str]) -> None:
    """Everything up to this place is durable; a cursor never goes back by this."""
    values = {"tenant": tenant, "channel": name, "updated_at": place[0], "id": place[1]}
    await connection.execute(ADVANCE, values)


async def pulled_well(connection: AsyncConnection, tenant: str, name: str, moments: tuple[datetime, datetime]) -> None:
    """A pull that began at the second moment reached the end; the first is where it started from."""
    since, at = moments
    await connection.execute(GOOD, {"tenant": tenant, "channel": name, "since": since, "at": at})


async def last_good_pulls(connection: AsyncConnection) -> Sequence[dict[str, Any]]:
    """Every channel that is pulled, with when its last good pull began; None where none was yet."""
    return [row for row in await show_channels(connection) if row["pulled"]]
