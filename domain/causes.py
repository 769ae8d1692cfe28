"""Why a parcel is late: one vocabulary for the carriers' words, in Chinese and in English (SR-132a).

A carrier's own word is kept beside it; what no rule knows is ``UNKNOWN``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar


class Cause(StrEnum):
    """The causes that the playbook of a delay knows."""

    HUB_OVERLOAD = "HUB_OVERLOAD"
    ADDRESS_PROBLEM = "ADDRESS_PROBLEM"
    WEATHER = "WEATHER"
    LOST = "LOST"
    DAMAGED = "DAMAGED"
    RECIPIENT_ABSENT = "RECIPIENT_ABSENT"
    RECIPIENT_REFUSED = "RECIPIENT_REFUSED"
    CARRIER_SUSPENDED = "CARRIER_SUSPENDED"
    MISROUTED = "MISROUTED"
    CAPACITY = "CAPACITY"
    CUSTOMS = "CUSTOMS"
    UNKNOWN = "UNKNOWN"


WORDS: tuple[tuple[Cause, tuple[str, ...]], ...] = (
    (Cause.LOST, ("丢失", "遗失", "丢件", "lost", "missing parcel")),
    (Cause.DAMAGED, ("破损", "损坏", "damage", "broken")),
    (Cause.RECIPIENT_REFUSED, ("拒收", "拒签", "refus", "reject")),
    (
        Cause.RECIPIENT_ABSENT,
        (
            *("收件人不在", "不在家", "无人", "联系不上", "电话无法接通"),
            *("absent", "not at home", "nobody home", "no answer"),
        ),
    ),
    (Cause.ADDRESS_PROBLEM, ("地址", "address")),
    (Cause.CARRIER_SUSPENDED, ("停运", "停发", "暂停", "suspend", "no service")),
    (Cause.MISROUTED, ("错分", "错发", "发错", "误发", "misrout", "missort", "wrong hub")),
    (
        Cause.WEATHER,
        ("天气", "暴雨", "暴雪", "台风", "大雪", "大雾", "洪", "weather", "storm", "typhoon", "snow", "flood"),
    ),
    (Cause.CUSTOMS, ("清关", "海关", "customs")),
    (Cause.HUB_OVERLOAD, ("爆仓", "爆倉", "积压", "overload", "backlog", "congest")),
    (Cause.CAPACITY, ("运力", "人手不足", "capacity", "short of staff")),
)
"""What a carrier's words contain, the first that fits: what says most comes first."""


def cause_of(word: str) -> Cause:
    """The cause that a carrier's word means."""
    return meant(word, WORDS, Cause.UNKNOWN)


Meaning = TypeVar("Meaning", bound=StrEnum)


def meant(word: str, words: Iterable[tuple[Meaning, Iterable[str]]], unknown: Meaning) -> Meaning:
    """What a party's word means: it is our own word for it, or the first of which it contains a part."""
    said = word.strip()
    name = said.upper().replace(" ", "_").replace("-", "_")
    ours = type(unknown)
    if name in ours.__members__:
        return ours[name]
    plain = said.lower()
    return next((meaning for meaning, parts in words if any(part in plain for part in parts)), unknown)
