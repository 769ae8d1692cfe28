"""The ERP department: enters approved orders once, reads them back, and cancels entries (二(一)2, SR-020, SR-021)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.carriage import Choice
from domain.effects import Done
from domain.entry_effects import CancelEntryRequest, EnterOutcome, EnterRequest
from domain.read_back import ReadEntryRequest, differences
from infra.connectors.erp import Erp, ErpEntry, ErpRefused, UnknownDocument
from infra.db.carriage import choose_carriers
from infra.db.effects import Watch, once
from infra.db.transactions import Transactions, single_steps
from infra.db.versions import read_reference
from infra.draining import Drain

PATIENCE = 3.0
"""Seconds for which a turn is waited for; who waits longer gives the place of its activity to others."""


@dataclass(frozen=True)
class ErpActivities:
    """Speaks with the ERP. What it did not take at once waits for its turn in the ``backlog``."""

    erp: Erp
    engine: Transactions
    now: Watch
    backlog: Drain = field(default_factory=Drain)

    @activity.defn
    async def enter_order(self, request: EnterRequest) -> EnterOutcome:
        """Enter one approved version; where our key has a document already, compare that one."""

        async def act() -> EnterOutcome:
            await self._turn(request.key)
            try:
                document = await self.erp.find(request.key) or await self._enter(request)
                entered = await self.erp.read(document)
            except (ErpRefused, UnknownDocument) as refused:
                raise ApplicationError(str(refused), type="Business.ErpRefused", non_retryable=True) from refused
            found = differences(request.content, entered.content)
            return EnterOutcome(document=document, differences=found, carriers=await self._carriers(request))

        return await once(self.engine, request, act, EnterOutcome, self.now)

    @activity.defn
    async def read_entry(self, request: ReadEntryRequest) -> EnterOutcome:
        """Read the document once more and compare it; nothing is written."""
        try:
            entered = await self.erp.read(request.document)
        except (ErpRefused, UnknownDocument) as refused:
            raise ApplicationError(str(refused), type="Business.ErpRefused", non_retryable=True) from refused
        return EnterOutcome(document=request.document, differences=differences(request.content, entered.content))

    async def _turn(self, key: str) -> None:
        """The first try of every order goes at once; an order that has to come again comes at the backlog's rate."""
        if not activity.in_activity() or activity.info().is_local:
            return
        while (wait := self.backlog.wait(key)) > 0:
            if wait > PATIENCE:
                message = f"the ERP's backlog goes at a rate: the turn of this order is in {wait:.0f} s"
                raise ApplicationError(message, type="ErpBacklog", next_retry_delay=timedelta(seconds=wait))
            await asyncio.sleep(wait)

    async def _carriers(self, request: EnterRequest) -> dict[str, Choice]:
        """Who carries what each warehouse sends: chosen now, when the order is ready to go (SR-174)."""
        if request.carriage is None:
            return {}
        async with single_steps(self.engine).begin() as connection:
            return await choose_carriers(connection, request.order_no, request.carriage, self.now())

    async def _enter(self, request: EnterRequest) -> str:
        async with single_steps(self.engine).begin() as connection:
            reference = await read_reference(connection, request.order_no)
        entry = ErpEntry(order=reference, version=request.version, content=request.content)
        return await self.erp.enter(request.key, entry)

    @activity.defn
    async def cancel_entry(self, request: CancelEntryRequest) -> Done:
        """Cancel the order's document."""

        async def act() -> Done:
            try:
                return Done(reference=await self.erp.cancel(request.key, request.document))
            except (ErpRefused, UnknownDocument) as refused:
                raise ApplicationError(str(refused), type="Business.ErpRefused", non_retryable=True) from refused

        return await once(self.engine, request, act, Done, self.now)
