"""The carrier department: asks where a parcel is (SR-031…SR-033). Asking changes nothing, so every answer is fresh."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.inquiries import CarrierAnswer, Inquiry
from infra.connectors.carrier import Carrier, UnknownTrackingNumber


@dataclass(frozen=True)
class CarrierActivities:
    """Speaks with the carriers."""

    carrier: Carrier

    @activity.defn
    async def ask_carrier(self, request: Inquiry) -> CarrierAnswer:
        """Every scan the carrier has of the parcel, its estimate and its reason for a delay."""
        try:
            return await self.carrier.query(request.tracking_number, request.carrier)
        except UnknownTrackingNumber as unknown:
            raise ApplicationError(str(unknown), type="Business.UnknownTrackingNumber", non_retryable=True) from unknown
