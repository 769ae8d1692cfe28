"""What a warehouse tells of a shipment and its packages (SR-030, SR-051)."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import Fact, Identity, Moved, Ordinal, Others, Quantity
from domain.value import Moment


class Picked(Fact):
    """A shipment's goods were taken from the shelf."""

    kind: Literal["picked"] = "picked"
    shipment: Ordinal = 1


class Packed(Fact):
    """A shipment was packed; with ``lines`` they are checked against what it has to hold (SR-146)."""

    kind: Literal["packed"] = "packed"
    shipment: Ordinal = 1
    lines: tuple[Moved, ...] = ()


class Outbound(Fact):
    """A package left the warehouse's books (出库). No ``lines`` means all that its shipment still holds.

    ``others`` are goods that left and were not ordered (AC-71); with them no ``lines`` means none.
    """

    kind: Literal["outbound"] = "outbound"
    shipment: Ordinal = 1
    package: Identity = "1"
    lines: tuple[Moved, ...] = ()
    tracking_number: Identity | None = None
    carrier: str = ""
    others: tuple[Others, ...] = ()


class ShortPicked(Fact):
    """The shelf held less than the books, or they were damaged there: ``quantity`` units of ``line`` are missing."""

    kind: Literal["short_picked"] = "short_picked"
    shipment: Ordinal = 1
    line: str
    quantity: Quantity
    damaged: bool = False


class TrackingNumber(Fact):
    """A package's tracking number is known to us (物流单号); ``consolidated``: other orders have it too."""

    kind: Literal["tracking_number"] = "tracking_number"
    shipment: Ordinal = 1
    package: Identity = "1"
    tracking_number: Identity
    carrier: str = ""
    consolidated: bool = False


class OutboundPromised(Fact):
    """The warehouse named the time by which a shipment will be out (SR-051)."""

    kind: Literal["outbound_promised"] = "outbound_promised"
    shipment: Ordinal = 1
    promised_at: Moment
    reason: str = ""


class ParcelReceived(Fact):
    """A parcel that the carrier sent back is with the warehouse again."""

    kind: Literal["parcel_received"] = "parcel_received"
    package: Identity
