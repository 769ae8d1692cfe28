"""Audit and confirmation: 订单审核, 下单后2小时内确认付款/备货 (SR-012…019, SR-110…112, SR-120)."""

from __future__ import annotations

from domain.effects import STOPPING, AuditRequest, EffectKind, ReserveRequest
from domain.facts import Moved
from domain.manual.holding import fixer
from domain.manual.turn import Turn
from domain.policy import CaseKind
from domain.stage import Stage
from domain.transitions import permitted


def audit(turn: Turn) -> None:
    """Audit every version at once; what blocks becomes one case and one correction task (SR-019)."""
    order = turn.order
    if order.stage is Stage.RECEIVED and permitted(order, "audit_order"):
        turn.start(
            EffectKind.AUDIT,
            order.version,
            AuditRequest,
            version=order.version,
            policy=order.policy.audit,
            corrections=order.corrections,
            risk=order.policy.risk,
        )
    if turn.order.stage is Stage.NEEDS_CORRECTION:
        role = fixer(order)
        case = turn.open_case(CaseKind.INFO_ERROR, cause="audit", responsible=role if role == "sales" else "customer")
        stopping = [finding for finding in turn.order.audit.findings if finding.severity in STOPPING]
        findings = [finding.model_dump(mode="json") for finding in stopping]
        turn.task(f"correct/{order.version}", "CORRECT", role, case_no=case.no, params={"findings": findings})
    if turn.order.audit.passed_at:
        known = turn.order.case(CaseKind.INFO_ERROR)
        if known is not None:
            turn.close_case(known, "FALSE_ALARM" if turn.order.audit.approved_by else "CORRECTED")


def stock_gate(turn: Turn) -> None:
    """Reserve what is short: after an approval, when stock arrives, when somebody retries (SR-017, SR-131)."""
    order = turn.order
    if not order.audit.passed_at or order.ending:
        return
    short = {line.line: line for line in order.lines if line.unallocated}
    if short and order.stock_wanted and not turn.running(EffectKind.AUDIT, EffectKind.RESERVE):
        turn.start(
            EffectKind.RESERVE,
            order.stock_wanted,
            ReserveRequest,
            version=order.version,
            lines=tuple(Moved(line=line.line, quantity=line.unallocated) for line in short.values()),
            skus={line.line: line.sku for line in short.values()},
        )
    if not short:
        case = turn.order.case(CaseKind.STOCK_SHORTAGE)
        if case is not None and not case.clocks:
            turn.close_case(case, "WAITED")
    elif not turn.running(EffectKind.RESERVE):
        case = turn.open_case(CaseKind.STOCK_SHORTAGE, cause="stock")
        turn.task(
            f"shortage/{case.no}",
            "FIND_STOCK",
            "purchasing",
            case_no=case.no,
            params={"lines": {line.line: line.unallocated for line in short.values()}},
        )


def payment_gate(turn: Turn) -> None:
    """Money that is not what is due, or came twice, opens a case and keeps the goods here (edge cases 5 and 6)."""
    order = turn.order
    case = order.case(CaseKind.PAYMENT_MISMATCH)
    if (order.payment.mismatch or order.payment.surplus_open) and not order.ending:
        known = turn.open_case(CaseKind.PAYMENT_MISMATCH, cause="amount", responsible="payment")
        captured = order.payment.captured(order.payment.currency)
        turn.task(
            f"payment/{known.no}",
            "CHECK_PAYMENT",
            "finance",
            case_no=known.no,
            params={"due": order.payment.due, "captured": captured},
        )
    elif case is not None:
        turn.close_case(case, "SETTLED")
