"""The departments of stock transfers and purchasing, with memory: what a scene says they answer, in its order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from domain.effects import Allocation
from domain.inquiries import Answer
from domain.transfer_effects import (
    BookTransferOutcome,
    BookTransferRequest,
    CallOffOutcome,
    CallOffRequest,
    PurchaseRequest,
    TransferOutcome,
    TransferRequest,
)


class Transferring:
    """Nobody can bring anything, and purchasing has no date, unless a scene says so."""

    _do: Callable[[str, Any, Callable[[Any], Any]], Any]

    @activity.defn(name="request_transfer")
    async def request_transfer(self, request: TransferRequest) -> TransferOutcome:
        """The next transfer of the scene."""
        outcome: TransferOutcome = await self._do(
            "request_transfer", request, lambda book: book.transfers.pop(0) if book.transfers else TransferOutcome()
        )
        return outcome

    @activity.defn(name="call_off_transfer")
    async def call_off_transfer(self, request: CallOffRequest) -> CallOffOutcome:
        """The warehouse keeps the goods, or they have left."""
        outcome: CallOffOutcome = await self._do(
            "call_off_transfer", request, lambda book: CallOffOutcome(called_off=book.keeps_goods)
        )
        return outcome

    @activity.defn(name="book_transfer")
    async def book_transfer(self, request: BookTransferRequest) -> BookTransferOutcome:
        """What arrived and is wanted is reserved in Shanghai."""
        wanted = request.wanted if request.stage == "received" else ()
        given = tuple(Allocation(line=part.line, warehouse="WH-SH", quantity=part.quantity) for part in wanted)
        outcome: BookTransferOutcome = await self._do(
            "book_transfer", request, lambda _: BookTransferOutcome(stage=request.stage, allocations=given)
        )
        return outcome

    @activity.defn(name="ask_purchasing")
    async def ask_purchasing(self, request: PurchaseRequest) -> Answer:
        """What purchasing says."""
        outcome: Answer = await self._do("ask_purchasing", request, lambda book: book.purchase_answer)
        return outcome
