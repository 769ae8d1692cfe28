"""The warehouse department: hands shipments over, and asks why one is late (SR-030, SR-033, SR-051)."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.backlog import CountOverdue, Overdue
from domain.effects import Done, ReleaseRequest
from domain.inquiries import Answer, Inquiry
from domain.recall_effects import RecallAnswer, RecallOutcome, RecallRequest
from infra.connectors.warehouse import (
    Recall,
    Release,
    ReleasedLine,
    Warehouse,
    WarehouseQuestion,
    WarehouseRefused,
    receiver_in,
)
from infra.db.effects import Watch, once
from infra.db.late_shipments import count_overdue
from infra.db.outbound import put_back
from infra.db.shelves import compare, skus_of
from infra.db.transactions import Transactions, single_steps
from infra.db.versions import read_reference, read_version


@dataclass(frozen=True)
class WarehouseActivities:
    """Speaks with the warehouses."""

    warehouse: Warehouse
    engine: Transactions
    now: Watch

    @activity.defn
    async def release_shipment(self, request: ReleaseRequest) -> Done:
        """Hand one shipment to its warehouse, with the receiver as last corrected."""

        async def act() -> Done:
            try:
                key = request.same_as or request.key
                return Done(reference=await self.warehouse.release(key, await self._release(request)))
            except WarehouseRefused as refused:
                raise ApplicationError(str(refused), type="Business.WarehouseRefused", non_retryable=True) from refused

        return await once(self.engine, request, act, Done, self.now)

    async def _release(self, request: ReleaseRequest) -> Release:
        async with single_steps(self.engine).begin() as connection:
            version = await read_version(connection, request.order_no)
        return Release(
            order=version.reference,
            shipment=request.shipment,
            warehouse=request.warehouse,
            lines=tuple(
                ReleasedLine(line=part.line, sku=request.skus[part.line], quantity=part.quantity)
                for part in request.lines
            ),
            receiver=receiver_in(version.raw),
            delivery_method=version.raw.get("delivery_method") or "express",
            carrier=request.carrier,
            via=request.via,
            cash_on_delivery=request.cash_on_delivery,
        )

    @activity.defn
    async def recall_shipment(self, request: RecallRequest) -> RecallOutcome:
        """Have one shipment stopped; asked again until the warehouse says yes or no. A no for good is a no."""

        async def act() -> RecallOutcome:
            async with self.engine.begin() as connection:
                reference = await read_reference(connection, request.order_no)
            about = request.model_dump(exclude={"key", "order_no"})
            try:
                outcome = await self.warehouse.recall(request.key, Recall(order=reference, **about))
            except WarehouseRefused as refused:
                return RecallOutcome(answer=RecallAnswer.REFUSED, reason=str(refused))
            if request.packages and outcome.answer is RecallAnswer.STOPPED:
                async with self.engine.begin() as connection:
                    await put_back(connection, request.order_no, self.now(), request.packages)
            return outcome

        return await once(self.engine, request, act, RecallOutcome, self.now)

    @activity.defn
    async def ask_warehouse(self, request: Inquiry) -> Answer:
        """Ask why a shipment is not out, when it will be, and what lies there: an alert if our books differ."""

        async def act() -> Answer:
            async with self.engine.begin() as connection:
                reference = await read_reference(connection, request.order_no)
                skus = await skus_of(connection, request.order_no, request.shipment)
            question = WarehouseQuestion(
                order=reference,
                warehouse=request.warehouse,
                shipment=request.shipment,
                skus=skus,
                stop=request.stop,
                by=request.by,
            )
            try:
                answer = await self.warehouse.inquire(request.key, question)
            except WarehouseRefused as refused:
                raise ApplicationError(str(refused), type="Business.WarehouseRefused", non_retryable=True) from refused
            async with self.engine.begin() as connection:
                await compare(connection, request, answer, self.now())
            return answer

        return await once(self.engine, request, act, Answer, self.now)

    @activity.defn(name="count_overdue")
    async def count_overdue(self, request: CountOverdue) -> Overdue:
        """Count the warehouse's open shipments and those that are overdue; every answer is fresh."""
        async with self.engine.begin() as connection:
            return await count_overdue(connection, request.order_no, request.warehouse, self.now())
