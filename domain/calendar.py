"""The business calendar: local days in the business zone, everything else in UTC (A-23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of a moment in the business zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def end_of_day(day: date, zone: str) -> datetime:
    """The last moment of a local day, in UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def known_zone(zone: str) -> str:
    """The name of a time zone. ValueError where there is none of that name."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"no time zone of the name {zone}; write one like Asia/Shanghai") from unknown
    return zone


def next_collection(
    submitted_at: datetime, zone: str, slots: Sequence[time] = (time(9), time(14), time(17))
) -> datetime:
    """When a document submitted at a moment is collected (SR-101): the first slot of a local day at or after it."""
    here = ZoneInfo(zone)
    today = submitted_at.astimezone(here).date()
    days = (today, today + timedelta(days=1))
    moments = sorted(datetime.combine(day, slot, here).astimezone(UTC) for day in days for slot in slots)
    return next(moment for moment in moments if moment >= submitted_at)
