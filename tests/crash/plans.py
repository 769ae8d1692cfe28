"""The hundred orders of a run: what each of them is, what goes wrong with it, and how it must end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from domain.policy import STANDARD, CaseKind, ClockKind, Policy, compressed
from domain.stage import Stage
from infra.demo.desk import Seen

HOUR = timedelta(seconds=0.5)
"""How long the parties' hour takes: an order lives for twelve seconds."""
LONG, CONFIRM, OUTBOUND = timedelta(minutes=10), timedelta(seconds=14), timedelta(seconds=22)
CALM, UNPAID, SLOW = "crash-calm", "crash-unpaid", "crash-slow"
"""Channels: one on which no clock runs out, one of orders nobody pays, one of a slow warehouse."""
LATE = {ClockKind.CONFIRM: (UNPAID, CONFIRM), ClockKind.OUTBOUND: (SLOW, OUTBOUND)}
"""Clock that runs out → the channel on which it does, and after how long."""


@dataclass(frozen=True)
class Act:
    """What somebody asks of the order once it has the stage or the case."""

    what: str
    body: dict[str, Any]
    stage: Stage | None = None
    case: CaseKind | None = None

    def is_due(self, seen: Seen | None) -> bool:
        """Whether its moment has come."""
        return seen is not None and (seen.stage == self.stage or self.case in seen.open_cases)


@dataclass(frozen=True)
class Plan:
    """One kind of order; ``share`` is how many of a hundred are of it."""

    name: str
    share: int
    channel: str = CALM
    lines: tuple[tuple[str, int], ...] = (("TEA-250", 2),)
    paid: bool = True
    behavior: dict[str, Any] = field(default_factory=dict)
    act: Act | None = None
    ends: Stage = Stage.COMPLETED
    cases: frozenset[str] = frozenset()
    breach: ClockKind | None = None
    releases: int = 1

    @property
    def refunds(self) -> int:
        """How often money goes back."""
        return int(self.paid and self.ends in {Stage.REJECTED, Stage.CANCELLED})


PAYS = {"payments": {"channel": CALM, "amount": 13600, "pays_after": 2}}
NEVER_PAYS = {"payments": {"pays_after": "never"}}
HERE, THERE = "CRASH-HERE", "CRASH-THERE"
"""Goods of which each warehouse has one."""
PLANS = (
    Plan("nobody pays, cancelled after C1", 10, UNPAID, paid=False, behavior=NEVER_PAYS, ends=Stage.CANCELLED,
         act=Act("cancel", {"reason": "客户未付款"}, case=CaseKind.CONFIRM_OVERDUE),
         cases=frozenset({CaseKind.CONFIRM_OVERDUE}), breach=ClockKind.CONFIRM, releases=0),
    Plan("slow warehouse, out after C4", 8, SLOW, behavior={"warehouse": {"outbound": 36}},
         cases=frozenset({CaseKind.OUTBOUND_OVERDUE}), breach=ClockKind.OUTBOUND),
    Plan("plain", 42),
    Plan("paid two seconds later", 10, paid=False, behavior=PAYS),
    Plan("two warehouses", 8, lines=((HERE, 1), (THERE, 1)), releases=2),
    Plan("two packages", 6, behavior={"warehouse": {"packages": 2}}),
    Plan("every fact three times", 6,
         behavior={party: {"duplicates": 1, "echoes": 1} for party in ("warehouse", "carrier", "customer")}),
    Plan("ERP writes and does not answer", 4, behavior={"erp": {"loses_answers": 1}}),
    Plan("unknown SKU, rejected and refunded", 6, lines=(("CRASH-UNKNOWN", 1),), ends=Stage.REJECTED,
         act=Act("reject_audit", {"reason": "商品编码不存在"}, stage=Stage.NEEDS_CORRECTION),
         cases=frozenset({CaseKind.INFO_ERROR}), releases=0),
)  # fmt: skip


def policy(channel: str, edition: str) -> Policy:
    """The manual's rules in quick time; only the channel's own clock runs out by itself."""
    quick = compressed(STANDARD, hour=HOUR, least=LONG, edition=edition)
    within = {kind: span for kind, (where, span) in LATE.items() if where == channel}
    clocks = tuple(rule.having(within=within.get(rule.kind, rule.within)) for rule in quick.clocks)
    return quick.having(clocks=clocks, transit=LONG, auto_complete_after=LONG)


def spread(orders: int) -> list[Plan]:
    """So many orders: those that run out of time first, then all kinds mixed."""
    kinds = [[plan] * max(1, round(plan.share * orders / 100)) for plan in PLANS]
    late, others = kinds[:2], kinds[2:]
    first = [plan for row in zip_longest(*late) for plan in row if plan]
    return first + [plan for row in zip_longest(*others) for plan in row if plan]
