"""The order's transition table as data (§4.3, M2): from it come the allowed actions, the diagram and the search.

A row says from which stages an event is taken, which named guards must hold, and to which stages it may lead.
``Order`` computes its stage from the ledgers; the exhaustive search in the tests asserts that a row allows what
happened. Removing a guard is replacing it by one that always holds: the search must then find a counterexample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from domain.order import Order, Stage
from domain.policy import CaseKind
from domain.value import Value

Guard = Callable[[Order], bool]

INTAKE = frozenset({Stage.RECEIVED, Stage.AUDITING, Stage.NEEDS_CORRECTION})
BEFORE_RELEASE = INTAKE | {Stage.AWAITING_CONFIRMATION}
UNDER_WAY = frozenset({Stage.PARTIALLY_SHIPPED, Stage.SHIPPED, Stage.PARTIALLY_DELIVERED})
SHIPPED = UNDER_WAY | {Stage.DELIVERED}
RELEASABLE = frozenset({Stage.AWAITING_CONFIRMATION, Stage.READY_TO_SHIP, Stage.PARTIALLY_SHIPPED})
OPEN = BEFORE_RELEASE | SHIPPED | {Stage.READY_TO_SHIP, Stage.CANCELLING}
LIVE = OPEN - {Stage.CANCELLING}
GIVEN_UP = frozenset({Stage.RETURNED, Stage.CLOSED})


class Row(Value):
    """One row: ``event`` in one of ``stages`` is taken if every guard holds, and leads to one of ``to``."""

    event: str
    stages: frozenset[Stage]
    guards: tuple[str, ...] = ()
    to: frozenset[Stage]


def _release_begun(order: Order) -> bool:
    return any(effect.kind == "release_shipment" for effect in order.effects)


GUARDS: dict[str, Guard] = {
    "no_hold_on_audit_start": lambda order: not order.held("audit_start"),
    "no_critical_finding": lambda order: not order.audit.critical,
    "audit_answered": lambda order: order.audit.version == order.version,
    "payment_confirmed": lambda order: order.payment.gate_closed,
    "stock_confirmed": lambda order: order.stock_closed,
    "no_hold_on_release": lambda order: not order.held("release"),
    "no_payment_mismatch": lambda order: order.case(CaseKind.PAYMENT_MISMATCH) is None,
    "no_erp_mismatch": lambda order: order.case(CaseKind.ERP_MISMATCH) is None,
    "release_not_begun": lambda order: not _release_begun(order),
    "no_hold_on_completion": lambda order: not order.held("complete"),
    "no_false_delivery": lambda order: not any(case.kind is CaseKind.FALSE_DELIVERY for case in order.open_cases),
    "money_settled": lambda order: (
        not order.payment.mismatch and (not order.payment.needed or order.payment.confirming is not None)
    ),
    "no_refund_running": lambda order: not order.payment.refund_running,
}
"""Every named guard. The texts of their refusals are in the catalogue under ``guard.<name>``."""

GATES = ("payment_confirmed", "stock_confirmed", "no_hold_on_release", "no_payment_mismatch")


def _rows(events: Iterable[str], stages: frozenset[Stage], guards: tuple[str, ...], to: frozenset[Stage]) -> list[Row]:
    return [Row(event=event, stages=stages, guards=guards, to=to) for event in events]


def _stages(*names: Stage) -> frozenset[Stage]:
    return frozenset(names)


REQUESTS: tuple[Row, ...] = (
    Row(
        event="approve_audit",
        stages=_stages(Stage.AUDITING, Stage.NEEDS_CORRECTION),
        guards=("audit_answered", "no_critical_finding"),
        to=_stages(Stage.AUDITING, Stage.AWAITING_CONFIRMATION),
    ),
    Row(
        event="reject_audit",
        stages=_stages(Stage.AUDITING, Stage.NEEDS_CORRECTION),
        to=_stages(Stage.CANCELLING, Stage.REJECTED),
    ),
    Row(
        event="correct_fields",
        stages=_stages(Stage.AUDITING, Stage.NEEDS_CORRECTION),
        guards=("audit_answered",),
        to=_stages(Stage.RECEIVED, Stage.AUDITING),
    ),
    Row(event="confirm_payment", stages=LIVE, to=LIVE),
    Row(
        event="upload_tracking",
        stages=_stages(Stage.READY_TO_SHIP) | SHIPPED,
        to=_stages(Stage.READY_TO_SHIP) | SHIPPED,
    ),
    Row(
        event="confirm_completion",
        stages=_stages(Stage.DELIVERED),
        guards=("no_hold_on_completion", "no_false_delivery", "money_settled", "no_refund_running"),
        to=_stages(Stage.DELIVERED, Stage.COMPLETED),
    ),
    Row(event="cancel", stages=BEFORE_RELEASE, guards=("release_not_begun",), to=_stages(Stage.CANCELLING)),
    *_rows(("place_hold", "release_hold"), LIVE, (), LIVE),
    *_rows(("acknowledge", "resolve_case", "retry_step"), OPEN, (), OPEN | GIVEN_UP),
)
"""What may be asked (the updates)."""

STEPS: tuple[Row, ...] = (
    Row(
        event="audit_order",
        stages=_stages(Stage.RECEIVED),
        guards=("no_hold_on_audit_start",),
        to=_stages(Stage.AUDITING),
    ),
    Row(
        event="enter_order",
        stages=_stages(Stage.AWAITING_CONFIRMATION),
        guards=GATES,
        to=_stages(Stage.AWAITING_CONFIRMATION),
    ),
    Row(
        event="release_shipment",
        stages=RELEASABLE,
        guards=(*GATES, "no_erp_mismatch"),
        to=RELEASABLE,
    ),
    Row(
        event="complete",
        stages=_stages(Stage.DELIVERED),
        guards=("no_hold_on_completion", "no_false_delivery", "money_settled", "no_refund_running"),
        to=_stages(Stage.COMPLETED),
    ),
)
"""What the desk does by itself."""

FACTS: tuple[Row, ...] = (
    Row(
        event="audit_answered",
        stages=_stages(Stage.AUDITING, Stage.CANCELLING),
        to=_stages(
            Stage.AUDITING,
            Stage.NEEDS_CORRECTION,
            Stage.AWAITING_CONFIRMATION,
            Stage.CANCELLING,
            Stage.CANCELLED,
            Stage.REJECTED,
        ),
    ),
    Row(
        event="released",
        stages=RELEASABLE | SHIPPED,
        to=_stages(Stage.READY_TO_SHIP) | SHIPPED,
    ),
    Row(
        event="undone",
        stages=OPEN | GIVEN_UP,
        to=OPEN | GIVEN_UP | _stages(Stage.CANCELLED, Stage.REJECTED),
    ),
    Row(
        event="outbound",
        stages=_stages(Stage.AWAITING_CONFIRMATION, Stage.READY_TO_SHIP) | SHIPPED,
        to=SHIPPED,
    ),
    Row(event="short_picked", stages=_stages(Stage.READY_TO_SHIP) | SHIPPED, to=_stages(Stage.READY_TO_SHIP) | SHIPPED),
    Row(event="carrier_scan", stages=SHIPPED, to=SHIPPED | GIVEN_UP),
    Row(event="channel_closed", stages=OPEN, to=OPEN),
)
"""What the outside reports, where it moves the order's stage; every other fact leaves the stage as it is."""


def row(event: str, rows: tuple[Row, ...] = REQUESTS + STEPS) -> Row:
    """The row of one event; KeyError for an event that the table does not know."""
    for candidate in rows:
        if candidate.event == event:
            return candidate
    raise KeyError(event)


def failing(order: Order, event: str) -> tuple[str, ...]:
    """Why ``event`` is not taken now: ``stage`` where its stages do not hold the order's, else the guards that fail."""
    found = row(event)
    if order.stage not in found.stages:
        return ("stage",)
    return tuple(guard for guard in found.guards if not GUARDS[guard](order))


def permitted(order: Order, event: str) -> bool:
    """Whether the table lets ``event`` happen now."""
    return not failing(order, event)


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    arrows = sorted(
        {
            f"    {stage} --> {target}: {candidate.event}"
            for candidate in REQUESTS + STEPS + FACTS
            for stage in candidate.stages
            for target in candidate.to
            if stage is not target and candidate.stages != candidate.to and candidate.event != "undone"
        }
    )
    return "\n".join(("stateDiagram-v2", *arrows)) + "\n"
