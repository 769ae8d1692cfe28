"""Holds, cases, tasks: what stands in an order's way, and who has to do something about it (§4.5, §4.6)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from domain.policy import CaseKind, ClockKind
from domain.value import Moment, Value


class HoldReason(StrEnum):
    """Why an order is held."""

    CUSTOMER_ANSWER = "CUSTOMER_ANSWER"
    DISPUTE = "DISPUTE"
    DESIGN_NOT_FINAL = "DESIGN_NOT_FINAL"
    MANUAL = "MANUAL"
    SUSPECTED_DUPLICATE = "SUSPECTED_DUPLICATE"
    VOUCHER_REQUIRED = "VOUCHER_REQUIRED"
    HIGH_RISK = "HIGH_RISK"
    BUYER_MESSAGE = "BUYER_MESSAGE"
    SALES_DECISION = "SALES_DECISION"
    TEST_ORDER = "TEST_ORDER"
    CHANGE_IN_PROGRESS = "CHANGE_IN_PROGRESS"
    REFUND_REQUESTED = "REFUND_REQUESTED"


BLOCKS = {
    HoldReason.CUSTOMER_ANSWER: ("release",),
    HoldReason.DISPUTE: ("complete",),
    HoldReason.DESIGN_NOT_FINAL: ("audit_end",),
    HoldReason.SUSPECTED_DUPLICATE: ("audit_start",),
    HoldReason.VOUCHER_REQUIRED: ("audit_end",),
    HoldReason.HIGH_RISK: ("release",),
    HoldReason.BUYER_MESSAGE: ("release",),
    HoldReason.SALES_DECISION: ("release",),
    HoldReason.TEST_ORDER: ("audit_start", "release"),
    HoldReason.CHANGE_IN_PROGRESS: ("release", "pick", "complete"),
    HoldReason.REFUND_REQUESTED: ("release", "pick", "ship", "complete"),
}
"""What each reason blocks; a MANUAL hold says so itself."""
OWNERS = {
    HoldReason.CUSTOMER_ANSWER: "customer_service",
    HoldReason.DISPUTE: "customer_service",
    HoldReason.DESIGN_NOT_FINAL: "sales",
    HoldReason.MANUAL: "order_administrator",
    HoldReason.SUSPECTED_DUPLICATE: "order_administrator",
    HoldReason.VOUCHER_REQUIRED: "finance",
    HoldReason.HIGH_RISK: "supervisor",
    HoldReason.BUYER_MESSAGE: "order_administrator",
    HoldReason.SALES_DECISION: "sales",
    HoldReason.TEST_ORDER: "order_administrator",
    HoldReason.CHANGE_IN_PROGRESS: "order_administrator",
    HoldReason.REFUND_REQUESTED: "customer_service",
}


class Hold(Value):
    """One hold; a released one is kept, for its pauses and for the trail.

    ``marks`` are the contents that the audit placed it for; ``about`` is what its task says.
    """

    id: str
    reason: HoldReason
    blocks: tuple[str, ...]
    owner_role: str
    placed_by: str
    at: Moment
    note: str = ""
    review_at: Moment | None = None
    released_at: Moment | None = None
    released_by: str = ""
    marks: tuple[str, ...] = ()
    about: dict[str, str | int] = Field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether it still holds."""
        return self.released_at is None


class CaseStatus(StrEnum):
    """Where a case is."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    RESOLVED = "RESOLVED"
    WITHDRAWN = "WITHDRAWN"


class ClockRef(Value):
    """Which clock's breach a case is about."""

    kind: ClockKind
    subject: str
    start_at: Moment


class Case(Value):
    """One exception case. ``clocks`` are the breached clocks it answers for; ``steps`` the effects done for it."""

    no: int
    kind: CaseKind
    subject: str
    status: CaseStatus = CaseStatus.OPEN
    level: int = 1
    cause: str = ""
    responsible: str = "us"
    clocks: tuple[ClockRef, ...] = ()
    steps: tuple[str, ...] = ()
    opened_at: Moment
    level_at: Moment
    acknowledged_at: Moment | None = None
    resolved_at: Moment | None = None
    outcome: str = ""
    actor: str = ""

    @property
    def open(self) -> bool:
        """Whether it still needs an end."""
        return self.resolved_at is None


class Task(Value):
    """Something a person has to do; ``key`` is unique in the order."""

    key: str
    kind: str
    role: str
    opened_at: Moment
    due_at: Moment | None = None
    case_no: int | None = None
    done_at: Moment | None = None
    done_by: str = ""
    params: dict[str, Any] = Field(default_factory=dict)


class EffectStatus(StrEnum):
    """Where an effect is."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    PARKED = "PARKED"


ANSWERED_NO = "Business."
"""How the type of a department's error begins where its party said no; any other may come after it was done."""


class EffectState(Value):
    """One effect of the order: asked for under ``key`` since ``since``; ``code`` and ``note`` say why it is parked.

    ``request`` is what the activity is asked with, kept until it is done, so that a retry asks the same.
    """

    key: str
    kind: str
    cause: str
    status: EffectStatus = EffectStatus.RUNNING
    since: Moment
    done_at: Moment | None = None
    code: str = ""
    note: str = ""
    tries: int = 1
    request: dict[str, Any] = Field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether the party said no: nothing was done, and nothing will be unless somebody retries it."""
        return self.status is EffectStatus.PARKED and self.code.startswith(ANSWERED_NO)
