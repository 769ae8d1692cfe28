"""Goods that are sent anew in place of a package that is on its way (更换快递, 补发): what of it counts, and what not.

The order's lines count each unit once. A package that was superseded counts no more: not for the delivery of the
order, not for C5 and C6. Its replacement is a shipment of its own, with a C4 of its own from when it was planned.
"""

from __future__ import annotations

from datetime import datetime

from domain.clocks import Clock
from domain.order import Order
from domain.shipments import Package, Shipment


def sent_anew(clock: Clock, shipment: Shipment) -> Clock:
    """The clock of a replacement: the whole time again, from the moment in which it was planned."""
    again = {"start_at": shipment.planned_at, "start_event": "sent_anew", "start_source": "us", "pauses": ()}
    return clock.having(**again, known_at=shipment.planned_at, cause="release")


def of_shipment(clock: Clock, shipment: Shipment) -> Clock:
    """The order's C4 for one shipment.

    The whole time again for a replacement, and for what another warehouse sends because the first one was late.
    """
    due = clock.due_at
    late = bool(shipment.moved_from and due is not None and due < shipment.planned_at)
    return sent_anew(clock, shipment) if shipment.replaces or late else clock


def of_first_shipments(order: Order) -> list[Package]:
    """The packages that left for the first time, superseded or not."""
    anew = {shipment.number for shipment in order.shipments if shipment.replaces}
    return [package for package in order.packages if package.shipment not in anew]


def ended_at(package: Package) -> datetime | None:
    """When its journey was over, if somebody still waited for it then."""
    since = package.story.since if package.final else None
    over = package.superseded_at
    return None if since and over and since > over else since


def replacement_of(order: Order, package: Package) -> Shipment | None:
    """The shipment that sends its goods anew; None where nothing was sent in its place."""
    found = (each for each in order.live_shipments if each.replaces == package.id and each.lines)
    return next(found, None) if package.superseded_at else None


def replaced_by(order: Order, package: Package) -> str:
    """The id of the package that this one was sent in place of; empty for a first one."""
    return next((each.replaces for each in order.shipments if each.number == package.shipment), "")
