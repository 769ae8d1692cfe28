"""What each warehouse sends of an order: units that no shipment has yet, and what is collected for them (SR-052)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.carriage import CarriageAsked, ToCarry
from domain.decisions import EXPEDITE
from domain.facts import Moved
from domain.lines import worth
from domain.money import shared
from domain.order import Order

Shares = Mapping[str, Mapping[str, int]]
"""Warehouse → order line → units."""


def unplanned(order: Order) -> dict[str, dict[str, int]]:
    """The units that a warehouse holds and no shipment has yet, in the order of the lines."""
    shares: dict[str, dict[str, int]] = {}
    for line in order.lines:
        left = line.reserved + line.picked + line.shipped - _planned(order, line.line)
        for allocation in reversed(line.allocations):
            quantity = min(allocation.quantity, left)
            if quantity > 0:
                share = shares.setdefault(allocation.warehouse, {})
                share[line.line] = share.get(line.line, 0) + quantity
                left -= quantity
    return shares


def _planned(order: Order, line: str) -> int:
    """What shipments hold of a line, with what left of one that was called off."""
    first = (shipment for shipment in order.live_shipments if not shipment.replaces)
    live = {shipment.number for shipment in order.live_shipments}
    gone = (package for package in order.packages if package.counts and package.shipment not in live)
    held = [*(shipment.lines for shipment in first), *(package.lines for package in gone)]
    return sum(part.quantity for parts in held for part in parts if part.line == line)


def cash_of(order: Order, shares: Shares) -> dict[str, int]:
    """What the carrier collects for each warehouse's parcel: the sum due, shared by what the goods cost (SR-052)."""
    if order.payment.method != "cod" or order.policy.carriage == "none":
        return {}
    due = max(order.payment.due - sum(shipment.cash for shipment in order.live_shipments), 0)
    costs = [worth(order.lines, moved(share)) for share in shares.values()]
    return dict(zip(shares, shared(due, costs), strict=True))


def moved(share: Mapping[str, int]) -> tuple[Moved, ...]:
    """Units by line as they are handed on."""
    return tuple(Moved(line=line, quantity=quantity) for line, quantity in share.items())


def to_carry(order: Order, shares: Shares) -> CarriageAsked | None:
    """For what a carrier is to be chosen; None where the edition has no carrier table, or nothing is carried."""
    if order.policy.carriage == "none" or not order.takes_numbers:
        return None
    cash = cash_of(order, shares)
    parcels = [(warehouse, moved(share), cash.get(warehouse, 0)) for warehouse, share in shares.items()]
    return asked_of(order, parcels)


def asked_of(order: Order, parcels: Sequence[tuple[str, Sequence[Moved], int]]) -> CarriageAsked:
    """The question for these parcels: warehouse, units by line, cash to collect."""
    return CarriageAsked(
        parcels=tuple(
            ToCarry(warehouse=warehouse, units=_by_sku(order, parts), cash=cash) for warehouse, parts, cash in parcels
        ),
        zone=order.policy.zone,
        preferred=order.content.preferred_carrier,
        within_days=order.policy.max_transit_days,
        fast=order.policy.change.by_itself and in_haste(order),
    )


def in_haste(order: Order) -> bool:
    """Whether somebody agreed to hurry it: the quickest carrier takes it, whatever the others cost."""
    return any(ruling.choice == EXPEDITE and ruling.verdict == "approve" for ruling in order.rulings)


def _by_sku(order: Order, parts: Sequence[Moved]) -> dict[str, int]:
    skus = {line.line: line.sku for line in order.lines}
    units: dict[str, int] = {}
    for part in parts:
        units[skus[part.line]] = units.get(skus[part.line], 0) + part.quantity
    return units
