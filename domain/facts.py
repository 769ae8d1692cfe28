"""Every fact the outside can send, one frozen model each (order-model §4.3, shapes "Fact").

A fact happened and is never refused. Its ``id`` is its identity: the same id is folded once, however often it
arrives. ``occurred_at`` is when it happened, ``received_at`` when we were told; clocks use the first, clamped to
the second.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from domain.packages import PackageState, Scan
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


class Moved(Value):
    """So many units of one order line."""

    line: str
    quantity: Quantity


# -- payment ---------------------------------------------------------------------------------------------------------


class Paid(Fact):
    """The payer's money arrived: ``amount`` in minor units of ``currency``."""

    kind: Literal["paid"] = "paid"
    payment_no: Identity
    amount: Amount
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


# -- warehouse -------------------------------------------------------------------------------------------------------


class Picked(Fact):
    """A shipment's goods were taken from the shelf."""

    kind: Literal["picked"] = "picked"
    shipment: Ordinal = 1


class Packed(Fact):
    """A shipment was packed."""

    kind: Literal["packed"] = "packed"
    shipment: Ordinal = 1


class Outbound(Fact):
    """A package left the warehouse's books (出库). No ``lines`` means all that its shipment still holds."""

    kind: Literal["outbound"] = "outbound"
    shipment: Ordinal = 1
    package: Identity = "1"
    lines: tuple[Moved, ...] = ()
    tracking_number: Identity | None = None
    carrier: str = ""


class ShortPicked(Fact):
    """The shelf held less than the books: ``quantity`` units of ``line`` are missing."""

    kind: Literal["short_picked"] = "short_picked"
    shipment: Ordinal = 1
    line: str
    quantity: Quantity


class TrackingNumber(Fact):
    """A package's tracking number is known to us (物流单号)."""

    kind: Literal["tracking_number"] = "tracking_number"
    shipment: Ordinal = 1
    package: Identity = "1"
    tracking_number: Identity
    carrier: str = ""


class OutboundPromised(Fact):
    """The warehouse named the time by which a shipment will be out (SR-051)."""

    kind: Literal["outbound_promised"] = "outbound_promised"
    shipment: Ordinal = 1
    promised_at: Moment
    reason: str = ""


# -- carrier ---------------------------------------------------------------------------------------------------------


class CarrierScan(Fact):
    """The carrier saw a package. ``tracking_number`` or ``package`` names it; ``code`` is the carrier's own word."""

    kind: Literal["carrier_scan"] = "carrier_scan"
    tracking_number: Identity | None = None
    package: Identity | None = None
    state: PackageState
    code: str = ""
    location: str = ""
    by_recipient: bool = False

    @property
    def scan(self) -> Scan:
        """The scan as the package's fold takes it."""
        return Scan(
            id=self.id,
            state=self.state,
            at=self.at,
            received_at=self.received_at,
            code=self.code,
            location=self.location,
            by_recipient=self.by_recipient,
        )


class DeliveryEstimated(Fact):
    """The carrier named a delivery time; it never moves the first promise."""

    kind: Literal["delivery_estimated"] = "delivery_estimated"
    tracking_number: Identity
    estimated_at: Moment


# -- channel ---------------------------------------------------------------------------------------------------------


class TrackingAccepted(Fact):
    """The sales channel took the tracking number."""

    kind: Literal["tracking_accepted"] = "tracking_accepted"
    tracking_number: Identity


class TrackingRefused(Fact):
    """The sales channel refused the tracking number, with its own words."""

    kind: Literal["tracking_refused"] = "tracking_refused"
    tracking_number: Identity
    reason: str = ""


class ShipByMoved(Fact):
    """The channel moved its ship-by date (C8)."""

    kind: Literal["ship_by_moved"] = "ship_by_moved"
    latest_ship_at: Moment


class ChannelCompleted(Fact):
    """The marketplace's own 交易成功; kept, never our completion (SR-022)."""

    kind: Literal["channel_completed"] = "channel_completed"


class ChannelClosed(Fact):
    """The marketplace closed the order: a cancel by the channel where cancelling is still possible."""

    kind: Literal["channel_closed"] = "channel_closed"
    reason: str = ""


# -- customer, ERP, stock --------------------------------------------------------------------------------------------


class Confirmed(Fact):
    """Customer, ops or ERP confirm that the order is complete."""

    kind: Literal["confirmed"] = "confirmed"


class ShipDateAgreed(Fact):
    """The customer agreed to a later ship date: C1 and C4 stand still until then."""

    kind: Literal["ship_date_agreed"] = "ship_date_agreed"
    ship_at: Moment


class StockArrived(Fact):
    """Stock of a SKU arrived; a waiting stock gate is tried again."""

    kind: Literal["stock_arrived"] = "stock_arrived"
    sku: Identity


OutsideFact = Annotated[
    Paid
    | Picked
    | Packed
    | Outbound
    | ShortPicked
    | TrackingNumber
    | OutboundPromised
    | CarrierScan
    | DeliveryEstimated
    | TrackingAccepted
    | TrackingRefused
    | ShipByMoved
    | ChannelCompleted
    | ChannelClosed
    | Confirmed
    | ShipDateAgreed
    | StockArrived,
    Field(discriminator="kind"),
]
OUTSIDE: TypeAdapter[OutsideFact] = TypeAdapter(OutsideFact)


class SignalName(StrEnum):
    """The order workflow's signals, one a party (§4.12)."""

    PAYMENT = "payment_event"
    WAREHOUSE = "warehouse_event"
    CARRIER = "carrier_event"
    STOCK = "stock_event"
    CUSTOMER = "customer_message"
    ERP = "erp_event"
    CHANNEL = "channel_event"


SIGNAL_OF = {
    "paid": SignalName.PAYMENT,
    "picked": SignalName.WAREHOUSE,
    "packed": SignalName.WAREHOUSE,
    "outbound": SignalName.WAREHOUSE,
    "short_picked": SignalName.WAREHOUSE,
    "tracking_number": SignalName.WAREHOUSE,
    "outbound_promised": SignalName.WAREHOUSE,
    "carrier_scan": SignalName.CARRIER,
    "delivery_estimated": SignalName.CARRIER,
    "tracking_accepted": SignalName.CHANNEL,
    "tracking_refused": SignalName.CHANNEL,
    "ship_by_moved": SignalName.CHANNEL,
    "channel_completed": SignalName.CHANNEL,
    "channel_closed": SignalName.CHANNEL,
    "confirmed": SignalName.CUSTOMER,
    "ship_date_agreed": SignalName.CUSTOMER,
    "stock_arrived": SignalName.STOCK,
}
"""Which signal carries which fact."""


def parse(raw: dict[str, Any]) -> OutsideFact:
    """Read a fact from ``{id, kind, source, occurred_at, received_at, **data}``; ValidationError says what is wrong."""
    return OUTSIDE.validate_python(raw)


def schema() -> dict[str, Any]:
    """The JSON schema of all facts, for the API's documentation."""
    return OUTSIDE.json_schema()
