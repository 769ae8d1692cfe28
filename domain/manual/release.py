"""Entry in the ERP and release to the warehouse: 订单录入, 待发货 (SR-020, SR-021, §4.3)."""

from __future__ import annotations

from datetime import datetime

from domain.calendar import local_day
from domain.effects import EffectKind, EnterRequest, ReleaseRequest
from domain.manual.turn import Turn
from domain.order import Order
from domain.parcels import to_carry, unplanned
from domain.policy import CaseKind, ClockKind
from domain.promises import clocks
from domain.shipments import ShipmentState
from domain.transitions import permitted


def enter(turn: Turn) -> None:
    """Enter an audited, confirmed order in the ERP, once a version; a difference on read-back is a case."""
    order = turn.order
    if permitted(order, "enter_order") and (order.entered is None or order.entered.version != order.version):
        _confirm_to_customer(turn)
        turn.start(
            EffectKind.ENTER,
            order.version,
            EnterRequest,
            version=order.version,
            content=order.content,
            carriage=to_carry(order, unplanned(order)),
        )
    entered = turn.order.entered
    if entered and entered.differences and not turn.order.ending:
        mark = f"erp_mismatch/{entered.version}"
        if not turn.fired(mark):
            case = turn.open_case(CaseKind.ERP_MISMATCH, cause="read_back")
            differences = [finding.model_dump(mode="json") for finding in entered.differences]
            turn.task(mark, "COMPARE_ERP", "order_administrator", case_no=case.no, params={"differences": differences})


def _confirm_to_customer(turn: Turn) -> None:
    promise = ship_promise(turn.order)
    if promise is not None:
        turn.tell("ORDER_CONFIRMED", date=local_day(promise, turn.order.policy.zone).isoformat())


def ship_promise(order: Order) -> datetime | None:
    """By when the customer is told the goods will be out: the due of C4."""
    dues = [clock.due_at for clock in clocks(order) if clock.kind is ClockKind.OUTBOUND]
    return max((due for due in dues if due), default=None)


def release(turn: Turn) -> None:
    """Hand every planned shipment to its warehouse, as soon as somebody carries it."""
    for shipment in turn.order.shipments:
        if shipment.state is not ShipmentState.PLANNED or shipment.lacks_carrier:
            continue
        if permitted(turn.order, "release_shipment"):
            offer = shipment.chosen.offer if shipment.chosen else None
            turn.start(
                EffectKind.RELEASE,
                shipment.number,
                ReleaseRequest,
                shipment=shipment.number,
                warehouse=shipment.warehouse,
                lines=shipment.lines,
                skus={line.line: line.sku for line in turn.order.lines},
                carrier=offer.carrier if offer else "",
                via=offer.via if offer else "",
                cash_on_delivery=shipment.cash,
            )
