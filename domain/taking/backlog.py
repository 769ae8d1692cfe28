"""The count of a warehouse's overdue shipments is kept with the case that asked for it (E4 step 4)."""

from __future__ import annotations

from domain.backlog import Backlog, Overdue
from domain.inside import EffectDone
from domain.order import Order


def counted(order: Order, fact: EffectDone, said: Overdue, warehouse: str) -> Order:
    """What the books answered."""
    found = Backlog(case=int(fact.cause), warehouse=warehouse, at=fact.at, **said.model_dump())
    known = order.logistics
    return order.having(logistics=known.having(backlogs=(*known.backlogs, found)))
