"""Audit debt on its way: judged again by the strict rules, a task where it is still wrong, a case once overdue (M8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.clocks import TICK
from domain.debts import due_at, open_debts, overdue, void
from domain.effects import AuditRequest, EffectKind
from domain.emergency_audit import strict
from domain.holds import EffectState, EffectStatus
from domain.manual.turn import Turn
from domain.milestones import Debt
from domain.policy import CaseKind
from domain.stage import Stage

OWNER = "order_administrator"
GONE = frozenset({Stage.RETURNED, Stage.CLOSED})


def debts(turn: Turn) -> None:
    """What the emergency audit let pass is put right in time, or somebody hears of it."""
    if turn.order.ending or turn.order.stage in GONE:
        turn.order = void(turn.order, turn.now)
    if not open_debts(turn.order):
        _settle(turn)
        return
    _judge_again(turn)
    _give_out(turn)
    _call(turn)


def _settle(turn: Turn) -> None:
    """Nothing is owed (any more): no case, and nobody has to mend a re-audit that could not be done."""
    _end_case(turn)
    stuck = [effect for effect in turn.order.parked if _is_again(effect)]
    if stuck:
        turn.order = turn.order.having(effects=tuple(each for each in turn.order.effects if each not in stuck))


def _is_again(effect: EffectState) -> bool:
    return effect.kind == EffectKind.AUDIT and "/debt" in effect.cause


def _judge_again(turn: Turn) -> None:
    """Once a version by itself, halfway to the nearest due; at once for each correction that repays."""
    order = turn.order
    if order.audit.passed_at is None or order.held("audit_start") or turn.running(EffectKind.AUDIT):
        return
    if order.repaid_with:
        _start(turn, f"{order.version}/debt/{order.repaid_with}")
        return
    dues = [(debt, due) for debt in open_debts(order) if (due := due_at(order, debt)) is not None]
    moment = min((debt.since + (due - debt.since) / 2 for debt, due in dues), default=None)
    if moment is None or f"{order.version}/debt" in _judged(turn):
        return
    if turn.judged_at < moment:
        turn.look_at(moment, "audit debt judged again")
    else:
        _start(turn, f"{order.version}/debt")


def _start(turn: Turn, cause: str) -> None:
    order = turn.order
    turn.start(
        EffectKind.AUDIT,
        cause,
        AuditRequest,
        version=order.version,
        policy=strict(order.policy.audit),
        corrections=order.corrections,
        debt=True,
    )


def _judged(turn: Turn) -> set[str]:
    """The causes under which debt was judged again, or is being."""
    return {effect.cause for effect in turn.order.effects if _is_again(effect)}


def _give_out(turn: Turn) -> None:
    """Still wrong when judged again: somebody has to put it right."""
    done = [effect for effect in turn.order.effects if _is_again(effect) and effect.status is EffectStatus.DONE]
    for debt in open_debts(turn.order):
        if any(effect.done_at and effect.done_at >= debt.since for effect in done):
            due = due_at(turn.order, debt)
            turn.task(f"debt/{debt.id}", "REPAY_DEBT", OWNER, due_at=due, params=_said(debt, due))


def _call(turn: Turn) -> None:
    """Overdue debt is a case; it ends when everything overdue is repaid or written off."""
    late = overdue(turn.order, turn.judged_at)
    if late:
        case = turn.open_case(CaseKind.AUDIT_DEBT_OVERDUE, cause="debt")
        owed = [_said(debt, due_at(turn.order, debt)) for debt in late]
        turn.task(f"case/{case.no}", "REPAY_DEBT", OWNER, case_no=case.no, params={"debts": owed})
    else:
        _end_case(turn)
    for debt in open_debts(turn.order):
        due = due_at(turn.order, debt)
        if due is not None and turn.judged_at <= due:
            turn.look_at(due + TICK, "audit debt due")


def _end_case(turn: Turn) -> None:
    case = turn.order.case(CaseKind.AUDIT_DEBT_OVERDUE)
    if case is not None:
        turn.close_case(case, "REPAID")


def _said(debt: Debt, due: datetime | None) -> dict[str, Any]:
    return {"code": debt.code, "field": debt.field, "due_at": due.isoformat() if due else ""}
