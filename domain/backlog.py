"""How far behind a warehouse is: its open shipments, and those past their C4 (E4 step 4)."""

from __future__ import annotations

from domain.effects import Request
from domain.value import Moment, Value


class CountOverdue(Request):
    """Count a warehouse's open shipments and the overdue ones among them (key …/overdue/{case})."""

    warehouse: str


class Overdue(Value):
    """What was counted, in the books of the order's tenant."""

    open: int
    overdue: int


class Backlog(Overdue):
    """The count as the order keeps it, for the case that asked."""

    case: int
    warehouse: str
    at: Moment

    @property
    def share(self) -> float:
        """The overdue part of what is open."""
        return self.overdue / self.open if self.open else 0.0
