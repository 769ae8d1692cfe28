"""The carrier: reports a parcel's scans after a subscription, and answers when asked (SR-031…SR-033)."""

from __future__ import annotations

from typing import Any, Protocol

from domain.inquiries import CarrierAnswer
from domain.value import Value
from infra.connectors.reference import OrderReference
from infra.connectors.warehouse import Receiver


class CarrierUnreachable(Exception):
    """Ours to retry: the carrier did not answer, or not in words we know."""


class UnknownTrackingNumber(Exception):
    """The operator's to correct: the carrier has no such parcel."""


class Subscription(Value):
    """Ask the carrier to report every scan of one parcel."""

    order: OrderReference
    tracking_number: str
    carrier: str = ""


class CarrierRefused(Exception):
    """The operator's to settle: the carrier takes no such order at all, and says why."""


class ParcelOrder(Value):
    """What a carrier is to do with one parcel; ``receiver`` where it is to go to another address."""

    order: OrderReference
    tracking_number: str
    carrier: str = ""
    purpose: str = ""
    receiver: Receiver | None = None


class ClaimWish(ParcelOrder):
    """A claim for one parcel: what for, how much, and what shows it (digests and times, no personal data)."""

    ground: str
    amount: int
    currency: str
    evidence: dict[str, Any]


class CarrierAnswered(Value):
    """A carrier's yes or no to an order, its number for it, and its reason."""

    accepted: bool
    reason: str = ""
    reference: str = ""


class Carrier(Protocol):
    """A carrier. A subscription, and each order, may be asked again under the same key and is done once."""

    async def subscribe(self, key: str, subscription: Subscription) -> str:
        """Have the parcel's scans reported to us; answers the carrier's number for the subscription."""
        ...

    async def query(self, tracking_number: str, carrier: str) -> CarrierAnswer:
        """Every scan so far, the carrier's estimate and its reason for a delay. UnknownTrackingNumber where none."""
        ...

    async def intercept(self, key: str, wish: ParcelOrder) -> CarrierAnswered:
        """Stop a parcel on its way. CarrierRefused where it takes no such order."""
        ...

    async def hurry(self, key: str, wish: ParcelOrder) -> CarrierAnswered:
        """Deliver a parcel before others."""
        ...

    async def deliver_again(self, key: str, wish: ParcelOrder) -> CarrierAnswered:
        """Agree another attempt with the recipient."""
        ...

    async def claim(self, key: str, wish: ClaimWish) -> CarrierAnswered:
        """Open a claim; what is paid on it comes as the fact ``claim_paid``."""
        ...
