"""When the channel had accepted a number for all that an order ships, whether it is out or not (§1.3 C8, AC-62)."""

from __future__ import annotations

from datetime import datetime

from domain.order import Order
from domain.shipments import Shipment, units_out


def numbers_accepted_at(order: Order) -> datetime | None:
    """The acceptance that left no shipment without a number; None before, and while units have no shipment."""
    shipments = [shipment for shipment in order.shipments if shipment.lines and not shipment.replaces]
    taken = [_first_accepted(order, shipment) for shipment in shipments]
    known = [time for time in taken if time]
    if not known or None in taken or not _all_planned(order):
        return None
    last = max(known)
    return None if order.ending and last > order.ending.at else last


def _first_accepted(order: Order, shipment: Shipment) -> datetime | None:
    mine = (package.first_accepted_at for package in order.packages if package.shipment == shipment.number)
    return min((time for time in mine if time), default=None)


def _all_planned(order: Order) -> bool:
    """Whether every unit that has to leave yet is in a shipment."""
    waiting: dict[str, int] = {}
    for shipment in (each for each in order.shipments if not each.replaces):
        out = units_out(order.packages, shipment)
        for part in shipment.lines:
            waiting[part.line] = waiting.get(part.line, 0) + max(part.quantity - out.get(part.line, 0), 0)
    return all(line.to_ship <= waiting.get(line.line, 0) for line in order.lines)
