"""Entry in the ERP and release to the warehouse: 订单录入, 待发货 (SR-020, SR-021, §4.3)."""

from __future__ import annotations

from datetime import datetime

from domain.calendar import local_day
from domain.effects import EffectKind, ReleaseRequest
from domain.entry_effects import CancelEntryRequest, EnterRequest
from domain.manual.recall import plan_again
from domain.manual.turn import Turn
from domain.milestones import Entered
from domain.order import Order
from domain.parcels import to_carry, unplanned
from domain.policy import CaseKind, ClockKind
from domain.promises import clocks
from domain.read_back import ReadEntryRequest
from domain.shipments import Shipment, ShipmentState
from domain.transitions import permitted


def enter(turn: Turn) -> None:
    """Enter an audited, confirmed order in the ERP, once a version; a difference on read-back is a case."""
    order = turn.order
    if permitted(order, "enter_order") and (order.entered is None or order.entered.version != order.version):
        if _cancels_first(turn):
            return
        _confirm_to_customer(turn)
        turn.start(
            EffectKind.ENTER,
            order.version,
            EnterRequest,
            version=order.version,
            content=order.content,
            carriage=to_carry(order, unplanned(order)),
        )
    if turn.order.entered and not turn.order.ending:
        _compare(turn, turn.order.entered)


def _cancels_first(turn: Turn) -> bool:
    """The document of an earlier version is cancelled before the order is entered anew; whether that is under way."""
    earlier = turn.order.entered
    if earlier is None or earlier.cancelled:
        return False
    turn.start(EffectKind.CANCEL_ENTRY, earlier.version, CancelEntryRequest, document=earlier.document)
    return True


def _compare(turn: Turn, entered: Entered) -> None:
    """A difference is a case, once a reading; what somebody says he set right is read again, and the goods wait."""
    reading = f"{entered.version}/{entered.readings}" if entered.readings else str(entered.version)
    if entered.unread:
        content = turn.order.content
        turn.start(EffectKind.READ_ENTRY, reading, ReadEntryRequest, document=entered.document, content=content)
    elif entered.differences and turn.mark_once(f"erp_mismatch/{reading}"):
        case = turn.open_case(CaseKind.ERP_MISMATCH, cause="read_back")
        params = {"differences": [finding.model_dump(mode="json") for finding in entered.differences]}
        turn.task(f"erp_mismatch/{reading}", "COMPARE_ERP", "order_administrator", case_no=case.no, params=params)


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
    plan_again(turn)
    for shipment in turn.order.shipments:
        if shipment.state is not ShipmentState.PLANNED or shipment.lacks_carrier:
            continue
        if permitted(turn.order, "send_anew" if shipment.replaces else "release_shipment"):
            hand_over(turn, shipment, shipment.number)


def hand_over(turn: Turn, shipment: Shipment, cause: object, same_as: str = "") -> None:
    """Hand a shipment over, once a cause; with ``same_as`` it is sent again under the key that it had before."""
    offer = shipment.chosen.offer if shipment.chosen else None
    turn.start(
        EffectKind.RELEASE,
        cause,
        ReleaseRequest,
        shipment=shipment.number,
        warehouse=shipment.warehouse,
        lines=shipment.lines,
        skus={line.line: line.sku for line in turn.order.lines},
        carrier=offer.carrier if offer else "",
        via=offer.via if offer else "",
        cash_on_delivery=shipment.cash,
        same_as=same_as,
    )
