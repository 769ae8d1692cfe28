"""The department of returns: keeps and sends the new goods, restocks the old ones, lets the money go (§4.7, EC-50)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.buyer import columns_of
from domain.effects import Done
from domain.recording import DESK
from domain.return_rows import ReturnNews
from domain.return_work import ClaimRequest, GiveBackRequest, KeepRequest, RestockRequest, ShipRequest
from domain.returning import ClaimOutcome, KeepOutcome, ShipOutcome
from domain.stock import Want
from infra.db.effects import Watch, keep, once, recall
from infra.db.inbox import Inbox, Posting, business_hash
from infra.db.master_data import known_skus
from infra.db.reservations import Cause
from infra.db.return_steps import claim, give_back, keep_goods, record, restock
from infra.db.versions import Version, read_version

Shape = Callable[[Mapping[str, Any]], str]
"""Brings an order into the shape in which orders are posted, as JSON."""


@dataclass(frozen=True)
class ReturnActivities:
    """Works on returns; ``as_linked`` is the shape of an order that was made for another one."""

    engine: AsyncEngine
    inbox: Inbox
    as_linked: Shape
    now: Watch

    @activity.defn
    async def record_return(self, news: ReturnNews) -> str | None:
        """Write one turn of a return, once however often it is asked; answers whose run had it written."""
        async with self.engine.begin() as connection:
            await record(connection, news)
        return activity.info().workflow_run_id

    @activity.defn
    async def keep_exchange(self, request: KeepRequest) -> KeepOutcome:
        """Reserve the new goods, all or none."""
        wants = [Want(line=one.line, sku=request.skus[one.line], quantity=one.quantity) for one in request.lines]
        async with self.engine.begin() as connection:
            known = await recall(connection, request, KeepOutcome)
            if known is not None:
                return known
            kept = await keep_goods(connection, Cause(request.key, request.holder, self.now()), wants)
            return await keep(connection, request, KeepOutcome(kept=kept), self.now())

    @activity.defn
    async def give_back_exchange(self, request: GiveBackRequest) -> Done:
        """Give back the new goods that were kept."""
        async with self.engine.begin() as connection:
            known = await recall(connection, request, Done)
            if known is not None:
                return known
            await give_back(connection, Cause(request.key, request.holder, self.now()))
            return await keep(connection, request, Done(), self.now())

    @activity.defn
    async def restock_return(self, request: RestockRequest) -> Done:
        """Put the good units on the shelf; damaged and other goods are put nowhere."""
        async with self.engine.begin() as connection:
            known = await recall(connection, request, Done)
            if known is not None:
                return known
            if request.units:
                cause = Cause(request.key, request.order_no, self.now())
                await restock(connection, cause, request.warehouse, request.units)
            return await keep(connection, request, Done(), self.now())

    @activity.defn
    async def claim_refund(self, request: ClaimRequest) -> ClaimOutcome:
        """Let money go under the lock of its order, before the gateway is asked for it."""
        place = (request.order_no, request.number, request.cause)
        async with self.engine.begin() as connection:
            return ClaimOutcome(granted=await claim(connection, place, request.amount, self.now()))

    @activity.defn
    async def ship_exchange(self, request: ShipRequest) -> ShipOutcome:
        """Make the order of the new goods, linked to the original; it lives like every order."""

        async def act() -> ShipOutcome:
            taken = await self.inbox.take(await self._posting(request))
            return ShipOutcome(order_no=taken.order_no)

        return await once(self.engine, request, act, ShipOutcome, self.now)

    async def _posting(self, request: ShipRequest) -> Posting:
        async with self.engine.begin() as connection:
            version = await read_version(connection, request.order_no)
            skus = await known_skus(connection, list(request.units))
        lines = [
            {
                "line": str(number),
                "sku": sku,
                "specification": skus[sku].specification if sku in skus else "",
                "quantity": units,
                "unit_price": 0,
            }
            for number, (sku, units) in enumerate(sorted(request.units.items()), 1)
        ]
        return self._in_shape(request, version, lines)

    def _in_shape(self, request: ShipRequest, version: Version, lines: list[dict[str, Any]]) -> Posting:
        content = {name: version.raw[name] for name in TAKEN_OVER if version.raw.get(name)}
        original = {"order_no": request.order_no, "kind": "exchange", "reason": request.holder, "cost": 0}
        now = self.now()
        order = {
            **content,
            "channel": version.reference.channel,
            "external_id": f"{version.reference.external_id}/exchange/{request.number}",
            "placed_at": now.isoformat(),
            "lines": lines,
            "total": 0,
            "payment": {"method": "prepaid"},
            "original": original,
        }
        try:
            raw = self.as_linked(order)
        except ValueError as wrong:
            text = f"The order of the new goods would not have the right shape: {type(wrong).__name__}"
            raise ApplicationError(text, type="Business.WrongShape", non_retryable=True) from None
        posted = json.loads(raw)
        return Posting(
            tenant=request.tenant,
            channel=posted["channel"],
            external_id=posted["external_id"],
            raw=raw,
            business_hash=business_hash(posted),
            received_at=now,
            source_kind="exchange",
            submitter=DESK,
            request_id=request.key,
            marks=columns_of(posted),
        )


TAKEN_OVER = ("customer", "address", "currency", "delivery_method")
"""What the new order has of the original as last corrected."""
