"""What stands in an office's cells, as our own way of writing it: amounts, numbers, times, ids, words (SR-011).

Decimals are exact (``Decimal``) and never floats. A cell that cannot be read is a ``BadCell`` with a stable code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial

from api.files.columns import DATES, IDS, TIMES, WORDS
from domain.calendar import local_moment
from domain.catalogue.forms import EXPONENTS

WHOLE = re.compile(r"[+-]?\d{1,18}")
MARKS = re.compile(r"^(?:cny|rmb|usd|eur|[¥$€])\s*|\s*(?:元|圆|cny|rmb|usd|eur|[¥$€])$", re.IGNORECASE)
GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
DECIMAL = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,6})?|\.\d{1,6})")
COUNTED = re.compile(r"([+-]?\d{1,12})(?:\.0+)?\s*[件个盒包袋瓶只套台箱罐支条张]?")
LOST = re.compile(r"[+-]?\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
QUOTED = re.compile(r'^(?:="(.*)"|\'(.*))$')
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
CLOCK = re.compile(r"(上午|下午)?\s*(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2}))?(?:\.\d+)?[分秒]?")
AFTERNOON, NOON = "下午", 12
DAYS_END = timedelta(days=1) - timedelta(seconds=1)


class BadCell(ValueError):
    """The sender's to correct; the message is the code."""


def width(text: str) -> str:
    """Full-width digits, letters and signs as everybody else writes them."""
    return unicodedata.normalize("NFKC", text).strip()


def amount(text: str, currency: str) -> int:
    """An amount written with decimals, ¥1,234.50, in minor units of the currency: exact, or not at all."""
    number = MARKS.sub("", MARKS.sub("", width(text))).strip()
    if GROUPED.fullmatch(number):
        number = number.replace(",", "")
    if not DECIMAL.fullmatch(number):
        raise BadCell("not_an_amount")
    try:
        minor = Decimal(number).scaleb(EXPONENTS.get(currency, 2))
    except InvalidOperation:
        raise BadCell("not_an_amount") from None
    if minor != minor.to_integral_value():
        raise BadCell("too_many_decimals")
    return int(minor)


def minor_amount(text: str) -> int:
    """An amount in minor units as an office writes it: 13,600."""
    number = MARKS.sub("", width(text)).removesuffix("分")
    number = number.replace(",", "") if GROUPED.fullmatch(number) else number
    return whole(number)


def whole(text: str) -> int:
    """A whole number, written as one."""
    if WHOLE.fullmatch(text) is None:
        raise BadCell("not_a_whole_number")
    return int(text)


def count(text: str) -> int:
    """So many pieces: 2, 2.0, 1,000, 2件."""
    number = width(text)
    number = number.replace(",", "") if GROUPED.fullmatch(number) else number
    found = COUNTED.fullmatch(number)
    if found is None:
        raise BadCell("not_a_whole_number")
    return int(found.group(1))


def identity(text: str) -> str:
    """An id or a phone number, kept as text: no ="…" of a CSV, no digits lost to a spreadsheet's numbers."""
    found = QUOTED.match(text)
    text = width((found.group(1) or found.group(2) or "") if found else text)
    if LOST.fullmatch(text):
        raise BadCell("digits_lost")
    return text


def moment(text: str, zone: str, *, end: bool = False) -> str:
    """A time as ISO 8601 with offset; without one it is local. A mere day is its beginning, or its ``end``."""
    text = width(text)
    known = _iso(text)
    if known is not None and (known.tzinfo is not None or len(text) > len("2026-11-23")):
        return (known if known.tzinfo else local_moment(known, zone)).astimezone(UTC).isoformat()
    day, rest = _day(text)
    naive = datetime.combine(day, datetime.min.time())
    if rest:
        naive += _clock(rest)
    elif end:
        naive += DAYS_END
    return local_moment(naive, zone).isoformat()


def calendar_day(text: str) -> str:
    """A day as ISO 8601; a time behind it is not looked at."""
    return _day(width(text).replace("T", " "))[0].isoformat()


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _day(text: str) -> tuple[date, str]:
    found = DAY.match(text)
    if found is None:
        raise BadCell("not_a_time")
    try:
        return date(*(int(part) for part in found.groups())), text[found.end() :].strip()
    except ValueError:
        raise BadCell("not_a_time") from None


def _clock(text: str) -> timedelta:
    found = CLOCK.fullmatch(text)
    if found is None:
        raise BadCell("not_a_time")
    half, *parts = found.groups()
    hours, minutes, seconds = (int(part or 0) for part in parts)
    if half == AFTERNOON and hours < NOON:
        hours += NOON
    if hours > 23 or minutes > 59 or seconds > 59:  # noqa: PLR2004 - a day's
        raise BadCell("not_a_time")
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def word(text: str, words: dict[str, str]) -> str:
    """What an office says, as our word; an unknown one stays as it is and is judged as such."""
    text = width(text)
    return words.get(text) or words.get(text.lower()) or (text.upper() if words is WORDS["currency"] else text)


def local_reading(field: str, zone: str) -> Callable[[str], str] | None:
    """How an office's column of this field becomes ours; None where the text stays as it is."""
    if field in TIMES:
        return partial(moment, zone=zone, end=field == "latest_ship_at")
    if field in DATES:
        return calendar_day
    if field in IDS:
        return identity
    if field == "quantity":
        return lambda text: str(count(text))
    return partial(word, words=WORDS[field]) if field in WORDS else None
