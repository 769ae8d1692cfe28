"""One order: its page, its clocks, its story, and what it was posted as (SR-023, M1, M4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.number_windows import owns
from infra.db.queries.lists import ROW
from infra.db.tables import audit_debt, clock, exception_case, order_line, orders, package, shipment, task

PARTS: dict[str, tuple[Table, str]] = {
    "lines": (order_line, "line"),
    "shipments": (shipment, "shipment"),
    "packages": (package, "package"),
    "cases": (exception_case, "case_no"),
    "tasks": (task, "opened_at"),
    "debts": (audit_debt, "since"),
}
"""Part of the page → its table, and by what it is sorted."""
OF_ITSELF = ("holds", "findings", "unmatched", "effects", "steps", "explanation", "sequence", "audit")
STORY = text(
    """
SELECT 'order_placed' AS code, o.placed_at AS at, o.received_at AS recorded_at, o.submitter AS actor,
    o.channel AS source, jsonb_build_object('channel', o.channel, 'external_id', o.external_id) AS params,
    '' AS state, ' 1' AS key, '' AS reason
FROM inbound_order AS o WHERE o.order_no = :order_no
UNION ALL
SELECT 'order_received', o.received_at, o.received_at, o.submitter, 'us', '{}', '', ' 2', ''
FROM inbound_order AS o WHERE o.order_no = :order_no
UNION ALL
SELECT e.code, e.at, e.recorded_at, e.actor, e.source, e.params, '', e.key, ''
FROM order_event AS e WHERE e.order_no = :order_no AND NOT EXISTS (
    SELECT FROM inbound_fact AS f WHERE f.order_no = e.order_no AND f.fact_id = e.key AND f.conflict_of IS NULL)
UNION ALL
SELECT f.kind, LEAST(f.occurred_at, f.received_at), f.received_at, COALESCE(f.body #>> '{data,actor}', ''), f.source,
    f.body -> 'data', f.state, f.fact_id, CASE WHEN f.state = 'unmatched' THEN COALESCE(a.detail ->> 'reason', '') END
FROM inbound_fact AS f LEFT JOIN alert AS a ON a.key = 'fact_unmatched/' || f.order_no || '/' || f.fact_id
WHERE f.order_no = :order_no AND f.conflict_of IS NULL
UNION ALL
SELECT l.kind, l.sent_at, l.sent_at, '', 'us', l.params || jsonb_build_object('template', l.template), 'sent', l.key, ''
FROM outbox AS l WHERE l.order_no = :order_no AND l.sent_at IS NOT NULL
ORDER BY 2, 3, 8"""
)
EXPLAINED = text(
    """
SELECT o.explanation, o.updated_at, o.received_at, (
    SELECT count(*) FROM inbound_fact AS f
    WHERE f.order_no = o.order_no AND f.delivered_at IS NULL AND f.state = 'waiting') AS waiting_facts
FROM orders AS o WHERE o.order_no = :order_no AND o.tenant = :tenant"""
)
NUMBERED = text(
    f"""
SELECT p.order_no FROM package AS p JOIN orders AS o USING (order_no)
WHERE o.tenant = :tenant AND p.tracking_number = :number AND p.tracking_number <> '' AND p.order_no <> :order_no
    AND {owns("CAST(:now AS timestamptz)", "CAST(:carrier AS text)")}
ORDER BY p.order_no LIMIT 1"""  # noqa: S608 - words of our own
)


async def order_page(connection: AsyncConnection, tenant: str, order_no: str) -> dict[str, Any] | None:
    """The order with its lines, shipments, packages, cases and tasks; None where there is none."""
    wanted = [*ROW, *(orders.c[name] for name in OF_ITSELF)]
    found = await connection.execute(select(*wanted).where(orders.c.order_no == order_no, orders.c.tenant == tenant))
    row = found.mappings().one_or_none()
    if row is None:
        return None
    page = dict(row) | {name: await _part(connection, order_no, name) for name in PARTS}
    coupons = page["explanation"].get("coupons", [])
    for case in page["cases"]:
        case["coupons"] = [coupon for coupon in coupons if coupon["case_no"] == case["case_no"]]
    return page


async def exists(connection: AsyncConnection, tenant: str, order_no: str) -> bool:
    """Whether there is such an order."""
    found = select(orders.c.order_no).where(orders.c.order_no == order_no, orders.c.tenant == tenant)
    return (await connection.execute(found)).one_or_none() is not None


async def explanation(connection: AsyncConnection, tenant: str, order_no: str) -> dict[str, Any] | None:
    """Why the order is where it is, as of its last turn, and how many facts it has not looked at; None: no such order.

    Before its first turn an order waits for its start.
    """
    row = (await connection.execute(EXPLAINED, {"tenant": tenant, "order_no": order_no})).mappings().one_or_none()
    if row is None:
        return None
    found = dict(row["explanation"]) or {
        "stage": "RECEIVED",
        "final": False,
        "waiting": [{"who": "us", "what": "its start", "since": row["received_at"].isoformat()}],
        "actions": [],
    }
    return {
        "order_no": order_no,
        "as_of": row["updated_at"],
        "explanation": found,
        "waiting_facts": row["waiting_facts"],
    }


async def clocks(connection: AsyncConnection, order_no: str) -> list[dict[str, Any]]:
    """The order's rows of the promise ledger, by their start."""
    columns = [column for column in clock.c if column.name != "order_no"]
    found = select(*columns).where(clock.c.order_no == order_no).order_by(clock.c.start_at, clock.c.kind)
    return [dict(row) for row in (await connection.execute(found)).mappings()]


async def story(connection: AsyncConnection, order_no: str) -> list[dict[str, Any]]:
    """What happened, oldest first: what was recorded, every fact in the inbox, every letter that was sent.

    A fact that was of no use has its ``reason``.
    """
    return [dict(row) for row in (await connection.execute(STORY, {"order_no": order_no})).mappings()]


async def other_with_number(
    connection: AsyncConnection, tenant: str, order_no: str, label: tuple[str, str], now: datetime
) -> str | None:
    """Another order that has this number of this carrier now (edge cases 21, 53); ``label``: number and carrier."""
    values = {"tenant": tenant, "order_no": order_no, "number": label[0], "carrier": label[1], "now": now}
    return (await connection.execute(NUMBERED, values)).scalar_one_or_none()


async def _part(connection: AsyncConnection, order_no: str, name: str) -> list[dict[str, Any]]:
    table, by = PARTS[name]
    columns = [column for column in table.c if column.name != "order_no"]
    found = select(*columns).where(table.c.order_no == order_no).order_by(table.c[by])
    return [dict(row) for row in (await connection.execute(found)).mappings()]
