"""Who loses a reservation when a count finds less than is reserved (edge case 29): the house's stated rule.

First what closed orders still hold. Then, of units that no warehouse was told to send: the unpaid before the paid, the
newest order first, so that the oldest paid order loses last. Only then units that a warehouse has been handed, in the
same order: their orders keep them and a person looks on the shelf, for the parcel may be on its way to the door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from domain.value import Moment, Value


class Holding(Value):
    """Units of one order line reserved in one warehouse; ``handed_over`` of them are with the warehouse already.

    ``cause`` is the key of the effect that reserved them last.
    """

    order_no: str
    line: str
    units: int
    placed_at: Moment
    paid: bool = False
    final: bool = False
    handed_over: int = 0
    cause: str = ""


class Loss(NamedTuple):
    """So many units of a holding are not there."""

    holding: Holding
    units: int


def lose(holdings: Iterable[Holding], units: int) -> tuple[Loss, ...]:
    """Take so many units away, by the rule; as many as there are where that is less. One loss a holding."""
    lost: dict[Holding, int] = {}
    for holding, there in _by_turn(holdings):
        taken = min(there, units)
        if taken > 0:
            lost[holding] = lost.get(holding, 0) + taken
            units -= taken
    return tuple(Loss(holding, taken) for holding, taken in lost.items())


def _by_turn(holdings: Iterable[Holding]) -> Iterator[tuple[Holding, int]]:
    newest = sorted(holdings, key=lambda each: (each.placed_at, each.order_no, each.line), reverse=True)
    turns = [(each, min(each.handed_over, each.units), handed) for each in newest for handed in (False, True)]
    turns.sort(key=lambda turn: (not turn[0].final, turn[2], turn[0].paid))
    for holding, handed_over, handed in turns:
        yield holding, handed_over if handed else holding.units - handed_over
