"""The audit department: judges an order and reserves its stock, in one transaction (二(一)1, SR-012…019, SR-110…112).

It reads the order with its personal data from PostgreSQL; only findings leave (architecture §3.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.amending import amended_order
from domain.audit.address import choices
from domain.audit.goods import shortages
from domain.audit.papers import Papers
from domain.audit.prices import check_of, judged_prices
from domain.audit.rules import Audited, audit_again, audit_all, blocks
from domain.effects import AuditOutcome, AuditRequest, Content
from domain.emergency_audit import let_pass
from domain.findings import Finding
from domain.line_rules import line_findings
from domain.optional_fields import optional_findings
from domain.overrides import honoured
from domain.posted import UnfitCorrection, content_of, value_at
from domain.price_lists import PriceBook
from domain.risk_rules import risks
from domain.stock import Want
from infra.db.code_matching import our_goods
from infra.db.effects import Watch, keep, recall, what_was_done
from infra.db.master_data import known_skus
from infra.db.price_lists import Wanted, price_book
from infra.db.reservations import Cause
from infra.db.return_steps import take_over_kept
from infra.db.standing import what_is_known
from infra.db.stock import Terms, release, reserve, tell_freed
from infra.db.transactions import Transaction, Transactions
from infra.db.versions import Version, mark_audited, read_version


@dataclass(frozen=True)
class AuditActivities:
    """Audits orders."""

    engine: Transactions
    now: Watch

    @activity.defn
    async def audit_order(self, request: AuditRequest) -> AuditOutcome:
        """Judge one version, all findings at once; if nothing blocks it, reserve what there is of its stock."""
        async with self.engine.begin() as connection:
            known = await recall(connection, request, AuditOutcome)
            if known is not None:
                return known
            outcome = await self._judged(connection, request)
            if request.debt:
                await mark_audited(connection, request.order_no, request.corrections)
                return await keep(connection, request, outcome.having(debt=True), self.now())
            cause = Cause(request.key, request.order_no, self.now(), request.version)
            outcome = await _with_stock(connection, cause, outcome, request)
            await mark_audited(connection, request.order_no, request.corrections)
            return await keep(connection, request, outcome, self.now())

    async def _judged(self, connection: Transaction, request: AuditRequest) -> AuditOutcome:
        version = await our_goods(connection, await _version(connection, request), self.now())
        version = replace(version, raw=amended_order(version.raw, request.amendments))
        papers = await _papers(connection, request, version)
        before = await _before(connection, request)
        audited = await _audited(connection, request, papers, before)
        found = (
            *honoured(audited.findings, request.overrides),
            *line_findings(papers.content, request.policy),
            *optional_findings(version.raw, request.policy),
            *await self._risks(connection, request, version),
        )
        standing, relaxed = let_pass(found, request.policy)
        return AuditOutcome(
            version=request.version,
            content=papers.content,
            findings=standing,
            relaxed=relaxed,
            corrections=request.corrections,
            ran=audited.ran if before else (),
            price_book=papers.book.number if _checks_prices(papers) else request.price_book,
            prices=judged_prices(papers),
            choices=choices(before.choices if before else (), version.papers.posted, version.raw, audited.findings),
        )

    async def _risks(self, connection: Transaction, request: AuditRequest, version: Version) -> tuple[Finding, ...]:
        """What a person has to look at: findings that place a hold."""
        known = await what_is_known(connection, request.order_no, version.raw, request.risk)
        return risks(version.papers, known, request.risk)


async def _with_stock(
    connection: Transaction, cause: Cause, outcome: AuditOutcome, request: AuditRequest
) -> AuditOutcome:
    """Reserve anew for this version; what an earlier one had reserved goes back first, and others hear of it."""
    wants = _wants(outcome.content) if not blocks(outcome.findings) else []
    if cause.version == 1:
        if not outcome.content.total:
            await take_over_kept(connection, cause, [want.sku for want in wants])
        return await _reserved(connection, cause, outcome, wants, request)
    await release(connection, cause, also_lock=[want.sku for want in wants])
    outcome = await _reserved(connection, cause, outcome, wants, request)
    await tell_freed(connection, cause)
    return outcome


async def _reserved(
    connection: Transaction, cause: Cause, outcome: AuditOutcome, wants: Sequence[Want], request: AuditRequest
) -> AuditOutcome:
    if not wants:
        return outcome
    content, stock = outcome.content, request.stock
    criteria = stock.for_method(content.payment_method)
    terms = Terms(criteria, stock.paid_first, content.region, request.gather)
    allotment, available = await reserve(connection, cause, wants, terms)
    return outcome.having(
        findings=(*outcome.findings, *shortages(wants, allotment, available)),
        allocations=allotment.allocations,
        short=allotment.short,
    )


async def _version(connection: Transaction, request: AuditRequest) -> Version:
    try:
        return await read_version(connection, request.order_no, request.corrections)
    except UnfitCorrection as unfit:
        raise ApplicationError(str(unfit), type="Business.UnfitCorrection", non_retryable=True) from unfit


async def _papers(connection: Transaction, request: AuditRequest, version: Version) -> Papers:
    """Everything the version is judged by; prices as of the order's first audit, in force when it was placed."""
    content = _content(version)
    skus = await known_skus(connection, [line.sku for line in content.lines])
    papers = Papers(version.raw, content, skus, request.policy)
    if not _checks_prices(papers):
        return papers
    return Papers(version.raw, content, skus, request.policy, await _book(connection, request, papers))


async def _book(connection: Transaction, request: AuditRequest, papers: Papers) -> PriceBook:
    wanted = Wanted(
        skus=[line.sku for line in papers.content.lines],
        channel=papers.channel,
        buyer_key=str(value_at(papers.raw, "customer.buyer_key") or ""),
        currency=papers.content.currency,
        placed_at=papers.placed_at,
        number=request.price_book,
    )
    return await price_book(connection, wanted)


def _checks_prices(papers: Papers) -> bool:
    return check_of(papers.policy, papers.channel) != "none"


async def _before(connection: Transaction, request: AuditRequest) -> AuditOutcome | None:
    """What the last audit found; None where there was none, or where it does not say what it judged."""
    if not request.since:
        return None
    key = f"{request.order_no}/audit/{request.since}"
    outcome = await what_was_done(connection, key, AuditOutcome)
    return outcome if outcome is not None and outcome.corrections is not None else None


async def _audited(
    connection: Transaction, request: AuditRequest, papers: Papers, before: AuditOutcome | None
) -> Audited:
    if before is None:
        return audit_all(papers)
    then = await read_version(connection, request.order_no, before.corrections)
    return audit_again(papers, then.raw, before.findings)


def _content(version: Version) -> Content:
    try:
        return content_of(version.raw)
    except ValidationError as wrong:
        fields = ", ".join(".".join(map(str, error["loc"])) for error in wrong.errors())
        text = f"A correction gave these fields a value of the wrong type: {fields}. Correct them again."
        raise ApplicationError(text, type="Business.UnfitCorrection", non_retryable=True) from None


def _wants(content: Content) -> Sequence[Want]:
    return [Want(line=line.line, sku=line.sku, quantity=line.quantity) for line in content.lines]
