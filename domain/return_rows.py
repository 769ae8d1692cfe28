"""What is written down of a return: its row, its tasks, its lines in the order's timeline, what the customer hears."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.recording import DESK, Entry, Letter, TaskRow
from domain.returns import (
    NOT_CAPTURED,
    Held,
    Payback,
    Return,
    ReturnState,
    accepted,
    disputed,
    found_of,
    state_of,
)
from domain.value import Moment, Value

APPROVED, REFUSED, REFUNDED = "RETURN_APPROVED", "RETURN_REFUSED", "RETURN_REFUNDED"
"""The messages to the customer."""


class ReturnNews(Value):
    """One turn of a return, for the books. The run that started last owns the row, at its highest sequence."""

    run_started_at: Moment
    at: Moment
    given: Return
    tasks: tuple[TaskRow, ...] = ()
    entries: tuple[Entry, ...] = ()
    outbox: tuple[Letter, ...] = ()


def news_of(before: Return | None, its: Return, at: datetime, run_started_at: datetime) -> ReturnNews:
    """Everything to be written after a turn; ``before`` is None at its first."""
    return ReturnNews(
        run_started_at=run_started_at,
        at=at,
        given=its,
        tasks=tasks_of(its),
        entries=entries_between(before, its, at),
        outbox=letters_of(its),
    )


def waiting_for(its: Return) -> str:
    """Whom it waits for, in a role's word; empty: nobody."""
    parties = {
        ReturnState.REQUESTED: "operator",
        ReturnState.APPROVED: "customer",
        ReturnState.IN_TRANSIT: "carrier",
        ReturnState.RECEIVED: "warehouse",
    }
    if its.closed_at:
        return ""
    if any(each.trouble or (each.needs_finance and not each.finance_by) for each in its.paybacks if not each.over):
        return "finance"
    if its.inspected_at and disputed(its) and not its.settled_at:
        return "customer_service"
    return parties.get(state_of(its), "us")


# -- tasks -----------------------------------------------------------------------------------------------------------


def tasks_of(its: Return) -> tuple[TaskRow, ...]:
    """What people have to do, and had to."""
    found = [
        _task(its, "decide", its.asked_at, (its.approved_at or its.refused_at, its.approved_by or its.refused_by)),
    ]
    if its.missed_at:
        found.append(_task(its, "missing", its.missed_at, (its.received_at, DESK)))
    if its.received_at and its.approved_at:
        found.append(_task(its, "inspect", its.received_at, (its.inspected_at, its.inspected_by)))
    if its.inspected_at and disputed(its):
        found.append(_task(its, "dispute", its.inspected_at, (its.settled_at, its.settled_by)))
    for each in its.paybacks:
        found += _money_tasks(its, each)
    return tuple(found)


TASKS = {
    "decide": ("RETURN_TO_DECIDE", "order_administrator"),
    "missing": ("RETURN_NOT_RECEIVED", "logistics"),
    "inspect": ("INSPECT_RETURN", "warehouse"),
    "dispute": ("RETURN_DISPUTE", "customer_service"),
    "finance": ("APPROVE_REFUND", "finance"),
    "pay": ("PAY_BACK", "finance"),
}
"""Word of the key → kind and role."""


def _task(its: Return, word: str, since: datetime, done: tuple[datetime | None, str], **params: Any) -> TaskRow:
    kind, role = TASKS[word]
    done_at, done_by = done
    lines = {line.line: line.quantity for line in its.lines}
    cause = f"/{params['cause']}" if "cause" in params else ""
    spans: dict[str, timedelta] = {"inspect": its.policy.inspect_within}
    return TaskRow(
        key=f"return/{its.number}/{word}{cause}",
        kind=kind,
        role=role,
        opened_at=since,
        due_at=since + spans[word] if word in spans else None,
        done_at=done_at or its.closed_at,
        done_by=done_by if done_at else (DESK if its.closed_at else ""),
        params={"return_no": its.number, "lines": lines, **params},
    )


def _money_tasks(its: Return, owed: Payback) -> list[TaskRow]:
    since = its.settled_at if owed.cause == "settled" and its.settled_at else its.inspected_at or its.asked_at
    about = {"cause": owed.cause, "amount": owed.amount, "currency": its.currency}
    found = []
    if owed.needs_finance:
        found.append(_task(its, "finance", since, (since if owed.finance_by else None, owed.finance_by), **about))
    if owed.trouble:
        left = owed.amount - (owed.granted or 0) if owed.trouble == NOT_CAPTURED else owed.amount
        done = (since if owed.by_hand else None, "finance")
        found.append(_task(its, "pay", since, done, **{**about, "amount": left, "reason": owed.trouble}))
    return found


# -- the timeline ----------------------------------------------------------------------------------------------------


def entries_between(before: Return | None, its: Return, at: datetime) -> tuple[Entry, ...]:
    """The timeline's lines of what is new; each has a key of its own, so it is written once."""
    old = before or its.having(asked_at=its.asked_at, sequence=-1)
    units = [{"line": line.line, "quantity": line.quantity} for line in its.lines]
    found = []
    if before is None:
        found.append(_line(its, "return_asked", its.asked_at, its.asked_by, kind=its.kind, lines=units))
    found += [
        _line(its, code, when, who, **about) for code, was, when, who, about in _steps(old, its) if when and not was
    ]
    for each in its.paybacks:
        found += _of_money(next((was for was in old.paybacks if was.cause == each.cause), None), each, its, at)
    return tuple(found)


def _steps(old: Return, its: Return) -> list[tuple[str, Any, datetime | None, str, dict[str, Any]]]:
    found = {word: sum(getattr(found_of(its, line.line), word) for line in its.lines) for word in FOUND}
    missing = max(sum(line.quantity for line in its.lines) - sum(found.values()), 0)
    kept = its.asked_at if its.held in {Held.KEPT, Held.SHORT} else None
    code = "exchange_short" if its.held is Held.SHORT else "exchange_kept"
    order = {"new_order_no": its.new_order_no}
    return [
        (code, old.held, kept, DESK, {}),
        ("return_approved", old.approved_at, its.approved_at, its.approved_by, {}),
        ("return_refused", old.refused_at, its.refused_at, its.refused_by, {"reason": its.refusal}),
        ("return_lapsed", old.lapsed_at, its.lapsed_at, DESK, {}),
        ("return_missed", old.missed_at, its.missed_at, DESK, {}),
        ("exchange_shipped", old.new_order_no, its.on_its_way_at if its.new_order_no else None, DESK, order),
        ("return_inspected", old.inspected_at, its.inspected_at, its.inspected_by, {**found, "missing": missing}),
        (
            "return_restocked",
            old.restocked_at,
            its.restocked_at,
            DESK,
            {"units": found["good"], "place": its.warehouse},
        ),
        ("return_settled", old.settled_at, its.settled_at, its.settled_by, {}),
        ("return_closed", old.closed_at, its.closed_at, DESK, {"outcome": its.outcome}),
    ]


FOUND = ("good", "damaged", "other")


def _of_money(was: Payback | None, owed: Payback, its: Return, at: datetime) -> list[Entry]:
    money = {"amount": owed.amount, "currency": its.currency, "cause": owed.cause}
    old = was or Payback(cause=owed.cause, amount=owed.amount)
    found = []
    if owed.finance_by and not old.finance_by:
        found.append(_line(its, "return_refund_approved", at, owed.finance_by, **money))
    if owed.paid_at and not old.paid_at:
        about = {**money, "amount": owed.granted, "reference": owed.reference}
        found.append(_line(its, "return_refunded", owed.paid_at, DESK, **about))
    if owed.trouble and not old.trouble:
        found.append(_line(its, "return_refund_parked", at, DESK, **money, reason=owed.trouble))
    if owed.by_hand and not old.by_hand:
        found.append(_line(its, "return_paid_by_hand", at, "finance", **money, reference=owed.reference))
    return found


def _line(its: Return, code: str, at: datetime, actor: str, **params: Any) -> Entry:
    cause = f"/{params['cause']}" if "cause" in params else ""
    again = f"/{its.sequence}" if code == "return_refund_parked" else ""
    key = f"{its.order_no}/return/{its.number}/{code}{cause}{again}"
    about: Mapping[str, Any] = {"return_no": its.number, **params}
    return Entry(key=key, code=code, at=at, recorded_at=at, actor=actor, params=dict(about))


def unreadable(its: Return, number: int, reason: str, at: datetime) -> Entry:
    """The timeline's line of a message that cannot be read."""
    key = f"{its.order_no}/return/{its.number}/unreadable/{number}"
    about = {"name": "return_event", "reason": reason}
    return Entry(key=key, code="message_unreadable", at=at, recorded_at=at, actor=DESK, params=about)


# -- the customer ----------------------------------------------------------------------------------------------------


def letters_of(its: Return) -> tuple[Letter, ...]:
    """What the customer hears, each once under its key."""
    found = []
    if its.approved_at:
        found.append(_letter(its, APPROVED, days=max(its.policy.ship_back_within.days, 1)))
    if its.refused_at:
        found.append(_letter(its, REFUSED, reason=its.refusal))
    paid = [each for each in its.paybacks if each.paid_at and each.granted]
    found += [_letter(its, REFUNDED, each.cause, amount=each.granted, currency=its.currency) for each in paid]
    return tuple(found)


def _letter(its: Return, template: str, cause: str = "", **params: Any) -> Letter:
    tail = f"/{cause}" if cause else ""
    key = f"{its.order_no}/message/{template}/return/{its.number}{tail}"
    return Letter(key=key, kind="message", template=template, params=params)


def taken_back(its: Return) -> dict[str, int]:
    """Units of each line that count as returned: all that are asked about while it is open, then what was accepted."""
    if its.called_off:
        return dict.fromkeys((line.line for line in its.lines), 0)
    if its.closed_at is None:
        return {line.line: line.quantity for line in its.lines}
    return {line.line: accepted(its, line) for line in its.lines}
