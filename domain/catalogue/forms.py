"""How dates, money, spans and subjects are said in each language (§4.13 "numbers and dates localised")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.catalogue.labels import STAGES

EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}
"""Digits after the point where it is not two."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
UNITS = ((86_400, "天", "day"), (3_600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second"))


def date_words(value: datetime | date | str, language: str, zone: str) -> str:
    """11月25日, or 25 November, in the customer's zone; a plain date stays as it is."""
    day = _local(value, zone)
    return f"{day.month}月{day.day}日" if language == "zh-Hans" else f"{day.day} {MONTHS[day.month - 1]}"


def moment_words(value: datetime | date | str, language: str, zone: str) -> str:
    """11月25日 14:05:09, or 25 November 14:05:09, in the reader's zone."""
    day = _local(value, zone)
    time = f" {day:%H:%M:%S}" if isinstance(day, datetime) else ""
    return date_words(day, language, zone) + time


def _local(value: datetime | date | str, zone: str) -> datetime | date:
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == len("2026-11-25") else datetime.fromisoformat(value)
    return value.astimezone(ZoneInfo(zone)) if isinstance(value, datetime) else value


def money(amount: int, currency: str, language: str) -> str:
    """390.00元 for Chinese readers of yuan, else CNY 390.00; never ¥, which SMS providers refuse."""
    digits = EXPONENTS.get(currency, 2)
    whole, rest = divmod(abs(amount), 10**digits)
    number = f"{'-' if amount < 0 else ''}{whole}" + (f".{rest:0{digits}d}" if digits else "")
    return f"{number}元" if (currency, language) == ("CNY", "zh-Hans") else f"{currency} {number}"


def days(value: float | str, language: str) -> str:
    """7天, or 7 days."""
    count = int(value)
    return f"{count}天" if language == "zh-Hans" else f"{count} day{'' if count == 1 else 's'}"


def span(value: float | str, language: str) -> str:
    """Seconds in the two greatest units that fit: 1天2小时, or 1 day 2 hours."""
    left = round(float(value))
    parts = []
    for size, chinese, english in UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(
                f"{count}{chinese}" if language == "zh-Hans" else f"{count} {english}{'' if count == 1 else 's'}"
            )
    joint = "" if language == "zh-Hans" else " "
    return joint.join(parts[:2]) or ("0秒" if language == "zh-Hans" else "0 seconds")


def subject(value: str, language: str) -> str:
    """The order, a shipment, a package or a payment, as clocks and cases name it (order, shipment/2, package/1)."""
    kind, _, number = value.partition("/")
    words = {
        "order": ("订单", "the order"),
        "shipment": (f"发货单{number}", f"shipment {number}"),
        "package": (f"包裹{number}", f"package {number}"),
        "payment": (f"付款{number}", f"payment {number}"),
        "change": (f"变更{number}", f"change {number}"),
        "question": (f"问题{number}", f"question {number}"),
        "status": (f"订单状态{STAGES.get(number, (number,))[0]}", f"status {STAGES.get(number, (number,))[-1]}"),
        "hold": (f"挂起{number}", f"hold {number}"),
        "refund": ("退款", "the refund"),
        "claim": (f"退款申请或主张{number}", f"claim {number}"),
    }
    return words[kind][language != "zh-Hans"] if kind in words else value


def units(value: Sequence[Mapping[str, object]], language: str) -> str:
    """So many units of each order line."""
    said = "商品行{line} {quantity}件" if language == "zh-Hans" else "{quantity} of line {line}"
    return listed([said.format_map(one) for one in value], language)


def listed(values: Sequence[str], language: str) -> str:
    """Several things in a row."""
    return ("、" if language == "zh-Hans" else ", ").join(values)
