"""Editions that the house brings along beside the manual's own (SR-103)."""

from __future__ import annotations

from domain.emergency_audit import NON_CRITICAL
from domain.policy import STANDARD

PROMOTION = STANDARD.model_copy(
    update={"edition": "promotion-1", "audit": STANDARD.audit.having(relaxed=tuple(sorted(NON_CRITICAL)))}
)
"""The emergency audit of a promotion: every non-critical rule is relaxed, everything else is the manual's."""
