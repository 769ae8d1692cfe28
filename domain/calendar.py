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


SLOTS = (time(9), time(14), time(17))
"""When offline documents are collected, every day (SR-101, A-19)."""


def next_collection(submitted_at: datetime, zone: str, slots: Sequence[time] = SLOTS) -> datetime:
    """When an offline document is collected: the first slot of the business zone not before it was handed in, in UTC.

    Handed in at a slot's very moment, it still goes along.
    """
    day = local_day(submitted_at, zone)
    moments = (
        datetime.combine(day + timedelta(days=later), slot, ZoneInfo(zone)).astimezone(UTC)
        for later in (0, 1)
        for slot in sorted(slots)
    )
    return next(moment for moment in moments if moment >= submitted_at)


def local_moment(naive: datetime, zone: str) -> datetime:
    """The moment a clock on the wall of the business zone meant, in UTC."""
    return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def known_zone(zone: str) -> str:
    """The name of a time zone. ValueError where there is none of that name."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"no time zone of the name {zone}; write one like Asia/Shanghai") from unknown
    return zone


WEEKEND = 5
"""Saturday, as Python counts the days of a week."""


def office_time_after(start: datetime, span: timedelta, zone: str, hours: tuple[time, time]) -> datetime:
    """When so much office time has passed since a moment: from Monday to Friday, between these hours of the zone."""
    moment, left = start.astimezone(ZoneInfo(zone)), span
    while True:
        opens, closes = (datetime.combine(moment.date(), edge, ZoneInfo(zone)) for edge in hours)
        begin = max(moment, opens)
        if moment.weekday() < WEEKEND and begin < closes:
            if begin + left <= closes:
                return (begin + left).astimezone(UTC)
            left -= closes - begin
        moment = datetime.combine(moment.date() + timedelta(days=1), time(), ZoneInfo(zone))
