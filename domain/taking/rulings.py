"""What people's decisions do to the holds that asked for them (SR-050, SR-113; §4.5)."""

from __future__ import annotations

from domain.decisions import EXPEDITE, NOTHING, Ruling, Voucher
from domain.holds import Hold, HoldReason
from domain.inside import Asked
from domain.order import Order
from domain.requests import DecideMessage, SalesDecision, SubmitVoucher, VerifyVoucher
from domain.taking.holding import DESK, open_hold, placed, released

Decided = SubmitVoucher | VerifyVoucher | DecideMessage | SalesDecision


def ruled(order: Order, fact: Asked, ask: Decided) -> Order:
    """The decision's consequence."""
    match ask:
        case SubmitVoucher():
            voucher = Voucher(
                no=len(order.vouchers) + 1, reference=ask.reference, submitted_by=fact.actor or "operator", at=fact.at
            )
            return order.having(vouchers=(*order.vouchers, voucher))
        case VerifyVoucher():
            return _verified(order, fact, ask)
        case DecideMessage():
            return _read(order, fact, ask)
        case SalesDecision():
            return _sold(order, fact, ask)


def _verified(order: Order, fact: Asked, ask: VerifyVoucher) -> Order:
    *others, voucher = order.vouchers
    said = {"verdict": ask.verdict, "reviewed_by": fact.actor, "reviewed_at": fact.at, "reason": ask.reason}
    order = order.having(vouchers=(*others, voucher.having(**said)))
    hold = open_hold(order, HoldReason.VOUCHER_REQUIRED)
    return released(order, [hold.id], fact.at, fact.actor) if hold and ask.verdict == "approve" else order


def _read(order: Order, fact: Asked, ask: DecideMessage) -> Order:
    """The message was read: it asks for nothing, or sales have to say something to it."""
    hold = open_hold(order, HoldReason.BUYER_MESSAGE)
    if hold is None:
        return order
    order = _kept(order, fact, hold, choice=ask.choice, note=ask.note)
    order = released(order, [hold.id], fact.at, fact.actor)
    if ask.choice == NOTHING:
        return order
    return placed(order, HoldReason.SALES_DECISION, fact.at, fact.actor, note=ask.note, about={"choice": ask.choice})


def _sold(order: Order, fact: Asked, ask: SalesDecision) -> Order:
    """Sales decided. What they agreed to is done by a person: the goods wait for it, unless they only have to hurry."""
    hold = next(hold for hold in order.open_holds if hold.id == ask.hold)
    choice = str(hold.about.get("choice", ""))
    order = _kept(order, fact, hold, choice=choice, verdict=ask.verdict, note=ask.note)
    order = released(order, [hold.id], fact.at, fact.actor)
    if ask.verdict == "decline" or choice == EXPEDITE:
        return order
    about = {"decision": order.rulings[-1].no, "choice": choice}
    return placed(order, HoldReason.MANUAL, fact.at, DESK, blocks=("release",), note=ask.note, about=about)


def _kept(order: Order, fact: Asked, hold: Hold, **said: str) -> Order:
    by = fact.actor or "operator"
    ruling = Ruling.model_validate({"no": len(order.rulings) + 1, "hold": hold.id, "by": by, "at": fact.at, **said})
    return order.having(rulings=(*order.rulings, ruling))
