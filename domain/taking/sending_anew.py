"""The goods of a package are reserved again: it is superseded, and a shipment of its own sends them (SR-132b)."""

from __future__ import annotations

from domain.effects import ReserveOutcome
from domain.inside import EffectDone
from domain.order import Order
from domain.parcels import moved
from domain.shipments import Shipment, units_out
from domain.taking.warehouse import arrived, waited_for_again, with_package


def send_anew(order: Order, fact: EffectDone, outcome: ReserveOutcome) -> Order:
    """All of its units lie ready: nobody waits for the package any more. Otherwise, or if it came back, all stays.

    The order's lines stay as they are: their units left once, and leave again in its place.
    """
    package = order.package(fact.cause.partition("/")[2])
    if package is None or not package.counts or not outcome.allocations:
        return order
    shares: dict[str, dict[str, int]] = {}
    for given in outcome.allocations:
        share = shares.setdefault(given.warehouse, {})
        share[given.line] = share.get(given.line, 0) + given.quantity
    planned = tuple(
        Shipment(
            number=number,
            warehouse=warehouse,
            lines=moved(share),
            planned_at=fact.at,
            guided=bool(order.entered and order.entered.carriers),
            replaces=package.id,
        )
        for number, (warehouse, share) in enumerate(shares.items(), len(order.shipments) + 1)
    )
    order = order.having(shipments=(*order.shipments, *planned))
    return arrived(with_package(order, package.having(superseded_at=fact.at)))


def called_off(order: Order, stopped: Shipment) -> Order:
    """A shipment was stopped: what it was to replace counts again, what replaces its parcels goes in its place."""
    if stopped.replaces:
        return waited_for_again(order, stopped.replaces)
    pulled = {package.id for package in order.packages if package.shipment == stopped.number}
    for shipment in order.live_shipments:
        if shipment.replaces in pulled:
            order = _first(order, shipment)
    return order


def _first(order: Order, shipment: Shipment) -> Order:
    """The units that it sends are the only ones by now, so that the order's lines count them as its own."""
    out = units_out(order.packages, shipment)
    return order.having(
        lines=tuple(line.ship(out.get(line.line, 0)) for line in order.lines),
        shipments=tuple(
            each.having(replaces="") if each.number == shipment.number else each for each in order.shipments
        ),
    )
