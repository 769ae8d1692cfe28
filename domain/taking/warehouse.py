"""What the warehouse's news does to an order (§4.4 shipments; SR-030). Quantities follow what left, never a wish."""

from __future__ import annotations

from datetime import datetime

from domain.calendar import end_of_day, local_day
from domain.effects import EffectKind
from domain.facts import Moved, Outbound, OutboundPromised, Packed, Picked, ShortPicked, TrackingNumber
from domain.lines import Line
from domain.milestones import Ending
from domain.numbered import numbered
from domain.order import Order
from domain.packages import PackageState
from domain.shipments import Package, Shipment, ShipmentState, units_out
from domain.splits import described, guessed_less, is_guess


class DoesNotFit(Exception):
    """The fact does not fit the order; the text says why. It goes to the unmatched facts."""


class ComesEarly(DoesNotFit):
    """What the fact speaks of is not there yet: the fact is tried again whenever the order moves on."""


def shipment_of(order: Order, number: int) -> Shipment:
    """The shipment a warehouse speaks of; ComesEarly where there is none."""
    for shipment in order.shipments:
        if shipment.number == number:
            return shipment
    message = f"no shipment {number} is planned"
    raise ComesEarly(message)


def _with_shipment(order: Order, changed: Shipment) -> Order:
    return order.having(
        shipments=tuple(changed if shipment.number == changed.number else shipment for shipment in order.shipments)
    )


def with_package(order: Order, changed: Package) -> Order:
    """The order with this package in place of the one with its id, or added."""
    if any(package.id == changed.id for package in order.packages):
        packages = tuple(changed if package.id == changed.id else package for package in order.packages)
    else:
        packages = (*order.packages, changed)
    return order.having(packages=packages)


def arrived(order: Order) -> Order:
    """The lines with what became of their units, as the packages say now."""
    return order.having(lines=tuple(_arrived(order, line) for line in order.lines))


def _arrived(order: Order, line: Line) -> Line:
    units = {"delivered": 0, "returned": 0, "lost": 0}
    for package in order.packages:
        if package.superseded_at:
            continue
        quantity = sum(part.quantity for part in package.lines if part.line == line.line)
        match package.state:
            case PackageState.DELIVERED:
                units["delivered"] += quantity
            case PackageState.RETURNED_TO_SENDER:
                units["returned"] += quantity
            case PackageState.LOST | PackageState.DAMAGED | PackageState.CANCELLED:
                units["lost"] += quantity
            case _:
                pass
    room = line.shipped
    delivered = min(units["delivered"], room)
    returned = min(units["returned"], room - delivered)
    return line.arrive(delivered=delivered, returned=returned, lost=min(units["lost"], room - delivered - returned))


def call_off(order: Order, ending: Ending) -> Order:
    """Nothing of the order will leave a warehouse any more; a release that its warehouse refused is not retried."""
    shipments = tuple(shipment.having(state=ShipmentState.CANCELLED) for shipment in order.shipments)
    effects = tuple(each for each in order.effects if not (each.kind == EffectKind.RELEASE and each.refused))
    lines = tuple(line.cancel() for line in order.lines)
    return order.having(ending=ending, lines=lines, shipments=shipments, effects=effects)


def picked(order: Order, fact: Picked) -> Order:
    """The goods of a shipment were taken from the shelf."""
    shipment = shipment_of(order, fact.shipment)
    changed = shipment.reached(ShipmentState.PICKING)
    if changed == shipment:
        return order
    moved = {} if shipment.replaces else {part.line: part.quantity for part in shipment.lines}
    lines = tuple(line.pick(moved.get(line.line, 0)) for line in order.lines)
    return _with_shipment(order, _implied_release(changed, fact.at)).having(lines=lines)


def packed(order: Order, fact: Packed) -> Order:
    """A shipment was packed; picking is implied. What was packed otherwise than it holds is not packed (SR-146)."""
    shipment = shipment_of(order, fact.shipment)
    if fact.lines:
        shipment = shipment.having(packed=fact.lines, packs=shipment.packs + 1)
    if shipment.mispacked:
        return _with_shipment(order, _implied_release(shipment.reached(ShipmentState.PICKING), fact.at))
    return _with_shipment(order, _implied_release(shipment.reached(ShipmentState.PACKED), fact.at))


def _implied_release(shipment: Shipment, at: datetime) -> Shipment:
    return shipment if shipment.released_at else shipment.having(released_at=at)


def outbound(order: Order, fact: Outbound) -> Order:
    """A package left. A second report of the same package is history only."""
    shipment = shipment_of(order, fact.shipment)
    all_the_same = shipment.state is ShipmentState.CANCELLED
    if all_the_same and not (_left_cancelled(order) or _left_called_off(order, shipment)):
        message = f"shipment {shipment.number} was called off"
        raise DoesNotFit(message)
    cancelled = all_the_same and order.ending is not None
    known = order.package(fact.package)
    if known is not None and known.out:
        return _told_again(order, known, shipment, fact)
    moved = fact.lines or (() if fact.others else _left(order, shipment))
    label = known or Package(id=fact.package, shipment=shipment.number)
    package = label.having(
        shipment=shipment.number if order.policy.recall.once else label.shipment,
        lines=moved,
        outbound_at=fact.at,
        outbound_received_at=fact.received_at,
        outbound_source="warehouse",
        others=fact.others,
        voided_at=None,
        guessed=is_guess(order, fact),
    )
    package = package.having(promised_at=first_promise(order, package))
    order, known_out = guessed_less(with_package(order, package), shipment)
    by_line = {} if shipment.replaces else {each.line: each.quantity - known_out.get(each.line, 0) for each in moved}
    order = order.having(
        lines=tuple(
            line.ship_cancelled(by_line.get(line.line, 0)) if cancelled else line.ship(by_line.get(line.line, 0))
            for line in order.lines
        )
    )
    order = _number(order, order.package(package.id) or package, fact)
    return arrived(_with_shipment(order, _out(order, _implied_release(shipment, fact.at))))


def _told_again(order: Order, package: Package, shipment: Shipment, fact: Outbound) -> Order:
    """A second report of a parcel is history only, but for a corrected number, and for what is in it after all."""
    order = _number(order, package, fact)
    told = described(order, order.package(package.id) or package, fact.lines, shipment)
    return order if told is order else arrived(told)


def _left_cancelled(order: Order) -> bool:
    """Whether what goes out of a called-off shipment is taken for what it is: the order is cancelled (edge case 20)."""
    return order.policy.recall.cancels and order.ending is not None and order.ending.how == "cancel"


def _left_called_off(order: Order, shipment: Shipment) -> bool:
    """Whether the order lives on, and goods that it wanted to keep left all the same (edge case 59)."""
    called_off = shipment.called_off_at is not None and not shipment.replaces
    return order.policy.late.follows and order.ending is None and called_off


def _left(order: Order, shipment: Shipment) -> tuple[Moved, ...]:
    """What of the shipment no package has taken yet."""
    gone = units_out(order.packages, shipment)
    left = ((part.line, part.quantity - gone.get(part.line, 0)) for part in shipment.lines)
    return tuple(Moved(line=line, quantity=quantity) for line, quantity in left if quantity > 0)


def _out(order: Order, shipment: Shipment) -> Shipment:
    if _left(order, shipment):
        return shipment.reached(ShipmentState.PACKED)
    times = [package.outbound_at for package in order.packages if package.shipment == shipment.number]
    return shipment.reached(ShipmentState.OUTBOUND).having(outbound_at=max(time for time in times if time))


def first_promise(order: Order, package: Package) -> datetime | None:
    """The delivery time first told to the customer (A-16): the order's own, an estimate, the table's, the policy's."""
    zone = order.policy.zone
    anew = any(each.replaces for each in order.shipments if each.number == package.shipment)
    if order.promised_delivery_date and not anew:
        return end_of_day(order.promised_delivery_date, zone)
    if package.promised_at:
        return package.promised_at
    if package.estimated_at:
        return end_of_day(local_day(package.estimated_at, zone), zone)
    by_table = _by_table(order, package)
    if by_table:
        return by_table
    transit = order.policy.transit
    if transit is None or package.outbound_at is None:
        return None
    arrival: datetime = package.outbound_at + transit
    return end_of_day(local_day(arrival, zone), zone) if order.policy.transit_whole_days else arrival


def _by_table(order: Order, package: Package) -> datetime | None:
    """The day of the carrier table, from when the parcel left: after the cut-off it goes tomorrow (SR-148, SR-173)."""
    shipment = next((each for each in order.shipments if each.number == package.shipment), None)
    if shipment is None or shipment.chosen is None or package.outbound_at is None:
        return None
    day = shipment.chosen.offer.leaving(package.outbound_at, order.policy.zone).delivered_by
    return end_of_day(day, order.policy.zone) if day else None


def short_picked(order: Order, fact: ShortPicked) -> Order:
    """The shelf held less than the books: these units have to be found again."""
    shipment = shipment_of(order, fact.shipment)
    planned = {part.line: part.quantity for part in shipment.lines}
    missing = min(fact.quantity, planned.get(fact.line, 0) - units_out(order.packages, shipment).get(fact.line, 0))
    if missing <= 0:
        message = f"shipment {shipment.number} has no units of line {fact.line} left to miss"
        raise DoesNotFit(message)
    planned[fact.line] -= missing
    lines = tuple(line.miss(missing) if line.line == fact.line else line for line in order.lines)
    parts = tuple(Moved(line=line, quantity=quantity) for line, quantity in planned.items() if quantity)
    shipment = shipment.having(lines=parts, missed=_with(shipment.missed, fact.line, missing))
    if shipment.replaces:
        return arrived(waited_for_again(_with_shipment(order, shipment), shipment.replaces))
    begun = any(package.out and package.shipment == shipment.number for package in order.packages)
    changed = _with_shipment(order, _out(order, shipment) if begun else shipment).having(lines=lines)
    looks = 1 if order.policy.shortage.steps else 0  # other warehouses are looked into at once
    return changed.having(stock_wanted=order.stock_wanted + looks)


def _with(parts: tuple[Moved, ...], line: str, count: int) -> tuple[Moved, ...]:
    known = sum(part.quantity for part in parts if part.line == line)
    return (*(part for part in parts if part.line != line), Moved(line=line, quantity=known + count))


def waited_for_again(order: Order, replaced: str) -> Order:
    """Where nothing is sent anew any more, the package that was to be replaced counts again."""
    package = order.package(replaced)
    if package is None or any(each.replaces == package.id and each.lines for each in order.live_shipments):
        return order
    return with_package(order, package.having(superseded_at=None))


def tracking_number(order: Order, fact: TrackingNumber) -> Order:
    """A package's number is known; before outbound it is a label (电子面单)."""
    shipment_of(order, fact.shipment)
    package = order.package(fact.package) or Package(id=fact.package, shipment=fact.shipment)
    return _number(order, package, fact)


def _number(order: Order, package: Package, fact: Outbound | TrackingNumber) -> Order:
    """The package under its number, where one is told; a corrected one takes back what its old scans said."""
    changed = numbered(order, package, fact)
    if changed is package:
        return order
    known = with_package(order, changed)
    return arrived(known) if changed.voided_numbers else known


def outbound_promised(order: Order, fact: OutboundPromised) -> Order:
    """The warehouse named a time (SR-051)."""
    return _with_shipment(order, shipment_of(order, fact.shipment).having(promised_at=fact.promised_at))
