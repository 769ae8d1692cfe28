"""A carrier that speaks our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from domain.inquiries import CarrierAnswer
from infra.connectors.carrier import (
    CarrierAnswered,
    CarrierRefused,
    CarrierUnreachable,
    ClaimWish,
    ParcelOrder,
    Subscription,
    UnknownTrackingNumber,
)
from infra.connectors.plain_protocol import PlainClient, PlainLine


@dataclass(frozen=True)
class PlainCarrier:
    """The carrier behind ``client``, at ``prefix``."""

    client: PlainClient
    prefix: str = "/carrier"

    @property
    def _line(self) -> PlainLine:
        return PlainLine(self.client, self.prefix, CarrierUnreachable, UnknownTrackingNumber)

    async def subscribe(self, key: str, subscription: Subscription) -> str:
        """Have the parcel's scans reported to us."""
        answer = await self._line.write("/subscriptions", key, subscription.model_dump(mode="json"))
        return str(answer["reference"])

    async def query(self, tracking_number: str, carrier: str) -> CarrierAnswer:
        """Every scan so far, and what the carrier says."""
        answer = await self._line.read("/parcels", {"tracking_number": tracking_number, "carrier": carrier})
        if answer is None:
            raise UnknownTrackingNumber(f"The carrier has no parcel {tracking_number}; correct the tracking number.")
        try:
            return CarrierAnswer.model_validate(answer)
        except ValidationError as unknown:
            raise CarrierUnreachable(f"{self.prefix}/parcels: an answer in words we do not know") from unknown

    async def intercept(self, key: str, wish: ParcelOrder) -> CarrierAnswered:
        """Stop a parcel on its way."""
        return await self._order("/intercepts", key, wish)

    async def hurry(self, key: str, wish: ParcelOrder) -> CarrierAnswered:
        """Deliver a parcel before others."""
        return await self._order("/priorities", key, wish)

    async def deliver_again(self, key: str, wish: ParcelOrder) -> CarrierAnswered:
        """Agree another attempt with the recipient."""
        return await self._order("/redeliveries", key, wish)

    async def claim(self, key: str, wish: ClaimWish) -> CarrierAnswered:
        """Open a claim."""
        return await self._order("/claims", key, wish)

    async def _order(self, path: str, key: str, wish: ParcelOrder) -> CarrierAnswered:
        line = PlainLine(self.client, self.prefix, CarrierUnreachable, CarrierRefused)
        answer = await line.write(path, key, wish.model_dump(mode="json", exclude_none=True))
        try:
            return CarrierAnswered.model_validate(answer)
        except ValidationError as unknown:
            raise CarrierUnreachable(f"{self.prefix}{path}: an answer in words we do not know") from unknown
