"""What complaints, returned parcels and payments on claims do to an order (SR-144, edge case 64, M9)."""

from __future__ import annotations

from datetime import datetime

from domain.asks_of_logistics import Expedite, SwitchCarrier
from domain.carrier_orders import CarrierSaid
from domain.facts import ClaimPaid, Complained, ParcelReceived
from domain.inside import Asked
from domain.logistics import Push
from domain.order import Order
from domain.policy import CaseKind
from domain.taking.carrier import package_of
from domain.taking.warehouse import ComesEarly, DoesNotFit, with_package

OF_LOST = frozenset({CaseKind.RETURN_TO_SENDER, CaseKind.LOST_OR_DAMAGED})
RESENT = "RESENT"
"""Cases of parcels that will not arrive, and the outcome that has their goods sent anew."""


def complained(order: Order, fact: Complained) -> Order:
    """The customer complains that it is slow: somebody is pushed, and the customer told, in the desk's turn."""
    package = order.package(fact.package) if fact.package else None
    if fact.package and package is None:
        message = f"no package {fact.package} is known"
        raise ComesEarly(message)
    push = Push(no=0, by="customer", at=fact.at, subject=package.subject if package else "")
    return order if _is_told_already(order, push) else _pushed(order, push)


def _is_told_already(order: Order, push: Push) -> bool:
    """Whether another party told of the same complaint, under an id of its own."""
    known = any(each.having(no=0) == push for each in order.logistics.pushes)
    return known and order.policy.operator.told_again


def expedited(order: Order, fact: Asked, ask: Expedite) -> Order:
    """A person wants the warehouse or the carrier pushed."""
    return _pushed(order, Push(no=0, by=fact.actor or "operator", at=fact.at, subject=ask.subject, party=ask.party))


def _pushed(order: Order, push: Push) -> Order:
    known = order.logistics
    return order.having(logistics=known.having(pushes=(*known.pushes, push.having(no=len(known.pushes) + 1))))


def switched(order: Order, fact: Asked, ask: SwitchCarrier) -> Order:
    """A person has a package's goods sent anew, at once or when it came back."""
    package = order.package(ask.package)
    return order if package is None else with_package(order, package.having(switch=ask.how, switched_at=fact.at))


def sent_again(order: Order, subject: str, at: datetime) -> Order:
    """Somebody decided that a lost or returned package's goods leave anew; its case ends once they are reserved."""
    package = next((each for each in order.packages if each.subject == subject), None)
    return order if package is None else with_package(order, package.having(switch="reship", switched_at=at))


def parcel_received(order: Order, fact: ParcelReceived) -> Order:
    """A returned parcel is with us: nothing is missing of it any more."""
    package, known = package_of(order, fact.package), order.logistics
    if package.id in known.received:
        return order
    return order.having(logistics=known.having(received=(*known.received, package.id)))


def claim_answered(order: Order, key: str, said: CarrierSaid) -> Order:
    """The carrier took the claim, or did not."""
    answer = {"accepted": said.accepted, "reason": said.reason, "reference": said.reference}
    claims = tuple(claim.having(**answer) if claim.key == key else claim for claim in order.logistics.claims)
    return order.having(logistics=order.logistics.having(claims=claims))


def claim_paid(order: Order, fact: ClaimPaid) -> Order:
    """A carrier paid on the claim for a parcel; the same payment counts once."""
    package, known = package_of(order, fact.tracking_number or fact.package), order.logistics
    claim = next((claim for claim in known.claims if claim.incident == package.subject), None)
    if claim is None or claim.currency != fact.currency:
        message = f"no claim in {fact.currency} is open for package {package.id}"
        raise DoesNotFit(message)
    if fact.reference in known.payments:
        return order
    paid = claim.having(paid=claim.paid + fact.amount, paid_at=fact.at)
    claims = tuple(paid if each is claim else each for each in known.claims)
    return order.having(logistics=known.having(claims=claims, payments=(*known.payments, fact.reference)))
