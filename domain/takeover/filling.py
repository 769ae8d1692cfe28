"""What a history leaves out (M19): a later step implies the earlier ones, at the time of the next step that is known.

So an order that left was audited, its stock was there, it was paid if it had to be; one that is completed left and was
signed for. What is taken for granted so is counted by name and told. Nothing is invented for what has not begun.
"""

from __future__ import annotations

from datetime import datetime

from domain.effects import Content
from domain.facts import Moved
from domain.packages import FINAL
from domain.takeover.history import History, PackageBefore, PaidBefore, ShipmentBefore
from domain.value import Value


class Filled(Value):
    """A history without gaps, its shipments with their lines, and what of it nobody had told."""

    history: History
    assumed: tuple[str, ...] = ()


def filled(content: Content, history: History, moment: datetime) -> Filled:
    """The history with everything that it implies; ``moment`` is that of the takeover."""
    packages, signed = _packages(history)
    shipments = _shipments(content, history, packages)
    begun = [time for shipment in shipments if (time := begun_at(shipment, packages))]
    entered = history.entered_at or min(begun, default=None)
    stocked = history.stock_confirmed_at or entered
    audited = history.audited_at or stocked
    whole = history.having(
        packages=packages,
        shipments=shipments if entered else (),
        entered_at=entered,
        stock_confirmed_at=stocked,
        audited_at=audited,
    )
    payments = _payments(content, whole, begun, moment)
    steps = ("audited_at", "stock_confirmed_at", "entered_at")
    assumed = [name for name in steps if getattr(whole, name) and not getattr(history, name)]
    if len(payments) > len(history.payments):
        assumed.append("payments")
    return Filled(history=whole.having(payments=payments), assumed=(*assumed, *signed))


def begun_at(shipment: ShipmentBefore, packages: tuple[PackageBefore, ...]) -> datetime | None:
    """When the first thing happened to a shipment; None where it is only planned."""
    times = [shipment.released_at, shipment.picked_at, shipment.packed_at]
    times += [package.outbound_at for package in packages if package.shipment == shipment.shipment]
    return min((time for time in times if time), default=None)


# -- parcels ---------------------------------------------------------------------------------------------------------


def _packages(history: History) -> tuple[tuple[PackageBefore, ...], tuple[str, ...]]:
    """The parcels with their times, and what was not told of them."""
    done = history.completed_at
    found = history.packages or ((PackageBefore(),) if done else ())
    assumed: list[str] = []
    packages = []
    for package in found:
        out = package.outbound_at or package.left_at or done
        signed = package.signed_at if package.ended or out is None else done
        if out and not package.outbound_at:
            assumed.append("outbound_at")
        if signed and not package.signed_at:
            assumed.append("signed_at")
        packages.append(_numbered(package.having(outbound_at=out, signed_at=signed), history))
    return tuple(packages), tuple(dict.fromkeys(assumed))


def _numbered(package: PackageBefore, history: History) -> PackageBefore:
    """A number without a time came with the parcel; the channel has the number of a parcel whose journey is over."""
    if package.tracking_number is None:
        return package
    over = package.signed_at or next((scan.at for scan in package.scans if scan.state in FINAL), None)
    known = package.uploaded_at or package.accepted_at or package.outbound_at or history.entered_at
    return package.having(uploaded_at=known, accepted_at=package.accepted_at or (known if over else None))


# -- shipments -------------------------------------------------------------------------------------------------------


def _shipments(content: Content, history: History, packages: tuple[PackageBefore, ...]) -> tuple[ShipmentBefore, ...]:
    """Every shipment that is named, with its lines, by number."""
    told = {shipment.shipment: shipment for shipment in history.shipments}
    for package in packages:
        told.setdefault(package.shipment, ShipmentBefore(shipment=package.shipment))
    left = {line.line: max(line.quantity, 0) for line in content.lines}
    without = [number for number, shipment in told.items() if not shipment.lines]
    lines = {number: shipment.lines for number, shipment in told.items()}
    if len(without) > 1:
        lines |= {number: _carried(packages, number) for number in without}
    for number, parts in sorted(lines.items()):
        lines[number] = _within(parts, left)
    for number in sorted(without):
        rest = tuple(Moved(line=line, quantity=units) for line, units in left.items() if units)
        if not lines[number]:
            lines[number], left = rest, {}
    return tuple(told[number].having(lines=lines[number]) for number in sorted(told))


def _carried(packages: tuple[PackageBefore, ...], shipment: int) -> tuple[Moved, ...]:
    return tuple(part for package in packages if package.shipment == shipment for part in package.lines)


def _within(parts: tuple[Moved, ...], left: dict[str, int]) -> tuple[Moved, ...]:
    """Not more than was ordered: what left beyond it is told by its package."""
    taken: dict[str, int] = {}
    for part in parts:
        units = min(part.quantity, left.get(part.line, 0))
        left[part.line] = left.get(part.line, 0) - units
        taken[part.line] = taken.get(part.line, 0) + units
    return tuple(Moved(line=line, quantity=units) for line, units in taken.items() if units)


# -- money -----------------------------------------------------------------------------------------------------------


def _payments(content: Content, history: History, begun: list[datetime], moment: datetime) -> tuple[PaidBefore, ...]:
    """The payments with amount and time; what a warehouse was given prepaid was paid."""
    due = max(content.total - content.platform_discount, 0)
    latest = history.audited_at or moment
    paid = history.payments
    if not paid and begun and due and content.payment_method == "prepaid" and not history.ended_at:
        paid = (PaidBefore(),)
    return tuple(
        payment.having(at=payment.at or latest, amount=due if payment.amount is None else payment.amount)
        for payment in paid
    )
