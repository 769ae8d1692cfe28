"""The department of late facts: reads what a closed order is, writes each step of what goes back, or lives again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.buyer import columns_of
from domain.effects import Done, EffectKind, effect_key
from domain.late import ClosedOrder, LateInput, LateNews
from domain.late_claims import ClaimNews
from domain.late_goods import GoodsNews
from domain.late_reinstating import LINKED, ChoiceAsked, ChoiceNews, Reinstated, ReinstateRequest
from domain.recording import DESK
from domain.stage import Stage
from infra.db.effects import Watch, once, what_was_done
from infra.db.inbox import Inbox, Posting, body_hash, business_hash, payment_of
from infra.db.late import closed_orders, record
from infra.db.late_claims import grant, record_claim
from infra.db.late_goods import record_goods
from infra.db.late_reinstating import how_it_could_live, record_choice, tenant_of
from infra.db.versions import Version, read_version

Shape = Callable[[Mapping[str, Any]], str]
"""Brings an order into the shape in which orders are posted, as JSON."""
LEFT_BEHIND = frozenset(
    {"payment", "original", "latest_ship_at", "accepted_ship_at", "promised_delivery_date", "placed_at", "external_id"}
)
"""What the new order has not of the cancelled one."""


@dataclass(frozen=True)
class LateActivities:
    """Reads and writes the books of closed orders; ``as_linked`` is the shape of an order made for another one."""

    engine: AsyncEngine
    inbox: Inbox
    as_linked: Shape
    now: Watch

    @activity.defn
    async def look_at_closed_order(self, request: LateInput) -> ClosedOrder:
        """What the books say of the order now."""
        async with self.engine.begin() as connection:
            found = await closed_orders(connection, [request.order_no])
            order = found.get(request.order_no, ClosedOrder(order_no=request.order_no, stage="", final=False))
            if order.stage != Stage.CANCELLED:
                return order
            return order.having(reinstatable=await how_it_could_live(connection, request.order_no))

    @activity.defn
    async def record_late(self, news: LateNews) -> None:
        """Write one step of a late fact, once however often it is asked."""
        async with self.engine.begin() as connection:
            await record(connection, news)

    @activity.defn(name="record_claim")
    async def record_claim(self, news: ClaimNews) -> int:
        """Write one step of a claim on a completed order, once; the number of its case, or how much may go back."""
        async with self.engine.begin() as connection:
            return await (grant(connection, news) if news.grants else record_claim(connection, news))

    @activity.defn(name="record_goods")
    async def record_goods(self, news: GoodsNews) -> int:
        """Write one step of goods that left a cancelled order, once; the number of their case, 0 where it is over."""
        async with self.engine.begin() as connection:
            return await record_goods(connection, news)

    @activity.defn(name="record_choice")
    async def record_choice(self, news: ChoiceNews) -> ChoiceAsked:
        """Write that the customer is asked about late money, or what came of it, once; its case and question."""
        async with self.engine.begin() as connection:
            return await record_choice(connection, news)

    @activity.defn
    async def reinstate_order(self, request: ReinstateRequest) -> Reinstated:
        """Make the order live again: a new one, linked, as last corrected, paid by the late payment. Once."""

        async def act() -> Reinstated:
            async with self.engine.begin() as connection:
                gone = effect_key(request.order_no, EffectKind.REFUND, f"late/{request.payment_no}")
                if await what_was_done(connection, gone, Done) is not None:
                    raise ApplicationError("The money went back", type="Business.MoneyGone", non_retryable=True)
                version = await read_version(connection, request.order_no)
                tenant = await tenant_of(connection, request.order_no)
            taken = await self.inbox.take(self._posting(request, tenant, version))
            return Reinstated(order_no=taken.order_no)

        return await once(self.engine, request, act, Reinstated, self.now)

    def _posting(self, request: ReinstateRequest, tenant: str, version: Version) -> Posting:
        now = self.now()
        order = {
            **{name: value for name, value in version.raw.items() if name not in LEFT_BEHIND},
            "external_id": f"{version.reference.external_id}/{LINKED}/{request.payment_no}",
            "placed_at": now.isoformat(),
            "payment": {"method": "prepaid", "paid_amount": request.amount, "paid_at": request.paid_at.isoformat()},
            "original": {"order_no": request.order_no, "kind": LINKED, "reason": request.payment_no, "cost": 0},
        }
        try:
            raw = self.as_linked(order)
        except ValueError as wrong:
            text = f"The order that lives on would not have the right shape: {type(wrong).__name__}"
            raise ApplicationError(text, type="Business.WrongShape", non_retryable=True) from None
        posted = json.loads(raw)
        return Posting(
            tenant=tenant,
            channel=posted["channel"],
            external_id=posted["external_id"],
            raw=raw,
            business_hash=business_hash(posted),
            received_at=now,
            paid=_under_its_number(payment_of(posted), request.payment_no),
            source_kind=LINKED,
            submitter=DESK,
            request_id=request.key,
            marks=columns_of(posted),
        )


def _under_its_number(paid: Mapping[str, Any] | None, payment_no: str) -> dict[str, Any] | None:
    """The fact of the payment, by the number that the gateway has for it."""
    if paid is None:
        return None
    body = {**paid["body"], "data": {**paid["body"]["data"], "payment_no": payment_no}}
    return {**paid, "body": body, "body_hash": body_hash(body)}
