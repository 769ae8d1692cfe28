"""The house's rules for stock: which warehouse gives, who is served first, how long an unpaid order keeps it (§6.3).

Each field's default is what orders of an edition without it have always lived by.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.value import Value


class Criterion(StrEnum):
    """What the choice of warehouses goes by; an edition lists them, the weightiest first."""

    WHOLE = "whole"
    FEWEST_SHIPMENTS = "fewest_shipments"
    REGION = "region"
    PRIORITY = "priority"


class StockPolicy(Value):
    """One edition's rules.

    ``together``: payment methods whose orders are split only where no choice of warehouses avoids it (edge case 9).
    ``paid_first``: an unpaid order leaves what paid ones lack (edge case 62). ``unpaid_for``: so long an unpaid order
    keeps its stock (edge case 61); unset: for ever.
    """

    criteria: tuple[Criterion, ...] = (Criterion.WHOLE, Criterion.PRIORITY)
    together: tuple[str, ...] = ()
    paid_first: bool = False
    unpaid_for: Annotated[timedelta, Field(gt=timedelta())] | None = None

    def for_method(self, payment_method: str) -> tuple[Criterion, ...]:
        """The criteria for an order that is paid this way."""
        if payment_method not in self.together:
            return self.criteria
        return tuple(dict.fromkeys((Criterion.WHOLE, Criterion.FEWEST_SHIPMENTS, *self.criteria)))

    def compressed(self, shrink: Callable[[timedelta], timedelta]) -> StockPolicy:
        """The same rules in a demo's time."""
        return self if self.unpaid_for is None else self.having(unpaid_for=shrink(self.unpaid_for))


STANDARD_STOCK = StockPolicy(
    criteria=(Criterion.WHOLE, Criterion.FEWEST_SHIPMENTS, Criterion.REGION, Criterion.PRIORITY),
    together=("cod",),
    paid_first=True,
    unpaid_for=timedelta(hours=24),
)
"""The manual's own figures."""
PROMOTION_STOCK = STANDARD_STOCK.having(unpaid_for=timedelta(minutes=30))
"""The same on a day of promotion, for the edition of its orders."""
