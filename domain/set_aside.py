"""Goods that are offered in place of others, set aside while the customer thinks about it (§4.6 E2 step 4)."""

from __future__ import annotations

from domain.effects import Allocation
from domain.value import Value

OFFER = "offer"
"""The step of a case ``STOCK_SHORTAGE``, and how its effects begin their causes."""


class SetAside(Value):
    """What is reserved for the offer of a case in this version of the order; nothing ``given``: it is not there.

    ``over``: it was given back, or whoever took the order's stock anew gave it back with everything else.
    """

    case: int
    version: int
    given: tuple[Allocation, ...] = ()
    over: bool = False

    @property
    def cause(self) -> str:
        """The cause of its effects: …/reserve/offer/{case}, …/release_stock/offer/{case}."""
        return f"{OFFER}/{self.case}"


def is_offer(cause: str) -> bool:
    """Whether an effect reserved, or gave back, goods that are only offered."""
    return cause.startswith(f"{OFFER}/")
