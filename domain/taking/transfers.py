"""What becomes of an order's stock transfers: asked for, on their way, arrived, failed, booked (SR-131a, §4.6 E2)."""

from __future__ import annotations

from datetime import datetime

from domain.facts import Moved, PurchasePromised, TransferFailed, TransferPicked, TransferReceived, TransferShipped
from domain.holds import EffectState
from domain.inquiries import Answer
from domain.inside import EffectDone
from domain.order import Order
from domain.steps import CaseStep, step_key
from domain.taking.warehouse import ComesEarly, DoesNotFit
from domain.transfer_effects import BookTransferOutcome, CallOffOutcome, TransferOutcome
from domain.transfers import Transfer, TransferState, parts_of, units

PROMISED = "PROMISED"
"""The result of a question to purchasing that it answered with a date, while the house waits for it."""
NO_DATE = "NO_DATE"
"""The result where it has none."""
RANKS = (TransferState.REQUESTED, TransferState.PICKED, TransferState.IN_TRANSIT, TransferState.RECEIVED)


def with_transfer(order: Order, changed: Transfer) -> Order:
    """The order with this transfer in place of the one of its number."""
    return order.having(transfers=tuple(changed if each.number == changed.number else each for each in order.transfers))


def transfer_of(order: Order, number: int) -> Transfer:
    """The transfer a warehouse speaks of; ComesEarly where there is none."""
    for transfer in order.transfers:
        if transfer.number == number:
            return transfer
    message = f"no transfer {number} was asked for"
    raise ComesEarly(message)


def _alive(order: Order, number: int) -> Transfer:
    transfer = transfer_of(order, number)
    if not transfer.under_way:
        message = f"transfer {number} is over: {transfer.state}"
        raise DoesNotFit(message)
    return transfer


def _reached(transfer: Transfer, state: TransferState) -> Transfer:
    """A later state; news of an earlier one is history only."""
    later = RANKS.index(state) > RANKS.index(transfer.state)
    return transfer.having(state=state) if later else transfer


# -- what is reported ------------------------------------------------------------------------------------------------


def picked(order: Order, fact: TransferPicked) -> Order:
    """Its goods were taken from the shelf; told after their arrival it is history."""
    transfer = transfer_of(order, fact.transfer)
    known = transfer.having(picked_at=transfer.picked_at or fact.at)
    return with_transfer(order, _reached(known, TransferState.PICKED) if transfer.under_way else known)


def shipped(order: Order, fact: TransferShipped) -> Order:
    """Its goods left the source; told after their arrival it is history."""
    transfer = transfer_of(order, fact.transfer)
    if transfer.state in (TransferState.FAILED, TransferState.CALLED_OFF):
        _alive(order, fact.transfer)
    known = transfer.having(shipped_at=transfer.shipped_at or fact.at)
    return with_transfer(order, _reached(known, TransferState.IN_TRANSIT) if transfer.under_way else known)


def received(order: Order, fact: TransferReceived) -> Order:
    """Its goods arrived, all or some; the books follow, and its order gets them."""
    transfer = transfer_of(order, fact.transfer)
    if transfer.state is TransferState.RECEIVED:
        return order
    return with_transfer(order, arrived(_alive(order, fact.transfer), fact.at, fact.lines))


def arrived(transfer: Transfer, at: datetime, lines: tuple[Moved, ...] = ()) -> Transfer:
    """The transfer with what arrived of it, never more than was sent."""
    sent, came = units(transfer.lines), units(lines)
    took = parts_of({line: min(count, sent[line]) for line, count in came.items() if line in sent})
    return transfer.having(
        state=TransferState.RECEIVED,
        received=took if lines else transfer.lines,
        shipped_at=transfer.shipped_at or at,
        ended_at=at,
    )


def failed(order: Order, fact: TransferFailed) -> Order:
    """It will not arrive: its units have to be found elsewhere."""
    transfer = transfer_of(order, fact.transfer)
    if transfer.state in (TransferState.FAILED, TransferState.CALLED_OFF):
        return order
    return with_transfer(order, lost(_alive(order, fact.transfer), fact.at, fact.reason))


def lost(transfer: Transfer, at: datetime, reason: str) -> Transfer:
    """The transfer that failed."""
    return transfer.having(state=TransferState.FAILED, reason=reason, ended_at=at)


# -- what was answered -----------------------------------------------------------------------------------------------


def requested(order: Order, fact: EffectDone, outcome: TransferOutcome) -> Order:
    """A warehouse brings it, or refused to; nothing where nobody can in time."""
    asked = order.step(step_of(order, fact.key))
    if not outcome.source or asked is None:
        return order
    transfer = Transfer(
        number=int(fact.cause),
        case=asked.case,
        source=outcome.source,
        target=outcome.target,
        lines=outcome.lines,
        requested_at=fact.at,
        expected_at=outcome.expected_at or fact.at,
        due=asked.until or outcome.expected_at or fact.at,
    )
    if outcome.refused:
        transfer = lost(transfer, fact.at, outcome.refused).having(booked=True)
    return order.having(transfers=(*order.transfers, transfer))


def step_of(order: Order, effect: str) -> str:
    """The key of the step an effect was started for; empty where there is none."""
    return next((step.key for step in order.steps if effect in step.effects), "")


def called_off(order: Order, fact: EffectDone, outcome: CallOffOutcome) -> Order:
    """Its warehouse kept the goods, or they were gone already: then they arrive, and are anybody's."""
    transfer = transfer_of(order, int(fact.cause))
    if not transfer.under_way:
        return order
    if outcome.called_off:
        ended = transfer.having(state=TransferState.CALLED_OFF, booked=True, ended_at=fact.at)
        return with_transfer(order, ended)
    gone = transfer.having(shipped_at=transfer.shipped_at or fact.at)
    return with_transfer(order, _reached(gone, TransferState.IN_TRANSIT))


def booked(order: Order, fact: EffectDone, outcome: BookTransferOutcome) -> Order:
    """The books know it; what arrived for the order is reserved for it."""
    number = int(fact.cause.partition("/")[0])
    transfer = transfer_of(order, number).having(departed=True)
    order = with_transfer(order, transfer if outcome.stage == "shipped" else transfer.having(booked=True))
    if order.ending:
        return order
    lines = tuple(
        line.reserve(tuple(given for given in outcome.allocations if given.line == line.line)) for line in order.lines
    )
    return order.having(lines=lines)


# -- purchasing ------------------------------------------------------------------------------------------------------


def purchasing_answered(order: Order, fact: EffectDone, outcome: Answer) -> Order:
    """Purchasing named a date; words without one are a no, and no words are: later."""
    step = order.step(step_of(order, fact.key))
    if outcome.promised_at is None and step is not None and step.open and outcome.reason:
        said = step.having(result=NO_DATE, reason=outcome.reason)
        return order.having(steps=tuple(said if each.key == step.key else each for each in order.steps))
    return order if outcome.promised_at is None else _promised(order, step, outcome.promised_at)


def purchase_promised(order: Order, fact: PurchasePromised) -> Order:
    """Purchasing named a date; for a case that is over, or for goods nobody lacks, it is history."""
    lacking = any(line.sku == fact.sku and line.unallocated for line in order.lines)
    open_now = [step for step in order.open_steps if step.word == "purchasing"]
    return _promised(order, open_now[0], fact.promised_at) if lacking and open_now else order


def _promised(order: Order, step: CaseStep | None, at: datetime) -> Order:
    """The latest date of all that is lacking counts."""
    if step is None or not step.open:
        return order
    latest = max(at, step.until) if step.result == PROMISED and step.until else at
    changed = step.having(result=PROMISED, until=latest)
    return order.having(steps=tuple(changed if each.key == step.key else each for each in order.steps))


def effect_of(order: Order, step: CaseStep) -> EffectState | None:
    """The effect that a step waits for."""
    return next((effect for effect in order.effects if effect.key in step.effects), None)


def transfer_for(order: Order, step: CaseStep) -> Transfer | None:
    """The transfer that came of a step."""
    effect = effect_of(order, step)
    number = int(effect.cause) if effect else 0
    return next((transfer for transfer in order.transfers if transfer.number == number), None)


def step_for(order: Order, transfer: Transfer) -> CaseStep | None:
    """The step that asked for a transfer."""
    return order.step(step_key(transfer.case, f"transfer-{transfer.number}"))
