"""An order's whole trail: its chained events and everything they are about (SR-003, P-16)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.trail import Head

EVENTS = """
SELECT e.seq, e.key, e.code, e.at, e.recorded_at, e.actor, e.source, e.reason, e.request_id, e.params, e.before,
    e.after, e.prev_hash, e.hash, order_event_content(e) AS content
FROM order_event AS e WHERE e.order_no = :order_no ORDER BY e.seq, e.id"""
HEAD = """
SELECT COALESCE(h.seq, LEAST(o.sequence, 1)) AS seq, COALESCE(h.hash, '') AS hash
FROM orders AS o LEFT JOIN trail_head AS h USING (order_no) WHERE o.order_no = :order_no"""
POSTED = """
SELECT channel, external_id, raw_hash, business_hash, policy_edition, placed_at, collected_at, received_at, source_kind,
    submitter, document_no, request_id
FROM inbound_order WHERE order_no = :order_no"""
PARTS = {
    "corrections": """
SELECT id AS correction, base_version, status, actor, at, request_id, patch AS fields
FROM correction WHERE order_no = :order_no ORDER BY id""",
    "facts": """
SELECT fact_id, kind, source, body_hash, occurred_at, received_at, delivered_at, state, conflict_of
FROM inbound_fact WHERE order_no = :order_no ORDER BY id""",
    "effects": """
SELECT its.key, its.kind, its.status, its.tries, its.since, its.done_at, kept.request_hash, kept.at AS kept_at
FROM orders AS o, jsonb_to_recordset(o.effects) AS its(
    key text, kind text, status text, tries int, since timestamptz, done_at timestamptz)
LEFT JOIN effect AS kept ON kept.key = its.key
WHERE o.order_no = :order_no ORDER BY its.since, its.key""",
    "letters": """
SELECT key, kind, template, params, created_at, sent_at, attempts, reference
FROM outbox WHERE order_no = :order_no ORDER BY created_at, key""",
    "clocks": """
SELECT kind, subject, start_at, start_event, due_at, stop_at, stop_event, verdict, cause, responsible, case_no
FROM clock WHERE order_no = :order_no ORDER BY start_at, kind, subject""",
    "cases": """
SELECT case_no, kind, subject, status, level, cause, responsible, outcome, actor, opened_at, acknowledged_at,
    resolved_at
FROM exception_case WHERE order_no = :order_no ORDER BY case_no""",
    "tasks": """
SELECT key, kind, role, due_at, opened_at, done_at, done_by FROM task WHERE order_no = :order_no ORDER BY opened_at""",
    "debts": """
SELECT debt, code, field, version, since, due_at, ended_at, outcome, actor
FROM audit_debt WHERE order_no = :order_no ORDER BY since, debt""",
    "stock": """
SELECT key, step, version, line, sku, warehouse, subject, units, outbound, at
FROM reservation WHERE order_no = :order_no ORDER BY id""",
}
"""Part of the trail → its rows."""


async def whole_trail(connection: AsyncConnection, order_no: str) -> dict[str, Any]:
    """Everything that is known of an order, oldest first; ``corrections`` have the personal values, ``facts`` not.

    ``head`` is the `domain.trail.Head` of its chain: an order that had a turn has at least one event.
    """
    head = await _rows(connection, HEAD, order_no)
    return {
        "head": Head.model_validate(head[0]) if head else Head(),
        "posted": next(iter(await _rows(connection, POSTED, order_no)), None),
        "events": await _rows(connection, EVENTS, order_no),
        **{name: await _rows(connection, statement, order_no) for name, statement in PARTS.items()},
    }


async def _rows(connection: AsyncConnection, statement: str, order_no: str) -> list[dict[str, Any]]:
    found = await connection.execute(text(statement), {"order_no": order_no})
    return [dict(row) for row in found.mappings()]
