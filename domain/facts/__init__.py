"""Every fact the outside can send, one frozen model each, a party a module (order-model §4.3, shapes "Fact").

A fact happened and is never refused. Its ``id`` is its identity: the same id is folded once, however often it
arrives. ``occurred_at`` is when it happened, ``received_at`` when we were told; clocks use the first, clamped to
the second.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from domain.facts.answer import DetailsDoubted, LabelRejected, MessageDelivered, MessageUndeliverable
from domain.facts.base import AT_ONCE, CLOSED, LONGEST_ID, Amount, Fact, Identity, Moved, Ordinal, Quantity
from domain.facts.carrier import CarrierScan, DeliveryEstimated
from domain.facts.channel import (
    ChannelChanged,
    ChannelClosed,
    ChannelCompleted,
    ChannelNoted,
    CodesMatched,
    ShipByMoved,
    TrackingAccepted,
    TrackingRefused,
)
from domain.facts.customer import Confirmed, DesignApproved, ShipDateAgreed
from domain.facts.payment import CodRemitted, Paid
from domain.facts.stock import ReservationLost, StockArrived
from domain.facts.warehouse import Outbound, OutboundPromised, Packed, Picked, ShortPicked, TrackingNumber

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
    | StockArrived
    | ReservationLost
    | DesignApproved
    | CodesMatched
    | CodRemitted
    | ChannelNoted
    | ChannelChanged
    | MessageDelivered
    | MessageUndeliverable
    | DetailsDoubted
    | LabelRejected,
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
    "reservation_lost": SignalName.STOCK,
    "design_approved": SignalName.CUSTOMER,
    "codes_matched": SignalName.CHANNEL,
    "cod_remitted": SignalName.PAYMENT,
    "channel_noted": SignalName.CHANNEL,
    "channel_changed": SignalName.CHANNEL,
    "message_delivered": SignalName.CUSTOMER,
    "message_undeliverable": SignalName.CUSTOMER,
    "details_doubted": SignalName.CUSTOMER,
    "label_rejected": SignalName.WAREHOUSE,
}
"""Which signal carries which fact."""


def parse(raw: dict[str, Any]) -> OutsideFact:
    """Read a fact from ``{id, kind, source, occurred_at, received_at, **data}``; ValidationError says what is wrong."""
    return OUTSIDE.validate_python(raw)


def schema() -> dict[str, Any]:
    """The JSON schema of all facts, for the API's documentation."""
    return OUTSIDE.json_schema()


__all__ = [
    "AT_ONCE",
    "CLOSED",
    "LONGEST_ID",
    "OUTSIDE",
    "SIGNAL_OF",
    "Amount",
    "CarrierScan",
    "ChannelChanged",
    "ChannelClosed",
    "ChannelCompleted",
    "ChannelNoted",
    "CodRemitted",
    "CodesMatched",
    "Confirmed",
    "DeliveryEstimated",
    "DesignApproved",
    "DetailsDoubted",
    "Fact",
    "Identity",
    "LabelRejected",
    "MessageDelivered",
    "MessageUndeliverable",
    "Moved",
    "Ordinal",
    "Outbound",
    "OutboundPromised",
    "OutsideFact",
    "Packed",
    "Paid",
    "Picked",
    "Quantity",
    "ReservationLost",
    "ShipByMoved",
    "ShipDateAgreed",
    "ShortPicked",
    "SignalName",
    "StockArrived",
    "TrackingAccepted",
    "TrackingNumber",
    "TrackingRefused",
    "parse",
    "schema",
]
