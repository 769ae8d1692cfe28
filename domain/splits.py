"""Which goods are in which parcel of a shipment (edge case 23): taken where nobody says it, and known as a guess.

The first parcel that nobody described holds what no other was said to hold, so that no unit counts twice. Each parcel
that is described later makes the guess smaller; with one parcel left there is nothing to guess any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.facts import Moved, Outbound
from domain.order import Order
from domain.shipments import Package, Shipment, units_out


def is_guess(order: Order, fact: Outbound) -> bool:
    """Whether this report leaves open which goods are in the parcel."""
    return order.policy.parcels.splits and not fact.lines and not fact.others


def guessed_of(packages: Sequence[Package], shipment: Shipment) -> list[Package]:
    """The parcels of the shipment that are out and that nobody described, the first one first."""
    return [each for each in packages if each.guessed and each.out and each.shipment == shipment.number]


def unknown_splits(order: Order) -> tuple[str, ...]:
    """The shipments of which nobody knows which goods are in which parcel."""
    return tuple(each.subject for each in order.live_shipments if len(guessed_of(order.packages, each)) > 1)


def guessed_anew(packages: Sequence[Package], shipment: Shipment) -> tuple[Package, ...]:
    """The packages, with what is left to those that nobody described: all of it in the first of them."""
    open_ones = guessed_of(packages, shipment)
    told = units_out([each for each in packages if each not in open_ones], shipment)
    left = tuple(
        Moved(line=part.line, quantity=part.quantity - told.get(part.line, 0))
        for part in shipment.lines
        if part.quantity > told.get(part.line, 0)
    )
    first = open_ones[0].id if open_ones else ""
    return tuple(
        each.having(lines=left if each.id == first else ()) if each in open_ones else each for each in packages
    )


def guessed_less(order: Order, shipment: Shipment) -> tuple[Order, dict[str, int]]:
    """The order with its guesses made anew, and by line the units that other parcels were thought to hold."""
    if not guessed_of(order.packages, shipment):
        return order, {}
    packages = guessed_anew(order.packages, shipment)
    before, after = units_out(order.packages, shipment), units_out(packages, shipment)
    return order.having(packages=packages), {line: count - after.get(line, 0) for line, count in before.items()}


def described(order: Order, package: Package, lines: tuple[Moved, ...], shipment: Shipment) -> Order:
    """The order once somebody says what is in a parcel that was a guess; alone it holds what it holds."""
    others = [each for each in guessed_of(order.packages, shipment) if each.id != package.id]
    if not package.guessed or not lines or not others:
        return order
    told = package.having(lines=lines, guessed=False)
    packages = tuple(told if each.id == told.id else each for each in order.packages)
    return order.having(packages=guessed_anew(packages, shipment))
