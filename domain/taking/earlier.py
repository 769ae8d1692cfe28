"""What happened in the system before, and what its takeover finds here (M19); news that no party outside can send."""

from __future__ import annotations

from domain.facts import Moved
from domain.holds import Case, CaseStatus
from domain.inside import LossSettledBefore, PlannedBefore, RefundedBefore, StockMissing
from domain.order import Order
from domain.packages import PackageState
from domain.payment import Refunded
from domain.policy import CaseKind
from domain.shipments import Shipment, ShipmentState
from domain.taking.warehouse import DoesNotFit


def planned_before(order: Order, fact: PlannedBefore) -> Order:
    """Shipments as they were planned then; what none of them holds is planned here."""
    planned = tuple(
        Shipment(number=share.shipment, warehouse=share.warehouse, lines=share.lines, planned_at=fact.at)
        for share in fact.shipments
    )
    return order.having(shipments=(*order.shipments, *planned))


def refunded_before(order: Order, fact: RefundedBefore) -> Order:
    """Money that went back, in the order's own currency."""
    payment = order.payment
    key = f"{order.number}/refund/before/{len(payment.refunds) + 1}"
    back = Refunded(key=key, amount=fact.amount, currency=payment.currency, done=True)
    return order.having(payment=payment.having(refunds=(*payment.refunds, back)))


def loss_settled_before(order: Order, fact: LossSettledBefore) -> Order:
    """A parcel's loss or return was decided: a closed case that never was one here, which no book shows."""
    package = order.package(fact.package)
    if package is None or not package.gone or package.story.since is None:
        message = f"package {fact.package} did not end without reaching the customer"
        raise DoesNotFit(message)
    back = package.state is PackageState.RETURNED_TO_SENDER
    case = Case(
        no=len(order.cases) + 1,
        kind=CaseKind.RETURN_TO_SENDER if back else CaseKind.LOST_OR_DAMAGED,
        subject=package.subject,
        status=CaseStatus.RESOLVED,
        opened_at=package.story.since,
        level_at=package.story.since,
        resolved_at=fact.at,
        outcome="SETTLED",
        actor=fact.source,
    )
    mark = f"{case.kind}/{package.subject}/{package.story.since.isoformat()}"
    return order.having(cases=(*order.cases, case), fired=(*order.fired, mark))


def stock_missing(order: Order, fact: StockMissing) -> Order:
    """Units without stock are unallocated again, and in no shipment that has not begun."""
    missing = {part.line: part.quantity for part in fact.lines}
    lines = tuple(line.miss(missing.get(line.line, 0)) for line in order.lines)
    shipments = tuple(
        _without(shipment, missing) if shipment.state is ShipmentState.PLANNED else shipment
        for shipment in order.shipments
    )
    return order.having(lines=lines, shipments=shipments)


def _without(shipment: Shipment, missing: dict[str, int]) -> Shipment:
    """The shipment without these units, called off where none is left; what it gave up is no longer missing."""
    kept = []
    for part in shipment.lines:
        gone = min(part.quantity, missing.get(part.line, 0))
        missing[part.line] = missing.get(part.line, 0) - gone
        if part.quantity > gone:
            kept.append(Moved(line=part.line, quantity=part.quantity - gone))
    return shipment.having(lines=tuple(kept), state=shipment.state if kept else ShipmentState.CANCELLED)
