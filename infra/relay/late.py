"""Facts for closed orders (edge case 19): what has a meaning goes to ``late/{order_no}``, all others stay unmatched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import structlog
from pydantic import ValidationError

from domain.facts import CLOSED, parse
from domain.late import ClosedOrder, repayment
from domain.late_claims import claim_of, end_of
from domain.late_goods import known_after, left, named
from infra.db.late import closed_orders
from infra.db.transactions import Transactions
from infra.db.waiting import facts as waiting
from infra.db.waiting.facts import WaitingFact
from infra.relay.door import Door
from infra.relay.metrics import LATE, UNMATCHED

log = structlog.get_logger(__name__)


YES = frozenset({"tracking_accepted", "status_accepted"})
"""The channel's yes to what we told it: an order that is over needs it no more, and nobody has to look at it."""


@dataclass(frozen=True)
class Late:
    """Takes the facts whose orders' workflows are closed."""

    engine: Transactions
    door: Door
    now: Callable[[], datetime]

    async def take(self, facts: Sequence[WaitingFact]) -> None:
        """Pass on what has a meaning, and give up the rest; a fact is marked once Temporal or an alert has it."""
        if not facts:
            return
        async with self.engine.begin() as connection:
            orders = await closed_orders(connection, sorted({fact.order_no for fact in facts}))
            meant = [fact for fact in facts if _means(orders, fact)]
            heard = [fact for fact in facts if fact.kind in YES]
            rest = [fact for fact in facts if fact not in meant and fact not in heard]
            if rest:
                await waiting.mark_unmatched(connection, [fact.row for fact in rest], self.now(), CLOSED)
            for order_no, some in groupby(meant, key=lambda fact: fact.order_no):
                await self.door.tell_late(order_no, [fact.fact for fact in some])
            if meant or heard:
                await waiting.mark_delivered(connection, [*meant, *heard], self.now())
        LATE.inc(len(meant))
        UNMATCHED.inc(len(rest))
        for fact in rest:
            log.warning("fact for a closed order", order_no=fact.order_no, kind=fact.kind, fact_id=fact.fact["id"])


def _means(orders: dict[str, ClosedOrder], fact: WaitingFact) -> bool:
    """Whether the fact means something to its closed order, with what was told just before it."""
    order = orders.get(fact.order_no)
    if order is None:
        return False
    try:
        told = parse(dict(fact.fact))
    except ValidationError:  # a kind that this release does not know
        return False
    orders[fact.order_no] = known_after(order, told)
    return any(meaning(order, told) is not None for meaning in (repayment, claim_of, end_of, left, named))
