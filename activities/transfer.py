"""The transfer department: has one warehouse bring another what an order lacks (SR-131a, SR-162, §4.6 E2).

The stock is reserved at its source in the transaction that writes the transfer down, before its warehouse is asked.
Whatever was done under a key first is the answer, though a Reset may ask with another time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from domain.effects import Kept, Request
from domain.transfer_effects import (
    BookTransferOutcome,
    BookTransferRequest,
    CallOffOutcome,
    CallOffRequest,
    TransferOutcome,
    TransferRequest,
)
from domain.transfers import Candidate
from infra.connectors.warehouse import ReleasedLine, Transfer, TransferCallOff, Warehouse, WarehouseRefused
from infra.db.effects import Watch, keep, what_was_done
from infra.db.transfers import book, give_back, plan, unclaimed
from infra.db.versions import read_reference

Outcome = TypeVar("Outcome", bound=Kept)


@dataclass(frozen=True)
class TransferActivities:
    """Moves goods between warehouses for an order."""

    warehouse: Warehouse
    engine: AsyncEngine
    now: Watch

    @activity.defn
    async def request_transfer(self, request: TransferRequest) -> TransferOutcome:
        """Reserve at the best warehouse that can bring it in time, and ask it; where it refuses, give that back."""
        return await self._first(request, lambda: self._request(request), TransferOutcome)

    async def _request(self, request: TransferRequest) -> TransferOutcome:
        async with self.engine.begin() as connection:
            best = await plan(connection, request, self.now())
            reference = await read_reference(connection, request.order_no)
        if best is None:
            return await self._keep(request, TransferOutcome())
        planned = TransferOutcome(**best.model_dump(include={"source", "target", "lines"}), expected_at=best.arrives_at)
        order = Transfer(
            order=reference,
            transfer=request.number,
            source=best.source,
            target=best.target,
            lines=_lines(request, best),
            expected_at=best.arrives_at,
        )
        try:
            number = await self.warehouse.transfer(request.key, order)
        except WarehouseRefused as refused:
            return await self._refused(request, planned.having(refused=str(refused)))
        return await self._keep(request, planned.having(reference=number))

    async def _refused(self, request: TransferRequest, outcome: TransferOutcome) -> TransferOutcome:
        async with self.engine.begin() as connection:
            await give_back(connection, request.key, self.now(), "refused")
            return await keep(connection, request, outcome, self.now())

    @activity.defn
    async def call_off_transfer(self, request: CallOffRequest) -> CallOffOutcome:
        """Call off a transfer that nobody wants any more; what has left arrives for nobody, and somebody is told."""
        return await self._first(request, lambda: self._call_off(request), CallOffOutcome)

    async def _call_off(self, request: CallOffRequest) -> CallOffOutcome:
        async with self.engine.begin() as connection:
            reference = await read_reference(connection, request.order_no)
        asked = TransferCallOff(order=reference, transfer=request.number, source=request.source, target=request.target)
        kept = await self.warehouse.call_off(request.key, asked)
        async with self.engine.begin() as connection:
            kept = kept and await give_back(connection, request.transfer, self.now(), "called_off")
            if not kept:
                await unclaimed(connection, request.transfer, self.now())
            return await keep(connection, request, CallOffOutcome(called_off=kept), self.now())

    @activity.defn
    async def book_transfer(self, request: BookTransferRequest) -> BookTransferOutcome:
        """Write into the stock books that a transfer left, arrived or failed; what arrived belongs to its order."""

        async def act() -> BookTransferOutcome:
            async with self.engine.begin() as connection:
                outcome = await book(connection, request, self.now())
                return await keep(connection, request, outcome, self.now())

        return await self._first(request, act, BookTransferOutcome)

    async def _keep(self, request: Request, outcome: Outcome) -> Outcome:
        async with self.engine.begin() as connection:
            return await keep(connection, request, outcome, self.now())

    async def _first(self, request: Request, act: Callable[[], Awaitable[Outcome]], outcome: type[Outcome]) -> Outcome:
        """What was done under the key first; done now where nothing was."""
        known = await self._kept(request.key, outcome)
        if known is not None:
            return known
        try:
            return await act()
        except IntegrityError:  # another attempt was quicker; what it kept is the outcome
            kept = await self._kept(request.key, outcome)
            if kept is None:
                raise
            return kept

    async def _kept(self, key: str, outcome: type[Outcome]) -> Outcome | None:
        async with self.engine.begin() as connection:
            return await what_was_done(connection, key, outcome)


def _lines(request: TransferRequest, best: Candidate) -> tuple[ReleasedLine, ...]:
    return tuple(
        ReleasedLine(line=part.line, sku=request.skus[part.line], quantity=part.quantity) for part in best.lines
    )
