"""Goods of a cancelled order that went out all the same: a case, the carrier, and the customer (edge case 20, AC-31).

What is undone is undone once: stock follows what left, the refund that was asked for is not asked for again, and the
order is where its goods are until they are back or somebody has decided.
"""

from __future__ import annotations

from domain.carrier_orders import InterceptRequest
from domain.effects import EffectKind
from domain.manual.carrier_words import give
from domain.manual.turn import Turn
from domain.packages import PackageState
from domain.policy import CaseKind
from domain.shipments import Package

CAUSE = "left_cancelled"
ENDS = {
    PackageState.RETURNED_TO_SENDER: "RETURNED",
    PackageState.LOST: "LOST",
    PackageState.DAMAGED: "LOST",
    PackageState.CANCELLED: "LOST",
}
"""What became of a parcel by itself; one that is delivered somebody has to decide about."""


def out_after_cancel(turn: Turn) -> None:
    """One case a parcel, open until it is back, lost, or somebody said what becomes of it."""
    if turn.order.ending is None:
        return
    for package in turn.order.packages:
        if not package.out:
            continue
        case = turn.order.case_ever(CaseKind.CANCEL_AFTER_SHIP, package.subject)
        if case is None:
            _open(turn, package)
        elif case.open and package.state in ENDS:
            turn.close_case(case, ENDS[package.state])
        elif case.open and package.delivered_at:
            turn.task(f"case/{case.no}/delivered", "RECOVER_GOODS", "customer_service", case_no=case.no)
        if package.tracking_number and not package.final and (case is None or case.open):
            cause = f"cancelled/{package.subject}"  # its yes or no is kept with the order for whoever decides
            give(turn, EffectKind.INTERCEPT, cause, InterceptRequest, package, purpose="return")


def _open(turn: Turn, package: Package) -> None:
    case = turn.open_case(CaseKind.CANCEL_AFTER_SHIP, package.subject, cause=CAUSE, responsible="warehouse")
    number = {"tracking": package.tracking_number} if package.tracking_number else {}
    turn.task(f"case/{case.no}", "DECIDE", "customer_service", case_no=case.no, params=number)
    turn.tell("CANCELLED_BUT_SENT", package.subject, **number)
