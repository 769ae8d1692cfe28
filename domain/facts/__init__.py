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
from domain.facts.base import AT_ONCE, CLOSED, LONGEST_ID, Amount, Fact, Identity, Moved, Ordinal, Others, Quantity
from domain.facts.carrier import CarrierScan, ClaimPaid, DeliveryEstimated
from domain.facts.channel import (
    ChannelChanged,
    ChannelClosed,
    ChannelCompleted,
    ChannelEdit,
    ChannelNoted,
    CodesMatched,
    ShipByMoved,
    StatusAccepted,
    StatusRefused,
    TrackingAccepted,
    TrackingRefused,
)
from domain.facts.claims import (
    ClaimWithdrawn,
    MissingGoodsClaim,
    MoneyReturned,
    NotReceivedClaim,
    RefundDecided,
    RefundRequested,
    RefundWithdrawn,
    WrongGoodsClaim,
)
from domain.facts.customer import Complained, Confirmed, DesignApproved, ShipDateAgreed
from domain.facts.payment import CodRemitted, Paid
from domain.facts.stock import ReservationLost, StockArrived
from domain.facts.transfer import PurchasePromised, TransferFailed, TransferPicked, TransferReceived, TransferShipped
from domain.facts.warehouse import (
    Outbound,
    OutboundPromised,
    Packed,
    ParcelReceived,
    Picked,
    ShortPicked,
    TrackingNumber,
)

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
    | RefundRequested
    | RefundWithdrawn
    | RefundDecided
    | MoneyReturned
    | NotReceivedClaim
    | WrongGoodsClaim
    | MissingGoodsClaim
    | ClaimWithdrawn
    | TransferPicked
    | TransferShipped
    | TransferReceived
    | TransferFailed
    | PurchasePromised
    | Complained
    | ClaimPaid
    | ParcelReceived
    | MessageDelivered
    | MessageUndeliverable
    | DetailsDoubted
    | LabelRejected
    | StatusRefused
    | StatusAccepted,
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
    "refund_requested": SignalName.CHANNEL,
    "refund_withdrawn": SignalName.CHANNEL,
    "refund_decided": SignalName.CHANNEL,
    "refunded": SignalName.PAYMENT,
    "not_received_claim": SignalName.CUSTOMER,
    "wrong_goods_claim": SignalName.CUSTOMER,
    "missing_goods_claim": SignalName.CUSTOMER,
    "claim_withdrawn": SignalName.CUSTOMER,
    "transfer_picked": SignalName.WAREHOUSE,
    "transfer_shipped": SignalName.WAREHOUSE,
    "transfer_received": SignalName.WAREHOUSE,
    "transfer_failed": SignalName.WAREHOUSE,
    "purchase_promised": SignalName.STOCK,
    "complaint": SignalName.CUSTOMER,
    "claim_paid": SignalName.CARRIER,
    "parcel_received": SignalName.WAREHOUSE,
    "message_delivered": SignalName.CUSTOMER,
    "message_undeliverable": SignalName.CUSTOMER,
    "details_doubted": SignalName.CUSTOMER,
    "label_rejected": SignalName.WAREHOUSE,
    "status_refused": SignalName.CHANNEL,
    "status_accepted": SignalName.CHANNEL,
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
    "ChannelEdit",
    "ChannelNoted",
    "ClaimPaid",
    "ClaimWithdrawn",
    "CodRemitted",
    "CodesMatched",
    "Complained",
    "Confirmed",
    "DeliveryEstimated",
    "DesignApproved",
    "DetailsDoubted",
    "Fact",
    "Identity",
    "LabelRejected",
    "MessageDelivered",
    "MessageUndeliverable",
    "MissingGoodsClaim",
    "MoneyReturned",
    "Moved",
    "NotReceivedClaim",
    "Ordinal",
    "Others",
    "Outbound",
    "OutboundPromised",
    "OutsideFact",
    "Packed",
    "Paid",
    "ParcelReceived",
    "Picked",
    "PurchasePromised",
    "Quantity",
    "RefundDecided",
    "RefundRequested",
    "RefundWithdrawn",
    "ReservationLost",
    "ShipByMoved",
    "ShipDateAgreed",
    "ShortPicked",
    "SignalName",
    "StatusAccepted",
    "StatusRefused",
    "StockArrived",
    "TrackingAccepted",
    "TrackingNumber",
    "TrackingRefused",
    "TransferFailed",
    "TransferPicked",
    "TransferReceived",
    "TransferShipped",
    "WrongGoodsClaim",
    "parse",
    "schema",
]
