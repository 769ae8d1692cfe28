"""Order lines as an integer quantity ledger (order-model §4.1, invariant 2).

Per line: ordered = cancelled + unallocated + reserved + picked + shipped, and shipped >= delivered >= returned;
``lost`` units were shipped and will never be delivered.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.effects import Allocation, LineContent
from domain.facts import Moved
from domain.value import Value


class Line(Value):
    """One order line and where its units are."""

    line: str
    sku: str
    specification: str = ""
    quantity: int
    unit_price: int
    discount: int = 0
    added_by_rule: str = ""
    part_of: str = ""
    cancelled: int = 0
    reserved: int = 0
    picked: int = 0
    shipped: int = 0
    delivered: int = 0
    returned: int = 0
    lost: int = 0
    allocations: tuple[Allocation, ...] = ()

    @property
    def ordered(self) -> int:
        """Units ordered; a quantity the audit refuses counts as none."""
        return max(self.quantity, 0)

    @property
    def unallocated(self) -> int:
        """Units for which no stock is decided."""
        return self.ordered - self.cancelled - self.reserved - self.picked - self.shipped

    @property
    def to_ship(self) -> int:
        """Units that still have to leave a warehouse."""
        return self.ordered - self.cancelled - self.shipped

    @property
    def net_amount(self) -> int:
        """What the line costs, in minor units."""
        return self.unit_price * self.ordered - self.discount

    def reserve(self, allocations: tuple[Allocation, ...]) -> Line:
        """These units are reserved for the line; never more than it lacks."""
        wanted = self.unallocated
        taken = []
        for allocation in allocations:
            quantity = min(allocation.quantity, wanted)
            if quantity:
                taken.append(allocation.having(quantity=quantity))
                wanted -= quantity
        reserved = self.reserved + sum(allocation.quantity for allocation in taken)
        return self.having(reserved=reserved, allocations=(*self.allocations, *taken))

    def pick(self, quantity: int) -> Line:
        """Units are taken from the shelf."""
        moved = min(quantity, self.reserved)
        return self.having(reserved=self.reserved - moved, picked=self.picked + moved)

    def ship(self, quantity: int) -> Line:
        """Units left the warehouse: picked ones first, then reserved, then such as we held no stock for."""
        moved = min(quantity, self.to_ship)
        from_picked = min(moved, self.picked)
        from_reserved = min(moved - from_picked, self.reserved)
        return self.model_copy(
            update={
                "picked": self.picked - from_picked,
                "reserved": self.reserved - from_reserved,
                "shipped": self.shipped + moved,
            }
        )

    def unpick(self, quantity: int) -> Line:
        """Units are put back on the shelf, still reserved for the line."""
        moved = min(quantity, self.picked)
        return self.having(picked=self.picked - moved, reserved=self.reserved + moved)

    def unship(self, quantity: int) -> Line:
        """Units that had left are back on the shelf, reserved for the line."""
        moved = min(quantity, self.shipped - self.delivered - self.lost)
        return self.having(shipped=self.shipped - moved, reserved=self.reserved + moved)

    def ship_cancelled(self, quantity: int) -> Line:
        """Units left although they were cancelled: what is gone is gone (edge case 20)."""
        moved = min(quantity, self.cancelled)
        return self.having(cancelled=self.cancelled - moved, shipped=self.shipped + moved)

    def miss(self, quantity: int) -> Line:
        """The shelf held less than the books: units are unallocated again."""
        from_picked = min(quantity, self.picked)
        from_reserved = min(quantity - from_picked, self.reserved)
        return self.model_copy(update={"picked": self.picked - from_picked, "reserved": self.reserved - from_reserved})

    def lose(self, warehouse: str, quantity: int) -> Line:
        """Units reserved in a warehouse are not there: unallocated again, the newest allocations first."""
        left, kept = quantity, []
        for allocation in reversed(self.allocations):
            taken = min(left, allocation.quantity) if allocation.warehouse == warehouse else 0
            left -= taken
            if allocation.quantity > taken:
                kept.append(allocation.having(quantity=allocation.quantity - taken))
        return self.having(reserved=self.reserved - min(quantity, self.reserved), allocations=tuple(reversed(kept)))

    def give_back(self) -> Line:
        """Everything that is reserved is unallocated again."""
        return self.having(reserved=0, allocations=())

    def cancel(self) -> Line:
        """Nothing more of this line will be shipped."""
        cancelled = self.cancelled + self.unallocated + self.reserved + self.picked
        return self.having(cancelled=cancelled, reserved=0, picked=0, allocations=())

    def cancel_all_but(self, kept: int) -> Line:
        """Only ``kept`` of the units that have not left will be shipped: the rest is cancelled, picked ones last."""
        units = max(self.to_ship - kept, 0)
        reserved = max(self.reserved - max(units - self.unallocated, 0), 0)
        picked = self.picked - max(units - self.unallocated - self.reserved, 0)
        return self.having(cancelled=self.cancelled + units, reserved=reserved, picked=picked)

    def arrive(self, *, delivered: int, returned: int, lost: int) -> Line:
        """What became of the shipped units, as the packages say now."""
        return self.having(delivered=delivered + returned, returned=returned, lost=lost)


def line_of(content: LineContent) -> Line:
    """A fresh line of one version of the order."""
    return Line(
        line=content.line,
        sku=content.sku,
        specification=content.specification,
        quantity=content.quantity,
        unit_price=content.unit_price,
        discount=content.discount,
        added_by_rule=content.added_by_rule,
        part_of=content.part_of,
    )


def worth(lines: Iterable[Line], parts: Iterable[Moved]) -> int:
    """What these units of the order cost, in minor units."""
    prices = {line.line: line for line in lines if line.ordered}
    return sum(
        prices[part.line].net_amount * part.quantity // prices[part.line].ordered
        for part in parts
        if part.line in prices
    )
