"""Which clocks an order has, from its facts (§1.3 C1–C6, C8): the one place that says when each starts and stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from domain.answer_times import answer_clocks
from domain.clocks import Clock, Pause, reached_at
from domain.further import counted_for
from domain.holds import HoldReason
from domain.numbers import numbers_accepted_at
from domain.order import Order
from domain.packages import PackageState, Scan, distinct
from domain.paper import excused
from domain.policy import CaseKind, ClockKind
from domain.presale import due_to_move, stock_gate
from domain.sending_anew import of_first_shipments
from domain.shipments import Package, Shipment
from domain.silence import windows
from domain.suspensions import closed, suspended
from domain.value import remembered


@remembered
def clocks(order: Order) -> tuple[Clock, ...]:
    """Every clock the order has ever had, open and closed; a test order has none."""
    if order.test:
        return ()
    found = [*_confirm(order), *_outbound(order), *_ship_by(order), *answer_clocks(order)]
    for package in order.packages:
        if package.out and order.takes_numbers and not order.ending:
            found += [*_tracking(order, package), *_stagnation(order, package), *_delay(order, package)]
    complete = () if order.ending else _complete(order)  # what went out of a cancelled order is promised to nobody
    return tuple(excused(order, suspended(order, clock)) for clock in (*found, *complete))


def hold_pauses(order: Order, *reasons: HoldReason) -> tuple[Pause, ...]:
    """The times for which holds of these reasons stood."""
    return tuple(Pause(since=hold.at, until=hold.released_at) for hold in order.holds if hold.reason in reasons)


def _agreed_waits(order: Order) -> tuple[Pause, ...]:
    """The times for which the customer agreed to wait."""
    return tuple(Pause(since=agreed.at, until=agreed.until) for agreed in order.agreed if agreed.until > agreed.at)


def _ended(order: Order) -> datetime | None:
    return order.ending.at if order.ending else order.closed_at


# -- C1 confirm ------------------------------------------------------------------------------------------------------


def _confirm(order: Order) -> Iterator[Clock]:
    rule, start = order.policy.rule(ClockKind.CONFIRM), order.started_at
    payment = start if not order.payment.needed else order.payment.confirmed_at
    stock = stock_gate(order)
    gates = {"payment": (payment,), "stock": (stock,)}.get(order.policy.confirm_requires, (payment, stock))
    stop = None if None in gates else max(gate for gate in gates if gate)
    clock = Clock(
        rule=rule,
        subject="order",
        start_at=start,
        start_event="placed",
        known_at=order.received_at,
        start_source="channel",
        pauses=(*hold_pauses(order, HoldReason.CUSTOMER_ANSWER, HoldReason.DESIGN_NOT_FINAL), *_agreed_waits(order)),
        stop_at=stop,
        stop_event="confirmed" if stop else "",
        ended_at=_ended(order),
    )
    late = _lacking(order, clock)
    yield clock.having(cause=late, responsible="payment" if late == "payment" else "us")


def _lacking(order: Order, clock: Clock) -> str:
    """Which gate was not closed at the due: payment before stock, for the payer is asked first."""
    due, paid = clock.due_at, order.payment.confirmed_at
    if order.payment.needed and (paid is None or (due and paid > due)):
        return "payment"
    passed = order.audit.passed_at
    return "stock" if passed and (due is None or passed <= due) else "audit"


# -- C4 outbound, C8 ship-by -----------------------------------------------------------------------------------------


def _outbound(order: Order) -> Iterator[Clock]:
    start = due_to_move(order)
    if start is None:
        return
    receipt = order.payment.confirming
    clock = Clock(
        rule=order.policy.rule(ClockKind.OUTBOUND),
        subject="order",
        start_at=start,
        start_event="paid" if receipt else "placed",
        known_at=receipt.received_at if receipt else order.received_at,
        start_source="payment" if receipt else "channel",
        pauses=(*hold_pauses(order, HoldReason.CUSTOMER_ANSWER), *_agreed_waits(order), *closed(order)),
        ended_at=_ended(order),
    )
    clock = clock.having(cause=_delay_cause(order, due) if (due := clock.due_at) else "")
    planned = min((shipment.planned_at for shipment in order.shipments), default=None)
    if planned is None:
        yield clock
        return
    if due is not None and planned > due:
        out = _all_out_at(order)
        yield clock.having(stop_at=out, stop_event="outbound" if out else "")
        return
    yield clock.having(ended_at=planned, cause="planned")
    for shipment in order.shipments:
        counted = counted_for(order, clock, shipment)
        yield _of_shipment(counted, shipment).having(ended_at=_planned_anew(order, shipment) or clock.ended_at)


def _planned_anew(order: Order, shipment: Shipment) -> datetime | None:
    """When the units of a shipment that was recalled, or found none on the shelf, were given to another."""
    later = (other.planned_at for other in order.shipments if other.planned_at > shipment.planned_at)
    return shipment.called_off_at or (None if shipment.lines else min(later, default=None))


def _of_shipment(clock: Clock, shipment: Shipment) -> Clock:
    due, released, out = clock.due_at, shipment.released_at, shipment.outbound_at
    ours = released is None or (due is not None and released > due)
    return clock.having(
        subject=shipment.subject,
        stop_at=out,
        stop_event="outbound" if out else "",
        responsible="us" if ours else "warehouse",
        cause=clock.cause if ours else "warehouse",
    )


def _delay_cause(order: Order, due: datetime) -> str:
    """What kept the goods here when they were due; later news does not change it."""
    if any("release" in hold.blocks and hold.at <= due < (hold.released_at or LATER) for hold in order.holds):
        return "hold"
    if (order.stock_confirmed_at or LATER) > due:
        return "stock"
    return "erp" if order.entered is None or order.entered.at > due else "release"


LATER = datetime.max.replace(tzinfo=UTC)


def _all_out_at(order: Order) -> datetime | None:
    if any(line.to_ship for line in order.lines):
        return None
    return max((package.outbound_at for package in of_first_shipments(order) if package.outbound_at), default=None)


def _ship_by(order: Order) -> Iterator[Clock]:
    start = order.prepaid_at
    if start is None or order.latest_ship_at is None:
        return
    receipt = order.payment.confirming
    stop = numbers_accepted_at(order) if order.channel_takes_numbers else _all_out_at(order)
    due = max(order.latest_ship_at, start)
    released = [shipment.released_at for shipment in order.shipments if not shipment.replaces]
    late = not released or any(moment is None or moment > due for moment in released)
    yield Clock(
        rule=order.policy.rule(ClockKind.SHIP_BY),
        subject="order",
        start_at=start,
        start_event="paid" if receipt else "placed",
        known_at=receipt.received_at if receipt else order.received_at,
        start_source="payment" if receipt else "channel",
        due_on=due,
        stop_at=stop,
        stop_event="number_accepted" if stop else "",
        ended_at=_ended(order),
        responsible="us" if late else "warehouse",
    )


# -- C2 tracking, C5 stagnation, C6 delay ----------------------------------------------------------------------------


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


# -- C3 complete -----------------------------------------------------------------------------------------------------


def completion_pauses(order: Order) -> tuple[Pause, ...]:
    """What makes C3 wait: a dispute, a refund application, and a delivery that is in doubt."""
    doubts = tuple(
        Pause(since=case.opened_at, until=case.resolved_at)
        for case in order.cases
        if case.kind is CaseKind.FALSE_DELIVERY
    )
    return (*hold_pauses(order, HoldReason.DISPUTE, HoldReason.REFUND_REQUESTED), *doubts)


def auto_complete_at(order: Order) -> datetime | None:
    """When the desk completes a delivered order by itself."""
    if order.delivered_at is None:
        return None
    return reached_at(order.delivered_at, order.policy.auto_complete_after, completion_pauses(order))


def _complete(order: Order) -> Iterator[Clock]:
    signed = order.delivered_at
    if signed is None:
        return
    signed_last = (each for each in order.packages if each.counts and each.delivered_at == signed)
    last = max(signed_last, key=lambda package: package.id)
    yield Clock(
        rule=order.policy.rule(ClockKind.COMPLETE),
        subject="order",
        start_at=signed,
        start_event="signed",
        known_at=last.story.since_received or signed,
        start_source="carrier",
        pauses=completion_pauses(order),
        stop_at=order.completed_at,
        stop_event="completed" if order.completed_at else "",
        ended_at=order.closed_at,
        responsible="us",
        cause="blocked",
    )
