"""Policy: the values the manual leaves to the house, as one frozen edition that travels with the order (§6.3).

An edition in the database is this value as JSON. ``STANDARD`` is the manual's; ``compressed`` makes a demo's.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from domain.audit_policy import Condition, PriceCheck
from domain.calendar import known_zone
from domain.change_policy import STANDARD_CHANGE, ChangePolicy
from domain.claims_policy import STANDARD_CLAIMS, ClaimsPolicy
from domain.compensation_policy import STANDARD_COMPENSATION, CompensationPolicy
from domain.late_policy import STANDARD_LATE, LatePolicy
from domain.logistics_policy import STANDARD_LOGISTICS, LogisticsPolicy
from domain.operator_policy import STANDARD_OPERATOR, OperatorPolicy
from domain.outbound_policy import STANDARD_OUTBOUND, OutboundPolicy
from domain.parcel_policy import STANDARD_PARCELS, ParcelPolicy
from domain.polling_policy import STANDARD_POLLING, PollingPolicy
from domain.question_policy import STANDARD_QUESTIONS, QuestionPolicy
from domain.recall_policy import STANDARD_RECALL, RecallPolicy
from domain.return_policy import ReturnPolicy
from domain.risk_policy import STANDARD_RISKS, RiskPolicy
from domain.shortage_policy import STANDARD_SHORTAGE, ShortagePolicy
from domain.stock_policy import STANDARD_STOCK, StockPolicy
from domain.suspension_policy import Suspension
from domain.value import Moment, Value


class ClockKind(StrEnum):
    """The clocks of §1.3."""

    CONFIRM = "C1"
    TRACKING = "C2"
    COMPLETE = "C3"
    OUTBOUND = "C4"
    STAGNATION = "C5"
    DELAY = "C6"
    ANSWER = "C7"
    SHIP_BY = "C8"


class CaseKind(StrEnum):
    """The kinds of exception case (§4.6)."""

    CONFIRM_OVERDUE = "CONFIRM_OVERDUE"
    TRACKING_MISSING = "TRACKING_MISSING"
    COMPLETION_BLOCKED = "COMPLETION_BLOCKED"
    OUTBOUND_OVERDUE = "OUTBOUND_OVERDUE"
    LOGISTICS_STALLED = "LOGISTICS_STALLED"
    LOGISTICS_DELAY = "LOGISTICS_DELAY"
    SHIP_BY_MISSED = "SHIP_BY_MISSED"
    INFO_ERROR = "INFO_ERROR"
    STOCK_SHORTAGE = "STOCK_SHORTAGE"
    PAYMENT_MISMATCH = "PAYMENT_MISMATCH"
    ERP_MISMATCH = "ERP_MISMATCH"
    FALSE_DELIVERY = "FALSE_DELIVERY"
    MIS_SHIPMENT = "MIS_SHIPMENT"
    RETURN_TO_SENDER = "RETURN_TO_SENDER"
    LOST_OR_DAMAGED = "LOST_OR_DAMAGED"
    DELIVERY_FAILED = "DELIVERY_FAILED"
    FOUND = "FOUND"
    CANCEL_AFTER_SHIP = "CANCEL_AFTER_SHIP"
    LATE_PAYMENT = "LATE_PAYMENT"
    HOLD_REVIEW_OVERDUE = "HOLD_REVIEW_OVERDUE"
    AUDIT_DEBT_OVERDUE = "AUDIT_DEBT_OVERDUE"
    CHANNEL_CHANGE = "CHANNEL_CHANGE"
    CHANGE_REQUESTED = "CHANGE_REQUESTED"
    REFUND_REPLY_DUE = "REFUND_REPLY_DUE"
    REFUND_FAILED = "REFUND_FAILED"
    NOT_RECEIVED_CLAIM = "NOT_RECEIVED_CLAIM"
    DOUBLE_DELIVERY = "DOUBLE_DELIVERY"
    CHANNEL_REJECTED_STATUS = "CHANNEL_REJECTED_STATUS"


class ClockRule(Value):
    """One clock: how long, when to warn, which case its breach opens. No second place knows the figure."""

    kind: ClockKind
    within: timedelta = timedelta()
    warn_at: float | None = 0.75
    warn_before: tuple[timedelta, ...] = ()
    opens: CaseKind


class Escalation(Value):
    """When a breached clock's case goes up: shares of the clock, and the least time for each step."""

    second_share: float = 0.5
    second_least: timedelta = timedelta(hours=1)
    third_share: float = 1.0
    third_least: timedelta = timedelta(hours=2)


STEPS = ("second_least", "third_least")
"""The least times of the escalation."""


class AuditPolicy(Value):
    """What the basic audit demands; by channel: ``required_also`` and ``price_checks``.

    ``divisions`` are paths such as 浙江省/杭州市/钱塘区 that count as known; ``conditions`` the house's own rules.
    ``checks`` are the optional checks it runs (`domain.optional_fields`), ``relaxed`` the rules and fields it lets pass
    in an emergency until ``relaxed_until``: they are owed for ``debt_within`` (`domain.debts`).
    """

    required: tuple[str, ...] = (
        "customer.name",
        "customer.phone",
        "address.province",
        "address.city",
        "address.district",
        "address.street",
    )
    max_quantity: int = 9_999
    rounding: int = 1
    required_also: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    check_divisions: bool = False
    divisions: tuple[str, ...] = ()
    price_check: PriceCheck = "none"
    price_checks: dict[str, PriceCheck] = Field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    max_lines: int | None = None
    line_required: tuple[Literal["sku", "specification"], ...] = ()
    checks: tuple[str, ...] = ()
    relaxed: tuple[str, ...] = ()
    relaxed_until: Moment | None = None
    debt_within: timedelta = timedelta(hours=24)


class Policy(Value):
    """One edition of the house's rules. Durations are absolute; ``zone`` is the business zone.

    A file's order of ``offline_channels`` counts from its collection; with ``offline_immediate`` from placing (A-01).
    ``reads_entry_again``: after a mismatch the goods go when the ERP's document reads as ordered (SR-021).
    """

    edition: str
    zone: Annotated[str, AfterValidator(known_zone)] = "Asia/Shanghai"
    clocks: tuple[ClockRule, ...]
    confirm_requires: Literal["both", "payment", "stock"] = "both"
    auto_complete_after: timedelta = timedelta(hours=23)
    transit: timedelta | None = timedelta(days=3)
    transit_whole_days: bool = True
    recheck_after: timedelta = timedelta(hours=24)
    pickup_reminder_after: timedelta = timedelta(hours=72)
    pickup_presumed_after: timedelta = timedelta(days=7)
    watchdog_after: timedelta = timedelta(minutes=10)
    escalation: Escalation = Escalation()
    audit: AuditPolicy = AuditPolicy()
    staff_confirms_payment: bool = False
    channels_without_numbers: tuple[str, ...] = ("store", "sales_rep")
    after_sale_days: int = 7
    refund_days: int = 3
    language: Literal["zh-Hans", "en"] = "zh-Hans"
    stock: StockPolicy = StockPolicy()
    risk: RiskPolicy = RiskPolicy()
    carriage: Literal["none", "table"] = "none"
    max_transit_days: int | None = None
    may_wait: bool = True
    may_exchange: bool = False
    offline_channels: tuple[str, ...] = ("store", "sales_rep")
    offline_immediate: bool = False
    reads_entry_again: bool = False
    change: ChangePolicy = ChangePolicy()
    compensation: CompensationPolicy = CompensationPolicy()
    claims: ClaimsPolicy = ClaimsPolicy()
    recall: RecallPolicy = RecallPolicy()
    operator: OperatorPolicy = OperatorPolicy()
    shortage: ShortagePolicy = ShortagePolicy()
    logistics: LogisticsPolicy = LogisticsPolicy()
    returns: ReturnPolicy = ReturnPolicy()
    questions: QuestionPolicy = QuestionPolicy()
    outbound: OutboundPolicy = OutboundPolicy()
    late: LatePolicy = LatePolicy()
    suspensions: tuple[Suspension, ...] = ()
    polling: PollingPolicy = PollingPolicy()
    parcels: ParcelPolicy = ParcelPolicy()

    def rule(self, kind: ClockKind) -> ClockRule:
        """The rule of one clock; KeyError where the edition has none."""
        for rule in self.clocks:
            if rule.kind is kind:
                return rule
        raise KeyError(kind)


_KNOWN: dict[str, Policy] = {}


def _shared(policy: Policy) -> Policy:
    """One object for equal editions: thousands of orders live under the same one, and each would have its copy."""
    known = _KNOWN.setdefault(policy.edition, policy)
    return known if known == policy else policy


SharedPolicy = Annotated[Policy, AfterValidator(_shared)]
"""The edition of an order."""
STANDARD = Policy(
    edition="standard-5",
    clocks=(
        ClockRule(kind=ClockKind.CONFIRM, within=timedelta(hours=2), opens=CaseKind.CONFIRM_OVERDUE),
        ClockRule(kind=ClockKind.TRACKING, within=timedelta(hours=1), opens=CaseKind.TRACKING_MISSING),
        ClockRule(kind=ClockKind.COMPLETE, within=timedelta(hours=24), opens=CaseKind.COMPLETION_BLOCKED),
        ClockRule(kind=ClockKind.OUTBOUND, within=timedelta(hours=48), opens=CaseKind.OUTBOUND_OVERDUE),
        ClockRule(
            kind=ClockKind.STAGNATION, within=timedelta(hours=24), warn_at=None, opens=CaseKind.LOGISTICS_STALLED
        ),
        ClockRule(kind=ClockKind.DELAY, opens=CaseKind.LOGISTICS_DELAY),
        ClockRule(
            kind=ClockKind.SHIP_BY,
            warn_at=None,
            warn_before=(timedelta(hours=12), timedelta(hours=4)),
            opens=CaseKind.SHIP_BY_MISSED,
        ),
    ),
    stock=STANDARD_STOCK,
    risk=STANDARD_RISKS,
    carriage="table",
    reads_entry_again=True,
    audit=AuditPolicy(
        check_divisions=True,
        price_check="floor",
        price_checks={"store": "exact", "sales_rep": "exact"},
        checks=(
            *("EMAIL_MALFORMED", "INVOICE_TITLE_MISSING", "TAX_ID_MALFORMED"),
            *("GIFT_NOTE_TOO_LONG", "DELIVERY_WINDOW_MALFORMED"),
        ),
    ),
    compensation=STANDARD_COMPENSATION,
    claims=STANDARD_CLAIMS,
    recall=STANDARD_RECALL,
    operator=STANDARD_OPERATOR,
    shortage=STANDARD_SHORTAGE,
    logistics=STANDARD_LOGISTICS,
    questions=STANDARD_QUESTIONS,
    change=STANDARD_CHANGE,
    outbound=STANDARD_OUTBOUND,
    late=STANDARD_LATE,
    polling=STANDARD_POLLING,
    parcels=STANDARD_PARCELS,
)
"""The manual's own figures."""


PARTS = ("stock", "change", "claims", "shortage", "questions")
PARTS_WITH_LEAST = ("compensation", "logistics", "returns", "outbound", "late", "polling")
"""Parts of an edition that shrink their own times; some of them not below the least."""


def compressed(policy: Policy, *, hour: timedelta, least: timedelta, edition: str) -> Policy:
    """The same rules with every hour as long as ``hour``, no clock under ``least``; transit takes 24 such hours."""

    def shrink(span: timedelta) -> timedelta:
        return span * (hour / timedelta(hours=1))

    clocks = tuple(
        rule.model_copy(
            update={
                "within": max(shrink(rule.within), least) if rule.within else rule.within,
                "warn_before": tuple(shrink(span) for span in rule.warn_before),
            }
        )
        for rule in policy.clocks
    )
    spans = {
        name: shrink(getattr(policy, name))
        for name in ("recheck_after", "pickup_reminder_after", "pickup_presumed_after")
    }
    parts = {name: getattr(policy, name).compressed(shrink) for name in PARTS}
    parts |= {name: getattr(policy, name).compressed(shrink, least) for name in PARTS_WITH_LEAST}
    steps = policy.escalation
    alike = policy.risk.duplicate_within
    return policy.model_copy(
        update={
            **spans,
            "edition": edition,
            "clocks": clocks,
            "risk": policy.risk.having(duplicate_within=shrink(alike) if alike else None),
            "audit": policy.audit.having(debt_within=max(shrink(policy.audit.debt_within), least)),
            "auto_complete_after": shrink(policy.auto_complete_after),
            "transit": shrink(timedelta(days=1)),
            "transit_whole_days": False,
            "carriage": "none",
            "watchdog_after": max(shrink(policy.watchdog_after), least),
            **parts,
            "escalation": steps.having(**{name: max(shrink(getattr(steps, name)), least) for name in STEPS}),
        }
    )
