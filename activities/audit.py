"""The audit department: judges an order and reserves its stock, in one transaction (二(一)1, SR-012…SR-018, SR-111).

It reads the order with its personal data from PostgreSQL; only findings leave (architecture §3.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.audit_rules import audit, blocks, shortages
from domain.effects import AuditOutcome, AuditRequest, Content
from domain.emergency_audit import let_pass
from domain.optional_fields import optional_findings
from domain.posted import UnfitCorrection, content_of
from domain.stock import Want
from infra.db.effects import Watch, keep, recall
from infra.db.master_data import known_skus
from infra.db.stock import Cause, release, reserve, tell_freed
from infra.db.versions import Version, mark_audited, read_version


@dataclass(frozen=True)
class AuditActivities:
    """Audits orders."""

    engine: AsyncEngine
    now: Watch

    @activity.defn
    async def audit_order(self, request: AuditRequest) -> AuditOutcome:
        """Judge one version, all findings at once; if nothing blocks it, reserve what there is of its stock."""
        async with self.engine.begin() as connection:
            known = await recall(connection, request, AuditOutcome)
            if known is not None:
                return known
            version = await _version(connection, request)
            content = _content(version)
            skus = await known_skus(connection, [line.sku for line in content.lines])
            found = (*audit(version.raw, skus, request.policy), *optional_findings(version.raw, request.policy))
            standing, relaxed = let_pass(found, request.policy)
            outcome = AuditOutcome(version=request.version, content=content, findings=standing, relaxed=relaxed)
            if request.debt:
                await mark_audited(connection, request.order_no, request.corrections)
                return await keep(connection, request, outcome.having(debt=True), self.now())
            cause = Cause(request.key, request.order_no, self.now(), request.version)
            outcome = await self._with_stock(connection, cause, outcome)
            await tell_freed(connection, cause)
            await mark_audited(connection, request.order_no, request.corrections)
            return await keep(connection, request, outcome, self.now())

    async def _with_stock(self, connection: AsyncConnection, cause: Cause, outcome: AuditOutcome) -> AuditOutcome:
        """Reserve anew for this version; what an earlier one had reserved goes back first."""
        wants = _wants(outcome.content) if not blocks(outcome.findings) else []
        if cause.version > 1:
            await release(connection, cause, also_lock=[want.sku for want in wants])
        if not wants:
            return outcome
        allotment, available = await reserve(connection, cause, wants)
        return outcome.having(
            findings=(*outcome.findings, *shortages(wants, allotment, available)),
            allocations=allotment.allocations,
            short=allotment.short,
        )


async def _version(connection: AsyncConnection, request: AuditRequest) -> Version:
    try:
        return await read_version(connection, request.order_no, request.corrections)
    except UnfitCorrection as unfit:
        raise ApplicationError(str(unfit), type="Business.UnfitCorrection", non_retryable=True) from unfit


def _content(version: Version) -> Content:
    try:
        return content_of(version.raw)
    except ValidationError as wrong:
        fields = ", ".join(".".join(map(str, error["loc"])) for error in wrong.errors())
        text = f"A correction gave these fields a value of the wrong type: {fields}. Correct them again."
        raise ApplicationError(text, type="Business.UnfitCorrection", non_retryable=True) from None


def _wants(content: Content) -> Sequence[Want]:
    return [Want(line=line.line, sku=line.sku, quantity=line.quantity) for line in content.lines]
