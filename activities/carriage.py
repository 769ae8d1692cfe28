"""The carriage department: looks once more who carries a shipment (SR-052, SR-174); the first look is the entry's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from domain.carriage import NoCarrier
from domain.carrier_effects import CarrierOutcome, CarrierRequest
from infra.db.carriage import choose_carriers
from infra.db.effects import Watch, keep, recall


@dataclass(frozen=True)
class CarriageActivities:
    """Knows the carrier service table."""

    engine: AsyncEngine
    now: Watch

    @activity.defn
    async def choose_carrier(self, request: CarrierRequest) -> CarrierOutcome:
        """The carrier of one shipment as the table says now; a table without carriers leaves it to a person."""
        async with self.engine.begin() as connection:
            known = await recall(connection, request, CarrierOutcome)
            if known is not None:
                return known
            found = await choose_carriers(connection, request.order_no, request.carriage, self.now())
            [parcel] = request.carriage.parcels
            outcome = CarrierOutcome(choice=found.get(parcel.warehouse) or NoCarrier())
            return await keep(connection, request, outcome, self.now())
