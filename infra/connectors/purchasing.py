"""Purchasing: knows when goods that nobody has will come (SR-131a)."""

from __future__ import annotations

from typing import Protocol

from domain.inquiries import Answer
from domain.value import Moment, Value
from infra.connectors.reference import OrderReference


class PurchasingUnreachable(Exception):
    """Ours to retry: purchasing did not answer, or not in words we know."""


class PurchasingRefused(Exception):
    """The operator's to settle: purchasing will never answer this, and says why."""


class PurchaseQuestion(Value):
    """When will so many units of each SKU be there? ``by``: when they are needed."""

    order: OrderReference
    units: dict[str, int]
    by: Moment | None = None


class Purchasing(Protocol):
    """Whoever buys for the house. It may be asked again under the same key."""

    async def ask(self, key: str, question: PurchaseQuestion) -> Answer:
        """Ask for the date. A reason without one is a no; an empty answer: later, as the fact ``purchase_promised``."""
        ...
