"""The carrier: reports a parcel's scans after a subscription, and answers when asked (SR-031…SR-033)."""

from __future__ import annotations

from typing import Protocol

from domain.inquiries import CarrierAnswer
from domain.value import Value
from infra.connectors.reference import OrderReference


class CarrierUnreachable(Exception):
    """Ours to retry: the carrier did not answer, or not in words we know."""


class UnknownTrackingNumber(Exception):
    """The operator's to correct: the carrier has no such parcel."""


class Subscription(Value):
    """Ask the carrier to report every scan of one parcel."""

    order: OrderReference
    tracking_number: str
    carrier: str = ""


class Carrier(Protocol):
    """A carrier. A subscription may be asked again under the same key."""

    async def subscribe(self, key: str, subscription: Subscription) -> str:
        """Have the parcel's scans reported to us; answers the carrier's number for the subscription."""
        ...

    async def query(self, tracking_number: str, carrier: str) -> CarrierAnswer:
        """Every scan so far, the carrier's estimate and its reason for a delay. UnknownTrackingNumber where none."""
        ...
