"""What a change request is answered: by the matrix, in the words of the catalogue (SR-054, §4.7)."""

from __future__ import annotations

from datetime import datetime

from domain.calendar import end_of_day
from domain.cancelling import goes_the_matrix
from domain.catalogue.text import label
from domain.change_matrix import (
    Cell,
    Column,
    Judged,
    Row,
    Verdict,
    cell_of,
    column_of,
    not_returnable,
    row_of,
)
from domain.change_requests import ChangeAnswer, ChangeKind, ChangeRequest, ChangeState
from domain.effects import EffectKind
from domain.holds import EffectStatus
from domain.manual import quoting
from domain.manual.further_shipment import is_further
from domain.order import Order
from domain.policy import CaseKind
from domain.quotes import Quote
from domain.requests import Refusal, SubmitChangeRequest
from domain.transitions import GUARDS, permitted

NOTHING = Cell(Verdict.REFUSE, alternatives=("contact_service", "new_order"))
"""The cell behind the last column: what is over is not changed any more."""
MANAGED = Cell(Verdict.REFUSE, alternatives=("edit_on_channel", "apply_on_channel"))
"""The cell of an order whose buyer changes it on the marketplace himself."""
CHANNEL_MANAGED = "CHANNEL_MANAGED"
OF_THE_BUYER = frozenset(ChangeKind) - {ChangeKind.EXPEDITE, ChangeKind.DELIVER_LATER, ChangeKind.INVOICE}
AFTER_SALE_OVER, NOT_RETURNABLE = "AFTER_SALE_OVER", "NOT_RETURNABLE"
NEEDS_CONSENT, BY_HAND = "NEEDS_CONSENT", "BY_HAND"
"""Reasons that are no column's."""
OF_THE_ORDER = frozenset({Row.QUANTITY_DOWN, Row.QUANTITY_UP, Row.PAYMENT_METHOD, Row.ADDRESS_OTHER_REGION})
LIGHT = frozenset({Row.CONTACT, Row.ADDRESS_SAME_REGION, Row.INVOICE, Row.GIFT_NOTE})
"""Lines whose fields touch neither goods nor money nor way."""
BROKEN = frozenset({quoting.EXPIRED, quoting.CHANGED})
TOLD = BROKEN | {"CHANGE_REFUSED"}
"""Refusals that have an answer of the matrix beside their reason."""
WHOLE = LIGHT | OF_THE_ORDER | {Row.SUBSTITUTE}
"""Lines whose fields a version is made of."""
ENTRY = frozenset({EffectKind.ENTER, EffectKind.CANCEL_ENTRY})
STEPS = frozenset({EffectKind.AUDIT, EffectKind.RESERVE, EffectKind.RELEASE_STOCK})


def judge(order: Order, request: ChangeRequest, now: datetime | None) -> Judged:
    """The matrix's verdict over a request now."""
    row = row_of(order, request.change, request.params)
    column = column_of(order, now, request.params.line)
    if column is None:
        return Judged(row, None, NOTHING, AFTER_SALE_OVER)
    cell = cell_of(row, column, stays=request.stays)
    if request.consented:
        cell = cell._replace(consent=False)
    if cell.verdict is Verdict.RETURN and not_returnable(order, request.params.line):
        return Judged(row, column, NOTHING, NOT_RETURNABLE)
    if cell.verdict is not Verdict.APPLY:
        further = is_further(order, request.params, Judged(row, column, cell, column))
        return Judged(row, column, cell, "" if further else column)
    if cell.consent:
        return Judged(row, column, cell, NEEDS_CONSENT)
    if stops_for(order, request, row, column):
        return Judged(row, column, cell, column)
    return Judged(row, column, cell, "" if desk_can_make(order, request, row, column) else BY_HAND)


def stops_for(order: Order, request: ChangeRequest, row: Row, column: Column | None) -> bool:
    """Whether a warehouse has to keep what it has not picked for a later day: it is stopped, and released then."""
    itself = order.policy.change.by_itself and order.policy.recall.by_itself and not request.stays
    return itself and (row, column) == (Row.DELIVER_LATER, Column.AT_WAREHOUSE)


# -- what the house does by itself -----------------------------------------------------------------------------------


def desk_can_make(order: Order, request: ChangeRequest, row: Row, column: Column) -> bool:
    """Whether a change that may be made at once is one the desk can make."""
    match row:
        case Row.CANCEL:
            return permitted(order, "cancel")
        case Row.EXPEDITE:
            return True
        case Row.DELIVER_LATER:
            return column in {Column.IN_AUDIT, Column.CONFIRMED}
        case _:
            alone = column is Column.IN_AUDIT or row in LIGHT | {Row.QUANTITY_DOWN} or _may_be_written(order, row)
            return alone and writable(order, request, row, column)


def _may_be_written(order: Order, row: Row) -> bool:
    """Whether the edition writes this line, too: what costs more is collected, what was paid for nothing goes back."""
    return order.policy.change.by_itself and row in WHOLE


def writable(order: Order, request: ChangeRequest, row: Row, column: Column | None) -> bool:
    """Whether the fields kept for a request may become the next version: it is audited again with them.

    Once the order is confirmed that needs a desk that settles what follows: in the ERP, in the plan, and in money.
    """
    if not request.correction or column not in {Column.IN_AUDIT, Column.CONFIRMED}:
        return False
    if column is Column.IN_AUDIT:
        return row in WHOLE
    if not order.policy.change.settles:
        return row in LIGHT and not any(effect.kind == EffectKind.ENTER for effect in order.effects)
    return row in WHOLE and not _somebody_sees_to_it(order)


def _somebody_sees_to_it(order: Order) -> bool:
    """Whether a person, or another warehouse, has to be done with the version before, in the ERP or with its goods."""
    stuck = any(effect.kind in ENTRY for effect in order.parked)
    return stuck or order.transfer_running or order.case(CaseKind.ERP_MISMATCH) is not None


def waits_for_a_step(order: Order, column: Column | None) -> bool:
    """Whether a new version has to wait until the step that is under way has answered."""
    steps = STEPS | ENTRY if order.policy.change.settles else STEPS
    under_way = any(effect.kind in steps and effect.status is EffectStatus.RUNNING for effect in order.effects)
    return under_way or (column is Column.IN_AUDIT and not GUARDS["audit_not_running"](order))


# -- whether it may be asked at all ----------------------------------------------------------------------------------


def unfit(order: Order, ask: SubmitChangeRequest, now: datetime | None) -> str:
    """Why this request cannot be taken; empty where it can. One that only asks is answered whatever the matrix says."""
    if ask.expected_version != order.version:
        return "STALE_VERSION"
    if ask.params.line and not any(line.line == ask.params.line for line in order.content.lines):
        return "UNKNOWN_LINE"
    if not _complete(order, ask, now):
        return "CHANGE_INCOMPLETE"
    if _managed(order, ask):
        return "CHANGE_REFUSED"
    judged = judge(order, _as_kept(order, ask), now)
    if judged.cell.verdict is Verdict.REFUSE and not ask.dry_run:
        return "CHANGE_REFUSED"
    return quoting.broken(order, ask, judged, now)


def quote_for(order: Order, ask: SubmitChangeRequest, now: datetime) -> Quote:
    """What a change would come to if it were made now; the order stays as it is."""
    return quoting.quote_of(order, ask, judge(order, _as_kept(order, ask), now), now)


def _managed(order: Order, ask: SubmitChangeRequest) -> bool:
    """Whether the marketplace lets nobody but the buyer change this, and there."""
    return order.channel in order.policy.claims.managed_channels and ask.change in OF_THE_BUYER


def _as_kept(order: Order, ask: SubmitChangeRequest) -> ChangeRequest:
    return ChangeRequest(
        no=0,
        request_id=ask.request_id,
        change=ask.change,
        params=ask.params,
        correction=ask.correction,
        asked_by=ask.actor,
        asked_at=order.received_at,
    )


def _complete(order: Order, ask: SubmitChangeRequest, now: datetime | None) -> bool:
    given = ask.params
    match ask.change:
        case ChangeKind.QUANTITY:
            return given.quantity is not None and bool(given.line or (given.sku and given.quantity))
        case ChangeKind.SUBSTITUTE:
            return bool(given.line and given.sku)
        case ChangeKind.DELIVER_LATER:
            return given.until is not None and (now is None or end_of_day(given.until, order.policy.zone) > now)
        case ChangeKind.PAYMENT_METHOD:
            return given.method not in {"", order.content.payment_method}
        case ChangeKind.MERGE:
            return given.order_no not in {"", order.number}
        case _:
            return True


def may_cancel(order: Order) -> bool:
    """Whether a cancel of goods that are with the warehouse or further is taken by the matrix."""
    if not goes_the_matrix(order):
        return False
    ask = SubmitChangeRequest(request_id="cancel", change=ChangeKind.CANCEL, expected_version=order.version)
    return not unfit(order, ask, None)


# -- in words --------------------------------------------------------------------------------------------------------


def said_no(order: Order, ask: SubmitChangeRequest, now: datetime | None, no: Refusal) -> Refusal:
    """The refusal with the matrix's reason and what may be done instead."""
    request = _as_kept(order, ask)
    judged = judge(order, request, now)
    managed = _managed(order, ask)
    if managed:
        judged = Judged(judged.row, judged.column, MANAGED, CHANNEL_MANAGED)
    verdict = CHANNEL_MANAGED if managed else "REFUSED"
    answer = _answer(order, request, judged).having(verdict=verdict, state=ChangeState.REFUSED)
    if no.code in BROKEN and now is not None:
        new = quoting.quote_of(order, ask, judged, now)
        return no.having(change=answer.having(code=no.code, reason=no.reason, quote=new))
    return no.having(reason=f"{no.reason}: {answer.reason}", change=answer)


WORDS = {ChangeState.APPLIED: "ACCEPTED", ChangeState.QUEUED: "PENDING", ChangeState.IN_PROGRESS: "PENDING"}
"""What a request's state is to whoever asked; every other is a no."""


def answer_of(order: Order, request_id: str, now: datetime) -> ChangeAnswer | None:
    """What is answered to a request the order keeps; None where it keeps none of this id."""
    request = next((each for each in reversed(order.change_requests) if each.request_id == request_id), None)
    if request is None:
        return None
    ahead = [each for each in order.change_requests if each.state is ChangeState.IN_PROGRESS and each != request]
    return _answer(order, request, _judged_as(request) or judge(order, request, now)).having(
        verdict=WORDS.get(request.state, "REFUSED"),
        waits_for=request.asks or ("us" if request.open else ""),
        until=request.until,
        case=request.case or None,
        behind=ahead[0].request_id if ahead and request.state is ChangeState.QUEUED else "",
    )


def _judged_as(request: ChangeRequest) -> Judged | None:
    """As what it was taken, whatever the order is by now."""
    if not request.row:
        return None
    row, column = Row(request.row), Column(request.column) if request.column else None
    over = column is None or request.code == NOT_RETURNABLE
    cell = NOTHING if over or column is None else cell_of(row, column, stays=request.stays)
    return Judged(row, column, cell, request.code)


def _answer(order: Order, request: ChangeRequest, judged: Judged) -> ChangeAnswer:
    language = order.policy.language
    return ChangeAnswer(
        verdict="PENDING",
        state=request.state,
        row=judged.row,
        column=judged.column or "",
        cell=judged.cell.verdict,
        consent=judged.cell.consent,
        how=judged.cell.how,
        code=judged.code,
        reason=label("change_reason", judged.code, language) if judged.code else "",
        alternatives={each: label("alternative", each, language) for each in judged.cell.alternatives},
    )
