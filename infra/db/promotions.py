"""Promotion windows (SR-102, A-06): what is planned, what is on, and who said so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.policy import Policy
from domain.promotion import BUILT_IN
from infra.db.tables import policy_edition, promo_window

IN_FORCE = text(
    """
SELECT e.body FROM policy_edition AS e WHERE e.channel IN (:channel, '') AND e.valid_from <= :at
ORDER BY e.channel = :channel DESC, e.valid_from DESC LIMIT 1"""
)


async def open_window(connection: AsyncConnection, window: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a window: ``channel, edition, starts_at, ends_at, reason, actor, created_at``."""
    row = await connection.execute(insert(promo_window).values(**window).returning(promo_window))
    return dict(row.mappings().one())


async def show_windows(connection: AsyncConnection, most: int = 50) -> list[dict[str, Any]]:
    """The windows, the one that starts last first."""
    found = select(promo_window).order_by(promo_window.c.starts_at.desc(), promo_window.c.id.desc()).limit(most)
    return [dict(row) for row in (await connection.execute(found)).mappings()]


async def end_windows(connection: AsyncConnection, now: datetime, actor: str, no: int | None = None) -> list[int]:
    """End every window that is on now, or this one whether it is on or still to come; the numbers of those ended."""
    table = promo_window
    live = (table.c.id == no) if no is not None else (table.c.starts_at <= now)
    asked = update(table).where(live, table.c.ends_at > now).values(ends_at=now, ended_by=actor).returning(table.c.id)
    return sorted((await connection.execute(asked)).scalars())


async def is_promotion(connection: AsyncConnection, now: datetime) -> bool:
    """Whether a window is on."""
    on = select(promo_window.c.id).where(promo_window.c.starts_at <= now, promo_window.c.ends_at > now).limit(1)
    return (await connection.execute(on)).first() is not None


async def is_edition(connection: AsyncConnection, edition: str) -> bool:
    """Whether there is an edition of this name."""
    found = select(policy_edition.c.edition).where(policy_edition.c.edition == edition)
    return edition in BUILT_IN or (await connection.execute(found)).first() is not None


async def rules_in_force(connection: AsyncConnection, channel: str, at: datetime) -> Policy | None:
    """The edition for a channel's orders outside a promotion; None where the database has none."""
    body = (await connection.execute(IN_FORCE, {"channel": channel, "at": at})).scalar_one_or_none()
    return None if body is None else Policy.model_validate(body)
