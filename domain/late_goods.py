"""Goods that leave although their order is cancelled and closed (edge case 20, AC-31): a case in the books.

What is gone is gone: the stock ledger follows it. The carrier is asked once a parcel to bring it back, the customer to
refuse it. What comes back or is lost ends the case; where it arrives, a person asks for the goods or for their price.
"""

from __future__ import annotations

from enum import StrEnum

from domain.carrier_orders import CarrierSaid, InterceptRequest
from domain.effects import EffectKind, effect_key
from domain.facts import CarrierScan, Moved, Outbound, OutsideFact, ParcelReceived, TrackingNumber
from domain.late import ClosedOrder, Parcel, line_of
from domain.late_claims import SettleClaim
from domain.manual.cancelled_goods import CAUSE, ENDS
from domain.policy import CaseKind
from domain.recording import DESK, CaseRow, Entry, Letter, TaskRow
from domain.requests import Refusal
from domain.shipments import Package
from domain.stage import Stage
from domain.value import Moment, Value

TEMPLATE = "CANCELLED_BUT_SENT"
"""The message that asks the customer to refuse the parcel."""
RETURNED, CHARGED, KEPT, LOST = "RETURNED", "CHARGED", "KEPT", "LOST"
SETTLED_AS = (RETURNED, CHARGED, KEPT, LOST)
"""What a person may say became of the goods: back, paid for after all, left to the customer, lost."""


class Told(StrEnum):
    """What is written down of a parcel."""

    LEFT = "left"
    MOVED = "moved"
    CARRIER_SAID = "carrier_said"
    ENDED = "ended"


class GoodsEnd(Value):
    """How the case of a parcel ended, and who said so."""

    outcome: str
    by: str = DESK


class GoodsNews(Value):
    """One step of a parcel, for the books; ``carrier`` is the carrier's word, ``end`` how it was settled."""

    order_no: str
    at: Moment
    told: Told
    package: Package
    carrier: CarrierSaid | None = None
    end: GoodsEnd | None = None


# -- what a fact means -----------------------------------------------------------------------------------------------


def left(order: ClosedOrder, fact: OutsideFact) -> Package | None:
    """The parcel that left by this fact, told for the first time or again; None where the fact tells of none."""
    if not order.final or order.stage != Stage.CANCELLED or not isinstance(fact, Outbound):
        return None
    known = next((parcel for parcel in order.parcels if parcel.package == fact.package), None)
    if known is not None and known.outbound_at is not None:
        return as_package(known)
    return Package(
        id=fact.package,
        shipment=fact.shipment,
        lines=_units(order, fact),
        outbound_at=fact.at,
        outbound_received_at=fact.received_at,
        carrier=fact.carrier or (known.carrier if known else ""),
        tracking_number=fact.tracking_number or (known.tracking_number if known else ""),
        others=fact.others,
    )


def _units(order: ClosedOrder, fact: Outbound) -> tuple[Moved, ...]:
    """As the warehouse says; else all that its shipment still held, or the whole order where nothing was planned."""
    if fact.lines or fact.others:
        return fact.lines
    units = dict(order.planned.get(fact.shipment) or order.ordered)
    for parcel in order.parcels:
        if parcel.outbound_at is not None and parcel.shipment == fact.shipment:
            units = {line: count - parcel.lines.get(line, 0) for line, count in units.items()}
    return tuple(Moved(line=line, quantity=count) for line, count in units.items() if count > 0)


def as_package(parcel: Parcel) -> Package:
    """A parcel of the books; the scans that were told before are not known to them."""
    fields = parcel.model_dump(include={"shipment", "tracking_number", "carrier", "outbound_at"})
    lines = tuple(Moved(line=line, quantity=count) for line, count in parcel.lines.items())
    return Package(id=parcel.package, lines=lines, **fields)


def named(order: ClosedOrder, fact: OutsideFact) -> Package | None:
    """The parcel, still to be settled, that a later fact speaks of; None where it speaks of none."""
    match fact:
        case CarrierScan():
            names = {fact.tracking_number or fact.package} - {None}
        case TrackingNumber() | ParcelReceived():
            names = {fact.package}
        case _:
            return None
    open_ones = [parcel for parcel in order.parcels if parcel.subject in order.stopping]
    known = [parcel for parcel in open_ones if not names or names & {parcel.package, parcel.tracking_number}]
    return as_package(known[0]) if len(known) == 1 else None


def moved(package: Package, fact: OutsideFact) -> Package:
    """The parcel after a number or a scan; what was told before changes nothing."""
    match fact:
        case CarrierScan() if all(scan.id != fact.id for scan in package.scans):
            return package.having(scans=(*package.scans, fact.scan))
        case TrackingNumber() | Outbound() if fact.tracking_number:
            return package.having(tracking_number=fact.tracking_number, carrier=fact.carrier or package.carrier)
    return package


def ended_by(package: Package, fact: OutsideFact) -> GoodsEnd | None:
    """How a fact ends the parcel's case; what was delivered somebody has to settle."""
    if isinstance(fact, ParcelReceived):
        return GoodsEnd(outcome=RETURNED, by=fact.source or DESK)
    return GoodsEnd(outcome=ENDS[package.state]) if package.state in ENDS else None


def known_after(order: ClosedOrder, fact: OutsideFact) -> ClosedOrder:
    """The order as the books will have it once this fact is written down."""
    package = left(order, fact)
    if package is None or package.subject in order.stopping:
        return order
    parcel = Parcel(
        package=package.id,
        shipment=package.shipment,
        tracking_number=package.tracking_number,
        lines=units_of(package),
        outbound_at=package.outbound_at,
    )
    others = tuple(each for each in order.parcels if each.package != package.id)
    return order.having(parcels=(*others, parcel), stopping=(*order.stopping, package.subject))


def unfit(ask: SettleClaim) -> Refusal | None:
    """Why a person's word for what became of the goods is refused; None where it is taken."""
    if ask.outcome in SETTLED_AS:
        return None
    told = ", ".join(SETTLED_AS)
    return Refusal(code="OUTCOME_UNKNOWN", reason=f"the case ends with one of {told}", stage=Stage.CANCELLED)


# -- the carrier -----------------------------------------------------------------------------------------------------


def intercept_of(order_no: str, package: Package) -> InterceptRequest | None:
    """What the carrier is asked, once a parcel; None while its number is not known, or where its journey is over."""
    if not package.tracking_number or package.final:
        return None
    return InterceptRequest(
        key=effect_key(order_no, EffectKind.INTERCEPT, f"cancelled/{package.subject}"),
        order_no=order_no,
        shipment=package.shipment,
        package=package.id,
        tracking_number=package.tracking_number,
        carrier=package.carrier,
        purpose="return",
    )


# -- what is written down --------------------------------------------------------------------------------------------


def units_of(package: Package) -> dict[str, int]:
    """What is in a parcel, by line."""
    return {part.line: part.quantity for part in package.lines}


def case_of(news: GoodsNews, number: int, opened_at: Moment) -> CaseRow:
    """The case as the books keep it after this step."""
    return CaseRow(
        case_no=number,
        kind=CaseKind.CANCEL_AFTER_SHIP,
        subject=news.package.subject,
        status="RESOLVED" if news.end else "OPEN",
        level=1,
        cause=CAUSE,
        responsible="warehouse",
        outcome=news.end.outcome if news.end else "",
        actor=news.end.by if news.end else "",
        opened_at=opened_at,
        resolved_at=news.at if news.end else None,
    )


def entries_of(news: GoodsNews, number: int) -> tuple[Entry, ...]:
    """The timeline's lines of this step; the facts themselves stand there already."""
    case = {"case": number, "kind": str(CaseKind.CANCEL_AFTER_SHIP)}
    match news.told:
        case Told.LEFT:
            about = {**case, "subject": news.package.subject, "cause": CAUSE}
            return (line_of(news, f"case/{number}/opened", "case_opened", about),)
        case Told.CARRIER_SAID if news.carrier:
            key = effect_key(news.order_no, EffectKind.INTERCEPT, f"cancelled/{news.package.subject}")
            said = {"effect": str(EffectKind.INTERCEPT), "key": key, **news.carrier.model_dump(exclude={"done_at"})}
            return (line_of(news, f"case/{number}/carrier", "effect_done", said),)
        case Told.ENDED if news.end:
            said = {**case, "outcome": news.end.outcome}
            return (line_of(news, f"case/{number}/closed", "case_resolved", said, news.end.by),)
    return ()


def letter_of(news: GoodsNews) -> Letter:
    """The customer is asked to refuse the parcel, once."""
    number = {"tracking": news.package.tracking_number} if news.package.tracking_number else {}
    key = f"{news.order_no}/message/{TEMPLATE}/{news.package.subject}"
    return Letter(key=key, kind="message", template=TEMPLATE, params=number)


def task_of(news: GoodsNews, number: int) -> TaskRow | None:
    """What a person has to do: see to it that it is stopped; once it has arrived, get the goods or the money."""
    arrived = news.package.delivered_at is not None
    if news.told is not Told.LEFT and not arrived:
        return None
    about = {"tracking": news.package.tracking_number, "outcomes": list(SETTLED_AS)}
    return TaskRow(
        key=f"case/{number}/delivered" if arrived else f"case/{number}",
        kind="RECOVER_GOODS" if arrived else "DECIDE",
        role="customer_service",
        case_no=number,
        opened_at=news.at,
        params=about,
    )
