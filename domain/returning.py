"""How a return goes on: what each request, fact and outcome makes of it, and what is to be done next (§4.7, SR-149).

Every step outside has one key; what happened once is not done again, in whatever order it is told.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.asks import Ask
from domain.effects import Done, Kept
from domain.facts import CarrierScan
from domain.return_asks import (
    ApproveRefund,
    ApproveReturn,
    InspectReturn,
    RefuseReturn,
    ReportRefund,
    RetryRefund,
    SettleReturn,
    mark_of,
    payback_parked,
    payback_waiting,
    sent_already,
)
from domain.return_facts import ReturnFact, ReturnReceived, ReturnShipped
from domain.returns import NOT_CAPTURED, Held, Payback, Return, ReturnKind, disputed, due, refund_key

REMEMBERED = 200
"""So many facts and requests are remembered by their ids."""


class Work(StrEnum):
    """What is done outside for a return. The value is the activity's name."""

    KEEP = "keep_exchange"
    GIVE_BACK = "give_back_exchange"
    SHIP = "ship_exchange"
    RESTOCK = "restock_return"
    CLAIM = "claim_refund"
    PAY = "refund_payment"


class KeepOutcome(Kept):
    """Whether all new goods of an exchange are reserved."""

    kept: bool


class ShipOutcome(Kept):
    """The order that sends the new goods."""

    order_no: str


class ClaimOutcome(Kept):
    """What the books let go back; None: the order is not over yet, ask again."""

    granted: int | None = None


Outcome = KeepOutcome | ShipOutcome | ClaimOutcome | Done


# -- what happens to it ----------------------------------------------------------------------------------------------


def after_ask(its: Return, ask: Ask, at: datetime) -> Return:
    """The return after a request that was answered yes; the same request again changes nothing."""
    if sent_already(its, ask):
        return its
    changed = _asked(its, ask, at)
    return changed.having(asked=(*its.asked, mark_of(ask))[-REMEMBERED:], sequence=its.sequence + 1)


def _asked(its: Return, ask: Ask, at: datetime) -> Return:
    changed = its
    match ask:
        case ApproveReturn():
            changed = its.having(approved_at=at, approved_by=ask.actor)
        case RefuseReturn():
            changed = its.having(refused_at=at, refused_by=ask.actor, refusal=ask.reason)
        case InspectReturn():
            changed = _inspected(its, ask, at)
        case ApproveRefund() if waiting := payback_waiting(its):
            changed = with_payback(its, waiting.having(finance_by=ask.actor))
        case SettleReturn():
            settled = its.having(settled_at=at, settled_by=ask.actor, settled_for=ask.exchange)
            changed = _owing(settled, "settled", ask.amount)
        case RetryRefund() if parked := payback_parked(its):
            changed = with_payback(its, parked.having(trouble="", asked_again_at=None))
        case ReportRefund() if parked := payback_parked(its):
            changed = with_payback(its, parked.having(by_hand=True, reference=ask.reference))
    return changed


def _inspected(its: Return, ask: InspectReturn, at: datetime) -> Return:
    found = its.having(
        inspection=ask.lines,
        inspected_at=at,
        inspected_by=ask.actor,
        received_at=its.received_at or at,
        warehouse=ask.warehouse or its.warehouse,
    )
    return _owing(found, "goods", due(found))


def _owing(its: Return, cause: str, amount: int) -> Return:
    if not amount or any(each.cause == cause for each in its.paybacks):
        return its
    owed = Payback(cause=cause, amount=amount, needs_finance=amount > its.policy.approval_over)
    return its.having(paybacks=(*its.paybacks, owed))


def after_fact(its: Return, fact: ReturnFact) -> Return:
    """The return after a fact, in whatever order facts come; one that says nothing new changes nothing."""
    if fact.id in its.seen:
        return its
    known = its.having(seen=(*its.seen, fact.id)[-REMEMBERED:], sequence=its.sequence + 1)
    if its.called_off or its.closed_at:
        return known
    number = fact.tracking_number or ""
    match fact:
        case ReturnShipped():
            known = known.having(
                shipped_at=known.shipped_at or fact.at, carrier=known.carrier or fact.carrier, tracking_number=number
            )
        case ReturnReceived():
            place = fact.warehouse if its.inspected_at is None and fact.warehouse else its.warehouse
            known = known.having(received_at=known.received_at or fact.at, warehouse=place)
        case CarrierScan() if fact.scan.moves:
            known = known.having(scanned_at=min(known.scanned_at or fact.at, fact.at))
    return known.having(tracking_number=its.tracking_number or number)


def after_work(its: Return, work: Work, outcome: Outcome, now: datetime) -> Return:
    """The return after a step outside was done."""
    changed = its.having(sequence=its.sequence + 1)
    at = outcome.done_at or now
    match work, outcome:
        case Work.KEEP, KeepOutcome():
            return changed.having(held=Held.KEPT if outcome.kept else Held.SHORT)
        case Work.SHIP, ShipOutcome():
            return changed.having(new_order_no=outcome.order_no)
        case Work.CLAIM, ClaimOutcome():
            return _claimed(changed, outcome, now)
        case Work.PAY, Done():
            return _paid(changed, outcome.reference, at)
        case Work.GIVE_BACK, _:
            return changed.having(held=Held.GIVEN_BACK)
        case _:
            return changed.having(restocked_at=at)


def _claimed(its: Return, outcome: ClaimOutcome, now: datetime) -> Return:
    owed = open_payback(its)
    if owed is None:
        return its
    if outcome.granted is None:
        return with_payback(its, owed.having(asked_again_at=now + its.policy.look_again_after))
    trouble = "" if outcome.granted == owed.amount else NOT_CAPTURED
    done = {"trouble": trouble} if not outcome.granted else {}
    return with_payback(its, owed.having(granted=outcome.granted, asked_again_at=None, **done))


def _paid(its: Return, reference: str, at: datetime) -> Return:
    owed = open_payback(its)
    if owed is None:
        return its
    rest = "" if owed.granted == owed.amount else NOT_CAPTURED
    return with_payback(its, owed.having(paid_at=at, reference=reference, trouble=rest))


def refund_parked(its: Return, reason: str) -> Return:
    """The gateway will never pay this back; finance sees to it."""
    owed = open_payback(its)
    return its if owed is None else with_payback(its, owed.having(trouble=reason)).having(sequence=its.sequence + 1)


def after_time(its: Return, now: datetime) -> Return:
    """The return as time alone changes it: never sent back, sent and not received, and over at last."""
    changed, moment = its, next_due(its)
    if moment is not None and moment <= now and not _waits_for_books(its):
        passed = {"lapsed_at": now} if its.on_its_way_at is None else {"missed_at": now}
        changed = its.having(**passed, sequence=its.sequence + 1)
    if changed.closed_at is None and is_over(changed):
        changed = changed.having(closed_at=now, sequence=changed.sequence + 1)
    return changed


def with_payback(its: Return, changed: Payback) -> Return:
    """The return with one of its refunds as it is now."""
    return its.having(paybacks=tuple(changed if each.cause == changed.cause else each for each in its.paybacks))


# -- what is done next -----------------------------------------------------------------------------------------------


def open_payback(its: Return) -> Payback | None:
    """The refund that can go on by itself."""
    return next(
        (
            each
            for each in its.paybacks
            if not each.over and not each.trouble and (each.finance_by or not each.needs_finance)
        ),
        None,
    )


def next_work(its: Return, now: datetime) -> Work | None:
    """The one step outside that is due now; None: wait."""
    if its.closed_at is not None:
        return None
    if its.kind is ReturnKind.EXCHANGE and (work := _exchange(its)):
        return work
    if its.inspected_at and not its.restocked_at:
        return Work.RESTOCK
    owed = open_payback(its)
    if owed is None or (owed.asked_again_at and now < owed.asked_again_at):
        return None
    if owed.granted is None:
        return Work.CLAIM
    return Work.PAY if owed.granted and owed.paid_at is None else None


def _exchange(its: Return) -> Work | None:
    if its.held is Held.NOT_YET:
        return None if its.called_off else Work.KEEP
    if its.held is not Held.KEPT or its.new_order_no:
        return None
    if its.called_off:
        return Work.GIVE_BACK
    paid_instead = its.settled_at is not None and not its.settled_for
    on_scan = its.policy.exchange_ships_on == "scan" and its.approved_at and not paid_instead
    if (on_scan and its.scanned_at) or (its.inspected_at and (not disputed(its) or its.settled_for)):
        return Work.SHIP
    return Work.GIVE_BACK if its.inspected_at and its.settled_at else None


def is_over(its: Return) -> bool:
    """Whether nothing is left to do or to wait for."""
    if its.called_off:
        return its.held is not Held.KEPT
    settled = not disputed(its) or its.settled_at is not None
    kept = its.held is Held.KEPT and not its.new_order_no
    return bool(its.restocked_at) and settled and not kept and all(each.over for each in its.paybacks)


def next_due(its: Return) -> datetime | None:
    """When to look again though nothing was told; None: never."""
    if its.closed_at or its.called_off:
        return None
    if _waits_for_books(its):
        return min(each.asked_again_at for each in its.paybacks if each.asked_again_at)
    if its.received_at or its.approved_at is None:
        return None
    if its.on_its_way_at is None:
        return its.approved_at + its.policy.ship_back_within
    return None if its.missed_at else its.on_its_way_at + its.policy.receive_within


def _waits_for_books(its: Return) -> bool:
    return any(each.asked_again_at and each.granted is None and not each.over for each in its.paybacks)


def key_of(its: Return, work: Work) -> str:
    """The business key of a step outside; a refund's says whether it is for goods or a settled dispute."""
    if work in {Work.CLAIM, Work.PAY}:
        owed = open_payback(its)
        return refund_key(its, owed.cause if owed else "goods")
    words = {Work.KEEP: "reserve", Work.GIVE_BACK: "release_stock", Work.SHIP: "exchange", Work.RESTOCK: "restock"}
    return f"{its.order_no}/{words[work]}/return/{its.number}"
