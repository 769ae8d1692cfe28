"""The delays of an order that are facts, from its clocks: how late what is, since when, by whose fault (§4.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.causes import cause_of
from domain.clocks import Clock, Verdict, reached_at
from domain.compensation import fault_of
from domain.compensation_policy import Fault
from domain.order import Order
from domain.packages import PackageState
from domain.past import before_takeover
from domain.policy import CaseKind, ClockKind
from domain.promises import clocks
from domain.shipments import Package
from domain.value import Moment, Value

BROKEN = frozenset({PackageState.LOST, PackageState.DAMAGED})
COMES_BACK = frozenset({PackageState.RETURNING, PackageState.RETURNED_TO_SENDER, PackageState.CANCELLED})
"""Nobody waits for such a parcel any more: no coupon (§4.6 E3)."""


class Delay(Value):
    """How late a parcel or shipment is, counted from ``since``; it grows no more once it is ``over``."""

    incident: str
    fault: Fault
    since: Moment
    late: timedelta
    over: bool
    lost: bool = False
    short: bool = False


def delays(order: Order, now: datetime) -> Iterator[Delay]:
    """Every delay of the order, those of one incident the longest first; what lay before a takeover is none of ours."""
    known = [clock for clock in clocks(order) if not before_takeover(order, clock)]
    for package in order.packages:
        if package.out and package.state not in COMES_BACK:
            yield from _of_package(order, package, [clock for clock in known if clock.subject == package.subject], now)
    for shipment in order.shipments:
        for clock in known:
            if (clock.kind, clock.subject) == (ClockKind.OUTBOUND, shipment.subject):
                yield from _of_shipment(clock, now)


def shortfalls(order: Order) -> Iterator[Delay]:
    """Goods that had been confirmed and were not sent: paid back, or their order cancelled (§4.9, our stock error)."""
    asks = "choice" in order.policy.shortage.steps
    for case in order.cases if asks else ():
        failed = case.outcome in {"PARTIAL_REFUND", "CANCELLED"} and f"confirmed/{case.no}" in order.fired
        if case.kind is CaseKind.STOCK_SHORTAGE and failed:
            since = case.resolved_at or case.opened_at
            none = timedelta()
            yield Delay(incident=case.subject, fault=Fault.STOCK, since=since, late=none, over=True, short=True)


def becomes_fact_at(order: Order, now: datetime) -> datetime | None:
    """When the next silence will have lasted long enough to be a delay; None where none is under way."""
    silent = [clock for clock in clocks(order) if clock.kind is ClockKind.STAGNATION and clock.running]
    moments = [moment for clock in silent if (moment := _stalled_at(order, clock))]
    return min((moment for moment in moments if moment > now), default=None)


def _of_package(order: Order, package: Package, mine: list[Clock], now: datetime) -> Iterator[Delay]:
    found = [delay for clock in mine if (delay := _counted(order, clock, package.subject, now))]
    fault, since = fault_of_package(order, package), package.story.since
    if package.state in BROKEN and since and package.superseded_at is None:
        yield Delay(incident=package.subject, fault=fault, since=since, late=timedelta(), over=True, lost=True)
        return
    for delay in sorted(found, key=lambda delay: delay.late, reverse=True):
        yield delay.having(fault=fault)


def _counted(order: Order, clock: Clock, incident: str, now: datetime) -> Delay | None:
    """The lateness of one clock: from the promised day, or from when silence had lasted long enough."""
    if clock.kind is ClockKind.DELAY and clock.verdict(now) is Verdict.BREACHED:
        since = clock.due_at
    elif clock.kind is ClockKind.STAGNATION:
        since = _stalled_at(order, clock)
    else:
        return None
    end = clock.over_at or now
    if since is None or end < since:
        return None
    return Delay(incident=incident, fault=Fault.UNKNOWN, since=since, late=end - since, over=not clock.running)


def _stalled_at(order: Order, clock: Clock) -> datetime | None:
    return reached_at(clock.start_at, order.policy.compensation.stalled_after, clock.pauses)


def _of_shipment(clock: Clock, now: datetime) -> Iterator[Delay]:
    due = clock.due_at
    if due is None or clock.verdict(now) is not Verdict.BREACHED or clock.blamed != "warehouse":
        return
    late = (clock.over_at or now) - due
    yield Delay(incident=clock.subject, fault=Fault.WAREHOUSE, since=due, late=late, over=not clock.running)


def fault_of_package(order: Order, package: Package) -> Fault:
    """Whose fault the delay of a package is, by its scans and the latest word of its carrier."""
    if any(scan.state is PackageState.DELIVERY_FAILED and scan.by_recipient for scan in package.scans):
        return Fault.CUSTOMER
    words = [reason.word for reason in order.reasons if reason.subject == package.subject]
    if not words and package.state in BROKEN:
        words = [package.state]  # the carrier's own scan says what happened
    if not words:
        return Fault.UNKNOWN
    known = words[-1].strip() in order.policy.compensation.faults or not order.policy.logistics.playbook
    return fault_of(order.policy.compensation, words[-1] if known else cause_of(words[-1]))
