"""What one loop turn of an order writes: books, trail, projection and outbox, in one transaction (architecture §3.6).

``ledger.record`` takes a ``Recording`` and is idempotent: the projection belongs to the run that started last and to
its highest sequence; rows that can change are written by the newest turn, all others once; all have business keys.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from domain.logistics import CarrierClaim
from domain.service_rows import CouponRow
from domain.value import Moment, Value

DESK = "desk"
"""Who acts where no person does: the manual, read by this system."""


class Entry(Value):
    """One line of the order's timeline: ``key`` is its business key, ``code`` its sentence in the catalogue.

    ``before`` and ``after`` say what it changed (``domain.changes``), ``reason`` and ``request_id`` why it was asked.
    """

    key: str
    code: str
    at: Moment
    recorded_at: Moment
    actor: str = ""
    source: str = "us"
    params: dict[str, Any] = Field(default_factory=dict)
    reason: str = ""
    request_id: str = ""
    before: dict[str, Any] = Field(default_factory=dict)
    after: dict[str, Any] = Field(default_factory=dict)


class ClockRow(Value):
    """One row of the promise ledger (M1). Durations in seconds."""

    kind: str
    subject: str
    start_at: Moment
    start_event: str = ""
    due_at: Moment | None = None
    warn_at: Moment | None = None
    pauses: tuple[tuple[Moment, Moment | None], ...] = ()
    stop_at: Moment | None = None
    stop_event: str = ""
    gross_s: float | None = None
    net_s: float | None = None
    verdict: str
    cause: str = ""
    responsible: str = ""
    case_no: int | None = None
    before_takeover: bool = False


class CaseRow(Value):
    """One exception case as the books keep it."""

    case_no: int
    kind: str
    subject: str
    status: str
    level: int
    cause: str = ""
    responsible: str = ""
    outcome: str = ""
    actor: str = ""
    opened_at: Moment
    resolved_at: Moment | None = None
    acknowledged_at: Moment | None = None


class TaskRow(Value):
    """Something a person has to do. ``key`` is unique in the order; ``done_at`` closes it."""

    key: str
    kind: str
    role: str
    due_at: Moment | None = None
    case_no: int | None = None
    opened_at: Moment
    done_at: Moment | None = None
    done_by: str = ""
    params: dict[str, Any] = Field(default_factory=dict)


class DebtRow(Value):
    """One audit debt (M8): what was let pass, until when it has to be put right, and how it ended."""

    debt: str
    code: str
    field: str
    version: int
    since: Moment
    due_at: Moment | None = None
    ended_at: Moment | None = None
    outcome: str = ""
    actor: str = ""


class QuestionRow(Value):
    """One question to the customer, as its page shows it (M18); ``options`` are those of ``domain.questions``."""

    question: int
    case_no: int
    template: str
    state: str
    version: int
    fields: tuple[str, ...] = ()
    options: tuple[dict[str, Any], ...] = ()
    default_option: str
    asked_at: Moment
    deadline: Moment
    confirmed_at: Moment | None = None
    due_at: Moment | None = None
    defaulted_at: Moment | None = None
    answered_at: Moment | None = None
    ended_at: Moment | None = None
    answer: str = ""
    answered_by: str = ""
    undeliverable: str = ""


class LineRow(Value):
    """One order line with its quantity ledger."""

    line: str
    sku: str
    specification: str = ""
    quantity: int
    unit_price: int
    discount: int
    cancelled: int = 0
    unallocated: int = 0
    reserved: int = 0
    picked: int = 0
    shipped: int = 0
    delivered: int = 0
    returned: int = 0
    added_by_rule: str = ""
    part_of: str = ""


class ShipmentRow(Value):
    """One shipment (a warehouse's release)."""

    shipment: int
    warehouse: str
    state: str
    lines: dict[str, int] = Field(default_factory=dict)
    released_at: Moment | None = None
    outbound_at: Moment | None = None
    promised_outbound_at: Moment | None = None
    carrier: str = ""
    ships_on: date | None = None
    delivered_by: date | None = None
    cash_on_delivery: int = 0


class PackageRow(Value):
    """One package (a tracking number)."""

    package: str
    shipment: int
    state: str
    carrier: str = ""
    tracking_number: str = ""
    outbound_at: Moment | None = None
    uploaded_at: Moment | None = None
    accepted_at: Moment | None = None
    promised_at: Moment | None = None
    delivered_at: Moment | None = None
    lines: dict[str, int] = Field(default_factory=dict)
    consolidated: bool = False


class Letter(Value):
    """One thing that leaves by the outbox.

    ``kind``: message | push_tracking | push_status | subscribe | push_refund_answer.
    ``key`` is unique for ever: message {order_no}/message/{template}/{subject}. ``params`` carry no personal data;
    the relay reads the receiver from PostgreSQL.
    """

    key: str
    kind: str
    template: str = ""
    params: dict[str, Any] = Field(default_factory=dict)


class Projection(Value):
    """What lists and pages show of one order."""

    stage: str
    label: str
    overlays: tuple[str, ...] = ()
    payment_state: str
    version: int
    needs_attention: bool = False
    attention_reason: str = ""
    waiting_for: str = ""
    next_due_at: Moment | None = None
    next_due_clock: str = ""
    open_cases: tuple[str, ...] = ()
    hold_reasons: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    warehouse: str = ""
    total: int = 0
    captured: int = 0
    refunded: int = 0
    completed_at: Moment | None = None
    final: bool = False
    explanation: dict[str, Any] = Field(default_factory=dict)
    holds: tuple[dict[str, Any], ...] = ()
    findings: tuple[dict[str, Any], ...] = ()
    unmatched: tuple[dict[str, Any], ...] = ()
    effects: tuple[dict[str, Any], ...] = ()
    steps: tuple[dict[str, Any], ...] = ()
    last_change: str = ""
    audit: dict[str, Any] = Field(default_factory=dict)


class Recording(Value):
    """Everything of one turn. ``fact_ids`` are the inbox facts that this turn took in.

    ``snapshot`` is the order as JSON without its policy, for a lost workflow to begin anew from; empty once it is over.
    """

    order_no: str
    run_id: str
    run_started_at: Moment
    sequence: int
    at: Moment
    projection: Projection
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
    entries: tuple[Entry, ...] = ()
    outbox: tuple[Letter, ...] = ()
    fact_ids: tuple[str, ...] = ()
    snapshot: str = ""


class LookRequest(Value):
    """Read the facts of an order that wait in the inbox (performance.md: the others wait until the loop looks).

    ``began`` is when the run that looks began to live for itself.
    """

    order_no: str
    began: Moment | None = None


class LookOutcome(Value):
    """The waiting facts, as ``domain.facts.parse`` reads them, oldest first; and when the run that looked began.

    A run that follows a Reset lives the look of the run before again, and decides as that one did.
    """

    facts: tuple[dict[str, Any], ...] = ()
    began: Moment | None = None
