"""What waits for a return: returns without a workflow yet, and facts of parcels that come back (EC-11, EC-50)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from domain.returns import Return
from infra.db.transactions import Transaction
from infra.db.waiting.facts import WaitingFact, as_fact

WAITING = text("SELECT value FROM goods_return WHERE started_at IS NULL ORDER BY asked_at LIMIT :most")
FOUND = text("""
UPDATE inbound_fact AS f SET state = 'return' FROM goods_return AS r
WHERE f.state = 'orphan' AND f.kind = 'carrier_scan' AND f.tracking_number = r.tracking_number
    AND r.tracking_number <> '' AND f.tenant = r.tenant AND r.open
""")
NEWS = text("""
SELECT f.id, COALESCE(r.order_no, f.order_no, '') AS order_no, f.fact_id, f.kind, f.source, f.occurred_at,
    f.received_at, f.body -> 'data' AS data, r.return_no, r.open,
    COALESCE(r.outcome, '') IN ('REFUSED', 'LAPSED') AS called_off
FROM inbound_fact AS f LEFT JOIN LATERAL (
    SELECT r.order_no, r.return_no, r.open, r.outcome FROM goods_return AS r
    WHERE r.tenant = f.tenant AND (r.tracking_number = f.tracking_number AND r.tracking_number <> ''
        OR r.order_no = f.order_no AND r.return_no = COALESCE((f.body #>> '{data,return_no}')::int, r.return_no))
    ORDER BY r.open DESC, r.return_no DESC LIMIT 1) AS r ON true
WHERE f.state = 'return' ORDER BY f.received_at, f.occurred_at, f.id LIMIT :most FOR UPDATE OF f SKIP LOCKED
""")
DELIVERED = text("""
UPDATE inbound_fact AS f SET state = 'delivered', delivered_at = :at, order_no = NULLIF(told.order_no, '')
FROM unnest(CAST(:ids AS bigint[]), CAST(:order_nos AS text[])) AS told(id, order_no) WHERE f.id = told.id
""")


@dataclass(frozen=True, slots=True)
class ReturnFactRow:
    """One waiting fact, and the return that it is about; None: nobody knows it yet."""

    waiting: WaitingFact
    return_no: int | None
    open: bool
    called_off: bool = False

    @property
    def fact(self) -> Mapping[str, Any]:
        """The fact as the return takes it."""
        return self.waiting.fact


async def not_started(connection: Transaction, most: int = 100) -> list[Return]:
    """Returns that have no workflow yet, the oldest first."""
    return [Return.model_validate(value) for value in (await connection.execute(WAITING, {"most": most})).scalars()]


async def find_scans(connection: Transaction) -> None:
    """Scans of a parcel that nobody sent, and that comes back as is known now."""
    await connection.execute(FOUND)


async def news(connection: Transaction, most: int = 500) -> list[ReturnFactRow]:
    """Facts of returns that wait, the oldest first; ours until the commit."""
    rows = (await connection.execute(NEWS, {"most": most})).mappings()
    return [ReturnFactRow(as_fact(row), row["return_no"], bool(row["open"]), row["called_off"]) for row in rows]


async def mark_told(connection: Transaction, facts: Sequence[ReturnFactRow], at: datetime) -> None:
    """Their returns have heard of these facts; they belong to the order's story from now on."""
    if facts:
        ids, numbers = zip(*((fact.waiting.row, fact.waiting.order_no) for fact in facts), strict=True)
        await connection.execute(DELIVERED, {"ids": list(ids), "order_nos": list(numbers), "at": at})
