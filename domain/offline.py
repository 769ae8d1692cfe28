"""Offline documents (SR-101, A-01): which channels are collected, and which document need not wait for its slot."""

from __future__ import annotations

from domain.policy import Policy
from domain.posted import Raw, value_at

OFFLINE_CHANNELS = frozenset({"store", "sales_rep"})
"""Channels whose orders are collected at 9:00, 14:00 and 17:00."""


def goes_at_once(raw: Raw, policy: Policy, *, electronic: bool) -> bool:
    """Whether a document is taken in when it is submitted: only where the policy says so, electronic and complete."""
    return policy.offline_immediate and electronic and not lacking(raw, policy)


def lacking(raw: Raw, policy: Policy) -> tuple[str, ...]:
    """The required fields that a document leaves blank."""
    return tuple(path for path in policy.audit.required if not str(value_at(raw, path) or "").strip())
