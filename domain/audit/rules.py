"""The audit: every rule in one table, all findings at once (二(一)1, SR-012…SR-018, SR-110…SR-112).

Pure rules over the order as it was posted and corrected. They see personal data and never repeat it: a finding has a
code, a field path and figures. What of it an edition may relax (A-07) says ``domain.emergency_audit``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from domain.audit import address, amounts, conditions, customer, goods, prices
from domain.audit.papers import KnownSku, Papers, changed_paths, is_masked, touches
from domain.findings import STOPPING, Finding, Severity
from domain.policy import AuditPolicy
from domain.posted import Raw, content_of
from domain.price_lists import PriceBook
from domain.value import Value

PRICED = (
    *("channel", "currency", "placed_at", "customer.buyer_key"),
    *("lines.*.sku", "lines.*.quantity", "lines.*.unit_price", "lines.*.discount"),
)
COUNTED = ("lines.*.quantity", "lines.*.unit_price", "lines.*.discount", "discount")
ADDED_UP = ("freight", "tax", "platform_discount", "total")
MASKS = ("customer.name", "customer.phone", "address.street")
"""What the rules of prices and amounts read; where one sees that a channel masks."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``severity`` is the gravest of its findings, ``reads`` the fields it depends on.

    ``masked``: it can be judged although the channel masks its data.
    ``outside``: it reads what others keep, so what it once found is looked up again.
    """

    code: str
    severity: Severity
    reads: tuple[str, ...]
    judge: Callable[[Papers], Iterable[Finding]]
    masked: bool = True
    outside: bool = False


C, B = Severity.CRITICAL, Severity.BLOCKING
RULES = (
    Rule("FIELD_MISSING", C, ("customer", "address", "delivery_method", "lines.*.sku"), customer.missing_fields),
    Rule("PHONE_MALFORMED", C, MASKS, customer.phone, masked=False),
    Rule(
        "ADDRESS_MISMATCH",
        B,
        ("address.province", "address.city", "address.district", "delivery_method"),
        address.divisions,
    ),
    Rule("SKU_UNKNOWN", C, ("lines.*.sku",), goods.unknown_skus, outside=True),
    Rule("SKU_NOT_SELLABLE", C, ("lines.*.sku",), goods.unsellable_skus, outside=True),
    Rule("SPECIFICATION_MISMATCH", B, ("lines.*.sku", "lines.*.specification"), goods.specifications, outside=True),
    Rule("QUANTITY_INVALID", C, ("lines.*.quantity",), goods.quantities),
    Rule("LINE_DISCOUNT_MISMATCH", C, COUNTED, amounts.discount_shares),
    Rule("AMOUNT_MISMATCH", C, (*COUNTED, *ADDED_UP), amounts.amounts),
    Rule("PAYMENT_INCONSISTENT", C, ("total", "platform_discount", "payment"), amounts.payment),
    Rule("PRICE_UNKNOWN", B, PRICED, prices.unknown_prices, outside=True),
    Rule("PRICE_MISMATCH", B, PRICED, prices.wrong_prices, outside=True),
    Rule("PRICE_BELOW_FLOOR", B, PRICED, prices.broken_floors, outside=True),
)
"""Every rule of the house's own, in the order of its findings. An edition's conditions follow (``rules_of``)."""
TAKEN = frozenset(rule.code for rule in RULES) | {"STOCK_SHORT", "ERP_DIFFERENCE", conditions.RULE_FAILED}
"""Codes that an edition's conditions cannot have."""


def rules_of(policy: AuditPolicy) -> tuple[Rule, ...]:
    """The rules that hold under an edition: the house's own, then its free conditions."""
    also = (*policy.required, *(path for paths in policy.required_also.values() for path in paths), "channel")
    fields, *others = RULES
    needed = Rule(fields.code, fields.severity, (*fields.reads, *also), fields.judge)
    free = (
        Rule(each.code, Severity(each.severity), conditions.reads(each), partial(conditions.ask, each))
        for each in policy.conditions
    )
    return (needed, *others, *free)


class Audited(Value):
    """What an audit found, and which of its rules ran for it."""

    findings: tuple[Finding, ...] = ()
    ran: tuple[str, ...] = ()


def audit(
    raw: Raw, skus: Mapping[str, KnownSku], policy: AuditPolicy, book: PriceBook | None = None
) -> tuple[Finding, ...]:
    """Everything the basic audit finds, in the order of the table.

    Args:
        raw: the order as posted and corrected.
        skus: the master data of its SKUs; one that is missing here is unknown.
        policy: what the house demands.
        book: the prices it is judged by; unset: none are kept.
    """
    return audit_all(Papers(raw, content_of(raw), skus, policy, book or PriceBook())).findings


def audit_all(papers: Papers) -> Audited:
    """Every rule."""
    return _run(papers, lambda _: None)


def audit_again(papers: Papers, before: Raw, found: Sequence[Finding]) -> Audited:
    """Only the rules whose fields a correction changed; what the others found is carried over (SR-019).

    A rule that reads what others keep and found something is asked again too: master data may have been mended.

    Args:
        papers: the corrected version.
        before: the version that was audited last, under the same policy and prices.
        found: its findings.
    """
    news = changed_paths(before, papers.raw)
    carried: dict[str, list[Finding]] = {}
    for finding in found:
        carried.setdefault(str(finding.params.get("rule", finding.code)), []).append(finding)

    def kept(rule: Rule) -> list[Finding] | None:
        mine = carried.get(rule.code, [])
        affected = any(touches(reads, path) for reads in rule.reads for path in news)
        return None if affected or (rule.outside and mine) else mine

    return _run(papers, kept)


def _run(papers: Papers, kept: Callable[[Rule], list[Finding] | None]) -> Audited:
    findings: list[Finding] = []
    ran = []
    for rule in rules_of(papers.policy):
        known = kept(rule)
        if known is None:
            ran.append(rule.code)
            known = [] if rule.code in not_checkable(papers) else list(rule.judge(papers))
        findings += known
    return Audited(findings=tuple(findings), ran=tuple(ran))


def not_checkable(papers: Papers) -> tuple[str, ...]:
    """The rules that answer NOT_CHECKABLE, which is no finding: their data is masked by the channel (SR-012)."""
    masked = is_masked(papers.raw)
    return tuple(rule.code for rule in RULES if masked and not rule.masked)


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether a finding stops the order."""
    return any(finding.severity in STOPPING for finding in findings)
