"""What warehouses tell of a stock transfer, and purchasing of goods it ordered (SR-131a)."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import Fact, Identity, Moved, Ordinal
from domain.value import Moment


class TransferPicked(Fact):
    """The goods of a transfer were taken from the shelf of its source."""

    kind: Literal["transfer_picked"] = "transfer_picked"
    transfer: Ordinal


class TransferShipped(Fact):
    """The goods of a transfer left its source."""

    kind: Literal["transfer_shipped"] = "transfer_shipped"
    transfer: Ordinal


class TransferReceived(Fact):
    """The goods of a transfer arrived at its target. No ``lines`` means all of them."""

    kind: Literal["transfer_received"] = "transfer_received"
    transfer: Ordinal
    lines: tuple[Moved, ...] = ()


class TransferFailed(Fact):
    """A transfer will not arrive: not found, damaged, lost on the way."""

    kind: Literal["transfer_failed"] = "transfer_failed"
    transfer: Ordinal
    reason: str = ""


class PurchasePromised(Fact):
    """Purchasing named the time by which a SKU that an order lacks will be there."""

    kind: Literal["purchase_promised"] = "purchase_promised"
    sku: Identity
    promised_at: Moment
