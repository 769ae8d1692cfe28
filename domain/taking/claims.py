"""What refund applications and claims do to an order (edge cases 24 and 32, AC-68).

They are facts: an application holds the goods at once, a claim the completion. What is done about them is the desk's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.change_requests import ChangeKind, ChangeParams, ChangeRequest
from domain.claim_goods import is_whole, parts
from domain.claim_requests import AnswerRefund
from domain.claims import Claim, ClaimKind, ClaimState
from domain.facts import (
    ClaimWithdrawn,
    Fact,
    MissingGoodsClaim,
    NotReceivedClaim,
    RefundDecided,
    RefundRequested,
    RefundWithdrawn,
    WrongGoodsClaim,
)
from domain.holds import HoldReason
from domain.inside import Asked
from domain.order import Order
from domain.taking.holding import placed, released
from domain.taking.warehouse import ComesEarly

OF_REFUNDS = frozenset({ClaimKind.REFUND})
OF_GOODS = frozenset(ClaimKind) - OF_REFUNDS


def claim_of(order: Order, reference: str, kinds: frozenset[ClaimKind]) -> Claim | None:
    """The claim of this number."""
    return next((claim for claim in order.claims if claim.reference == reference and claim.kind in kinds), None)


def put(order: Order, changed: Claim) -> Order:
    """The order with a changed claim in the place of the old one, or added."""
    if any(claim.no == changed.no for claim in order.claims):
        claims = tuple(changed if claim.no == changed.no else claim for claim in order.claims)
    else:
        claims = (*order.claims, changed)
    return order.having(claims=claims)


# -- refund applications ---------------------------------------------------------------------------------------------


def refund_requested(order: Order, fact: RefundRequested) -> Order:
    """The buyer applies: what is not out stays here, at once. Told again it says what is applied for now."""
    known = claim_of(order, fact.application, OF_REFUNDS)
    said: dict[str, Any] = {"lines": fact.lines, "amount": fact.amount}
    if known is not None:
        reply_by = fact.refund_reply_by or known.reply_by
        return put(order, known.having(**said, reply_by=reply_by)) if known.state is ClaimState.OPEN else order
    about: dict[str, str | int] = {"application": fact.application}
    about |= {} if fact.amount is None else {"amount": fact.amount}
    order = placed(order, HoldReason.REFUND_REQUESTED, fact.at, fact.source, about=about)
    claim = Claim(
        no=len(order.claims) + 1,
        reference=fact.application,
        kind=ClaimKind.REFUND,
        at=fact.at,
        reply_by=fact.refund_reply_by or fact.at + order.policy.claims.reply_within,
        hold=order.holds[-1].id,
        **said,
    )
    return put(order, claim)


def _known(order: Order, reference: str, kinds: frozenset[ClaimKind]) -> Claim:
    claim = claim_of(order, reference, kinds)
    if claim is None:
        message = f"nobody told of {reference} yet"
        raise ComesEarly(message)
    return claim


def refund_withdrawn(order: Order, fact: RefundWithdrawn) -> Order:
    """The buyer took it back: the hold ends, and the order goes on."""
    claim = _known(order, fact.application, OF_REFUNDS)
    return _ended(order, claim, fact, ClaimState.WITHDRAWN) if claim.live else order


def refund_decided(order: Order, fact: RefundDecided) -> Order:
    """The platform decided: a fact, whatever we would have said."""
    claim = _known(order, fact.application, OF_REFUNDS)
    if not claim.live:
        return order
    claim = claim.having(told_by_channel=True, amount=claim.amount if fact.amount is None else fact.amount)
    if fact.verdict == "refused":
        return _ended(order, claim, fact, ClaimState.REFUSED)
    return put(order, claim) if claim.state is ClaimState.AGREED else agreed(order, claim, fact.at, fact.source)


def refund_answered(order: Order, fact: Asked, ask: AnswerRefund) -> Order:
    """One of us agreed to it, or refused it with a reason."""
    claim = _known(order, ask.application, OF_REFUNDS)
    if not claim.live:
        return order
    by = fact.actor or "operator"
    if ask.verdict == "agree":
        return agreed(order, claim.having(reason=ask.reason), fact.at, by)
    return refused(order, claim.having(reason=ask.reason), fact.at, by)


def refused(order: Order, claim: Claim, at: datetime, by: str) -> Order:
    """The application is refused: the hold ends, and the order goes on."""
    order = released(order, [claim.hold], at, by)
    return put(order, claim.having(state=ClaimState.REFUSED, answered_at=at, answered_by=by))


def agreed(order: Order, claim: Claim, at: datetime, by: str) -> Order:
    """Agreed to: the matrix keeps or fetches back the goods, as for any change; the hold stays until it is done."""
    requests = _kept_back(order, claim, at, by)
    order = order.having(change_requests=(*order.change_requests, *requests))
    changes = tuple(request.no for request in requests)
    return put(order, claim.having(state=ClaimState.AGREED, answered_at=at, answered_by=by, changes=changes))


def _kept_back(order: Order, claim: Claim, at: datetime, by: str) -> tuple[ChangeRequest, ...]:
    """The changes by which the goods are kept: the whole order cancelled, or fewer units of its lines."""
    if order.ending or order.final:
        return ()
    kind, wished = ChangeKind.QUANTITY, [ChangeParams()]
    if is_whole(order, claim):
        kind, wished = ChangeKind.CANCEL, [ChangeParams(reason=f"refund application {claim.reference}")]
    else:
        units = {line.line: line.ordered - line.cancelled for line in order.lines}
        wished = [
            ChangeParams(line=part.line, quantity=max(units[part.line] - part.quantity, 0))
            for part in parts(order, claim)
        ]
    first = len(order.change_requests) + 1
    return tuple(
        ChangeRequest(
            no=number,
            request_id=f"{claim.subject}/{number}",
            change=kind,
            params=params,
            asked_by=by,
            asked_at=at,
        )
        for number, params in enumerate(wished, first)
    )


def _ended(order: Order, claim: Claim, fact: Fact, state: ClaimState) -> Order:
    order = released(order, [claim.hold], fact.at, fact.source)
    return put(order, claim.having(state=state, answered_at=fact.at, answered_by=fact.source))


# -- claims about goods ----------------------------------------------------------------------------------------------


def goods_claimed(order: Order, fact: NotReceivedClaim | WrongGoodsClaim | MissingGoodsClaim) -> Order:
    """Something is wrong with the goods: the order is not completed while it is looked into, and C3 stands still."""
    if claim_of(order, fact.claim, OF_GOODS) is not None:
        return order
    order = placed(order, HoldReason.DISPUTE, fact.at, fact.source, about={"claim": fact.claim})
    package = order.package(fact.package) if fact.package else None
    claim = Claim(
        no=len(order.claims) + 1,
        reference=fact.claim,
        kind=ClaimKind(fact.kind),
        package=package.id if package else "",
        lines=fact.lines,
        at=fact.at,
        hold=order.holds[-1].id,
    )
    return put(order, claim)


def claim_withdrawn(order: Order, fact: ClaimWithdrawn) -> Order:
    """The goods turned up: the order goes on."""
    claim = _known(order, fact.claim, OF_GOODS)
    return _ended(order, claim, fact, ClaimState.WITHDRAWN) if claim.live else order
