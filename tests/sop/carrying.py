"""The carrier's favours: it does what it is asked, unless the scene has it say something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from domain.carrier_orders import CarrierOrder, CarrierSaid, InterceptRequest, PriorityRequest, RedeliveryRequest
from domain.claim_effects import ClaimRequest


class Carrying:
    """Stops, hurries, tries again and owes."""

    _do: Callable[[str, Any, Callable[[Any], Any]], Any]

    @activity.defn(name="intercept_parcel")
    async def intercept_parcel(self, request: InterceptRequest) -> CarrierSaid:
        """Answer for the carrier."""
        return await self._said("intercept_parcel", request)

    @activity.defn(name="request_priority")
    async def request_priority(self, request: PriorityRequest) -> CarrierSaid:
        """Answer for the carrier."""
        return await self._said("request_priority", request)

    @activity.defn(name="book_redelivery")
    async def book_redelivery(self, request: RedeliveryRequest) -> CarrierSaid:
        """Answer for the carrier."""
        return await self._said("book_redelivery", request)

    @activity.defn(name="open_claim")
    async def open_claim(self, request: ClaimRequest) -> CarrierSaid:
        """Answer for the carrier."""
        return await self._said("open_claim", request)

    async def _said(self, name: str, request: CarrierOrder) -> CarrierSaid:
        """Yes, unless the scene has it say something else."""
        yes = CarrierSaid(accepted=True, reference="KD-1")
        said: CarrierSaid = await self._do(name, request, lambda book: book.carrier_says.get(name, yes))
        return said
