"""Outbound, tracking numbers, delivery: what is told to channel, carrier and customer (SR-022, SR-023, SR-121)."""

from __future__ import annotations

from typing import Any

from domain.calendar import local_day
from domain.holds import Case
from domain.inquiries import Inquiry
from domain.manual.doubted_delivery import doubt_of
from domain.manual.turn import Turn
from domain.order import Order
from domain.packages import PackageState
from domain.policy import CaseKind
from domain.sending_anew import replaced_by
from domain.shipments import Package, units_out
from domain.stage import Stage

LABELS = {
    Stage.READY_TO_SHIP: "READY_TO_SHIP",
    Stage.PARTIALLY_SHIPPED: "SHIPPED",
    Stage.SHIPPED: "SHIPPED",
    Stage.PARTIALLY_DELIVERED: "SHIPPED",
    Stage.DELIVERED: "SHIPPED",
    Stage.COMPLETED: "COMPLETED",
}
"""The three labels that are pushed (待发货, 已发货, 已完成)."""


def status(turn: Turn) -> None:
    """Tell ERP and channel the label, each once (SR-022); 已完成 stays between the desk and the ERP."""
    label = LABELS.get(turn.order.stage)
    if label:
        document = turn.order.entered.document if turn.order.entered else ""
        turn.push("push_status", label, status=label, document=document)


def packages(turn: Turn) -> None:
    """Per package: number to the channel, subscription to the carrier, messages to the customer."""
    if turn.order.ending and any(package.out for package in turn.order.packages):
        return  # nobody waits for them any more (``cancelled_goods``)
    for package in turn.order.packages:
        if package.tracking_number and turn.order.takes_numbers and not package.voided_at:
            _pass_on_number(turn, package)
        if package.out:
            _say_shipped(turn, package)
        if package.counts and package.delivered_at and turn.order.delivered_at is None:
            turn.tell("PARTIAL_DELIVERED", package.subject, n=_parcels(turn.order), i=_ordinal(turn.order, package))
    if turn.order.delivered_at:
        turn.tell("DELIVERED", window=turn.order.policy.after_sale_days)


def _pass_on_number(turn: Turn, package: Package) -> None:
    known = {"tracking_number": package.tracking_number, "carrier": package.carrier}
    if turn.order.channel_takes_numbers:
        turn.push("push_tracking", f"{package.id}/{package.tracking_number}", **known, package=package.id)
    turn.push("subscribe", f"{package.id}/{package.tracking_number}", **known, package=package.id)


def _parcels(order: Order) -> int:
    packages = sum(package.superseded_at is None for package in order.packages)
    return max(packages, sum(not shipment.replaces for shipment in order.live_shipments))


def _ordinal(order: Order, package: Package) -> int:
    return [other.id for other in order.packages if other.superseded_at is None].index(package.id) + 1


def _say_shipped(turn: Turn, package: Package) -> None:
    order = turn.order
    if package.superseded_at or replaced_by(order, package):
        _say_sent_again(turn, package)
        return
    said = "" if _owes_day(turn, package) else _said_shipped(order, package)
    numbered = {"carrier": package.carrier, "tracking": package.tracking_number}
    if said:
        if package.tracking_number and f"{said}+number" not in order.fired:
            turn.tell("TRACKING_ADDED", package.subject, **numbered)
        return
    promised: dict[str, Any] = {}
    if package.promised_at:
        promised["date"] = local_day(package.promised_at, order.policy.zone).isoformat()
    params = {**promised, **(numbered if package.tracking_number else {})}
    if _parcels(order) > 1 and promised and not _said_without_day(order, package):
        turn.tell("PARTIAL_SHIPPED", package.subject, n=_parcels(order), i=_ordinal(order, package), **promised)
        if package.tracking_number:
            turn.tell("TRACKING_ADDED", package.subject, **numbered)
    else:
        turn.tell("SHIPPED_WITH_ETA" if promised else "SHIPPED_NO_ETA", package.subject, **params)
        if package.tracking_number:
            turn.mark_once(f"{_said_shipped(turn.order, package)}+number")


def _say_sent_again(turn: Turn, package: Package) -> None:
    """The goods left again, with their new number (RESHIPPED); of a superseded package nothing more is said."""
    if package.superseded_at or not package.tracking_number:
        return
    zone = turn.order.policy.zone
    promised = {"date": local_day(package.promised_at, zone).isoformat()} if package.promised_at else {}
    numbered = {"carrier": package.carrier, "tracking": package.tracking_number}
    turn.tell("RESHIPPED", package.subject, **promised, **numbered)


def _said_without_day(order: Order, package: Package) -> bool:
    return f"message/SHIPPED_NO_ETA/{package.subject}" in order.said


def _owes_day(turn: Turn, package: Package) -> bool:
    """Whether we said that the day would be told later, and know it while it still lies ahead."""
    if not _said_without_day(turn.order, package) or package.final or package.promised_at is None:
        return False
    return turn.now <= package.promised_at and f"message/SHIPPED_WITH_ETA/{package.subject}" not in turn.order.said


def _said_shipped(order: Order, package: Package) -> str:
    for template in ("SHIPPED_WITH_ETA", "SHIPPED_NO_ETA", "PARTIAL_SHIPPED"):
        if f"message/{template}/{package.subject}" in order.said:
            return f"message/{template}/{package.subject}"
    return ""


# -- parcels that do not simply arrive -------------------------------------------------------------------------------

PACKAGE_CASES = {
    PackageState.RETURNED_TO_SENDER: CaseKind.RETURN_TO_SENDER,
    PackageState.LOST: CaseKind.LOST_OR_DAMAGED,
    PackageState.DAMAGED: CaseKind.LOST_OR_DAMAGED,
    PackageState.CANCELLED: CaseKind.LOST_OR_DAMAGED,
    PackageState.DELIVERY_FAILED: CaseKind.DELIVERY_FAILED,
}


def parcel_cases(turn: Turn) -> None:
    """A parcel that failed, came back, is lost, moves again, or was signed for and moves: a case and a task (§4.4)."""
    for package in turn.order.packages:
        if package.superseded_at:
            continue
        story = package.story
        kind = PACKAGE_CASES.get(story.state)
        if kind and story.since:
            _open_once(turn, package, kind, story.since.isoformat())
        if story.contradicted_at:
            _open_once(turn, package, CaseKind.FALSE_DELIVERY, story.contradicted_at.isoformat())
        doubt = doubt_of(turn.order, package)
        if doubt:
            _open_once(turn, package, CaseKind.FALSE_DELIVERY, f"{doubt}/{story.since}", cause=doubt)
        if story.found_at:
            _open_once(turn, package, CaseKind.FOUND, story.found_at.isoformat())
        failed = turn.order.case(CaseKind.DELIVERY_FAILED, package.subject)
        if failed and story.state is not PackageState.DELIVERY_FAILED:
            turn.close_case(failed, "WENT_ON")


def mis_shipment(turn: Turn) -> None:
    """More units left than the shipment held, or goods that were not ordered: a case, never a refusal (AC-71)."""
    for shipment in turn.order.shipments:
        planned = {part.line: part.quantity for part in shipment.lines}
        left = units_out(turn.order.packages, shipment)
        for package in turn.order.packages:
            wrong = [part.line for part in package.lines if left.get(part.line, 0) > planned.get(part.line, 0)]
            wrong += [other.sku for other in package.others]
            if package.out and package.shipment == shipment.number and wrong:
                _open_once(turn, package, CaseKind.MIS_SHIPMENT, ",".join(wrong))


def _open_once(turn: Turn, package: Package, kind: CaseKind, mark: str, cause: str = "") -> Case | None:
    if not turn.mark_once(f"{kind}/{package.subject}/{mark}"):
        return None
    responsible = "warehouse" if kind is CaseKind.MIS_SHIPMENT else "carrier"
    case = turn.open_case(kind, package.subject, cause=cause or package.state, responsible=responsible)
    turn.task(f"case/{case.no}", "DECIDE", "customer_service", case_no=case.no)
    return case


def inquiry(order: Order, package: Package, case: str) -> dict[str, Any]:
    """What a carrier or warehouse is asked about a package."""
    shipment = next((shipment for shipment in order.shipments if shipment.number == package.shipment), None)
    return {
        "request": Inquiry,
        "case": case,
        "subject": package.subject,
        "warehouse": shipment.warehouse if shipment else "",
        "shipment": package.shipment,
        "tracking_number": package.tracking_number,
        "carrier": package.carrier,
    }
