"""What the stock books tell."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import Fact, Identity


class StockArrived(Fact):
    """Stock of a SKU arrived; a waiting stock gate is tried again."""

    kind: Literal["stock_arrived"] = "stock_arrived"
    sku: Identity
