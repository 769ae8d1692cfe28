"""May these goods come back? Yes, or no with every reason and what may be done instead (§4.7 →Ret, A-18, EC-50).

Only the books are asked, so that it works for orders whose workflow is closed.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from pydantic import Field

from domain.calendar import end_of_day, local_day
from domain.facts import Identity, Ordinal, Quantity
from domain.return_policy import ReturnPolicy
from domain.returns import Return, ReturnKind, ReturnLine, ReturnReason
from domain.value import Moment, Value

ALTERNATIVES = {
    "NOT_DELIVERED": "cancel",
    "WINDOW_OVER": "goodwill",
    "MADE_TO_ORDER": "goodwill",
    "NOT_RETURNABLE": "goodwill",
    "ORDER_OPEN": "confirm_completion",
    "EXCHANGE_SHORT": "ask_refund",
    "SKU_UNKNOWN": "ask_refund",
    "TOO_MANY": "fewer_units",
}
"""What may be asked instead, by the reason."""
LIFTED = frozenset({"WINDOW_OVER", "MADE_TO_ORDER", "NOT_RETURNABLE"})
"""What a supervisor may do all the same, as goodwill."""


class WantedLine(Value):
    """Units of one order line that the customer wants to send back; for an exchange, the SKU wanted instead."""

    line: Identity
    quantity: Quantity
    exchange_sku: str = ""


class WantedReturn(Value):
    """A return as it is asked for."""

    kind: ReturnKind = ReturnKind.REFUND
    reason: ReturnReason = ReturnReason.NO_REASON
    lines: tuple[WantedLine, ...]
    goodwill: bool = False
    actor: str = ""


class BookedLine(Value):
    """One order line as the books have it; ``asked`` are units of earlier returns that were not called off."""

    line: str
    sku: str
    ordered: int
    unit_price: int
    discount: int = 0
    delivered: int = 0
    asked: int = 0
    custom: bool = False


class ReturnBooks(Value):
    """What the books say of the order, of its policy, and of the goods wanted in exchange.

    ``available`` is what there is of each SKU that is wanted; a SKU that is not sold is missing.
    """

    order_no: str
    tenant: str = "default"
    stage: str
    final: bool
    currency: str
    total: int
    freight: int = 0
    warehouse: str = ""
    zone: str
    after_sale_days: int
    not_returnable: tuple[str, ...] = ()
    policy: ReturnPolicy = ReturnPolicy()
    signed_at: Moment | None = None
    lines: tuple[BookedLine, ...] = ()
    available: dict[str, int] = Field(default_factory=dict)
    returns: int = 0


class ReturnReasonNo(Value):
    """One reason for a no, the line it is about, and what may be asked instead."""

    code: str
    line: str = ""
    instead: str = ""


class ReturnVerdict(Value):
    """The answer: ``worth`` is what would be paid back, ``until`` the last moment to ask."""

    order_no: str
    allowed: bool
    kind: ReturnKind
    worth: int = 0
    currency: str = ""
    until: Moment | None = None
    needs_finance: bool = False
    reasons: tuple[ReturnReasonNo, ...] = ()
    return_no: Ordinal | None = None


def last_moment(books: ReturnBooks) -> datetime | None:
    """Until when goods are taken back: so many days, the first of them the day after the receipt."""
    if books.signed_at is None:
        return None
    last = local_day(books.signed_at, books.zone) + timedelta(days=books.after_sale_days)
    return end_of_day(last, books.zone)


def verdict_of(books: ReturnBooks, wanted: WantedReturn, now: datetime) -> ReturnVerdict:
    """Yes or no, with every reason at once."""
    found = [*_of_order(books, wanted, now), *_of_lines(books, wanted), *_of_exchange(books, wanted)]
    standing = [no for no in found if not (wanted.goodwill and no.code in LIFTED)]
    worth = sum(line.worth for line in _lines(books, wanted)) if not _unknown(books, wanted) else 0
    return ReturnVerdict(
        order_no=books.order_no,
        allowed=not standing,
        kind=wanted.kind,
        worth=worth,
        currency=books.currency,
        until=last_moment(books),
        needs_finance=wanted.kind is ReturnKind.REFUND and worth > books.policy.approval_over,
        reasons=tuple(standing),
    )


def opened(books: ReturnBooks, wanted: WantedReturn, number: int, now: datetime) -> Return:
    """The return that was allowed, as it begins."""
    return Return(
        order_no=books.order_no,
        tenant=books.tenant,
        number=number,
        kind=wanted.kind,
        reason=wanted.reason,
        lines=tuple(_lines(books, wanted)),
        currency=books.currency,
        warehouse=books.warehouse,
        policy=books.policy,
        asked_at=now,
        asked_by=wanted.actor,
    )


def worth_until(books: ReturnBooks, line: BookedLine, units: int) -> int:
    """What the buyer paid for the first units of a line, rounded down: its share of what was paid for all goods."""
    goods = sum(each.unit_price * each.ordered - each.discount for each in books.lines)
    own = line.unit_price * line.ordered - line.discount
    paid = max(books.total - books.freight, 0)
    return paid * own * units // (goods * line.ordered) if goods > 0 and line.ordered > 0 else 0


def _lines(books: ReturnBooks, wanted: WantedReturn) -> list[ReturnLine]:
    known = {line.line: line for line in books.lines}
    found = [(known[each.line], each) for each in wanted.lines]
    return [
        ReturnLine(
            line=line.line,
            sku=line.sku,
            quantity=each.quantity,
            worth=worth_until(books, line, line.asked + each.quantity) - worth_until(books, line, line.asked),
            exchange_sku=each.exchange_sku if wanted.kind is ReturnKind.EXCHANGE else "",
        )
        for line, each in found
    ]


def _unknown(books: ReturnBooks, wanted: WantedReturn) -> list[str]:
    return [each.line for each in wanted.lines if each.line not in {line.line for line in books.lines}]


def _of_order(books: ReturnBooks, wanted: WantedReturn, now: datetime) -> list[ReturnReasonNo]:
    until = last_moment(books)
    found = []
    if until is None or not any(line.delivered for line in books.lines):
        found.append(_no("NOT_DELIVERED"))
    elif now > until:
        found.append(_no("WINDOW_OVER"))
    if wanted.kind is ReturnKind.EXCHANGE and not books.final:
        found.append(_no("ORDER_OPEN"))
    return found


def _of_lines(books: ReturnBooks, wanted: WantedReturn) -> list[ReturnReasonNo]:
    known = {line.line: line for line in books.lines}
    found = [_no("UNKNOWN_LINE", line) for line in _unknown(books, wanted)]
    twice = Counter(each.line for each in wanted.lines)
    found += [_no("LINE_TWICE", line) for line, times in twice.items() if times > 1]
    for each in wanted.lines:
        line = known.get(each.line)
        if line is None:
            continue
        if line.custom:
            found.append(_no("MADE_TO_ORDER", line.line))
        if line.sku in books.not_returnable:
            found.append(_no("NOT_RETURNABLE", line.line))
        if each.quantity > line.delivered - line.asked:
            found.append(_no("TOO_MANY", line.line))
    return found


def _of_exchange(books: ReturnBooks, wanted: WantedReturn) -> list[ReturnReasonNo]:
    if wanted.kind is not ReturnKind.EXCHANGE:
        return []
    asked: Counter[str] = Counter()
    for each in wanted.lines:
        asked[each.exchange_sku] += each.quantity
    unknown = [each.line for each in wanted.lines if each.exchange_sku not in books.available]
    short = [
        each.line
        for each in wanted.lines
        if each.exchange_sku in books.available and asked[each.exchange_sku] > books.available[each.exchange_sku]
    ]
    return [*(_no("SKU_UNKNOWN", line) for line in unknown), *(_no("EXCHANGE_SHORT", line) for line in short)]


def _no(code: str, line: str = "") -> ReturnReasonNo:
    return ReturnReasonNo(code=code, line=line, instead=ALTERNATIVES.get(code, ""))
