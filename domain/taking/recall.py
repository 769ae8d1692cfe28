"""What a warehouse's answer to a recall does: called off, units back on the shelf, labels void (SR-130c, §4.7 R).

Reality goes first: a parcel that its carrier has seen moving is not stopped, whatever the warehouse says.
"""

from __future__ import annotations

from datetime import datetime

from domain.effects import EffectKind
from domain.holds import EffectStatus
from domain.inside import EffectDone
from domain.order import Order
from domain.recall_effects import RecallAnswer, Recalled, RecallOutcome
from domain.relocation import RelocationState
from domain.shipments import Package, Shipment, ShipmentState, units_out
from domain.taking.sending_anew import called_off
from domain.taking.warehouse import arrived


def recall_answered(order: Order, fact: EffectDone, outcome: RecallOutcome) -> Order:
    """The warehouse answered; an answer that comes after a person's word for it changes nothing."""
    number, _, cause = fact.cause.partition("/")
    return decided(order, int(number), Recalled(cause=cause, at=fact.at, **outcome.model_dump(exclude={"done_at"})))


def decided(order: Order, number: int, said: Recalled) -> Order:
    """The recall of one shipment has its answer, by the warehouse or by whom a person heard: the first one counts."""
    shipment = next((each for each in order.shipments if each.number == number), None)
    if shipment is None or _is_known(shipment, said):
        return order
    if has_moved(order, shipment):
        said = said.having(answer=RecallAnswer.REFUSED)
    shipment = shipment.having(recalls=(*shipment.recalls, said))
    order = awaiting_no_more(_with(order, shipment), shipment, said.cause)
    return stopped(order, shipment, said.at) if said.answer is RecallAnswer.STOPPED else order


def _is_known(shipment: Shipment, said: Recalled) -> bool:
    """Whether the cause had its answer; that it was stopped after all is news even then."""
    known = [each.answer for each in shipment.recalls if each.cause == said.cause]
    return bool(known) and (RecallAnswer.STOPPED in known or said.answer is RecallAnswer.REFUSED)


def stopped(order: Order, shipment: Shipment, at: datetime) -> Order:
    """The shipment is called off: what was picked or left is reserved again, and its labels are void."""
    if shipment.state is ShipmentState.CANCELLED:
        return order
    out = units_out(order.packages, shipment)
    held = {part.line: part.quantity - out.get(part.line, 0) for part in shipment.lines}
    back = tuple(line.unship(out.get(line.line, 0)).unpick(held.get(line.line, 0)) for line in order.lines)
    lines = order.lines if shipment.replaces else back  # which count each unit once
    packages = tuple(_void(each, at) if each.shipment == shipment.number else each for each in order.packages)
    off = shipment.having(state=ShipmentState.CANCELLED, outbound_at=None, called_off_at=at)
    handing = f"{order.number}/release/{shipment.number}"
    effects = tuple(
        each.having(status=EffectStatus.DONE, request={}) if each.key == handing else each
        for each in order.effects
        if (each.key, each.status) != (handing, EffectStatus.PARKED)
    )
    changed = called_off(_with(order, off).having(lines=lines, packages=packages, effects=effects), shipment)
    return awaiting_no_more(arrived(changed), off)


def awaiting_no_more(order: Order, shipment: Shipment, cause: str = "") -> Order:
    """Recalls of the shipment that were not answered need no answer any more: all of them, or those of one cause."""
    idle = {
        each.key: each.having(status=EffectStatus.DONE, request={}, note="")
        for each in order.running
        if each.kind == EffectKind.RECALL
        and each.cause.partition("/")[0] == str(shipment.number)
        and cause in ("", each.cause.partition("/")[2])
    }
    return order.having(effects=tuple(idle.get(each.key, each) for each in order.effects)) if idle else order


def may_plan(order: Order) -> bool:
    """Whether units without a shipment may get one: called-off ones wait for the hold that stopped them to end.

    They wait for the entry of the version that was written meanwhile, too, and for what is in doubt about them; so do
    units that were ordered more. What another warehouse is to send is planned there.
    """
    off = {shipment.number for shipment in order.shipments if shipment.state is ShipmentState.CANCELLED}
    if any(each.state is RelocationState.RECALLING and each.shipment in off for each in order.logistics.relocations):
        return False
    entered = order.entered is not None and order.entered.version == order.version and not order.entered.cancelled
    if not any(shipment.called_off_at for shipment in order.shipments):
        return entered or not any(each.written and each.verdict == "NEW" for each in order.change_requests)
    doubted = order.policy.recall.once and any(doubt.open and not doubt.change for doubt in order.doubts)
    return entered and not doubted and not order.held("release")


def has_moved(order: Order, shipment: Shipment) -> bool:
    """Whether a carrier has some of the shipment."""
    return any(each.out and each.moved for each in order.packages if each.shipment == shipment.number)


def _void(package: Package, at: datetime) -> Package:
    nobody_waits = {"superseded_at": None, "switch": "", "switched_at": None}
    return package.having(outbound_at=None, outbound_received_at=None, promised_at=None, voided_at=at, **nobody_waits)


def _with(order: Order, changed: Shipment) -> Order:
    return order.having(shipments=tuple(changed if each.number == changed.number else each for each in order.shipments))
