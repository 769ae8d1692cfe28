"""The order as the books keep it: rows for the ledgers, the projection for lists, and what changed last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.clocks import Clock, Verdict
from domain.debts import due_at
from domain.holds import Case
from domain.last_change import last_change
from domain.logistics import CarrierClaim
from domain.manual.explain import Explanation, erp_pending
from domain.manual.step_view import step_views
from domain.order import Order
from domain.past import before_takeover, is_past
from domain.promises import clocks
from domain.questions import Question
from domain.recording import (
    CaseRow,
    ClockRow,
    DebtRow,
    LineRow,
    PackageRow,
    Projection,
    QuestionRow,
    ShipmentRow,
    TaskRow,
)
from domain.service_books import coupon_rows
from domain.service_rows import CouponRow
from domain.shipments import Shipment
from domain.stage import Stage
from domain.value import Value


class Books(Value):
    """Every row of one order."""

    lines: tuple[LineRow, ...] = ()
    shipments: tuple[ShipmentRow, ...] = ()
    packages: tuple[PackageRow, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    cases: tuple[CaseRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    debts: tuple[DebtRow, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    coupons: tuple[CouponRow, ...] = ()
    carrier_claims: tuple[CarrierClaim, ...] = ()

    def since(self, before: Books) -> Books:
        """Only the rows that are new or changed."""
        changed: dict[str, tuple[Value, ...]] = {}
        for name in Books.model_fields:
            known = getattr(before, name)
            changed[name] = tuple(row for row in getattr(self, name) if row not in known)
        return self.having(**changed)

    def fields(self) -> dict[str, Any]:
        """The rows by their name in a ``Recording``."""
        return {name: getattr(self, name) for name in Books.model_fields}


def books(order: Order, now: datetime) -> Books:
    """The rows of ``order`` at ``now``."""
    return Books(
        lines=tuple(LineRow(**{name: getattr(line, name) for name in LineRow.model_fields}) for line in order.lines),
        shipments=tuple(_shipment(shipment) for shipment in order.shipments),
        packages=tuple(
            PackageRow(
                package=package.id,
                shipment=package.shipment,
                state="SUPERSEDED" if package.superseded_at else package.state,
                lines={part.line: part.quantity for part in package.lines},
                **{name: getattr(package, name) for name in _PACKAGE},
            )
            for package in order.packages
        ),
        clocks=promises(order, now),
        cases=tuple(_case(case) for case in order.cases if not is_past(order, case.opened_at)),
        tasks=tuple(TaskRow(**{name: getattr(task, name) for name in TaskRow.model_fields}) for task in order.tasks),
        debts=tuple(
            DebtRow(debt=debt.id, due_at=due_at(order, debt), **{name: getattr(debt, name) for name in _DEBT})
            for debt in order.debts
        ),
        questions=tuple(map(_question, order.questions)),
        coupons=coupon_rows(order),
        carrier_claims=order.logistics.claims,
    )


def promises(order: Order, now: datetime) -> tuple[ClockRow, ...]:
    """The rows of the promise ledger (M1) at ``now``."""
    return tuple(_clock(order, clock, now) for clock in clocks(order))


def _shipment(shipment: Shipment) -> ShipmentRow:
    offer = shipment.chosen.offer if shipment.chosen else None
    return ShipmentRow(
        shipment=shipment.number,
        warehouse=shipment.warehouse,
        state=shipment.state,
        lines={part.line: part.quantity for part in shipment.lines},
        released_at=shipment.released_at,
        outbound_at=shipment.outbound_at,
        promised_outbound_at=shipment.promised_at,
        carrier=offer.carrier if offer else "",
        ships_on=offer.ships_on if offer else None,
        delivered_by=offer.delivered_by if offer else None,
        cash_on_delivery=shipment.cash,
    )


_PACKAGE = (
    "carrier",
    "tracking_number",
    "outbound_at",
    "uploaded_at",
    "accepted_at",
    "promised_at",
    "delivered_at",
    "consolidated",
)
_DEBT = ("code", "field", "version", "since", "ended_at", "outcome", "actor")
_QUESTION = tuple(
    name for name in QuestionRow.model_fields if name not in {"question", "case_no", "default_option", "options"}
)
_CASE = tuple(name for name in CaseRow.model_fields if name != "case_no")


def _case(case: Case) -> CaseRow:
    return CaseRow(case_no=case.no, **{name: getattr(case, name) for name in _CASE})


def _question(question: Question) -> QuestionRow:
    return QuestionRow(
        question=question.no,
        case_no=question.case,
        default_option=question.default,
        options=_dumped(question.options),
        **{name: getattr(question, name) for name in _QUESTION},
    )


def _clock(order: Order, clock: Clock, now: datetime) -> ClockRow:
    verdict = clock.verdict(now)
    closed = not clock.running
    breached = verdict is Verdict.BREACHED
    case = next(
        (
            case.no
            for case in order.cases
            for ref in case.clocks
            if (ref.kind, ref.subject, ref.start_at) == (clock.kind, clock.subject, clock.start_at)
        ),
        None,
    )
    return ClockRow(
        kind=clock.kind,
        subject=clock.subject,
        start_at=clock.start_at,
        start_event=clock.start_event,
        due_at=clock.due_at,
        warn_at=next(iter(clock.warnings), None),
        pauses=tuple((pause.since, pause.until) for pause in clock.pauses),
        stop_at=clock.stopped_at,
        stop_event=clock.stop_event,
        gross_s=clock.gross(now).total_seconds() if closed else None,
        net_s=clock.net(now).total_seconds() if closed else None,
        verdict=verdict,
        cause=clock.why if breached else "",
        responsible=clock.blamed if breached else "",
        case_no=case,
        before_takeover=before_takeover(order, clock),
    )


def projection(order: Order, now: datetime, explanation: Explanation) -> Projection:
    """What lists and pages show."""
    warehouses = dict.fromkeys(shipment.warehouse for shipment in order.shipments)
    breaches = [clock for clock in clocks(order) if clock.verdict(now) is Verdict.BREACHED]
    return Projection(
        stage=order.stage,
        label=label_code(order),
        overlays=overlays(order),
        payment_state=order.payment.state,
        version=order.version,
        needs_attention=bool(explanation.attention),
        attention_reason=explanation.attention[0] if explanation.attention else "",
        waiting_for=explanation.waiting[0].who if explanation.waiting else "",
        next_due_at=explanation.until,
        next_due_clock=explanation.until_clock,
        open_cases=tuple(dict.fromkeys(str(case.kind) for case in order.open_cases)),
        hold_reasons=tuple(dict.fromkeys(str(hold.reason) for hold in order.open_holds)),
        breaches=tuple(dict.fromkeys(str(clock.kind) for clock in breaches)),
        warehouse=next(iter(warehouses), ""),
        total=order.content.total,
        captured=order.payment.captured(order.payment.currency),
        refunded=order.payment.refunded(order.payment.currency),
        completed_at=order.completed_at,
        final=order.final,
        explanation=explanation.model_dump(mode="json"),
        holds=_dumped(order.holds),
        findings=_dumped(order.audit.findings),
        unmatched=_dumped(order.unmatched),
        effects=tuple(effect.model_dump(mode="json", exclude={"request"}) for effect in order.effects),
        steps=_dumped(step_views(order)),
        last_change=last_change(order),
        audit=_judged_by(order),
    )


def _judged_by(order: Order) -> dict[str, Any]:
    """By which prices the order was judged, which divisions were in question, and what a person let stand."""
    judged = order.audit.model_dump(mode="json", include={"version", "approved_by", "price_book", "prices", "choices"})
    return {**judged, "overrides": _dumped(order.overrides)}


def _dumped(values: tuple[Value, ...]) -> tuple[dict[str, Any], ...]:
    return tuple(value.model_dump(mode="json") for value in values)


def label_code(order: Order) -> str:
    """The label's code: the stage, with the one gate that is still open named (§4.2)."""
    if order.stage is not Stage.AWAITING_CONFIRMATION:
        return order.stage
    if (order.stock_closed or order.stock_lapsed) and not order.payment.gate_closed:
        return "AWAITING_PAYMENT"
    if order.payment.gate_closed and not order.stock_closed:
        return "AWAITING_STOCK"
    return "ERP_PENDING" if erp_pending(order) else order.stage


def overlays(order: Order) -> tuple[str, ...]:
    """What is shown beside the stage: a hold before a case (§4.2)."""
    if order.final:
        return ()
    return tuple(word for word, shown in (("hold", order.open_holds), ("case", order.open_cases)) if shown)
