"""What the carrier's news does to an order (SR-031): scans go into the package's fold, the ledger follows."""

from __future__ import annotations

from domain.calendar import end_of_day, local_day
from domain.facts import CarrierScan, DeliveryEstimated
from domain.numbered import is_void
from domain.order import Order
from domain.shipments import Package
from domain.taking.answering import doubted_by_word
from domain.taking.warehouse import ComesEarly, DoesNotFit, arrived, with_package


def package_of(order: Order, reference: str | None) -> Package:
    """The package a carrier speaks of: by number, by id, or the only one there is; ComesEarly otherwise."""
    package = order.package(reference) if reference else None
    if package is None and reference and is_void(order, reference):
        message = f"the number {reference} was corrected: it is no parcel of this order"
        raise DoesNotFit(message)
    if package is None and not reference and len(order.packages) == 1:
        package = order.packages[0]
    if package is None:
        message = f"no package {reference or 'without a number'} is known"
        raise ComesEarly(message)
    return package


def carrier_scan(order: Order, fact: CarrierScan) -> Order:
    """A scan; the same event counts once, whatever the order of arrival."""
    package = package_of(order, fact.tracking_number or fact.package)
    if any(scan.id == fact.id for scan in package.scans):
        return order
    scan = fact.scan.having(one_loss=True) if order.policy.parcels.one_loss else fact.scan
    seen = arrived(with_package(order, package.having(scans=(*package.scans, scan))))
    return doubted_by_word(seen, "carrier", (fact.id, package.subject, fact.code), fact.at)


def delivery_estimated(order: Order, fact: DeliveryEstimated) -> Order:
    """An estimate; it is the promise only where nothing was promised before (A-16)."""
    package = package_of(order, fact.tracking_number)
    changed = package.having(estimated_at=fact.estimated_at)
    if package.promised_at is None and package.out:
        zone = order.policy.zone
        changed = changed.having(promised_at=end_of_day(local_day(fact.estimated_at, zone), zone))
    return with_package(order, changed)
