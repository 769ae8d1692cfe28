"""The rows of orders that are taken over (M19): named, and written in bulk, a table a statement.

Everything happens in the caller's transaction, so that an order comes in with all its past or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.policy import STANDARD
from infra.db import tables
from infra.db.inbox import NUMBER, RULES, Posting
from infra.db.record import CHANGING, DIALECT

NAME = f"""
SELECT g.n, COALESCE(rules.edition, %(edition)s) AS edition, o.order_no AS known,
    o.business_hash = g.business_hash AS same, CASE WHEN o.order_no IS NULL THEN {NUMBER} END AS order_no
FROM jsonb_to_recordset(%(given)s::jsonb) AS g(
    n int, tenant text, channel text, external_id text, business_hash text, received_at timestamptz)
{RULES}
LEFT JOIN inbound_order AS o ON o.tenant = g.tenant AND o.channel = g.channel AND o.external_id = g.external_id
ORDER BY g.n
"""  # noqa: S608 (statements of our own)
WAKE = "SELECT pg_notify('relay', 'orders')"
HOUSE = "SELECT warehouse FROM warehouse ORDER BY priority, warehouse LIMIT 1"
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Table → its new rows."""


@dataclass(frozen=True, slots=True)
class Named:
    """An order on its way in: its number and the edition it comes in under; or under which number it is known."""

    edition: str
    order_no: str
    known: bool
    same: bool


class Overtaken(Exception):
    """Ours to repeat: somebody else brought one of these orders in meanwhile."""


async def name_all(connection: AsyncConnection, postings: Sequence[Posting]) -> list[Named]:
    """Give each order its number, or find the one it has."""
    names = ("tenant", "channel", "external_id", "business_hash")
    given = [
        {"n": n, "received_at": posting.received_at.isoformat(), **{name: getattr(posting, name) for name in names}}
        for n, posting in enumerate(postings)
    ]
    values = {"given": json.dumps(given, ensure_ascii=False), "edition": STANDARD.edition, "zone": STANDARD.zone}
    found = await connection.exec_driver_sql(NAME, values)
    return [Named(row.edition, row.known or row.order_no, row.known is not None, bool(row.same)) for row in found]


async def first_warehouse(connection: AsyncConnection) -> str:
    """The warehouse that is asked first; empty where there is none."""
    return (await connection.exec_driver_sql(HOUSE)).scalar_one_or_none() or ""


async def insert_all(connection: AsyncConnection, rows: Rows, *, open_ones: bool) -> None:
    """Write the rows of new orders; with ``open_ones`` the relay is told to start those that go on.

    Raises:
        Overtaken: one of them is in the inbox by now; the transaction has to be rolled back.
    """
    wanted = rows["inbound_order"]
    kept = await connection.exec_driver_sql(INSERTS["inbound_order"], {"rows": _array(wanted)})
    if kept.rowcount < len(wanted):
        raise Overtaken
    for name, statement in INSERTS.items():
        if name != "inbound_order" and rows.get(name):
            await connection.exec_driver_sql(statement, {"rows": _array(rows[name])})
    if open_ones:
        await connection.exec_driver_sql(WAKE)


def _array(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False)


def _insert(table: Table, without: frozenset[str]) -> str:
    names = [column.name for column in table.columns if column.name not in {"id", *without}]
    typed = ", ".join(f"{name} {table.c[name].type.compile(DIALECT)}" for name in names)
    again = " ON CONFLICT (tenant, channel, external_id) DO NOTHING" if table is tables.inbound_order else ""
    listed = ", ".join(names)
    return (
        f"INSERT INTO {table.name} ({listed}) "  # noqa: S608 (names of our own tables)
        f"SELECT {listed} FROM jsonb_to_recordset(%(rows)s::jsonb) AS its({typed}){again}"
    )


OF_THE_RUN = frozenset({"run_id", "run_started_at", "sequence"})
"""Columns of the projection that a workflow's recordings set."""
INSERTS = {
    table.name: _insert(table, OF_THE_RUN if table is tables.orders else frozenset())
    for table in (
        tables.inbound_order,
        tables.orders,
        *(table for member, table in CHANGING.items() if member not in {"cases", "tasks"}),
        tables.order_event,
        tables.taken_over,
    )
}
"""Table → the statement for its rows, in the order in which they can be written."""
