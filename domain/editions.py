"""Editions that the house brings along beside the manual's own (SR-103)."""

from __future__ import annotations

from domain.emergency_audit import NON_CRITICAL
from domain.policy import STANDARD
from domain.stock_policy import PROMOTION_STOCK

PROMOTION = STANDARD.model_copy(
    update={
        "edition": "promotion-1",
        "audit": STANDARD.audit.having(relaxed=tuple(sorted(NON_CRITICAL))),
        "stock": PROMOTION_STOCK,
    }
)
"""The emergency audit of a promotion: non-critical rules are relaxed, unpaid stock lapses after 30 minutes (§6.3)."""
