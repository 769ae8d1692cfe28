"""What an audit finds: a rule's code, a field, figures, and whether it stops the order. Never the personal value."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from domain.value import Value


class Severity(StrEnum):
    """Whether a finding stops the order: until it is corrected, until its hold is released, or not at all."""

    BLOCKING = "blocking"
    CRITICAL = "critical"
    HOLD = "hold"
    NOTICE = "notice"


STOPPING = frozenset({Severity.BLOCKING, Severity.CRITICAL})
"""What keeps an order in its audit until somebody corrects or approves it."""


class Finding(Value):
    """One thing the audit found: rule code, field path, severity, figures. Never the offending personal value."""

    code: str
    field: str
    severity: Severity = Severity.BLOCKING
    params: dict[str, str | int] = Field(default_factory=dict)
