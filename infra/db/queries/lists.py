"""The order list: filters, and a keyset that stays true while orders come in (performance.md "order list")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.payment import PaymentState
from infra.db.tables import effect, goods_return, orders, return_refund

SHOWN = (
    "order_no", "channel", "external_id", "region", "total", "currency", "placed_at", "received_at", "stage", "label",
    "overlays", "payment_state", "version", "needs_attention", "attention_reason", "waiting_for", "next_due_at",
    "next_due_clock", "open_cases", "hold_reasons", "breaches", "warehouse", "captured", "refunded", "completed_at",
    "final", "updated_at",
)  # fmt: skip
IN_RETURN = select(goods_return.c.order_no).where(goods_return.c.order_no == orders.c.order_no, goods_return.c.open)
PAID = select(effect.c.key).where(effect.c.key == return_refund.c.order_no + "/refund/" + return_refund.c.cause)
CLAIMED = (
    select(func.sum(return_refund.c.amount))
    .where(return_refund.c.order_no == orders.c.order_no, return_refund.c.return_no == 0, PAID.exists())
    .scalar_subquery()
)
RETURNED = select(func.sum(goods_return.c.refunded)).where(goods_return.c.order_no == orders.c.order_no)
BACK = func.coalesce(RETURNED.scalar_subquery(), 0) + func.coalesce(CLAIMED, 0)
"""What went back for returns and late claims: the order's own row knows nothing of them; a Reset writes it anew."""
WITH_RETURNS: dict[str, ColumnElement[Any]] = {
    "overlays": case((IN_RETURN.exists(), func.array_append(orders.c.overlays, "return")), else_=orders.c.overlays),
    "refunded": cast(orders.c.refunded + BACK, BigInteger),
    "payment_state": case(
        (BACK == 0, orders.c.payment_state),
        (orders.c.refunded + BACK >= orders.c.captured, PaymentState.REFUNDED),
        else_=PaymentState.PARTIALLY_REFUNDED,
    ),
}
ROW = [WITH_RETURNS[name].label(name) if name in WITH_RETURNS else orders.c[name] for name in SHOWN]


@dataclass(frozen=True)
class Filters:
    """Which orders; what is not given does not matter. ``placed_from`` counts, ``placed_to`` does not."""

    stage: tuple[str, ...] = ()
    channel: str | None = None
    region: str | None = None
    needs_attention: bool | None = None
    open_case: str | None = None
    hold: str | None = None
    breach: str | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    q: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL."""
        row = orders.c
        equal = {"channel": self.channel, "region": self.region, "needs_attention": self.needs_attention}
        within = {"open_cases": self.open_case, "hold_reasons": self.hold, "breaches": self.breach}
        found = [row[name] == value for name, value in equal.items() if value is not None]
        found += [row[name].contains([value]) for name, value in within.items() if value is not None]
        if self.stage:
            found.append(row.stage.in_(self.stage))
        if self.placed_from:
            found.append(row.placed_at >= self.placed_from)
        if self.placed_to:
            found.append(row.placed_at < self.placed_to)
        if self.q:
            found.append(row.search.icontains(self.q, autoescape=True))
        return found


@dataclass(frozen=True)
class Place:
    """Where a page ended: the last order's time and number."""

    placed_at: datetime
    order_no: str

    def beyond(self) -> ColumnElement[bool]:
        """What comes after it, newest first; the first half lets the index begin at the right row."""
        row = orders.c
        return and_(row.placed_at <= self.placed_at, or_(row.placed_at < self.placed_at, row.order_no > self.order_no))


async def page_of_orders(
    connection: AsyncConnection, tenant: str, filters: Filters, after: Place | None, most: int
) -> Sequence[dict[str, Any]]:
    """At most ``most`` orders, newest first, after a place."""
    found = select(*ROW).where(orders.c.tenant == tenant, *filters.conditions())
    if after:
        found = found.where(after.beyond())
    rows = await connection.execute(found.order_by(orders.c.placed_at.desc(), orders.c.order_no).limit(most))
    return [dict(row) for row in rows.mappings()]
