"""Which facts wake an order, and which wait in the inbox until its loop looks (performance.md).

Dropping the facts that are not decisive changes no decision and no verdict: a test proves it. Where a fact is written,
SQL says the same: ``WATCHED`` in `infra.db.fact_inbox` (what ``watched`` means), and plainly true for what intake,
letters and the stock count tell (`infra.db.inbox`, `infra.db.waiting.letters`, `infra.db.counting`).
"""

from __future__ import annotations

from domain.facts import CarrierScan, OutsideFact, Packed
from domain.packages import FINAL, PackageState
from domain.return_facts import ReturnFact

WAITING_KINDS = frozenset({"picked", "packed", "channel_completed", "channel_noted"})
DECISIVE_SCANS = FINAL | {
    PackageState.READY_FOR_PICKUP,
    PackageState.DELIVERY_FAILED,
    PackageState.RETURNING,
}
WATCHED_PACKAGES = FINAL | {PackageState.READY_FOR_PICKUP, PackageState.DELIVERY_FAILED}
"""A movement scan of a package in one of these states is news: it moves on after all, or moved before its end."""


def is_decisive(fact: OutsideFact | ReturnFact, *, watched: bool) -> bool:
    """Whether the order must hear of this fact at once.

    ``watched``: the order has an open LOGISTICS_STALLED or LOGISTICS_DELAY case, or one of its packages is in
    ``WATCHED_PACKAGES``.
    """
    if isinstance(fact, CarrierScan):
        return fact.state in DECISIVE_SCANS or watched
    if isinstance(fact, Packed) and fact.lines:
        return True  # what was packed wrongly has to be stopped before it leaves
    return fact.kind not in WAITING_KINDS
