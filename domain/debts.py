"""Audit debt (M8, edge case 47): when it is due, and how it ends. It stays when the promotion is over.

Due, by absolute times from facts: of a printed field when the first goods leave, at the latest when they have to (C4);
of any other 24 hours after it was found or after the promotion's end, whichever is later, at the latest at the last
signature.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.emergency_audit import PRINTED
from domain.findings import Finding
from domain.milestones import Debt
from domain.order import Order
from domain.policy import ClockKind
from domain.promises import clocks


def open_debts(order: Order) -> tuple[Debt, ...]:
    """What is still owed."""
    return tuple(debt for debt in order.debts if debt.open)


def due_at(order: Order, debt: Debt) -> datetime | None:
    """Until when it has to be repaid, the last second included; None while nobody can say when goods will leave."""
    if debt.field in PRINTED:
        return min((*_left_at(order), *_has_to_leave_at(order)), default=None)
    policy = order.policy.audit
    due = max(debt.since, policy.relaxed_until or debt.since) + policy.debt_within
    return min(due, order.delivered_at or due)


def overdue(order: Order, now: datetime) -> tuple[Debt, ...]:
    """What should have been repaid by now."""
    return tuple(debt for debt in open_debts(order) if (due := due_at(order, debt)) is not None and now > due)


def _left_at(order: Order) -> list[datetime]:
    return [package.outbound_at for package in order.packages if package.outbound_at]


def _has_to_leave_at(order: Order) -> list[datetime]:
    return [clock.due_at for clock in clocks(order) if clock.kind is ClockKind.OUTBOUND and clock.due_at]


# -- what becomes of them --------------------------------------------------------------------------------------------


def owing(order: Order, relaxed: Iterable[Finding], at: datetime) -> Order:
    """After an audit: what it let pass is owed, as long as it was before; what it finds no more is corrected."""
    owed = {(finding.code, finding.field): finding for finding in relaxed}
    kept = _ended(order.debts, {debt.id for debt in open_debts(order) if debt.about not in owed}, at, "CORRECTED")
    known = {debt.about for debt in kept if debt.open}
    new = tuple(
        Debt(id=f"{order.version}/{code}/{field}", code=code, field=field, version=order.version, since=at)
        for code, field in owed
        if (code, field) not in known
    )
    return order.having(debts=(*kept, *new))


def judged_again(order: Order, findings: Iterable[Finding], at: datetime) -> Order:
    """After a re-audit by the strict rules: what it finds no more is repaid."""
    wrong = {(finding.code, finding.field) for finding in findings}
    right = {debt.id for debt in open_debts(order) if debt.about not in wrong}
    return order.having(debts=_ended(order.debts, right, at, "REPAID"))


def written_off(order: Order, at: datetime, outcome: str, actor: str) -> Order:
    """A person decided what becomes of what is overdue."""
    gone = {debt.id for debt in overdue(order, at)}
    return order.having(debts=_ended(order.debts, gone, at, outcome, actor))


def void(order: Order, at: datetime) -> Order:
    """An order that ends without its goods being kept owes nothing."""
    owed = {debt.id for debt in open_debts(order)}
    return order.having(debts=_ended(order.debts, owed, at, "CLOSED")) if owed else order


def _ended(debts: tuple[Debt, ...], ids: set[str], at: datetime, outcome: str, actor: str = "desk") -> tuple[Debt, ...]:
    ended = {"ended_at": at, "outcome": outcome, "actor": actor}
    return tuple(debt.having(**ended) if debt.id in ids and debt.open else debt for debt in debts)
