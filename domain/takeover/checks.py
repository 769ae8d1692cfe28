"""What a history may not say (M19): contradictions of which nobody can tell what is true, each with its rule.

Everything else is kept as it was told: a stop before its start counts as at the start, units beyond the order are a
mis-shipment, a scan that does not fit the parcel's story stays in the story.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from domain.effects import Content
from domain.takeover.history import History
from domain.value import Value


class Contradiction(Value):
    """One thing that cannot be: the path in the posted order, a stable code, and the reason with what to do."""

    path: str
    code: str
    reason: str


def contradictions(content: Content, history: History, moment: datetime) -> tuple[Contradiction, ...]:
    """Everything that cannot be, all at once; ``moment`` is that of the takeover."""
    wrong = (*_ahead(history, moment), *_named_twice(history), *_lines(content, history), *_ends(history))
    return (*wrong, *_money(content, history))


def _ahead(history: History, moment: datetime) -> Iterator[Contradiction]:
    for path, time in _times(history, "history"):
        if time > moment:
            yield Contradiction(
                path=path, code="lies_ahead", reason="It lies after the takeover; tell what has happened"
            )


def _times(part: Any, path: str) -> Iterator[tuple[str, datetime]]:
    if isinstance(part, datetime):
        yield path, part
    elif isinstance(part, tuple):
        for number, each in enumerate(part):
            yield from _times(each, f"{path}.{number}")
    elif isinstance(part, BaseModel):
        for name, value in part:
            yield from _times(value, f"{path}.{name}")


def _named_twice(history: History) -> Iterator[Contradiction]:
    told: dict[str, Counter[str]] = {
        "payments.payment_no": Counter(each.payment_no or "" for each in history.payments),
        "shipments.shipment": Counter(str(each.shipment) for each in history.shipments),
        "packages.package": Counter(each.package for each in history.packages),
        "packages.tracking_number": Counter(each.tracking_number for each in history.packages if each.tracking_number),
    }
    for path, names in told.items():
        if any(count > 1 for count in names.values()):
            reason = "The same name stands twice; give each its own"
            yield Contradiction(path=f"history.{path}", code="named_twice", reason=reason)
    numbers = {each.shipment for each in history.shipments} | {each.shipment for each in history.packages}
    if numbers != set(range(1, len(numbers) + 1)):
        reason = "Number the shipments 1, 2, 3 …"
        yield Contradiction(path="history.shipments", code="shipment_numbers", reason=reason)
    for number, package in enumerate(history.packages):
        if package.accepted_at and not package.tracking_number:
            path = f"history.packages.{number}.accepted_at"
            yield Contradiction(path=path, code="number_missing", reason="Say which tracking number was accepted")


def _lines(content: Content, history: History) -> Iterator[Contradiction]:
    known = {line.line for line in content.lines}
    parts = [(f"shipments.{number}", each.lines) for number, each in enumerate(history.shipments)]
    parts += [(f"packages.{number}", each.lines) for number, each in enumerate(history.packages)]
    for path, lines in parts:
        if any(part.line not in known for part in lines):
            reason = "It holds a line that the order does not have"
            yield Contradiction(path=f"history.{path}.lines", code="unknown_line", reason=reason)


def _ends(history: History) -> Iterator[Contradiction]:
    names = ("completed_at", "cancelled_at", "rejected_at")
    ends = [name for name in names if getattr(history, name)]
    for name in ends[1:]:
        reason = "An order ends once: completed, cancelled or rejected"
        yield Contradiction(path=f"history.{name}", code="two_ends", reason=reason)
    for name in ends:
        if name != "completed_at" and any(package.left_at for package in history.packages):
            reason = "Goods that left cannot be called off; tell what became of the parcels by their scans"
            yield Contradiction(path=f"history.{name}", code="ended_after_outbound", reason=reason)
    if history.rejected_at and (history.entered_at or history.stock_confirmed_at):
        reason = "What passed the audit was not rejected by it; say cancelled_at"
        yield Contradiction(path="history.rejected_at", code="rejected_after_audit", reason=reason)


def _money(content: Content, history: History) -> Iterator[Contradiction]:
    due = max(content.total - content.platform_discount, 0)
    paid = sum(due if each.amount is None else each.amount for each in history.payments)
    refunded = sum(each.amount for each in history.refunds)
    if refunded > max(paid, due):
        reason = "More went back than came; say every payment"
        yield Contradiction(path="history.refunds", code="refunded_too_much", reason=reason)
    if paid > due and not history.ended_at:
        reason = f"Due is {due}; leave out what was paid twice or too much, and pay it back where it was paid"
        yield Contradiction(path="history.payments", code="paid_too_much", reason=reason)
