"""Who has to do what about a hold (§4.5): the work it gives, when a decision is open, and what sales agreed to.

Tasks of a hold are named ``hold/{id}…``; the next one closes the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from domain.asks import Ask
from domain.claim_goods import application_of, has_left, numbers
from domain.decisions import EXPEDITE, Ruling, Voucher, same_person
from domain.holds import Hold, HoldReason
from domain.manual.turn import Turn
from domain.order import Order
from domain.requests import SalesDecision, VerifyVoucher
from domain.taking.holding import AUDIT, DESK, INTAKE, open_hold

KINDS = {
    HoldReason.SUSPECTED_DUPLICATE: "CHECK_DUPLICATE",
    HoldReason.HIGH_RISK: "CHECK_RISK",
    HoldReason.BUYER_MESSAGE: "DECIDE_MESSAGE",
    HoldReason.SALES_DECISION: "DECIDE_SALES",
    HoldReason.REFUND_REQUESTED: "ANSWER_REFUND",
}
"""What kind of task a hold gives; every other: release it when its reason is gone."""
ENDED_BY = {
    HoldReason.VOUCHER_REQUIRED: "verify_voucher",
    HoldReason.BUYER_MESSAGE: "decide_message",
    HoldReason.SALES_DECISION: "sales_decision",
    HoldReason.CHANGE_IN_PROGRESS: "resolve_case",
    HoldReason.REFUND_REQUESTED: "answer_refund",
}
"""Holds that end by a decision of their own and not by ``release_hold``."""


class Work(NamedTuple):
    """What somebody has to do about a hold."""

    key: str
    kind: str
    role: str
    params: dict[str, Any]


def work_of(order: Order, hold: Hold) -> Work:
    """The work that an open hold gives now."""
    key, about = f"hold/{hold.id}", dict(hold.about)
    if hold.reason is HoldReason.VOUCHER_REQUIRED:
        number, waiting = len(order.vouchers), pending(order)
        if waiting:
            return Work(f"{key}/verify/{number}", "VERIFY_VOUCHER", hold.owner_role, about | {"voucher": number})
        return Work(f"{key}/submit/{number + 1}", "SUBMIT_VOUCHER", fixer(order), about)
    application = application_of(order, hold.id)
    if application is not None and has_left(order, application):
        about["tracking"] = ", ".join(numbers(order, application))
        return Work(f"{key}/left", KINDS[hold.reason], hold.owner_role, about)
    if hold.reason is HoldReason.DESIGN_NOT_FINAL and hold.marks:
        return Work(key, "APPROVE_DESIGN", hold.owner_role, about)
    if "linked" in about:
        return Work(f"{key}/linked", "PLACE_LINKED_ORDER", hold.owner_role, about)
    applies = hold.reason is HoldReason.MANUAL and "decision" in about
    kind = "APPLY_DECISION" if applies else KINDS.get(hold.reason, "RELEASE_HOLD")
    return Work(key, kind, hold.owner_role, about)


def fixer(order: Order) -> str:
    """Who asks for what is wrong or missing: sales for their orders, else whoever speaks with the customer (SR-019)."""
    theirs = order.policy.risk.sales_channels
    if theirs is None:
        return "order_administrator"
    return "sales" if order.collected_at or order.channel in theirs else "customer_service"


def give_out(turn: Turn) -> None:
    """Every open hold is somebody's: its task's, its case's or a question's; what no person did is written."""
    for hold in turn.order.open_holds:
        if hold.reason is HoldReason.CHANGE_IN_PROGRESS or {"claim", "question", "difference"} & hold.about.keys():
            continue
        work = work_of(turn.order, hold)
        turn.task(work.key, work.kind, work.role, due_at=hold.review_at, params=work.params)
    for hold in turn.order.holds:
        if hold.placed_by in {AUDIT, INTAKE} and turn.mark_once(f"hold/{hold.id}/placed"):
            turn.note(f"hold/{hold.id}/placed", "hold_placed", hold=hold.id, reason=hold.reason)
        if hold.released_by == DESK and turn.mark_once(f"hold/{hold.id}/released"):
            turn.note(f"hold/{hold.id}/released", "hold_released", hold=hold.id, reason=hold.reason)
    for name in hurried(turn.order):
        turn.task(f"apply/{name}", "APPLY_DECISION", "order_administrator", params={"choice": EXPEDITE})


def hurried(order: Order) -> tuple[str, ...]:
    """The agreed decisions that somebody still has to see to while goods are here: those to hurry."""
    if order.ending or not any(line.to_ship for line in order.lines):
        return ()
    agreed = (ruling for ruling in order.rulings if ruling.choice == EXPEDITE and ruling.verdict == "approve")
    return tuple(f"decision/{ruling.no}" for ruling in agreed if not _is_seen_to(order, ruling))


def _is_seen_to(order: Order, ruling: Ruling) -> bool:
    """Whether nobody has to do anything: the quickest carrier was chosen for it before a warehouse had the goods."""
    released = [shipment.released_at for shipment in order.shipments if shipment.released_at]
    by_itself = order.policy.change.by_itself and order.policy.carriage != "none" and not ruling.hold
    guided = all(shipment.guided for shipment in order.live_shipments)
    return by_itself and guided and all(ruling.at < moment for moment in released)


def names(order: Order) -> set[str]:
    """The tasks that are not over, by what their key says after its first word."""
    holds = {work_of(order, hold).key.removeprefix("hold/") for hold in order.open_holds}
    return holds | set(hurried(order))


# -- when a decision is open -----------------------------------------------------------------------------------------


def pending(order: Order) -> Voucher | None:
    """The voucher that waits for its reviewer."""
    voucher = order.vouchers[-1] if order.vouchers else None
    return voucher if voucher and not voucher.verdict else None


def _submit(order: Order) -> str:
    if open_hold(order, HoldReason.VOUCHER_REQUIRED) is None:
        return "NO_VOUCHER_WANTED"
    return "VOUCHER_PENDING" if pending(order) else ""


def _verify(order: Order) -> str:
    if open_hold(order, HoldReason.VOUCHER_REQUIRED) is None:
        return "NO_VOUCHER_WANTED"
    return "" if pending(order) else "NO_VOUCHER"


def _decide(order: Order) -> str:
    return "" if open_hold(order, HoldReason.BUYER_MESSAGE) else "NO_MESSAGE"


def _sales(order: Order) -> str:
    return "" if open_hold(order, HoldReason.SALES_DECISION) else "UNKNOWN_HOLD"


CLOSED: dict[str, Callable[[Order], str]] = {
    "submit_voucher": _submit,
    "verify_voucher": _verify,
    "decide_message": _decide,
    "sales_decision": _sales,
}
"""Why nobody may make this request now; empty where somebody may."""


def unfit(order: Order, ask: Ask) -> str:
    """Why this one may not be made although another might; empty where it may."""
    match ask:
        case VerifyVoucher():
            voucher = pending(order)
            return "SAME_PERSON" if voucher and same_person(voucher.submitted_by, ask.actor) else ""
        case SalesDecision():
            asking = [hold.id for hold in order.open_holds if hold.reason is HoldReason.SALES_DECISION]
            return "" if ask.hold in asking else "UNKNOWN_HOLD"
    return ""


def releasable(order: Order) -> tuple[Hold, ...]:
    """The open holds that ``release_hold`` may name; that of a test order stays."""
    others = {*ENDED_BY, HoldReason.TEST_ORDER}
    claimed = {claim.hold for claim in order.claims if claim.live}
    return tuple(hold for hold in order.open_holds if hold.reason not in others and hold.id not in claimed)
