"""Facts that wait: for their order to hear of them, or to be found (edge cases 18 and 19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text

from domain.orphans import SOUGHT_FOR
from infra.db.fact_inbox import ORDER_OF, SETTINGS, WATCHED
from infra.db.transactions import Transaction

CLAIM = text(
    """
SELECT o.order_no FROM inbound_order AS o
WHERE o.started_at IS NOT NULL AND o.order_no = ANY(:order_nos)
    AND EXISTS (SELECT FROM inbound_fact AS f
        WHERE f.order_no = o.order_no AND f.delivered_at IS NULL AND f.state = 'waiting' AND f.decisive)
FOR NO KEY UPDATE OF o SKIP LOCKED"""
)
SWEEP = text(
    """
SELECT DISTINCT f.order_no FROM inbound_fact AS f JOIN inbound_order AS o ON o.order_no = f.order_no
WHERE f.state = 'waiting' AND f.decisive AND o.started_at IS NOT NULL LIMIT :most"""
)
EARLY = text(
    """
SELECT o.order_no FROM inbound_order AS o WHERE o.started_at IS NULL AND o.order_no = ANY(:order_nos)"""
)
NEWS = text(
    """
SELECT f.id, f.order_no, f.fact_id, f.kind, f.source, f.occurred_at, f.received_at, f.body -> 'data' AS data
FROM inbound_fact AS f
WHERE f.order_no = ANY(:order_nos) AND f.delivered_at IS NULL AND f.state = 'waiting' AND (:all OR f.id <= (
    SELECT max(d.id) FROM inbound_fact AS d
    WHERE d.order_no = f.order_no AND d.delivered_at IS NULL AND d.state = 'waiting' AND d.decisive))
ORDER BY f.order_no, f.received_at, f.occurred_at, f.id"""
)
DELIVERED = text(
    """
UPDATE inbound_fact SET state = 'delivered', delivered_at = :at WHERE id IN (
    SELECT id FROM inbound_fact WHERE id = ANY(:ids) AND state = 'waiting' ORDER BY id FOR UPDATE SKIP LOCKED)"""
)
UNMATCHED = text(
    """
WITH late AS (
    UPDATE inbound_fact SET state = 'unmatched' WHERE id = ANY(:ids) AND state IN ('waiting', 'orphan', 'return')
    RETURNING tenant, fact_id, kind, order_no)
INSERT INTO alert (key, kind, order_no, at, detail)
SELECT 'fact_unmatched/' || COALESCE(order_no, tenant) || '/' || fact_id, 'fact_unmatched', order_no, :at,
    jsonb_build_object('fact_id', fact_id, 'kind', kind, 'reason', CAST(:reason AS text))
FROM late ON CONFLICT DO NOTHING"""
)
NAMED = {"watching_cases": ":watching_cases", "watched_packages": ":watched_packages"}
MATCH = text(
    f"""
WITH orphans AS (
    SELECT f.id, {ORDER_OF.format(fact="f", order_no="f.body ->> 'order_no'")} AS found
    FROM inbound_fact AS f WHERE f.state = 'orphan' AND f.received_at > :since
)
UPDATE inbound_fact AS f SET order_no = orphans.found, state = 'waiting', decisive = decisive OR
    {WATCHED.format(order_no="orphans.found", movement="f.kind = 'carrier_scan'", **NAMED)}
FROM orphans WHERE f.id = orphans.id AND orphans.found IS NOT NULL
RETURNING f.order_no, f.decisive"""  # noqa: S608 (names of our own)
)
GIVEN_UP = text("SELECT id FROM inbound_fact WHERE state = 'orphan' AND received_at <= :since LIMIT 1000")


@dataclass(frozen=True, slots=True)
class WaitingFact:
    """One waiting fact: its row, its order, and the fact as ``domain.facts.parse`` reads it."""

    row: int
    order_no: str
    fact: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What kind of fact it is."""
        return str(self.fact["kind"])


def as_fact(row: RowMapping) -> WaitingFact:
    """A row of the inbox as the workflow takes it."""
    fact = {
        **row["data"],
        "id": row["fact_id"],
        "kind": row["kind"],
        "source": row["source"],
        "occurred_at": row["occurred_at"].isoformat(),
        "received_at": row["received_at"].isoformat(),
    }
    return WaitingFact(row["id"], row["order_no"], fact)


async def claim(connection: Transaction, order_nos: Sequence[str]) -> list[str]:
    """Those of the started orders that a decisive fact waits for and nobody else serves; ours until the commit."""
    return list((await connection.execute(CLAIM, {"order_nos": list(order_nos)})).scalars())


async def sweep(connection: Transaction, most: int) -> list[str]:
    """Started orders that a decisive fact waits for, whether or not anybody was told."""
    return list((await connection.execute(SWEEP, {"most": most})).scalars())


async def not_started(connection: Transaction, order_nos: Sequence[str]) -> list[str]:
    """Those of the orders that still wait for their start."""
    return list((await connection.execute(EARLY, {"order_nos": list(order_nos)})).scalars())


async def news(connection: Transaction, order_nos: Sequence[str], *, everything: bool = False) -> list[WaitingFact]:
    """The orders' waiting facts up to the last decisive one, or all; by order, oldest first."""
    rows = await connection.execute(NEWS, {"order_nos": list(order_nos), "all": everything})
    return [as_fact(row) for row in rows.mappings()]


async def mark_delivered(connection: Transaction, facts: Sequence[WaitingFact], at: datetime) -> None:
    """The orders have heard of these facts."""
    await connection.execute(DELIVERED, {"ids": [fact.row for fact in facts], "at": at})


async def mark_unmatched(connection: Transaction, rows: Sequence[int], at: datetime, reason: str) -> None:
    """Nobody will hear of these facts; they stay visible, and one alert each tells of them."""
    await connection.execute(UNMATCHED, {"ids": list(rows), "at": at, "reason": reason})


async def match_orphans(connection: Transaction, at: datetime) -> list[str]:
    """Find the orders of orphans, and give up on those older than a week; the orders that have to hear of theirs."""
    found = await connection.execute(MATCH, {"since": at - SOUGHT_FOR, **SETTINGS})
    urgent = sorted({row.order_no for row in found if row.decisive})
    given_up = list((await connection.execute(GIVEN_UP, {"since": at - SOUGHT_FOR})).scalars())
    if given_up:
        await mark_unmatched(connection, given_up, at, "no order was found within 7 days")
    return urgent
