"""A claim that is decided as ``RESENT`` (edge case 24): the goods leave anew, or somebody places a linked order.

A parcel that was claimed whole as not received is sent anew by the desk itself (``domain.manual.switching``), although
its carrier calls it delivered. What that cannot do (some of a parcel, other goods, cash on delivery, no stock) is the
order administrator's: the claim's hold stays until a linked order is placed and somebody says so by ``release_hold``.
"""

from __future__ import annotations

from domain.claim_goods import parcels_of, parts
from domain.claims import Claim, ClaimKind
from domain.holds import Case, Hold
from domain.manual.switching import CLAIMED, reserve_anew
from domain.manual.turn import Turn
from domain.order import Order
from domain.shipments import Package
from domain.taking.holding import DESK, released
from domain.taking.warehouse import with_package

RESENT = "RESENT"
LINKED = "linked"
"""What its hold says of itself once the goods are to come by a linked order."""


def resend(turn: Turn, claim: Claim) -> bool:
    """Begin to send a claim's goods anew; whether its hold has to stay for it."""
    if not turn.order.policy.claims.resends:
        return False
    parcels = _whole_parcels(turn.order, claim)
    if not parcels:
        _by_linked_order(turn, claim)
    for package in parcels:
        turn.order = with_package(turn.order, package.having(switch=CLAIMED, switched_at=turn.now))
        turn.note(f"claimed/{package.id}/{claim.no}", "switch_decided", subject=package.subject, how=CLAIMED)
        reserve_anew(turn, package)
    return True


def _whole_parcels(order: Order, claim: Claim) -> tuple[Package, ...]:
    """Its parcels, where they are claimed whole and can be sent again; none where one of them cannot."""
    claimed = {part.line: part.quantity for part in parts(order, claim)}
    parcels = tuple(each for each in parcels_of(order, claim) if each.counts)
    for part in (part for package in parcels for part in package.lines):
        claimed[part.line] = claimed.get(part.line, 0) - part.quantity
    whole = all(units >= 0 for units in claimed.values())
    express = order.takes_numbers and order.payment.method != "cod"
    new = all(order.effect(f"reserve/anew/{each.id}") is None and each.lines for each in parcels)
    return parcels if claim.kind is ClaimKind.NOT_RECEIVED and whole and express and new else ()


def follow(turn: Turn, claim: Claim, case: Case) -> None:
    """Once all of it is on its way again the hold ends; what could not be sent anew is somebody's."""
    hold = next((each for each in turn.order.open_holds if each.id == claim.hold), None)
    if case.outcome != RESENT or hold is None or LINKED in hold.about:
        return
    parcels = [each for each in parcels_of(turn.order, claim) if each.switch == CLAIMED or each.superseded_at]
    if parcels and all(each.superseded_at for each in parcels):
        turn.order = released(turn.order, [hold.id], turn.now, DESK)
    elif not any(each.switch == CLAIMED and not each.superseded_at for each in parcels):
        _by_linked_order(turn, claim)


def _by_linked_order(turn: Turn, claim: Claim) -> None:
    """Its hold is the order administrator's from now on, and says where the order is placed."""
    about: dict[str, str | int] = {LINKED: claim.reference, "request": f"/v1/orders/{turn.order.number}/resends"}

    def changed(hold: Hold) -> Hold:
        return hold.having(about=about, owner_role="order_administrator") if hold.id == claim.hold else hold

    turn.order = turn.order.having(holds=tuple(changed(hold) for hold in turn.order.holds))
