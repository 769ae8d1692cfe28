"""The history as facts, in the order of their causes (M19): what happened then, known when it happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from domain.effects import Allocation, AuditOutcome, Done, EffectKind, ReserveOutcome, effect_key
from domain.entry_effects import EnterOutcome
from domain.facts import CarrierScan, Fact, Outbound, Packed, Paid, Picked, TrackingAccepted, TrackingNumber
from domain.inside import EffectDone, LossSettledBefore, Outcome, PlannedBefore, RefundedBefore, Share
from domain.order import Order
from domain.packages import PackageState
from domain.takeover.history import History, PackageBefore, ShipmentBefore

SOURCE = "takeover"
"""The source of every fact that a takeover brings."""
NO_DOCUMENT = "taken over"
"""The ERP's document of an order whose own is not known."""
Kind = TypeVar("Kind", bound=Fact)


def facts_of(order: Order, history: History, allocations: tuple[Allocation, ...]) -> Iterator[Fact]:
    """Everything up to the order's end; ``history`` is without gaps."""
    for number, payment in enumerate(history.payments, 1):
        yield fact(
            Paid,
            f"paid/{number}",
            payment.at,
            payment_no=payment.payment_no or order.external_id,
            amount=payment.amount,
            currency=order.payment.currency,
        )
    yield from _intake(order, history, allocations)
    for shipment in () if history.ended_at else history.shipments:  # what was called off had been stopped
        yield from _of_shipment(order, shipment)
    for package in () if history.ended_at else history.packages:
        yield from _of_package(package)
    for number, refund in enumerate(history.refunds, 1):
        yield fact(RefundedBefore, f"refunded/{number}", refund.at, amount=refund.amount)
    settled = [(package.settled_at, package.package) for package in history.packages if package.settled_at]
    for at, name in sorted(settled):
        yield fact(LossSettledBefore, f"settled/{name}", at, package=name)


def fact(kind: type[Kind], name: str, at: datetime | None, **data: Any) -> Kind:
    """A fact that was known when it happened."""
    return kind(id=f"{SOURCE}:{name}", source=SOURCE, occurred_at=at, received_at=at, **data)  # type: ignore[arg-type]


def done(order: Order, kind: EffectKind, cause: str, at: datetime | None, outcome: Outcome) -> EffectDone:
    """Something that the system before had done outside."""
    key = effect_key(order.number, kind, cause)
    return fact(EffectDone, f"{kind}/{cause}", at, effect=kind, key=key, cause=cause, outcome=outcome)


def _intake(order: Order, history: History, allocations: tuple[Allocation, ...]) -> Iterator[Fact]:
    """Audited, stock there, entered: each at its own time."""
    if history.rejected_at:
        return
    if history.audited_at:
        yield done(order, EffectKind.AUDIT, "1", history.audited_at, AuditOutcome(version=1, content=order.content))
    if history.stock_confirmed_at:
        reserved = ReserveOutcome(allocations=allocations)
        yield done(order, EffectKind.RESERVE, "before", history.stock_confirmed_at, reserved)
    if history.entered_at:
        places = {allocation.line: allocation.warehouse for allocation in reversed(allocations)}
        shares = tuple(
            Share(
                shipment=each.shipment,
                warehouse=each.warehouse or next((places[part.line] for part in each.lines if part.line in places), ""),
                lines=each.lines,
            )
            for each in history.shipments
        )
        yield fact(PlannedBefore, "planned", history.entered_at, shipments=shares)
        document = EnterOutcome(document=history.document or NO_DOCUMENT)
        yield done(order, EffectKind.ENTER, "1", history.entered_at, document)


def _of_shipment(order: Order, shipment: ShipmentBefore) -> Iterator[Fact]:
    number = shipment.shipment
    if shipment.released_at:
        yield done(order, EffectKind.RELEASE, str(number), shipment.released_at, Done())
    if shipment.picked_at:
        yield fact(Picked, f"picked/{number}", shipment.picked_at, shipment=number)
    if shipment.packed_at:
        yield fact(Packed, f"packed/{number}", shipment.packed_at, shipment=number)


def _of_package(package: PackageBefore) -> Iterator[Fact]:
    name = package.package
    place = {"shipment": package.shipment, "package": name}
    if package.outbound_at:
        yield fact(Outbound, f"outbound/{name}", package.outbound_at, **place, lines=package.lines)
    if package.tracking_number and package.uploaded_at:
        number = {"tracking_number": package.tracking_number}
        carrier = package.carrier
        yield fact(TrackingNumber, f"number/{name}", package.uploaded_at, **place, **number, carrier=carrier)
        if package.accepted_at:
            yield fact(TrackingAccepted, f"accepted/{name}", package.accepted_at, **number)
    for count, scan in enumerate(package.scans, 1):
        yield fact(CarrierScan, f"scan/{name}/{count}", scan.at, package=name, **_said(scan))
    if package.signed_at:
        yield fact(CarrierScan, f"signed/{name}", package.signed_at, package=name, state=PackageState.DELIVERED)


def _said(scan: Any) -> dict[str, Any]:
    said: dict[str, Any] = scan.model_dump(exclude={"at"})
    return said
