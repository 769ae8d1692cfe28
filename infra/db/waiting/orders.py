"""Orders that wait for their start, oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from domain.policy import Policy
from domain.promotion import BUILT_IN
from infra.db.transactions import Transaction

COLUMNS = """order_no, tenant, channel, external_id, raw, policy_edition, placed_at, collected_at, received_at,
    source_kind, (SELECT t.snapshot FROM taken_over AS t WHERE t.order_no = inbound_order.order_no) AS snapshot"""
NEXT = text(
    f"""
SELECT {COLUMNS} FROM inbound_order WHERE started_at IS NULL AND NOT order_no = ANY(:put_off)
ORDER BY id LIMIT :most FOR NO KEY UPDATE SKIP LOCKED"""  # noqa: S608 (our own column names)
)
THESE = text(
    f"""
SELECT {COLUMNS} FROM inbound_order WHERE started_at IS NULL AND order_no = ANY(:order_nos)
LIMIT :most FOR NO KEY UPDATE SKIP LOCKED"""  # noqa: S608 (same)
)
STARTED = text("UPDATE inbound_order SET started_at = :at WHERE order_no = ANY(:order_nos)")
IS_STARTED = text("SELECT started_at IS NOT NULL FROM inbound_order WHERE order_no = :order_no AND tenant = :tenant")
RECORDED = text("SELECT order_no FROM orders WHERE order_no = ANY(:order_nos) AND sequence > 0")
BODY = text("SELECT body FROM policy_edition WHERE edition = :edition")


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """One order as it came in; ``raw`` holds personal data and goes nowhere."""

    order_no: str
    tenant: str
    channel: str
    external_id: str
    raw: Mapping[str, Any]
    policy_edition: str
    placed_at: datetime
    collected_at: datetime | None
    received_at: datetime
    snapshot: Mapping[str, Any] | None = None
    """The order of a takeover: it goes on from there."""
    source_kind: str = "api"


async def next_orders(
    connection: Transaction, most: int, *, first: Sequence[str] = (), put_off: Sequence[str] = ()
) -> list[WaitingOrder]:
    """The orders to start now, ours until the commit: those named ``first``, then the oldest, not the ones put off."""
    claimed: list[WaitingOrder] = []
    if first:
        claimed = await claim_these(connection, first, most)
    if len(claimed) < most:
        mine = [order.order_no for order in claimed]
        rows = await connection.execute(NEXT, {"most": most - len(claimed), "put_off": [*put_off, *mine]})
        claimed += [WaitingOrder(**row) for row in rows.mappings()]
    return claimed


async def claim_these(connection: Transaction, order_nos: Sequence[str], most: int) -> list[WaitingOrder]:
    """Those of the orders that wait for their start, ours until the commit."""
    rows = await connection.execute(THESE, {"order_nos": list(order_nos), "most": most})
    return [WaitingOrder(**row) for row in rows.mappings()]


async def mark_started(connection: Transaction, order_nos: Sequence[str], at: datetime) -> None:
    """These orders have their workflow."""
    await connection.execute(STARTED, {"order_nos": list(order_nos), "at": at})


async def is_started(connection: Transaction, order_no: str, tenant: str) -> bool | None:
    """Whether the order has its workflow; None where there is no such order."""
    return (await connection.execute(IS_STARTED, {"order_no": order_no, "tenant": tenant})).scalar_one_or_none()


async def recorded(connection: Transaction, order_nos: Sequence[str]) -> set[str]:
    """Those of the orders whose workflow has recorded its first turn."""
    return set((await connection.execute(RECORDED, {"order_nos": list(order_nos)})).scalars())


async def policy_of(connection: Transaction, edition: str) -> Policy:
    """An edition's rules; editions never change. The manual's own, plain or for promotions, need no row."""
    body = (await connection.execute(BODY, {"edition": edition})).scalar_one_or_none()
    if body is None and edition in BUILT_IN:
        return BUILT_IN[edition]
    if body is None:
        raise LookupError(f"Policy edition {edition} is gone from policy_edition; put it back to start its orders.")
    return Policy.model_validate(body)
