"""How an order ends: completed after delivery (SR-122), undone before release (§4.3 CANCELLING), or given up."""

from __future__ import annotations

from typing import Any

from domain.claims import ClaimState
from domain.effects import EffectKind, RefundRequest, ReleaseStockRequest, effect_key
from domain.entry_effects import CancelEntryRequest
from domain.holds import CaseStatus
from domain.manual.shipping import inquiry
from domain.manual.turn import Turn
from domain.order import Order
from domain.packages import PRESUMED, PackageState, Scan
from domain.past import is_past
from domain.payment import Refunded
from domain.policy import CaseKind
from domain.promises import auto_complete_at
from domain.shipments import Package
from domain.stage import Stage
from domain.taking.warehouse import arrived, with_package
from domain.transitions import permitted

# -- completed -------------------------------------------------------------------------------------------------------


def complete(turn: Turn) -> None:
    """At 23 h after the last signature by itself, at once when somebody confirms; never over a dispute."""
    order = turn.order
    if order.stage is not Stage.DELIVERED or order.ending:
        return
    moment = auto_complete_at(order)
    asked = order.confirmed_at is not None
    if not asked and (moment is None or turn.judged_at < moment):
        turn.look_at(moment, "C3 order completes itself")
        return
    if permitted(order, "complete"):
        turn.order = order.having(completed_at=turn.now, closed_at=turn.now)
        if not asked:
            turn.note("completed", "completed_by_itself")
        turn.tell("COMPLETED")


# -- a parcel that waits for its recipient ---------------------------------------------------------------------------


def pickup(turn: Turn) -> None:
    """At the station: remind the recipient and ask the carrier at 72 h, presume delivery at 7 days (§1.3 C5, A-22)."""
    policy = turn.order.policy
    for package in turn.order.packages:
        since = package.story.since
        if package.state is not PackageState.READY_FOR_PICKUP or since is None:
            continue
        remind, presume = since + policy.pickup_reminder_after, since + policy.pickup_presumed_after
        if turn.judged_at >= presume:
            _presume(turn, package)
        elif turn.judged_at < remind:
            turn.look_at(remind, f"pickup {package.subject} reminder")
        else:
            if not is_past(turn.order, remind):
                _remind(turn, package)
            turn.look_at(presume, f"pickup {package.subject} presumed delivered")


def _remind(turn: Turn, package: Package) -> None:
    turn.tell("PICKUP_REMINDER", package.subject, tracking=package.tracking_number or package.id)
    if package.tracking_number:
        details = inquiry(turn.order, package, "pickup/1")
        turn.start(EffectKind.ASK_CARRIER, f"pickup/1/{package.subject}", **details)


def _presume(turn: Turn, package: Package) -> None:
    since = package.story.since
    if since is None:
        return
    scan = Scan(
        id=f"presumed/{package.id}",
        state=PackageState.DELIVERED,
        at=since + turn.order.policy.pickup_presumed_after,
        received_at=turn.now,
        code=PRESUMED,
    )
    turn.order = arrived(with_package(turn.order, package.having(scans=(*package.scans, scan))))
    turn.note(f"presumed/{package.id}", "pickup_presumed", subject=package.subject)


STAY = frozenset({CaseKind.PAYMENT_MISMATCH, CaseKind.REFUND_FAILED, CaseKind.CANCEL_AFTER_SHIP})
"""Cases about money, which the end of an order does not end."""

# -- undone ----------------------------------------------------------------------------------------------------------


def undo(turn: Turn) -> None:
    """Cancelled or rejected: give back stock, money and the ERP entry, each once, then say so (D5)."""
    order = turn.order
    if order.ending is None:
        return
    if not turn.running(EffectKind.AUDIT, EffectKind.RESERVE, EffectKind.BOOK_TRANSFER):
        turn.start(EffectKind.RELEASE_STOCK, "all", ReleaseStockRequest)
    if order.entered and not order.entered.cancelled and not turn.running(EffectKind.ENTER):
        turn.start(EffectKind.CANCEL_ENTRY, order.entered.version, CancelEntryRequest, document=order.entered.document)
    _refund_all(turn)
    for case in turn.order.open_cases:
        if case.kind not in STAY:
            turn.close_case(case, "CANCELLED" if order.ending.how == "cancel" else "REJECTED")
    if turn.order.stage in {Stage.CANCELLED, Stage.REJECTED}:
        _say_ended(turn)


def _refund_all(turn: Turn) -> None:
    payment = turn.order.payment
    for currency in payment.currencies:
        held = payment.held(currency)
        if held > 0:
            newest = [receipt for receipt in payment.receipts if receipt.currency == currency][-1]
            refund(turn, f"ending/{newest.payment_no}", held, currency)


def refund(turn: Turn, cause: str, amount: int, currency: str) -> None:
    """Pay money back, if there is any, once a cause; it counts as asked for from now on."""
    if amount <= 0:
        return
    if turn.order.policy.claims.port(turn.order.channel) == "agree":
        _expect(turn, effect_key(turn.order.number, EffectKind.REFUND, cause), amount, currency)
    elif turn.start(EffectKind.REFUND, cause, RefundRequest, amount=amount, currency=currency):
        _asked_for(turn, turn.order.effects[-1].key, amount, currency)


def own_cause(order: Order, cause: str, word: str) -> str:
    """The cause of a refund that comes once by itself: where another one is known by its name, with a word of its own.

    A change counts as one by its number, and as another by the version that it became.
    """
    key = effect_key(order.number, EffectKind.REFUND, cause)
    return f"{cause}/{word}" if any(back.key == key for back in order.payment.refunds) else cause


def _asked_for(turn: Turn, key: str, amount: int, currency: str) -> None:
    payment = turn.order.payment
    back = Refunded(key=key, amount=amount, currency=currency)
    turn.order = turn.order.having(payment=payment.having(refunds=(*payment.refunds, back)))


def _expect(turn: Turn, key: str, amount: int, currency: str) -> None:
    """The marketplace holds the money and pays when it has our yes to an application (§4.8).

    Where the buyer has not applied he is asked to; that he got it is the payer's fact ``refunded``.
    """
    if any(back.key == key for back in turn.order.payment.refunds):
        return
    _asked_for(turn, key, amount, currency)
    if not any(claim.is_application and claim.state in APPLIED_FOR for claim in turn.order.claims):
        turn.tell("REFUND_APPLY", key.partition("/refund/")[2], amount=amount, currency=currency)


APPLIED_FOR = frozenset({ClaimState.OPEN, ClaimState.AGREED, ClaimState.SETTLED})


def _say_ended(turn: Turn) -> None:
    order = turn.order
    if order.closed_at is None:
        turn.order = order.having(closed_at=turn.now)
    if order.ending is not None and order.ending.how == "reject":
        turn.tell("REJECTED", reason=order.ending.reason)
        return
    refunded = order.payment.refunded(order.payment.currency)
    money: dict[str, Any] = (
        {"amount": refunded, "currency": order.payment.currency, "days": order.policy.refund_days} if refunded else {}
    )
    turn.tell("CANCELLED_REFUND", **money)


# -- given up, settled -----------------------------------------------------------------------------------------------


def settle(turn: Turn) -> None:
    """Money that goes back: paid too much, paid twice, or for a parcel that will not arrive.

    Until the audit is passed nobody knows what is due: a correction may still change it.
    """
    payment = turn.order.payment
    if turn.order.audit.passed_at and not turn.order.ending:
        back = [("excess", payment.excess, payment.currency)]
        back += [(f"surplus/{extra.payment_no}", extra.amount, extra.currency) for extra in payment.surplus]
        for cause, amount, currency in back:
            refund(turn, cause, min(amount, turn.order.payment.held(currency)), currency)
    for package in turn.order.packages:
        if package.gone:
            _refund_lost(turn, package)


def _refund_lost(turn: Turn, package: Package) -> None:
    kinds = (CaseKind.RETURN_TO_SENDER, CaseKind.LOST_OR_DAMAGED)
    cases = [turn.order.case_ever(kind, package.subject) for kind in kinds]
    if not any(case and case.status is CaseStatus.RESOLVED and case.outcome == "REFUNDED" for case in cases):
        return
    refund(turn, package.subject, turn.order.refund_for(package), turn.order.payment.currency)
