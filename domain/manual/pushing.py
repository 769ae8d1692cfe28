"""A complaint that it is slow (SR-144), and a person who wants it hurried (SR-034): push, and tell, both at once.

The message goes by the outbox, the push is a step of its own: whichever fails is tried again alone.
"""

from __future__ import annotations

from domain.carrier_orders import PriorityRequest
from domain.delays import COMES_BACK
from domain.effects import EffectKind
from domain.inquiries import Inquiry
from domain.logistics import Push
from domain.manual.carrier_words import give
from domain.manual.delay_playbook import CASES
from domain.manual.shipping import inquiry
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.shipments import Package, Shipment


def pushes(turn: Turn) -> None:
    """Whatever somebody wants hurried and nobody was pushed for yet."""
    for push in turn.order.logistics.pushes:
        if turn.order.ending or turn.order.final or not turn.mark_once(f"push/{push.no}"):
            continue
        if push.complaint:
            turn.tell("SLOW_COMPLAINT", f"complaint/{push.no}")
        for package in on_its_way(turn.order, push.subject) if push.party != "warehouse" else ():
            _carrier(turn, push, package)
        for shipment in in_the_warehouse(turn.order, push.subject) if push.party != "carrier" else ():
            _warehouse(turn, push, shipment)


def on_its_way(order: Order, subject: str = "") -> list[Package]:
    """The parcels that a carrier can be pushed for."""
    return [
        package
        for package in order.packages
        if package.counts and package.tracking_number and not package.final and package.state not in COMES_BACK
        if subject in ("", package.subject)
    ]


def in_the_warehouse(order: Order, subject: str = "") -> list[Shipment]:
    """The shipments that a warehouse can be pushed for."""
    return [
        shipment
        for shipment in order.live_shipments
        if shipment.released_at and shipment.outbound_at is None and subject in ("", shipment.subject)
    ]


def pushable(order: Order, party: str = "", subject: str = "") -> bool:
    """Whether anything waits at that party (empty: at any)."""
    carried = party != "warehouse" and bool(on_its_way(order, subject))
    return carried or (party != "carrier" and bool(in_the_warehouse(order, subject)))


def _carrier(turn: Turn, push: Push, package: Package) -> None:
    """Priority for the parcel, and why it is slow; a complaint is the case of a delay, whatever its clocks say."""
    give(turn, EffectKind.PRIORITY, f"{package.subject}/push-{push.no}", PriorityRequest, package)
    cause = f"push/{push.no}/{package.subject}"
    turn.start(EffectKind.ASK_CARRIER, cause, **inquiry(turn.order, package, f"push/{push.no}"))
    known = any(case.kind in CASES and case.subject == package.subject for case in turn.order.open_cases)
    if push.complaint and not known and turn.order.policy.logistics.playbook:
        case = turn.open_case(CaseKind.LOGISTICS_DELAY, package.subject, cause="complaint", responsible="carrier")
        turn.task(f"case/{case.no}", case.kind, "logistics", case_no=case.no, params={"cause": "complaint"})


def _warehouse(turn: Turn, push: Push, shipment: Shipment) -> None:
    """The warehouse is asked for the reason and the new time (催促拣货)."""
    turn.start(
        EffectKind.ASK_WAREHOUSE,
        f"push/{push.no}/{shipment.subject}",
        Inquiry,
        case=f"push/{push.no}",
        subject=shipment.subject,
        warehouse=shipment.warehouse,
        shipment=shipment.number,
    )
