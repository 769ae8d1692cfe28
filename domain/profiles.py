"""Industry profiles (SR-147): the house's rules with other figures, and not one line of other code (edge case 49)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from domain.policy import STANDARD, ClockKind, Policy


def with_clocks(policy: Policy, within: Mapping[ClockKind, timedelta]) -> Policy:
    """The same rules with other lengths of some clocks."""
    clocks = (rule.having(within=within.get(rule.kind, rule.within)) for rule in policy.clocks)
    return policy.having(clocks=tuple(clocks))


COLD_CHAIN = with_clocks(
    STANDARD, {ClockKind.OUTBOUND: timedelta(hours=12), ClockKind.STAGNATION: timedelta(hours=6)}
).having(edition="cold-chain-1", transit=timedelta(days=1), max_transit_days=2, may_wait=False)
"""Fresh goods: out within 12 h, no silence over 6 h, two days on the way at most, and nobody is asked to wait."""

APPAREL = STANDARD.having(
    edition="apparel-1",
    audit=STANDARD.audit.having(max_lines=200, line_required=("specification",)),
    may_exchange=True,
)
"""Clothes: many SKUs an order, each line with its size and color, and another size instead of a refund."""

PROFILES: Mapping[str, Policy] = {"cold_chain": COLD_CHAIN, "apparel": APPAREL}
"""By the name under which a policy is put."""
