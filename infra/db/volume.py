"""How many orders are placed, a quarter of an hour at a time, against the same quarters of the days before (SR-102)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import local_day
from domain.sweeps import VolumeReport
from domain.volume import DAYS, SLOT, SLOTS, Slot, full_slot, suggest
from infra.db.cadence import house_zone
from infra.db.promotions import is_promotion

COUNTED = text(
    """
SELECT s.slot, d.day, (
    SELECT count(*) FROM orders AS o
    WHERE o.placed_at >= :newest - s.slot * CAST(:length AS interval) - d.day * interval '1 day'
      AND o.placed_at < :newest - (s.slot - 1) * CAST(:length AS interval) - d.day * interval '1 day') AS orders
FROM generate_series(0, :slots - 1) AS s(slot), generate_series(0, :days) AS d(day) ORDER BY 1, 2"""
)
SUGGEST = text(
    "INSERT INTO alert (key, kind, at, detail) VALUES (:key, 'promotion_suggested', :at, jsonb_build_object("
    "'suggestion', CAST(:suggestion AS text), 'orders', CAST(:orders AS int), 'usual', CAST(:usual AS float)))"
    " ON CONFLICT DO NOTHING"
)


async def watch_volume(connection: AsyncConnection, now: datetime) -> VolumeReport:
    """Look at the last slots; a suggestion becomes one alert a day."""
    newest = full_slot(now)
    slots = await _slots(connection, newest)
    suggestion = suggest(slots, promotion=await is_promotion(connection, now))
    report = VolumeReport(slot=newest, orders=slots[0].orders, usual=slots[0].usual, suggestion=suggestion)
    if suggestion:
        zone = await house_zone(connection, now)
        key = f"promotion/{suggestion}/{local_day(newest, zone)}"
        await connection.execute(
            SUGGEST,
            {"key": key, "at": now, "suggestion": suggestion, "orders": report.orders, "usual": report.usual},
        )
    return report


async def _slots(connection: AsyncConnection, newest: datetime) -> list[Slot]:
    """The last slots, the newest first."""
    values = {"newest": newest, "length": SLOT, "slots": SLOTS, "days": DAYS}
    counted: defaultdict[int, list[int]] = defaultdict(list)
    for slot, _day, orders in await connection.execute(COUNTED, values):
        counted[slot].append(orders)
    return [Slot(orders=orders, before=tuple(before)) for _, (orders, *before) in sorted(counted.items())]
