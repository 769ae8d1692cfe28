"""What every fact has, and the bounds of what it may say (order-model §4.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.value import Moment, Value

LONGEST_ID = 200
"""Bytes of UTF-8: what names something becomes part of Temporal's ids, which have a limit of their own (R50)."""
AT_ONCE = 300
"""So many facts an order takes in at once; whoever has more sends them in pieces."""


def _fit_for_ids(name: str) -> str:
    if len(name.encode()) > LONGEST_ID:
        raise ValueError(f"at most {LONGEST_ID} bytes of UTF-8")
    if any(ord(sign) < ord(" ") or sign == "\x7f" for sign in name):
        raise ValueError("no control characters")
    return name


Identity = Annotated[str, Field(min_length=1, max_length=LONGEST_ID), AfterValidator(_fit_for_ids)]
"""What names something: a package, a payment, a tracking number."""
Quantity = Annotated[int, Field(ge=1, lt=2**31)]
Ordinal = Annotated[int, Field(ge=1, lt=2**15)]
Amount = Annotated[int, Field(ge=0, le=2**53)]
"""Minor units; a bound that the books can hold many times over."""


CLOSED = "the order is closed"
"""Why a fact that comes after the order's end is unmatched."""


class Fact(Value):
    """What every fact has. ``source`` names the party that told us, ``actor`` the person where there is one."""

    id: Annotated[str, Field(min_length=1, max_length=1000)]
    source: str = "us"
    actor: str = ""
    occurred_at: Moment
    received_at: Moment

    @property
    def at(self) -> datetime:
        """When it happened, never later than when we heard of it (edge case 17)."""
        return min(self.occurred_at, self.received_at)


class Others(Value):
    """So many units of goods that the order does not have."""

    sku: Identity
    quantity: Quantity


class Moved(Value):
    """So many units of one order line."""

    line: str
    quantity: Quantity
