"""What becomes of a stock transfer: called off, chased, booked when it moved, its step ended with it (SR-131a)."""

from __future__ import annotations

from domain.effects import EffectKind
from domain.facts import Moved
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.steps import CaseStep, StepState
from domain.taking.transfers import arrived, lost, step_for, transfer_for, with_transfer
from domain.transfer_effects import BookTransferRequest, CallOffRequest
from domain.transfers import AT_SOURCE, Transfer, TransferState, parts_of, units

NOT_NEEDED = "NOT_NEEDED"
"""The result of a step whose case ended otherwise."""
HANDS = (EffectKind.AUDIT, EffectKind.RESERVE, EffectKind.RELEASE_STOCK)
"""While one of these changes what the order has reserved, nothing is booked for it."""


def follow(turn: Turn) -> None:
    """Every transfer: called off where nobody wants it, booked when it moved, its step ended when it is over."""
    for number in [transfer.number for transfer in turn.order.transfers]:
        _by_hand(turn, _now(turn, number))
        _spare(turn, _now(turn, number))
        _book(turn, _now(turn, number))
        _close(turn, _now(turn, number))
    for step in turn.order.steps:
        if step.open and _case_is_over(turn.order, step) and transfer_for(turn.order, step) is None:
            turn.end(step, NOT_NEEDED)


def _case_is_over(order: Order, step: CaseStep) -> bool:
    case = next(case for case in order.cases if case.no == step.case)
    return case.kind is CaseKind.STOCK_SHORTAGE and not case.open


def _now(turn: Turn, number: int) -> Transfer:
    return next(transfer for transfer in turn.order.transfers if transfer.number == number)


def _by_hand(turn: Turn, transfer: Transfer) -> None:
    """What a person reports of it counts as if its warehouse had."""
    step = step_for(turn.order, transfer)
    if step is None or step.state is not StepState.BY_HAND or not transfer.under_way:
        return
    done = step.result == TransferState.RECEIVED
    at = step.ended_at or turn.now
    ended = arrived(transfer, at) if done else lost(transfer, at, step.reason or step.result)
    turn.order = with_transfer(turn.order, ended)


def _spare(turn: Turn, transfer: Transfer) -> None:
    """Call off what nobody waits for any more, and what is not there in time; what left in time is only chased."""
    if not transfer.under_way:
        return
    overdue = turn.judged_at >= transfer.due
    if not transfer.unwanted and (_not_wanted(turn.order, transfer) or (overdue and transfer.state in AT_SOURCE)):
        transfer = transfer.having(unwanted=True)
        turn.order = with_transfer(turn.order, transfer)
    if not overdue:
        turn.look_at(transfer.due, f"transfer {transfer.number} due")
    elif not transfer.unwanted:
        params = {"transfer": transfer.number, "source": transfer.source, "target": transfer.target}
        turn.task(f"transfer/{transfer.number}", "CHASE_TRANSFER", "warehouse", case_no=transfer.case, params=params)
    if transfer.unwanted:
        turn.start(
            EffectKind.CALL_OFF_TRANSFER,
            transfer.number,
            CallOffRequest,
            number=transfer.number,
            transfer=_key(turn.order, transfer),
            source=transfer.source,
            target=transfer.target,
        )


def _not_wanted(order: Order, transfer: Transfer) -> bool:
    """Its order ended, a person skipped it, or the goods were found otherwise."""
    step = step_for(order, transfer)
    if order.ending or (step is not None and step.state is StepState.SKIPPED):
        return True
    others = [part for each in order.transfers if each.number < transfer.number for part in each.covers]
    left = units(others)
    lacking = {line.line: line.unallocated - left.get(line.line, 0) for line in order.lines}
    return not any(lacking.get(part.line, 0) > 0 for part in transfer.lines)


def _key(order: Order, transfer: Transfer) -> str:
    return f"{order.number}/transfer/{transfer.number}"


def _book(turn: Turn, transfer: Transfer) -> None:
    """The books follow what was reported, one step after the other."""
    stage = {
        TransferState.IN_TRANSIT: "shipped",
        TransferState.RECEIVED: "received",
        TransferState.FAILED: "failed",
    }.get(transfer.state)
    known = transfer.departed if stage == "shipped" else transfer.booked
    if stage is None or known or turn.running(*HANDS, EffectKind.BOOK_TRANSFER):
        return
    turn.start(
        EffectKind.BOOK_TRANSFER,
        f"{transfer.number}/{stage}",
        BookTransferRequest,
        number=transfer.number,
        transfer=_key(turn.order, transfer),
        stage=stage,
        received=transfer.received,
        wanted=_wanted(turn.order, transfer),
    )


def _wanted(order: Order, transfer: Transfer) -> tuple[Moved, ...]:
    """What the order still lacks of what arrived."""
    if order.ending or transfer.unwanted:
        return ()
    lacking = {line.line: line.unallocated for line in order.lines}
    return parts_of({line: min(n, lacking.get(line, 0)) for line, n in units(transfer.received).items()})


def _close(turn: Turn, transfer: Transfer) -> None:
    step = step_for(turn.order, transfer)
    if step is not None and step.open and transfer.booked:
        turn.end(step, transfer.state)
