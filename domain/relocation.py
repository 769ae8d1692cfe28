"""A shipment that is to leave from another warehouse (改仓发货, SR-034): what is known of the attempt.

The goods are reserved there first, all of them or none: only then is the shipment recalled, so that an order which
cannot go elsewhere stays as it is.
"""

from __future__ import annotations

from enum import StrEnum

from domain.effects import Allocation
from domain.value import Moment, Value


class RelocationState(StrEnum):
    """How far it is, and what came of it.

    RESERVING elsewhere · RECALLING from the warehouse that has it · REASSIGNED, and planned anew · NO_STOCK: no other
    warehouse has all of it · REFUSED: its warehouse could not stop it · OVERTAKEN by a change, a cancel or a count.
    """

    RESERVING = "RESERVING"
    RECALLING = "RECALLING"
    REASSIGNED = "REASSIGNED"
    NO_STOCK = "NO_STOCK"
    REFUSED = "REFUSED"
    OVERTAKEN = "OVERTAKEN"


OPEN = frozenset({RelocationState.RESERVING, RelocationState.RECALLING})


class Relocation(Value):
    """One attempt: ``shipment`` is to leave from ``warehouse`` (empty: the best other one).

    ``given`` is reserved elsewhere for it; ``version`` is the order's when it began, ``case`` whose step it is.
    """

    no: int
    shipment: int
    warehouse: str = ""
    by: str
    at: Moment
    version: int
    case: int = 0
    state: RelocationState = RelocationState.RESERVING
    given: tuple[Allocation, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it is still tried."""
        return self.state in OPEN

    @property
    def reserved_by(self) -> str:
        """The cause of its reservation, and of what it gives back."""
        return f"elsewhere/{self.no}"

    @property
    def recalled_by(self) -> str:
        """The cause of its recall."""
        return f"reassign-{self.no}"
