"""Versions of a package (edge case 22): a corrected number is a new one, and the old one is void with its scans.

Its scans spoke of somebody else's parcel, or of none. They are kept, for what C5 said meanwhile; nothing else counts
them. A number that turns out to have been right all along has its scans back.
"""

from __future__ import annotations

from domain.facts import Outbound, TrackingNumber
from domain.order import Order
from domain.packages import Scan
from domain.shipments import Package, VoidNumber


def numbered(order: Order, package: Package, fact: Outbound | TrackingNumber) -> Package:
    """The package under the number of this fact; C2 and C8 keep the first. Without versions its scans go on."""
    number, shared = fact.tracking_number, isinstance(fact, TrackingNumber) and fact.consolidated
    if not number or package.tracking_number == number:
        return package.having(consolidated=True) if number and shared and not package.consolidated else package
    changed = package.having(
        tracking_number=number,
        carrier=fact.carrier or package.carrier,
        uploaded_at=package.uploaded_at or fact.at,
        uploaded_source=package.uploaded_source or fact.source,
        accepted_at=None,
        refused="",
        consolidated=shared,
    )
    if not package.tracking_number or not order.policy.parcels.versions:
        return changed
    void = VoidNumber(
        number=package.tracking_number,
        carrier=package.carrier,
        accepted_at=package.accepted_at,
        scans=package.scans,
        until=fact.at,
        until_received=fact.received_at,
        source=fact.source,
    )
    kept = (*package.voided_numbers, void)
    return changed.having(scans=_seen_under(order, number), estimated_at=None, voided_numbers=kept)


def _seen_under(order: Order, number: str) -> tuple[Scan, ...]:
    """What the order has seen of this number, whichever of its packages had it then."""
    known = [(each.tracking_number, each.scans) for each in order.packages]
    known += [(void.number, void.scans) for each in order.packages for void in each.voided_numbers]
    scans = {scan.id: scan for name, found in known if name == number for scan in found}
    return tuple(scans.values())


def is_void(order: Order, number: str) -> bool:
    """Whether a package of the order had this number, and none has it now."""
    return order.package(number) is None and any(
        void.number == number for package in order.packages for void in package.voided_numbers
    )
