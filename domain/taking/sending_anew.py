"""The goods of a package are reserved again: it is superseded, and a shipment of its own sends them (SR-132b)."""

from __future__ import annotations

from domain.effects import ReserveOutcome
from domain.inside import EffectDone
from domain.order import Order
from domain.parcels import moved
from domain.shipments import Shipment
from domain.taking.warehouse import arrived, with_package


def send_anew(order: Order, fact: EffectDone, outcome: ReserveOutcome) -> Order:
    """All of its units lie ready: nobody waits for the package any more. Otherwise nothing changes.

    The order's lines stay as they are: their units left once, and leave again in its place.
    """
    package = order.package(fact.cause.partition("/")[2])
    if package is None or package.superseded_at or not outcome.allocations:
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
