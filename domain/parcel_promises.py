"""When the clocks of a parcel start and stop: its number (C2), its movement (C5), its promised day (C6) (§1.3)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.clocks import Clock
from domain.order import Order
from domain.packages import PackageState, Scan, distinct
from domain.policy import ClockKind
from domain.shipments import Package
from domain.silence import windows


def parcel_clocks(order: Order, package: Package) -> Iterator[Clock]:
    """The clocks of a parcel that left: C2, then one window of C5 after another, then C6."""
    yield from _tracking(order, package)
    yield from _stagnation(order, package)
    yield from _delay(order, package)


def _of_package(order: Order, package: Package, kind: ClockKind) -> Clock:
    out = package.outbound_at or order.started_at
    return Clock(
        rule=order.policy.rule(kind),
        subject=package.subject,
        start_at=out,
        start_event="outbound",
        known_at=package.outbound_received_at or out,
        start_source=package.outbound_source,
        ended_at=package.superseded_at or order.closed_at,
    )


def _tracking(order: Order, package: Package) -> Iterator[Clock]:
    stop = package.uploaded_at
    if stop and order.channel_takes_numbers:
        accepted = package.first_accepted_at
        stop = max(stop, accepted) if accepted else None
    due = (clock := _of_package(order, package, ClockKind.TRACKING)).due_at
    by_channel = package.uploaded_at is not None and (due is None or package.uploaded_at <= due)
    yield clock.having(
        stop_at=stop,
        stop_event="number_accepted" if stop else "",
        responsible="channel" if by_channel else "warehouse",
        cause=("channel" if by_channel else "number_missing"),
    )


def _stagnation(order: Order, package: Package) -> Iterator[Clock]:
    first = _of_package(order, package, ClockKind.STAGNATION).having(responsible="carrier", cause="never_picked_up")
    return windows(first, package)


def _delay(order: Order, package: Package) -> Iterator[Clock]:
    if package.promised_at is None or package.outbound_at is None:
        return
    arrived = [scan.at for scan in distinct(package.scans) if _reached_recipient(scan)]
    stop = min(arrived, default=None)
    yield _of_package(order, package, ClockKind.DELAY).having(
        due_on=max(package.promised_at, package.outbound_at),
        stop_at=stop,
        stop_event="arrived" if stop else "",
        ended_at=(package.story.since if package.gone else None) or package.superseded_at or order.closed_at,
        responsible="carrier",
        cause="not_delivered",
    )


def _reached_recipient(scan: Scan) -> bool:
    if scan.state is PackageState.DELIVERY_FAILED:
        return scan.by_recipient
    return scan.state in {PackageState.READY_FOR_PICKUP, PackageState.DELIVERED}
