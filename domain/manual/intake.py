"""Audit and confirmation: 订单审核, 下单后2小时内确认付款/备货 (SR-012…019, SR-110…112, SR-120)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.effects import AuditRequest, EffectKind
from domain.findings import STOPPING
from domain.holds import Task
from domain.lines import Line
from domain.manual import shortage
from domain.manual.holding import fixer
from domain.manual.relocating import reserving
from domain.manual.reserving import gathers, reserve
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.presale import comes_later
from domain.stage import Stage
from domain.transitions import permitted


def audit(turn: Turn) -> None:
    """Audit every version at once; what blocks becomes one case and one correction task (SR-019)."""
    order = turn.order
    returning = turn.running(EffectKind.RELEASE_STOCK, EffectKind.BOOK_TRANSFER) or reserving(order)
    if order.stage is Stage.RECEIVED and permitted(order, "audit_order") and not returning:
        turn.start(
            EffectKind.AUDIT,
            order.version,
            AuditRequest,
            version=order.version,
            policy=order.policy.audit,
            corrections=order.corrections,
            since=order.audit.version,
            price_book=order.audit.price_book,
            overrides=tuple(override.address for override in order.overrides),
            stock=order.policy.stock,
            risk=order.policy.risk,
            gather=gathers(order),
            amendments=order.amendments,
        )
    if turn.order.stage is Stage.NEEDS_CORRECTION:
        role = fixer(order)
        case = turn.open_case(CaseKind.INFO_ERROR, cause="audit", responsible=role if role == "sales" else "customer")
        stopping = [finding for finding in turn.order.audit.findings if finding.severity in STOPPING]
        findings = [finding.model_dump(mode="json") for finding in stopping]
        turn.task(f"correct/{order.version}", "CORRECT", role, case_no=case.no, params={"findings": findings})
    if turn.order.audit.passed_at:
        known = turn.order.case(CaseKind.INFO_ERROR)
        doubted = {doubt.case for doubt in turn.order.doubts}
        if known is not None and known.no not in doubted:
            let_pass = turn.order.audit.approved_by or (turn.order.overrides and not turn.order.corrections)
            turn.close_case(known, "FALSE_ALARM" if let_pass else "CORRECTED")


def stock_gate(turn: Turn) -> None:
    """Reserve what is short: after an approval, when stock arrives, when somebody retries (SR-017, SR-131)."""
    order = turn.order
    if not order.audit.passed_at or order.ending:
        return
    short = tuple(line for line in order.lines if line.unallocated)
    busy = turn.running(EffectKind.AUDIT, EffectKind.RESERVE, EffectKind.RELEASE_STOCK, EffectKind.BOOK_TRANSFER)
    if short and order.stock_wanted and not order.stock_lapsed and not busy:
        reserve(turn, short)
    if not short or order.stock_lapsed:
        case = turn.order.case(CaseKind.STOCK_SHORTAGE)
        if case is not None and not case.clocks:
            turn.close_case(case, "LAPSED" if order.stock_lapsed else shortage.outcome(turn.order, case))
    elif comes_later(turn.order, turn.judged_at):
        turn.look_at(turn.order.accepted_ship_at, "accepted ship date")
    elif not turn.running(EffectKind.RESERVE, EffectKind.RELEASE_STOCK):
        case = turn.open_case(CaseKind.STOCK_SHORTAGE, cause="stock")
        lacking = _lacking(order, short)
        if shortage.seek(turn, case, short, lacking):
            reserve(turn, short)
        turn.order = turn.order.having(tasks=tuple(_with_lines(task, case.no, lacking) for task in turn.order.tasks))


def _lacking(order: Order, short: Iterable[Line]) -> dict[str, Any]:
    """The units that are missing, and what the customer may be offered in their place (SR-147, AC-61)."""
    lines = {line.line: line.unallocated for line in short}
    return {"lines": lines, "may_wait": order.policy.may_wait, "may_exchange": order.policy.may_exchange}


def _with_lines(task: Task, case_no: int, lacking: dict[str, Any]) -> Task:
    """The task for the missing goods names what is missing now."""
    stale = task.kind == "FIND_STOCK" and task.case_no == case_no and task.params != lacking
    return task.having(params=lacking) if stale and task.done_at is None else task


def payment_gate(turn: Turn) -> None:
    """Money that is not what is due, or came twice, opens a case and keeps the goods here (edge cases 5 and 6)."""
    order = turn.order
    case = order.case(CaseKind.PAYMENT_MISMATCH)
    if (order.payment.mismatch or order.payment.surplus_open) and not order.ending:
        known = turn.open_case(CaseKind.PAYMENT_MISMATCH, cause="amount", responsible="payment")
        captured = order.payment.captured(order.payment.currency) - order.payment.given_back
        turn.task(
            f"payment/{known.no}",
            "CHECK_PAYMENT",
            "finance",
            case_no=known.no,
            params={"due": order.payment.due, "captured": captured},
        )
    elif case is not None:
        turn.close_case(case, "SETTLED")
