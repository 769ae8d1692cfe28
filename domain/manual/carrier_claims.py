"""Our claim on a carrier, with its evidence, once an incident, followed to its payout (M9, edge case 64); no buyer's.

Late by the carrier's fault: what we gave the customer for it. Lost, damaged, or never returned: the goods' worth too.
"""

from __future__ import annotations

from hashlib import sha256

from domain.claim_effects import ClaimRequest, ClockProof, ScanProof
from domain.clocks import Verdict
from domain.compensation_policy import Fault
from domain.delays import fault_of_package
from domain.effects import EffectKind
from domain.lines import worth
from domain.logistics import CarrierClaim, Ground
from domain.manual.carrier_words import give
from domain.manual.lost import is_missing
from domain.manual.turn import Turn
from domain.order import Order
from domain.packages import PackageState, distinct
from domain.policy import ClockKind
from domain.promises import clocks
from domain.shipments import Package

SHOWN = 40
"""So many scans go with a claim; the digest is of all."""
BROKEN: dict[PackageState, Ground] = {PackageState.LOST: "lost", PackageState.DAMAGED: "damaged"}


def claims(turn: Turn) -> None:
    """Open the claims that are due, and give somebody those that the carrier declines."""
    if not turn.order.policy.logistics.claims or turn.order.test:
        return
    known = {claim.incident for claim in turn.order.logistics.claims}
    for package in turn.order.packages:
        if package.out and package.tracking_number and package.subject not in known:
            _judge(turn, package)
    for claim in turn.order.logistics.claims:
        if claim.accepted is not None and turn.mark_once(f"claim_answered/{claim.incident}"):
            _told(turn, claim)


def declined(order: Order) -> tuple[str, ...]:
    """The claims that somebody has to see to: the carrier declined them, and has not paid."""
    claims = () if order.final else order.logistics.claims
    return tuple(claim.incident for claim in claims if claim.accepted is False and not claim.paid)


def _judge(turn: Turn, package: Package) -> None:
    order = turn.order
    coupons = [coupon for coupon in order.coupons if coupon.incident == package.subject]
    if any(coupon.amount is None for coupon in coupons):
        return
    ground = _ground(turn, package)
    if ground is None or fault_of_package(order, package) is Fault.CUSTOMER:
        return
    amount = sum(coupon.amount or 0 for coupon in coupons if coupon.payer == "carrier")
    if ground != "late":
        amount += worth(order.lines, package.lines)
    if amount > 0:
        _open(turn, package, ground, amount)


def _ground(turn: Turn, package: Package) -> Ground | None:
    """For what the carrier has to answer; None where it has not, or not yet."""
    if package.state in BROKEN:
        return BROKEN[package.state]
    if is_missing(turn, package):
        return "not_returned"
    return "late" if package.delivered_at and _proofs(turn, package, breached=True) else None


def _open(turn: Turn, package: Package, ground: Ground, amount: int) -> None:
    currency = turn.order.payment.currency
    proofs, scans = _proofs(turn, package), _scans(package)
    told = repr(([proof.model_dump_json() for proof in proofs], [scan.digest for scan in scans]))
    key = give(
        turn,
        EffectKind.CLAIM,
        package.subject,
        ClaimRequest,
        package,
        ground=ground,
        amount=amount,
        currency=currency,
        clocks=proofs,
        scans=scans[-SHOWN:],
        scan_count=len(scans),
        digest=sha256(told.encode()).hexdigest(),
    )
    claim = CarrierClaim(
        key=key,
        incident=package.subject,
        ground=ground,
        amount=amount,
        currency=currency,
        carrier=package.carrier,
        tracking_number=package.tracking_number,
        opened_at=turn.now,
    )
    known = turn.order.logistics
    turn.order = turn.order.having(logistics=known.having(claims=(*known.claims, claim)))
    said = {"subject": claim.incident, "ground": ground, "amount": amount, "currency": currency}
    turn.note(f"claim/{claim.incident}", "claim_opened", **said)


def _told(turn: Turn, claim: CarrierClaim) -> None:
    said = {"subject": claim.incident, "amount": claim.amount, "currency": claim.currency}
    if claim.accepted:
        turn.note(f"claim_answered/{claim.incident}", "claim_accepted", **said, reference=claim.reference)
        return
    turn.note(f"claim_answered/{claim.incident}", "claim_declined", **said, reason=claim.reason)
    params = {**said, "reason": claim.reason, "carrier": claim.carrier}
    turn.task(f"claim/{claim.incident}", "CLAIM_DECLINED", "finance", params=params)


def _proofs(turn: Turn, package: Package, *, breached: bool = False) -> tuple[ClockProof, ...]:
    """The clocks of the parcel's way; only the breached ones where that is asked."""
    return tuple(
        ClockProof(
            kind=clock.kind,
            start_at=clock.start_at,
            due_at=clock.due_at,
            stopped_at=clock.stopped_at,
            verdict=clock.verdict(turn.now),
        )
        for clock in clocks(turn.order)
        if clock.subject == package.subject and clock.kind in (ClockKind.STAGNATION, ClockKind.DELAY)
        if not breached or clock.verdict(turn.now) is Verdict.BREACHED
    )


def _scans(package: Package) -> tuple[ScanProof, ...]:
    return tuple(
        ScanProof(id=scan.id, state=scan.state, at=scan.at, digest=sha256(scan.model_dump_json().encode()).hexdigest())
        for scan in distinct(package.scans)
    )
