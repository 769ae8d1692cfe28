"""Who carries a shipment, before it goes to its warehouse: 物流配送方案 (SR-052, SR-148, SR-174; edge case 58)."""

from __future__ import annotations

from domain.carriage import Chosen
from domain.carrier_effects import CarrierRequest
from domain.effects import EffectKind
from domain.manual.turn import Turn
from domain.order import Order
from domain.parcels import asked_of
from domain.policy import CaseKind
from domain.shipments import Shipment, ShipmentState


def carriers(turn: Turn) -> None:
    """Choose for a shipment that came later, or that somebody wants looked at again; nobody drives: a case, a task."""
    for shipment in turn.order.shipments:
        if shipment.guided and shipment.state is ShipmentState.PLANNED and not turn.order.ending:
            _look(turn, shipment)
            _wait_visibly(turn, shipment)
        case = turn.order.case(CaseKind.INFO_ERROR, shipment.subject)
        if case is not None and not _waits(turn.order, shipment):
            turn.close_case(case, "CORRECTED")
        if shipment.chosen and turn.mark_once(f"carrier/{shipment.number}/{shipment.looks}/{shipment.chosen.why}"):
            _note(turn, shipment, shipment.chosen)


def waiting_for_carrier(order: Order) -> tuple[Shipment, ...]:
    """The shipments that nobody carries."""
    return tuple(shipment for shipment in order.shipments if _waits(order, shipment))


def choosable(order: Order) -> tuple[Shipment, ...]:
    """The shipments whose carrier a person may still choose: planned by the table, and not handed over yet."""
    return tuple(
        shipment
        for shipment in order.shipments
        if shipment.guided
        and shipment.choice is not None
        and shipment.state is ShipmentState.PLANNED
        and not _released(order, shipment)
    )


def _released(order: Order, shipment: Shipment) -> bool:
    release = order.effect(f"release/{shipment.number}")
    return release is not None and not release.refused


def _waits(order: Order, shipment: Shipment) -> bool:
    return shipment.lacks_carrier and shipment.state is ShipmentState.PLANNED and not order.ending


def _look(turn: Turn, shipment: Shipment) -> None:
    if shipment.choice is None:
        asked = asked_of(turn.order, [(shipment.warehouse, shipment.lines, shipment.cash)])
        failed = turn.order.package(shipment.replaces) if shipment.replaces else None
        if failed is not None:
            asked = asked.having(parcels=tuple(parcel.having(avoid=failed.carrier) for parcel in asked.parcels))
        turn.start(EffectKind.CHOOSE_CARRIER, f"{shipment.number}/{shipment.looks}", CarrierRequest, carriage=asked)


def _wait_visibly(turn: Turn, shipment: Shipment) -> None:
    choice = shipment.choice
    if choice is None or shipment.chosen:
        return
    case = turn.open_case(CaseKind.INFO_ERROR, shipment.subject, cause="no_carrier")
    turn.task(
        f"carrier/{case.no}/{shipment.looks}",
        "CHOOSE_CARRIER",
        "logistics",
        case_no=case.no,
        params={
            "shipment": shipment.number,
            "refused": [refused.model_dump(mode="json") for refused in choice.refused],
            "offers": [offer.model_dump(mode="json") for offer in choice.others],
        },
    )


def _note(turn: Turn, shipment: Shipment, chosen: Chosen) -> None:
    turn.note(
        f"carrier/{shipment.number}/{shipment.looks}/{chosen.why}",
        "carrier_chosen",
        shipment=shipment.number,
        carrier=chosen.offer.carrier,
        ships_on=_day(chosen.offer.ships_on),
        delivered_by=_day(chosen.offer.delivered_by),
        why=chosen.why,
    )


def _day(day: object) -> str:
    return str(day) if day else ""
