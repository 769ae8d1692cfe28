"""The emergency audit (SR-103, M8): what an edition relaxes is let pass and owed; what is critical never is (A-07).

Fail-closed: a rule or field is critical unless it stands here, whatever an edition's data says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.findings import Finding, Severity
from domain.optional_fields import CHECKS
from domain.policy import AuditPolicy

NON_CRITICAL = frozenset(CHECKS)
"""The rules that may be relaxed."""
NON_CRITICAL_FIELDS = (
    "customer.email",
    "invoice.title",
    "invoice.tax_id",
    "gift_note",
    "preferred_delivery_window",
    "buyer_message",
    "seller_memo",
)
"""The fields of which a finding may be relaxed."""
PRINTED = frozenset({"invoice.title", "invoice.tax_id", "gift_note"})
"""Fields that are printed and go out with the goods: too late once these have left."""


def let_pass(found: Iterable[Finding], policy: AuditPolicy) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What stands of the findings, and what the edition lets pass: audit debt."""
    findings = tuple(found)
    relaxed = tuple(finding for finding in findings if _is_named(finding, policy) and may_pass(finding))
    return tuple(finding for finding in findings if finding not in relaxed), relaxed


def _is_named(finding: Finding, policy: AuditPolicy) -> bool:
    return finding.code in policy.relaxed or finding.field in policy.relaxed


def may_pass(finding: Finding) -> bool:
    """Whether any edition may let it pass: a non-critical rule or a missing field, about a non-critical field."""
    rule = finding.code in NON_CRITICAL or finding.code == "FIELD_MISSING"
    return rule and finding.field in NON_CRITICAL_FIELDS and finding.severity is Severity.BLOCKING


def strict(policy: AuditPolicy) -> AuditPolicy:
    """The same rules with nothing relaxed: by these a debt is judged again."""
    return policy.having(relaxed=())


def unfit(policy: AuditPolicy) -> Iterator[tuple[str, int, str]]:
    """What an edition may not say: the member, its place in it, and why not."""
    for place, name in enumerate(policy.relaxed):
        if name not in NON_CRITICAL and name not in NON_CRITICAL_FIELDS:
            others = ", ".join((*sorted(NON_CRITICAL), *NON_CRITICAL_FIELDS))
            yield "relaxed", place, f"{name} is critical or unknown and cannot be relaxed; only these can: {others}"
    for place, name in enumerate(policy.checks):
        if name not in CHECKS:
            yield "checks", place, f"there is no optional check {name}; there are: {', '.join(CHECKS)}"
