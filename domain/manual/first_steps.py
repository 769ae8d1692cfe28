"""A breach's first step happens by itself: ask the party, task the owner, tell the customer (SR-033, SR-035)."""

from __future__ import annotations

from typing import Any

from domain.calendar import local_day
from domain.clocks import Clock
from domain.delays import COMES_BACK
from domain.effects import EffectKind, effect_key
from domain.holds import Case
from domain.inquiries import Inquiry
from domain.manual.shipping import inquiry
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind, ClockKind
from domain.shipments import Package, Shipment, ShipmentState


def package_of(order: Order, subject: str) -> Package | None:
    """The package a clock or case speaks of."""
    return next((package for package in order.packages if package.subject == subject), None)


def asked_first(turn: Turn, clock: Clock) -> bool:
    """Whether the case may open: a silent parcel is asked about once more before (C5), every other breach is one."""
    if clock.kind is not ClockKind.STAGNATION:
        return True
    package = package_of(turn.order, clock.subject)
    if package is None or not package.tracking_number:
        return True
    stamp = f"{clock.start_at:%Y%m%dT%H%M%S%f}"
    cause = f"silence/{stamp}/{clock.subject}"
    turn.start(EffectKind.ASK_CARRIER, cause, **inquiry(turn.order, package, f"silence/{stamp}"))
    return turn.order.effect(f"ask_carrier/{cause}") not in turn.order.running


def take(turn: Turn, clock: Clock, case: Case) -> None:
    """The first step of a case that a clock opened or joined."""
    _give_out(turn, case)
    match clock.kind:
        case ClockKind.CONFIRM:
            _ask_payer(turn, case, clock)
        case ClockKind.TRACKING | ClockKind.OUTBOUND | ClockKind.SHIP_BY:
            ask_warehouse(turn, case)
        case ClockKind.STAGNATION:
            _ask_sender(turn, case)
        case ClockKind.DELAY:
            _ask_carrier(turn, case)
        case _:
            pass
    _tell_customer(turn, clock)


OWNER = "order_administrator"


def _give_out(turn: Turn, case: Case) -> None:
    """Level 1 goes to the party's team and to the owner (§1.3); level 0, the desk's own step, to the team alone."""
    role = {"payment": "finance", "warehouse": "warehouse", "carrier": "logistics"}.get(case.responsible, OWNER)
    turn.task(f"case/{case.no}", case.kind, role, case_no=case.no, params={"cause": case.cause})
    if case.level and role != OWNER:
        turn.task(f"case/{case.no}/owner", case.kind, OWNER, case_no=case.no, params={"cause": case.cause})


def _ask_payer(turn: Turn, case: Case, clock: Clock) -> None:
    if clock.cause != "payment":
        return
    cause = f"{case.no}/1/order"
    turn.start(EffectKind.ASK_PAYER, cause, Inquiry, case=str(case.no), subject="order")
    if not turn.order.policy.staff_confirms_payment:
        turn.tell("PAYMENT_REMINDER")


def ask_warehouse(turn: Turn, case: Case) -> None:
    """Ask every warehouse that has the goods and has not let them go, or let them go without a number."""
    gone_too = case.kind is CaseKind.TRACKING_MISSING
    for shipment in _holders(turn.order, case.subject, gone_too=gone_too):
        ask_holder(turn, shipment, f"{case.no}/{case.level}", str(case.no))


def _holders(order: Order, subject: str, *, gone_too: bool) -> list[Shipment]:
    """The released shipments that a clock or case speaks of; those that left only where they are meant too."""
    theirs = {package.shipment for package in order.packages if package.subject == subject}
    return [
        shipment
        for shipment in order.shipments
        if subject in ("order", shipment.subject) or shipment.number in theirs
        if shipment.released_at and (gone_too or shipment.state is not ShipmentState.OUTBOUND)
    ]


def ask_holder(turn: Turn, shipment: Shipment, cause: str, case: str, **more: Any) -> str:
    """Ask the warehouse that has this shipment, once a cause; the key of the asking. ``more``: ``stop`` or ``by``."""
    about = f"{cause}/{shipment.subject}"
    turn.start(
        EffectKind.ASK_WAREHOUSE,
        about,
        Inquiry,
        case=case,
        subject=shipment.subject,
        warehouse=shipment.warehouse,
        shipment=shipment.number,
        **more,
    )
    return effect_key(turn.order.number, EffectKind.ASK_WAREHOUSE, about)


def _ask_carrier(turn: Turn, case: Case) -> None:
    package = package_of(turn.order, case.subject)
    if package is None:
        return
    details: dict[str, Any] = inquiry(turn.order, package, str(case.no))
    if package.tracking_number:
        turn.start(EffectKind.ASK_CARRIER, f"{case.no}/{case.level}/{package.subject}", **details)


def _ask_sender(turn: Turn, case: Case) -> None:
    """A parcel that was never picked up may still be in the warehouse (未揽收); the carrier was asked just before."""
    package = package_of(turn.order, case.subject)
    if package is not None and case.cause == "never_picked_up":
        details = inquiry(turn.order, package, str(case.no))
        turn.start(EffectKind.ASK_WAREHOUSE, f"{case.no}/{case.level}/{package.subject}", **details)


def ask_again(turn: Turn, case: Case) -> None:
    """A recheck asks the carrier again; the key counts the askings, for a time of day would not survive a Reset."""
    package = package_of(turn.order, case.subject)
    if package is not None and package.tracking_number:
        number = 1 + sum(effect.cause.startswith(f"{case.no}/again-") for effect in turn.order.effects)
        cause = f"{case.no}/again-{number}/{package.subject}"
        turn.start(EffectKind.ASK_CARRIER, cause, **inquiry(turn.order, package, str(case.no)))


def _tell_customer(turn: Turn, clock: Clock) -> None:
    package = package_of(turn.order, clock.subject)
    if package and package.state in COMES_BACK and turn.order.policy.logistics.playbook:
        return  # nobody waits for it
    if clock.kind is ClockKind.OUTBOUND:
        turn.tell("OUTBOUND_LATE", clock.subject)
    elif clock.kind is ClockKind.DELAY and not _told(turn, clock.subject):
        turn.tell("LATE_NOTICE", clock.subject)
    elif clock.kind is ClockKind.STAGNATION and package and package.tracking_number and not _told(turn, clock.subject):
        turn.tell("STALLED_NOTICE", clock.subject, tracking=package.tracking_number)


def _told(turn: Turn, subject: str) -> bool:
    """C5 and C6 on one parcel are one story: the customer hears of it once."""
    return any(f"message/{word}/{subject}" in turn.order.said for word in ("LATE_NOTICE", "STALLED_NOTICE"))


def dated_promise(turn: Turn) -> None:
    """The warehouse named a date for a late shipment: tell the customer (OUTBOUND_LATE_DATED)."""
    for shipment in turn.order.shipments:
        late = {"message/OUTBOUND_LATE/order", f"message/OUTBOUND_LATE/{shipment.subject}"} & set(turn.order.said)
        if late and shipment.promised_at and shipment.state is not ShipmentState.OUTBOUND:
            day = local_day(shipment.promised_at, turn.order.policy.zone)
            turn.tell("OUTBOUND_LATE_DATED", shipment.subject, date=day.isoformat())


# -- a breach that is no case yet (§1.3 LATE_FACT) -------------------------------------------------------------------


def ask_at_once(turn: Turn, clock: Clock) -> None:
    """We heard of the start too late: its party is asked now, once; the case would ask again (decision 4)."""
    cause = f"late/{clock.start_at:%Y%m%dT%H%M%S%f}"
    package = package_of(turn.order, clock.subject)
    match clock.kind:
        case ClockKind.CONFIRM if clock.cause == "payment" and turn.order.payment.confirmed_at is None:
            turn.start(EffectKind.ASK_PAYER, f"{cause}/order", Inquiry, case=cause, subject="order")
        case ClockKind.OUTBOUND | ClockKind.SHIP_BY:
            for shipment in _holders(turn.order, clock.subject, gone_too=False):
                ask_holder(turn, shipment, cause, cause)
        case ClockKind.TRACKING if package and not package.tracking_number:
            for shipment in _holders(turn.order, clock.subject, gone_too=True):
                ask_holder(turn, shipment, cause, cause)
        case ClockKind.STAGNATION | ClockKind.DELAY if package and package.tracking_number:
            _ask_late(turn, clock, package, cause)
        case _:
            pass


def _ask_late(turn: Turn, clock: Clock, package: Package, cause: str) -> None:
    """A carrier that has just told us of a movement, however late, is not asked for it."""
    if clock.start_event == "outbound":
        turn.start(EffectKind.ASK_CARRIER, f"{cause}/{package.subject}", **inquiry(turn.order, package, cause))
