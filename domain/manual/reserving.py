"""What an order asks the stock books for: the units it lacks, where they may be, and in how many warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.effects import EffectKind, ReserveRequest
from domain.facts import Moved
from domain.lines import Line
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.stock_policy import Criterion
from domain.transfers import TransferState, units


def reserve(turn: Turn, short: Sequence[Line]) -> None:
    """By the order's own edition; where its criteria do not ask for the province, the books need not know it.

    Units that have left another warehouse for this order are not looked for.
    """
    order, stock, content = turn.order, turn.order.policy.stock, turn.order.content
    criteria = stock.for_method(content.payment_method)
    coming = _on_the_road(order)
    wanted = {line.line: line.unallocated - coming.get(line.line, 0) for line in short}
    if not any(count > 0 for count in wanted.values()):
        return
    turn.start(
        EffectKind.RESERVE,
        order.stock_wanted,
        ReserveRequest,
        version=order.version,
        lines=tuple(Moved(line=line, quantity=count) for line, count in wanted.items() if count > 0),
        skus={line.line: line.sku for line in short},
        criteria=criteria,
        paid_first=stock.paid_first,
        province=content.region if Criterion.REGION in criteria else "",
        gather=gathers(order),
        not_from=empty_shelves(order, [line.line for line in short]),
    )


def reserve_whole(turn: Turn, cause: str, lines: tuple[Moved, ...], **fields: Any) -> None:
    """These units, all of them or none: they are sent anew, or from elsewhere; ``fields`` say where they may be."""
    order, content = turn.order, turn.order.content
    criteria = order.policy.stock.for_method(content.payment_method)
    skus = {line.line: line.sku for line in order.lines}
    turn.start(
        EffectKind.RESERVE,
        cause,
        ReserveRequest,
        version=order.version,
        lines=lines,
        skus={part.line: skus[part.line] for part in lines},
        criteria=criteria,
        province=content.region if Criterion.REGION in criteria else "",
        whole=True,
        **fields,
    )


def _on_the_road(order: Order) -> dict[str, int]:
    gone = (each for each in order.transfers if each.state in (TransferState.IN_TRANSIT, TransferState.RECEIVED))
    return units([part for transfer in gone for part in transfer.covers])


def missing(order: Order, short: Sequence[Line]) -> dict[str, int]:
    """The units that are neither reserved nor on their way."""
    coming = units([part for transfer in order.transfers for part in transfer.covers])
    lacking = {line.line: line.unallocated - coming.get(line.line, 0) for line in short}
    return {line: count for line, count in lacking.items() if count > 0}


def gathers(order: Order) -> bool:
    """Whether its goods leave from one warehouse only: its edition says so, and nobody let it be split."""
    case = order.case(CaseKind.STOCK_SHORTAGE)
    split = case is not None and f"split/{case.no}" in order.fired
    return order.policy.shortage.gathers(order.content.payment_method) and not split


def empty_shelves(order: Order, lines: Sequence[str]) -> tuple[str, ...]:
    """The warehouses that had fewer of these lines on the shelf than in their books."""
    missed = {shipment.warehouse for shipment in order.shipments for part in shipment.missed if part.line in lines}
    return tuple(sorted(missed))
