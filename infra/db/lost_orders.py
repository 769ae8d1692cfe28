"""Orders that are open in the books and have no workflow: which, with what they go on, and how one is closed by hand.

All of one step is one transaction of the caller, behind the lock of the order's row in the inbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.recording import Entry
from infra.db.reservations import Cause
from infra.db.stock import release, tell_freed
from infra.db.tables import order_event
from infra.db.waiting.facts import WaitingFact, as_fact
from infra.db.waiting.orders import COLUMNS, WaitingOrder

GONE = "WORKFLOW_GONE"
"""Why such an order needs a person."""
WAYS_OUT = ("resume", "close")
OPEN = text(
    """
SELECT o.order_no FROM orders AS o JOIN inbound_order AS i USING (order_no)
WHERE NOT o.final AND i.started_at IS NOT NULL ORDER BY o.order_no"""
)
SHOW = text(
    """
WITH gone AS (
    UPDATE orders SET needs_attention = true, attention_reason = :reason, waiting_for = 'operator',
        explanation = explanation || jsonb_build_object(
            'attention', jsonb_build_array(CAST(:reason AS text)), 'actions', to_jsonb(CAST(:ways_out AS text[])),
            'closed', '{}'::jsonb, 'steps', '[]'::jsonb, 'next_at', NULL, 'next_name', '',
            'waiting', jsonb_build_array(jsonb_build_object(
                'who', 'operator', 'what', 'its workflow is gone: resume or close', 'since', CAST(:at AS timestamptz))))
    WHERE order_no = ANY(:order_nos) AND NOT final AND attention_reason <> :reason
    RETURNING order_no, run_id)
INSERT INTO alert (key, kind, order_no, at, detail)
SELECT 'workflow_gone/' || order_no || '/' || run_id, 'workflow_gone', order_no, :at,
    jsonb_build_object('run_id', run_id)
FROM gone ON CONFLICT DO NOTHING"""
)
LOCKED = text(
    f"""
SELECT {COLUMNS}, started_at IS NOT NULL AS started FROM inbound_order
WHERE order_no = :order_no AND tenant = :tenant FOR NO KEY UPDATE"""  # noqa: S608 (our own column names)
)
STATE = text("SELECT final, snapshot FROM orders WHERE order_no = :order_no FOR UPDATE")
UNTOLD = text(
    """
UPDATE inbound_fact AS f SET state = 'waiting', delivered_at = NULL
WHERE f.order_no = :order_no AND f.conflict_of IS NULL AND f.state IN ('waiting', 'delivered', 'unmatched')
    AND NOT f.fact_id = ANY(:seen)
RETURNING f.id, f.order_no, f.fact_id, f.kind, f.source, f.occurred_at, f.received_at, f.body -> 'data' AS data"""
)
CLOSED = (
    text(
        """
UPDATE orders SET final = true, stage = 'CLOSED', label = 'CLOSED', overlays = '{}', needs_attention = false,
    attention_reason = '', waiting_for = '', next_due_at = NULL, next_due_clock = '', open_cases = '{}',
    hold_reasons = '{}', snapshot = NULL, updated_at = :at, explanation = jsonb_build_object(
        'stage', 'CLOSED', 'final', true, 'waiting', '[]'::jsonb, 'actions', '[]'::jsonb, 'closed', '{}'::jsonb)
WHERE order_no = :order_no"""
    ),
    text(
        """
UPDATE exception_case SET status = 'RESOLVED', resolved_at = :at, outcome = 'CLOSED_BY_HAND', actor = :actor
WHERE order_no = :order_no AND resolved_at IS NULL"""
    ),
    text("UPDATE task SET done_at = :at, done_by = :actor WHERE order_no = :order_no AND done_at IS NULL"),
    text(
        """
UPDATE audit_debt SET ended_at = :at, outcome = 'CLOSED_BY_HAND', actor = :actor
WHERE order_no = :order_no AND ended_at IS NULL"""
    ),
)


@dataclass(frozen=True, slots=True)
class Lost:
    """One order as it came in, and ``state``, what it was as of its last turn, without its policy."""

    order: WaitingOrder
    started: bool
    final: bool
    state: Mapping[str, Any] | None


async def open_orders(connection: AsyncConnection) -> list[str]:
    """The numbers of the orders that were started and are not over."""
    return list((await connection.execute(OPEN)).scalars())


async def show_gone(connection: AsyncConnection, order_nos: Sequence[str], at: datetime) -> None:
    """Each needs a person from now on, who may resume it or close it; one alert a lost run."""
    values = {"order_nos": list(order_nos), "at": at, "reason": GONE, "ways_out": list(WAYS_OUT)}
    await connection.execute(SHOW, values)


async def lock(connection: AsyncConnection, tenant: str, order_no: str) -> Lost | None:
    """An order of the books, ours until the commit; None where there is none."""
    found = await connection.execute(LOCKED, {"order_no": order_no, "tenant": tenant})
    row = found.mappings().one_or_none()
    if row is None:
        return None
    state = (await connection.execute(STATE, {"order_no": order_no})).mappings().one()
    own = {name: row[name] for name in WaitingOrder.__slots__}
    return Lost(WaitingOrder(**own), row["started"], state["final"], state["snapshot"])


async def untold(connection: AsyncConnection, order_no: str, seen: Sequence[str]) -> list[WaitingFact]:
    """The facts that the order as of its last turn had not taken in, oldest first; they wait for it again."""
    rows = (await connection.execute(UNTOLD, {"order_no": order_no, "seen": list(seen)})).mappings().all()
    return [as_fact(row) for row in sorted(rows, key=lambda row: (row["received_at"], row["occurred_at"], row["id"]))]


async def note(connection: AsyncConnection, order_no: str, entry: Entry) -> None:
    """A line of the order's trail."""
    await connection.execute(insert(order_event).values(order_no=order_no, **entry.model_dump()))


async def close(connection: AsyncConnection, order_no: str, at: datetime, actor: str) -> None:
    """The order is over: its cases, tasks and debts end, and its stock goes back; its money stays where it is."""
    for statement in CLOSED:
        values = {"order_no": order_no, "at": at, "actor": actor}
        await connection.execute(statement, {name: values[name] for name in values if f":{name}" in statement.text})
    cause = Cause(key=f"{order_no}/closed", order_no=order_no, at=at)
    await release(connection, cause)
    await tell_freed(connection, cause, done_with=True)
