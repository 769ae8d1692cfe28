"""What the books say of goods that are set aside for an offer does to an order."""

from __future__ import annotations

from domain.effects import ReserveOutcome
from domain.inside import EffectDone
from domain.order import Order
from domain.set_aside import OFFER, SetAside


def set_aside(order: Order, fact: EffectDone, outcome: ReserveOutcome) -> Order:
    """All of it is reserved, or none."""
    case = int(fact.cause.removeprefix(f"{OFFER}/"))
    kept = SetAside(case=case, version=order.version, given=outcome.allocations)
    known = order.logistics
    return order.having(logistics=known.having(set_aside=(*known.set_aside, kept)))


def put(order: Order, changed: SetAside) -> Order:
    """Put what is set aside in the place of what was."""
    known = order.logistics
    mine = tuple(changed if each.case == changed.case else each for each in known.set_aside)
    return order.having(logistics=known.having(set_aside=mine))


def lost_aside(order: Order, cause: str, line: str, units: int) -> Order:
    """Units that were set aside are not there after all: the offer stands, the audit finds what there is then."""
    for kept in order.logistics.set_aside:
        if kept.cause == cause:
            left, given = units, []
            for part in kept.given:
                taken = min(left, part.quantity) if part.line == line else 0
                left -= taken
                if part.quantity > taken:
                    given.append(part.having(quantity=part.quantity - taken))
            order = put(order, kept.having(given=tuple(given)))
    return order
