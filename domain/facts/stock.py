"""What the stock books tell."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import Fact, Identity, Quantity


class StockArrived(Fact):
    """Stock of a SKU arrived; a waiting stock gate is tried again."""

    kind: Literal["stock_arrived"] = "stock_arrived"
    sku: Identity


class ReservationLost(Fact):
    """A count found less than was reserved, and these units of the order's are not there (edge case 29).

    ``reserved_by`` is the key of the effect that had reserved them: what was given back since is nobody's loss.
    """

    kind: Literal["reservation_lost"] = "reservation_lost"
    line: Identity
    warehouse: Identity
    units: Quantity
    reserved_by: str
