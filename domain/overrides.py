"""A person lets an address stand that the audit questions (P-17): with a reason, in the timeline, and honoured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.findings import Finding
from domain.value import Moment, Value

ADDRESS_MISMATCH = "ADDRESS_MISMATCH"
"""The code of the finding that province, city and district do not go together."""


class AddressOverride(Value):
    """An address that stands as it is. ``address`` is the mark that its findings carry, not the address itself."""

    address: str
    field: str
    by: str
    reason: str
    at: Moment


def questioned(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings about the address that a person may let stand."""
    return tuple(finding for finding in findings if finding.code == ADDRESS_MISMATCH)


def honoured(findings: Iterable[Finding], overrides: Sequence[str]) -> tuple[Finding, ...]:
    """The findings without those about an address that stands by these marks."""
    return tuple(
        finding
        for finding in findings
        if finding.code != ADDRESS_MISMATCH or str(finding.params.get("address")) not in overrides
    )
