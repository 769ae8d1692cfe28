"""The carrier department: where a parcel is (SR-031…SR-033), what is to become of it (SR-132b), what is owed for it.

Asking where it is changes nothing, so every answer is fresh; an order to the carrier is given once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.carrier_orders import CarrierOrder, CarrierSaid, InterceptRequest, PriorityRequest, RedeliveryRequest
from domain.claim_effects import ClaimRequest
from domain.inquiries import CarrierAnswer, Inquiry
from infra.connectors.carrier import (
    Carrier,
    CarrierAnswered,
    CarrierRefused,
    ClaimWish,
    ParcelOrder,
    UnknownTrackingNumber,
)
from infra.connectors.warehouse import receiver_in
from infra.db.effects import Watch, once
from infra.db.versions import mark_accepted, read_version

Order = Callable[[str, ParcelOrder], Awaitable[CarrierAnswered]]


@dataclass(frozen=True)
class CarrierActivities:
    """Speaks with the carriers."""

    carrier: Carrier
    engine: AsyncEngine
    now: Watch

    @activity.defn
    async def ask_carrier(self, request: Inquiry) -> CarrierAnswer:
        """Every scan the carrier has of the parcel, its estimate and its reason for a delay."""
        try:
            return await self.carrier.query(request.tracking_number, request.carrier)
        except UnknownTrackingNumber as unknown:
            raise ApplicationError(str(unknown), type="Business.UnknownTrackingNumber", non_retryable=True) from unknown

    @activity.defn
    async def intercept_parcel(self, request: InterceptRequest) -> CarrierSaid:
        """Have a parcel stopped; one that goes to another address gets the receiver as last corrected."""
        said = await self._order(request, self.carrier.intercept, request.purpose, request.corrections)
        if said.accepted and request.corrections:
            async with self.engine.begin() as connection:
                await mark_accepted(connection, request.corrections[-1:])
        return said

    @activity.defn
    async def request_priority(self, request: PriorityRequest) -> CarrierSaid:
        """Have a parcel delivered before others."""
        return await self._order(request, self.carrier.hurry)

    @activity.defn
    async def book_redelivery(self, request: RedeliveryRequest) -> CarrierSaid:
        """Have another attempt agreed with the recipient."""
        return await self._order(request, self.carrier.deliver_again)

    @activity.defn
    async def open_claim(self, request: ClaimRequest) -> CarrierSaid:
        """Open a claim on a carrier, with its evidence."""
        evidence = request.model_dump(mode="json", include={"clocks", "scans", "scan_count", "digest"})
        asked = {"ground": request.ground, "amount": request.amount, "currency": request.currency}

        async def give(key: str, wish: ParcelOrder) -> CarrierAnswered:
            claim = {**wish.model_dump(), **asked, "evidence": evidence}
            return await self.carrier.claim(key, ClaimWish.model_validate(claim))

        return await self._order(request, give)

    async def _order(
        self, request: CarrierOrder, give: Order, purpose: str = "", corrections: Sequence[int] = ()
    ) -> CarrierSaid:
        async def act() -> CarrierSaid:
            async with self.engine.begin() as connection:
                version = await read_version(connection, request.order_no, corrections or None)
            wish = ParcelOrder(
                order=version.reference,
                tracking_number=request.tracking_number,
                carrier=request.carrier,
                purpose=purpose,
                receiver=receiver_in(version.raw) if purpose == "redirect" else None,
            )
            try:
                answer = await give(request.key, wish)
            except CarrierRefused as refused:
                raise ApplicationError(str(refused), type="Business.CarrierRefused", non_retryable=True) from refused
            return CarrierSaid(accepted=answer.accepted, reason=answer.reason, reference=answer.reference)

        return await once(self.engine, request, act, CarrierSaid, self.now)
