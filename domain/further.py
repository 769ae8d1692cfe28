"""A further shipment: units that were ordered more after the release, sent beside what is under way (§4.7)."""

from __future__ import annotations

from datetime import datetime

from domain.change_requests import ChangeState
from domain.clocks import Clock
from domain.order import Order
from domain.sending_anew import of_shipment
from domain.shipments import Shipment

NEW = "NEW"


def counted_for(order: Order, clock: Clock, shipment: Shipment) -> Clock:
    """C4 of one shipment: of goods that are sent anew, or were ordered later, from then on."""
    since = ordered_at(order, shipment)
    if since is None or shipment.replaces:
        return of_shipment(clock, shipment)
    later = {"start_at": since, "start_event": "ordered_more", "start_source": "us", "pauses": ()}
    return clock.having(**later, known_at=since, cause="release")


def ordered_at(order: Order, shipment: Shipment) -> datetime | None:
    """When the units of a further shipment were ordered and paid for; None of a first one."""
    moments = [
        each.ended_at
        for each in order.change_requests
        if each.verdict == NEW and each.written and each.state is ChangeState.APPLIED and each.ended_at
    ]
    since = max((moment for moment in moments if moment <= shipment.planned_at), default=None)
    first = any(each.planned_at < since and not each.called_off_at for each in order.shipments) if since else False
    return since if first else None
