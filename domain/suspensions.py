"""Announced suspensions (edge case 48): a warehouse or a carrier stands still between two dates, and the public knows.

Holidays stop no clock by themselves. What an edition announces does: C4 of the goods that lie in such a warehouse, C5
of the parcels that such a carrier has, for as long as it lasts.
"""

from __future__ import annotations

from domain.clocks import Clock, Pause
from domain.order import Order
from domain.policy import ClockKind
from domain.suspension_policy import Suspension


def suspended(order: Order, clock: Clock) -> Clock:
    """The clock of a shipment or parcel with the times for which its warehouse or carrier stands still."""
    if not order.policy.suspensions or clock.kind not in (ClockKind.OUTBOUND, ClockKind.STAGNATION):
        return clock
    stands = (_pause(each) for each in order.policy.suspensions if _concerns(order, each, clock.subject))
    pauses = tuple(pause for pause in stands if pause not in clock.pauses)
    return clock.having(pauses=(*clock.pauses, *pauses)) if pauses else clock


def _pause(suspension: Suspension) -> Pause:
    return Pause(since=suspension.since, until=suspension.until)


def closed(order: Order) -> tuple[Pause, ...]:
    """The times for which every warehouse that holds goods of an order stands still, before it has shipments."""
    places = {given.warehouse for line in order.lines for given in line.allocations}
    return tuple(_pause(each) for each in order.policy.suspensions if places and places <= set(each.warehouses))


def concerned(order: Order) -> tuple[Suspension, ...]:
    """The suspensions for which something of the order waits: goods in a warehouse, or a parcel with a carrier."""
    here = [shipment.subject for shipment in order.live_shipments if shipment.outbound_at is None]
    there = [package.subject for package in order.packages if package.counts and not package.final]
    return tuple(
        each
        for each in order.policy.suspensions
        if any(_concerns(order, each, subject) for subject in (*here, *there))
        or (not order.shipments and _pause(each) in closed(order))
    )


def _concerns(order: Order, suspension: Suspension, subject: str) -> bool:
    carriers = {carrier.casefold() for carrier in suspension.carriers}
    if any(each.subject == subject and each.warehouse in suspension.warehouses for each in order.shipments):
        return True
    return any(each.subject == subject and each.carrier.casefold() in carriers for each in order.packages)
