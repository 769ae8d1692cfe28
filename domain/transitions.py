"""The order's transition table as data (§4.3, M2): from it come the allowed actions, the diagram and the search.

A row says in which stages an event is taken, which named guards must hold, and how it may move the stage. ``Order``
computes its stage from the ledgers; the exhaustive search in the tests asserts that the rows allow what happened, and
nothing else. Removing a guard is replacing it by one that always holds: the search must then find a counterexample.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.order import Order
from domain.policy import CaseKind
from domain.stage import FINAL_STAGES, Stage
from domain.value import Value

Guard = Callable[[Order], bool]

INTAKE = frozenset({Stage.RECEIVED, Stage.AUDITING, Stage.NEEDS_CORRECTION})
BEFORE_RELEASE = INTAKE | {Stage.AWAITING_CONFIRMATION}
UNDER_WAY = frozenset({Stage.PARTIALLY_SHIPPED, Stage.SHIPPED, Stage.PARTIALLY_DELIVERED})
SHIPPED = UNDER_WAY | {Stage.DELIVERED}
RELEASABLE = frozenset({Stage.AWAITING_CONFIRMATION, Stage.READY_TO_SHIP, Stage.PARTIALLY_SHIPPED})
OPEN = BEFORE_RELEASE | SHIPPED | {Stage.READY_TO_SHIP, Stage.CANCELLING}
LIVE = OPEN - {Stage.CANCELLING}
PASSED = LIVE - INTAKE


class Row(Value):
    """One row: ``event`` in one of ``stages`` is taken if every guard holds; it may move the stage as ``moves`` say."""

    event: str
    stages: frozenset[Stage]
    guards: tuple[str, ...] = ()
    moves: frozenset[tuple[Stage, Stage]] = frozenset()

    @property
    def to(self) -> frozenset[Stage]:
        """The stages it may lead to; none where it always leaves the stage as it is."""
        return frozenset(target for _, target in self.moves)


def _release_begun(order: Order) -> bool:
    off = {str(shipment.number) for shipment in order.shipments if shipment.called_off_at}
    return any(
        effect.kind == "release_shipment" and not effect.refused and effect.cause not in off for effect in order.effects
    )


GUARDS: dict[str, Guard] = {
    "no_hold_on_audit_start": lambda order: not order.held("audit_start"),
    "no_critical_finding": lambda order: not order.audit.critical,
    "audit_answered": lambda order: order.audit.version == order.version,
    "audit_not_running": lambda order: (
        order.audit.version == order.version or any(effect.kind == "audit_order" for effect in order.parked)
    ),
    "payment_confirmed": lambda order: order.payment.gate_closed,
    "stock_confirmed": lambda order: order.stock_closed,
    "no_hold_on_release": lambda order: not order.held("release"),
    "no_payment_mismatch": lambda order: order.case(CaseKind.PAYMENT_MISMATCH) is None,
    "no_erp_mismatch": lambda order: (
        order.case(CaseKind.ERP_MISMATCH) is None and not (order.entered and order.entered.unread)
    ),
    "release_not_begun": lambda order: not _release_begun(order),
    "no_hold_on_completion": lambda order: not order.held("complete"),
    "no_false_delivery": lambda order: not any(case.kind is CaseKind.FALSE_DELIVERY for case in order.open_cases),
    "money_settled": lambda order: (
        not order.payment.mismatch and (not order.payment.needed or order.payment.confirming is not None)
    ),
    "no_refund_running": lambda order: not order.payment.refund_running,
    "no_transfer_running": lambda order: not order.transfer_running,
    "no_open_debt": lambda order: not any(debt.open for debt in order.debts),
}
"""Every named guard; ``domain.manual.answers.CODES`` says how a request is refused that fails one."""

GATES = ("payment_confirmed", "stock_confirmed", "no_hold_on_release", "no_payment_mismatch")


def _from(*stages: Stage, to: tuple[Stage, ...]) -> frozenset[tuple[Stage, Stage]]:
    return frozenset((stage, target) for stage in stages for target in to)


def _staying(stages: frozenset[Stage], *events: str) -> tuple[Row, ...]:
    return tuple(Row(event=event, stages=stages) for event in events)


COMPLETABLE = (
    "no_hold_on_completion",
    "no_false_delivery",
    "money_settled",
    "no_refund_running",
    "no_transfer_running",
    "no_open_debt",
)
NOT_PASSED = frozenset({Stage.AUDITING, Stage.NEEDS_CORRECTION})
SETTLED = _from(Stage.SHIPPED, to=(Stage.RETURNED, Stage.CLOSED))

OUT = (Stage.SHIPPED, Stage.PARTIALLY_DELIVERED, Stage.DELIVERED)
AUDITED_AGAIN = _from(
    *(Stage.NEEDS_CORRECTION, Stage.AWAITING_CONFIRMATION, Stage.READY_TO_SHIP, Stage.SHIPPED), to=(Stage.AUDITING,)
)
RECALLED = _from(Stage.CANCELLING, to=(Stage.READY_TO_SHIP, Stage.SHIPPED, Stage.DELIVERED))
"""Where a cancel leaves an order whose goods could not be stopped."""
AFTER_CANCEL = _from(Stage.DELIVERED, to=(Stage.CLOSED,))
"""What went out of a cancelled order all the same, and was decided about."""

RENUMBERED = (
    _from(Stage.DELIVERED, to=(Stage.PARTIALLY_DELIVERED, Stage.SHIPPED))
    | _from(Stage.PARTIALLY_DELIVERED, to=(Stage.SHIPPED, Stage.DELIVERED))
    | _from(Stage.SHIPPED, to=(Stage.PARTIALLY_DELIVERED, Stage.DELIVERED))
)
"""What was signed for under a wrong number was not; what was lost under it may be on its way (edge case 22)."""

REQUESTS: tuple[Row, ...] = (
    Row(
        event="approve_audit",
        stages=NOT_PASSED,
        guards=("audit_answered", "no_critical_finding"),
        moves=_from(Stage.NEEDS_CORRECTION, to=(Stage.AUDITING, Stage.AWAITING_CONFIRMATION)),
    ),
    Row(
        event="override_address",
        stages=NOT_PASSED,
        guards=("audit_answered",),
        moves=_from(Stage.NEEDS_CORRECTION, to=(Stage.AUDITING, Stage.AWAITING_CONFIRMATION)),
    ),
    Row(event="reject_audit", stages=NOT_PASSED, moves=_from(*NOT_PASSED, to=(Stage.CANCELLING,))),
    Row(
        event="correct_fields",
        stages=NOT_PASSED,
        guards=("audit_not_running",),
        moves=_from(*NOT_PASSED, to=(Stage.RECEIVED,)),
    ),
    *_staying(LIVE, "confirm_payment"),
    Row(event="upload_tracking", stages=SHIPPED | {Stage.READY_TO_SHIP}, moves=RENUMBERED),
    Row(event="confirm_completion", stages=frozenset({Stage.DELIVERED}), guards=COMPLETABLE),
    Row(
        event="cancel",
        stages=BEFORE_RELEASE,
        guards=("release_not_begun",),
        moves=_from(*BEFORE_RELEASE, to=(Stage.CANCELLING,)),
    ),
    *_staying(LIVE, "place_hold"),
    Row(event="release_hold", stages=LIVE, moves=_from(Stage.AUDITING, to=(Stage.AWAITING_CONFIRMATION,))),
    *_staying(OPEN, "acknowledge", "retry_step", "skip_step", "report_step"),
    *_staying(RELEASABLE | UNDER_WAY, "choose_carrier"),
    *_staying(PASSED, "repay_debt"),
    Row(
        event="resolve_case",
        stages=OPEN,
        moves=SETTLED | AFTER_CANCEL | _from(Stage.PARTIALLY_DELIVERED, to=(Stage.DELIVERED,)),
    ),
    *_staying(INTAKE, "submit_voucher"),
    Row(event="verify_voucher", stages=INTAKE, moves=_from(Stage.AUDITING, to=(Stage.AWAITING_CONFIRMATION,))),
    *_staying(LIVE, "decide_message", "sales_decision", "submit_change_request"),
    *_staying(PASSED | {Stage.CANCELLING} | FINAL_STAGES, "decide_coupon"),
    *_staying(LIVE, "answer_refund"),
    *_staying(SHIPPED | {Stage.READY_TO_SHIP}, "expedite"),
    *_staying(SHIPPED, "switch_carrier"),
    *_staying(LIVE, "customer_choice"),
    *_staying(PASSED, "reassign_warehouse"),
)
"""What may be asked (the updates)."""

STEPS: tuple[Row, ...] = (
    Row(
        event="make_change",
        stages=BEFORE_RELEASE | {Stage.READY_TO_SHIP, Stage.SHIPPED, Stage.CANCELLING},
        moves=_from(*BEFORE_RELEASE, Stage.READY_TO_SHIP, Stage.SHIPPED, to=(Stage.CANCELLING,))
        | AUDITED_AGAIN
        | RECALLED,
    ),
    Row(
        event="take_answer",
        stages=BEFORE_RELEASE,
        moves=_from(Stage.NEEDS_CORRECTION, to=(Stage.AUDITING, Stage.AWAITING_CONFIRMATION, Stage.CANCELLING)),
    ),
    Row(
        event="audit_order",
        stages=frozenset({Stage.RECEIVED}),
        guards=("no_hold_on_audit_start",),
        moves=_from(Stage.RECEIVED, to=(Stage.AUDITING,)),
    ),
    Row(event="enter_order", stages=RELEASABLE, guards=GATES),
    Row(event="release_shipment", stages=RELEASABLE, guards=(*GATES, "no_erp_mismatch")),
    Row(event="send_anew", stages=SHIPPED, guards=("no_hold_on_release",)),
    Row(
        event="pickup_presumed",
        stages=UNDER_WAY,
        moves=_from(Stage.SHIPPED, to=(Stage.PARTIALLY_DELIVERED, Stage.DELIVERED))
        | _from(Stage.PARTIALLY_DELIVERED, to=(Stage.DELIVERED,)),
    ),
    Row(
        event="complete",
        stages=frozenset({Stage.DELIVERED}),
        guards=COMPLETABLE,
        moves=_from(Stage.DELIVERED, to=(Stage.COMPLETED,)),
    ),
)
"""What the desk does by itself."""

FACTS: tuple[Row, ...] = (
    Row(
        event="audit_answered",
        stages=frozenset({Stage.AUDITING, Stage.CANCELLING, *OUT}),
        moves=_from(Stage.AUDITING, to=(Stage.NEEDS_CORRECTION, Stage.AWAITING_CONFIRMATION)),
    ),
    *(
        Row(
            event=event,
            stages=RELEASABLE | SHIPPED,
            moves=_from(Stage.AWAITING_CONFIRMATION, to=(Stage.READY_TO_SHIP,)),
        )
        for event in ("released", "picked", "packed")
    ),
    Row(
        event="outbound",
        stages=RELEASABLE | SHIPPED | {Stage.CANCELLING},
        moves=_from(
            Stage.AWAITING_CONFIRMATION,
            Stage.READY_TO_SHIP,
            to=(Stage.PARTIALLY_SHIPPED, Stage.SHIPPED, Stage.DELIVERED),
        )
        | _from(Stage.PARTIALLY_SHIPPED, to=(Stage.SHIPPED, Stage.PARTIALLY_DELIVERED, Stage.DELIVERED))
        | _from(Stage.CANCELLING, to=(Stage.SHIPPED, Stage.DELIVERED)),
    ),
    Row(
        event="recalled",
        stages=RELEASABLE | SHIPPED | {Stage.CANCELLING},
        moves=_from(Stage.READY_TO_SHIP, Stage.SHIPPED, to=(Stage.AWAITING_CONFIRMATION,)),
    ),
    Row(
        event="carrier_scan",
        stages=RELEASABLE | SHIPPED | {Stage.CANCELLING},
        moves=_from(Stage.SHIPPED, to=(Stage.PARTIALLY_DELIVERED, Stage.DELIVERED))
        | _from(Stage.PARTIALLY_DELIVERED, to=(Stage.SHIPPED, Stage.DELIVERED))
        | _from(Stage.DELIVERED, to=(Stage.SHIPPED, Stage.PARTIALLY_DELIVERED)),
    ),
    Row(event="tracking_number", stages=RELEASABLE | SHIPPED | {Stage.CANCELLING}, moves=RENUMBERED),
    Row(
        event="undone",
        stages=OPEN,
        moves=SETTLED | AFTER_CANCEL | _from(Stage.CANCELLING, to=(Stage.CANCELLED, Stage.REJECTED)),
    ),
    Row(event="codes_matched", stages=INTAKE, moves=_from(Stage.NEEDS_CORRECTION, to=(Stage.RECEIVED,))),
    Row(event="channel_closed", stages=OPEN, moves=_from(*BEFORE_RELEASE, to=(Stage.CANCELLING,))),
    Row(event="design_approved", stages=OPEN, moves=_from(Stage.AUDITING, to=(Stage.AWAITING_CONFIRMATION,))),
)
"""What is reported, where it may move the order's stage; every other fact leaves the stage as it is."""


_ROWS = {row.event: row for row in REQUESTS + STEPS}


def row(event: str) -> Row:
    """The row of one event; KeyError for an event that the table does not know."""
    return _ROWS[event]


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
    """The table as a Mermaid state diagram: one arrow a pair of stages, with everything that may lead along it."""
    arrows: dict[tuple[Stage, Stage], list[str]] = {}
    for candidate in REQUESTS + STEPS + FACTS:
        for move in candidate.moves:
            arrows.setdefault(move, []).append(candidate.event)
    drawn = (f"    {stage} --> {target}: {', '.join(events)}" for (stage, target), events in sorted(arrows.items()))
    return "\n".join(("stateDiagram-v2", *drawn)) + "\n"
