"""What may happen to a stock transfer of the model: another warehouse brings it once, or does not (M2)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.effects import Done, EffectKind
from domain.facts import Moved
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.transfer_effects import CallOffOutcome, TransferOutcome
from domain.transfers import TransferState
from tests.rules.story import booked


def answers(order: Order, effect: EffectState) -> Iterator[Outcome]:
    """Another warehouse brings it once, or nobody does; it keeps the goods, or they have left; all else is done."""
    match effect.kind:
        case EffectKind.REQUEST_TRANSFER:
            yield TransferOutcome()
            if not order.transfers:
                lines = tuple(Moved(**moved) for moved in effect.request["lines"])
                yield TransferOutcome(source="ZZ", target="SH", lines=lines)
        case EffectKind.CALL_OFF_TRANSFER:
            yield from (CallOffOutcome(called_off=kept) for kept in (True, False))
        case EffectKind.BOOK_TRANSFER:
            yield booked(effect)
        case _:
            yield Done()


def news(order: Order) -> Iterator[tuple[str, int]]:
    """It leaves, arrives or fails: kind of the fact, and number."""
    for transfer in order.transfers:
        kinds = ("transfer_shipped",) if transfer.state is TransferState.REQUESTED else ()
        for kind in (*kinds, "transfer_received", "transfer_failed") if transfer.under_way else ():
            yield kind, transfer.number
