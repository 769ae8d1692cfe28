"""Why goods have not left: one vocabulary for the warehouses' words, in Chinese and in English (SR-033).

A warehouse's own word is kept beside it; what no rule knows is ``UNKNOWN``.
"""

from __future__ import annotations

from enum import StrEnum

from domain.causes import meant


class OutboundCause(StrEnum):
    """The causes that the playbook of a late outbound knows."""

    NOT_PICKED = "NOT_PICKED"
    SHORT = "SHORT"
    DAMAGED = "DAMAGED"
    ADDRESS = "ADDRESS"
    ON_HOLD = "ON_HOLD"
    CAPACITY = "CAPACITY"
    MISSED_RELEASE = "MISSED_RELEASE"
    UNKNOWN = "UNKNOWN"


WORDS: tuple[tuple[OutboundCause, tuple[str, ...]], ...] = (
    (
        OutboundCause.MISSED_RELEASE,
        ("未收到", "没有收到", "漏单", "查无此单", "missed", "not received"),
    ),
    (OutboundCause.DAMAGED, ("破损", "损坏", "残次", "damage", "broken")),
    (
        OutboundCause.SHORT,
        ("缺货", "短缺", "库存不足", "数量不足", "of stock", "shortage", "short pick"),
    ),
    (OutboundCause.ADDRESS, ("地址", "面单", "address", "label")),
    (OutboundCause.ON_HOLD, ("挂起", "冻结", "暂缓", "截单", "on hold", "blocked")),
    (OutboundCause.CAPACITY, ("爆仓", "产能", "人手", "积压", "capacity", "backlog", "short of staff", "overload")),
    (OutboundCause.NOT_PICKED, ("未拣", "待拣", "拣货中", "排队", "not picked", "picking", "queue")),
)
"""What a warehouse's words contain, the first that fits: what says most comes first."""


def outbound_cause_of(word: str) -> OutboundCause:
    """The cause that a warehouse's word means."""
    return meant(word, WORDS, OutboundCause.UNKNOWN)
