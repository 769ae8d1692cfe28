"""Which goods and how much money a claim is about, and where those goods are now."""

from __future__ import annotations

from domain.claims import Claim, ClaimState
from domain.effects import EffectKind
from domain.facts import Moved
from domain.lines import worth
from domain.order import Order
from domain.shipments import Package, Shipment, ShipmentState

OVER = frozenset({ShipmentState.OUTBOUND, ShipmentState.CANCELLED})


def is_whole(order: Order, claim: Claim) -> bool:
    """Whether all goods of the order are meant; an amount below what is due means money and no goods."""
    wanted = {part.line: part.quantity for part in claim.lines}
    if wanted:
        return all(wanted.get(line.line, 0) >= line.ordered - line.cancelled for line in order.lines)
    return claim.amount is None or claim.amount >= order.payment.due


def parts(order: Order, claim: Claim) -> tuple[Moved, ...]:
    """The units of each line that are meant; none where only money is."""
    if claim.lines:
        known = {line.line for line in order.lines}
        return tuple(part for part in claim.lines if part.line in known)
    if claim.package:
        package = order.package(claim.package)
        return package.lines if package else ()
    if claim.is_application and not is_whole(order, claim):
        return ()
    units = ((line.line, line.ordered - line.cancelled) for line in order.lines)
    return tuple(Moved(line=line, quantity=quantity) for line, quantity in units if quantity > 0)


def amount_of(order: Order, claim: Claim) -> int:
    """What goes back for it: as applied for, else what its goods cost, else all we hold; never more than we hold."""
    held = order.payment.held(order.payment.currency)
    if claim.amount is not None:
        return min(claim.amount, held)
    if claim.lines or claim.package:
        return min(worth(order.lines, parts(order, claim)), held)
    return held


def shipments_of(order: Order, claim: Claim) -> tuple[Shipment, ...]:
    """The shipments that hold goods of it, and were not called off."""
    lines = {part.line for part in parts(order, claim)}
    return tuple(each for each in order.live_shipments if lines & {part.line for part in each.lines})


def stoppable(order: Order, claim: Claim) -> tuple[Shipment, ...]:
    """The shipments of it that a warehouse has and has not let go."""
    return tuple(each for each in shipments_of(order, claim) if each.released_at and each.state not in OVER)


def stop_cause(claim: Claim, shipment: Shipment) -> str:
    """The cause of the inquiry that tells a warehouse to stop."""
    return f"{claim.kind}-{claim.no}/stop/{shipment.subject}"


def was_stopped(order: Order, claim: Claim, shipment: Shipment) -> bool:
    """Whether its warehouse was told to stop for this claim."""
    cause = stop_cause(claim, shipment)
    return any(effect.kind == EffectKind.ASK_WAREHOUSE and effect.cause == cause for effect in order.effects)


def parcels_of(order: Order, claim: Claim) -> tuple[Package, ...]:
    """The parcels that left with goods of it."""
    if claim.package:
        package = order.package(claim.package)
        return (package,) if package and package.out else ()
    lines = {part.line for part in parts(order, claim)}
    out = [package for package in order.packages if package.out]
    return tuple(package for package in out if not lines or lines & {part.line for part in package.lines})


def has_left(order: Order, claim: Claim) -> bool:
    """Whether all its goods have left, so that nothing of them can be kept here."""
    lines = {part.line for part in parts(order, claim)}
    mine = [line for line in order.lines if line.line in lines]
    return bool(mine) and not any(line.to_ship for line in mine)


def numbers(order: Order, claim: Claim) -> tuple[str, ...]:
    """The tracking numbers under which its goods left."""
    return tuple(package.tracking_number for package in parcels_of(order, claim) if package.tracking_number)


def open_applications(order: Order) -> set[str]:
    """The refund applications that wait for an answer."""
    return {claim.reference for claim in order.claims if claim.is_application and claim.state is ClaimState.OPEN}


def application_of(order: Order, hold: str) -> Claim | None:
    """The refund application that a hold stands for."""
    return next((claim for claim in order.claims if claim.hold == hold and claim.is_application), None)
