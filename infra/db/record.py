"""The statement that writes one turn of an order (architecture §3.6): all its rows in one round trip.

Put together from the tables and the names of `domain.recording`, once for each set of members that a turn has. Rows
that can change are written by the newest turn only, by their business keys; rows that cannot are inserted once. A turn
that comes again changes nothing.
The lines of the trail are chained by the table's own trigger, in their order, one writer of an order after the other.
A turn's letters are younger than those of the turns before, though both were taken at one moment.
A turn whose worker died after the commit is taken anew under the same number, later and knowing more: that one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from domain.recording import Entry, Projection
from infra.db import tables

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
CHANGING = {
    "lines": tables.order_line,
    "shipments": tables.shipment,
    "packages": tables.package,
    "clocks": tables.clock,
    "cases": tables.exception_case,
    "tasks": tables.task,
    "debts": tables.audit_debt,
    "questions": tables.question,
    "coupons": tables.coupon,
    "carrier_claims": tables.carrier_claim,
}
"""Member of the recording → the table of its rows."""
SHOWN = tuple(Projection.model_fields)
SAID = tuple(Entry.model_fields)
PLACE = ("run_id", "run_started_at", "sequence", "updated_at")

UNFIT = "r #> '{projection,unmatched}' @> jsonb_build_array(jsonb_build_object('id', f.fact_id))"
"""Whether the order could not use a fact that it took in; it may fit later."""


def _each(names: Iterable[str], pattern: str = "{0}") -> str:
    return ", ".join(pattern.format(name) for name in names)


def _typed(table: Table, names: Iterable[str]) -> str:
    """``name type, …``, as jsonb_to_recordset wants its columns."""
    return ", ".join(f"{name} {table.c[name].type.compile(DIALECT)}" for name in names)


def _newest(member: str, table: Table) -> str:
    """Upsert the rows of one member where they differ, if this turn is the newest."""
    keys = [key.name for key in table.primary_key]
    names = [each.name for each in table.columns if each.name != "order_no"]
    rest = [name for name in names if name not in keys]
    return f"""kept_{member} AS (
    INSERT INTO {table.name} AS old (order_no, {_each(names)})
    SELECT order_no, {_each(names, "its.{0}")}
    FROM given JOIN projected USING (order_no), jsonb_to_recordset(r -> '{member}') AS its({_typed(table, names)})
    ON CONFLICT ({_each(keys)}) DO UPDATE SET {_each(rest, "{0} = excluded.{0}")}
    WHERE ({_each(rest, "old.{0}")}) IS DISTINCT FROM ({_each(rest, "excluded.{0}")})
)"""  # noqa: S608 - the names are our own tables'


NEWEST = f"""projected AS (
    INSERT INTO orders AS old (order_no, placed_at, search, snapshot, {_each(PLACE)}, {_each(SHOWN)})
    SELECT order_no, at, order_no, NULLIF(r ->> 'snapshot', '')::jsonb, r ->> 'run_id',
        (r ->> 'run_started_at')::timestamptz, (r ->> 'sequence')::bigint, at, {_each(SHOWN, "its.{0}")}
    FROM given, jsonb_to_record(r -> 'projection') AS its({_typed(tables.orders, SHOWN)})
    ON CONFLICT (order_no) DO UPDATE SET {_each(("snapshot", *PLACE, *SHOWN), "{0} = excluded.{0}")},
        search = old.search || COALESCE(
            (SELECT string_agg(' ' || number, '') FROM numbers WHERE strpos(old.search, number) = 0), '')
    WHERE (COALESCE(old.run_started_at, '-infinity'), old.sequence, COALESCE(old.updated_at, '-infinity'))
        < (excluded.run_started_at, excluded.sequence, excluded.updated_at)
    RETURNING order_no
)"""  # noqa: S608 - the names are our own tables'
PARTS = {member: _newest(member, table) for member, table in CHANGING.items()} | {
    "entries": f"""noted AS (
    INSERT INTO order_event (order_no, {_each(SAID)})
    SELECT order_no, {_each(SAID, "its.{0}")}
    FROM given, ROWS FROM (jsonb_to_recordset(r -> 'entries') AS ({_typed(tables.order_event, SAID)}))
        WITH ORDINALITY AS its({_each(SAID)}, place)
    ORDER BY place
    ON CONFLICT (order_no, key) DO NOTHING
)""",  # noqa: S608 - same
    "outbox": """posted AS (
    INSERT INTO outbox (key, order_no, kind, template, params, created_at, next_attempt_at)
    SELECT key, order_no, kind, template, params, GREATEST(at, (
        SELECT max(created_at) + interval '1 microsecond' FROM outbox AS o WHERE o.order_no = given.order_no)), at
    FROM given, jsonb_to_recordset(r -> 'outbox') AS its(key text, kind text, template text, params jsonb)
    ON CONFLICT (key) DO NOTHING
    RETURNING key
)""",
}
"""Member of the recording → what writes it; a turn that says nothing of it is spared the part."""
RARE = frozenset({"cases", "tasks", "debts"})
"""Members that come together: fewer statements for PostgreSQL to keep prepared."""
ALWAYS = f"""alerted AS (
    INSERT INTO alert (key, kind, order_no, at, detail)
    SELECT 'fact_unmatched/' || order_no || '/' || id, 'fact_unmatched', order_no, its.at,
        jsonb_build_object('fact_id', id, 'kind', kind, 'reason', reason)
    FROM given, jsonb_to_recordset(r #> '{{projection,unmatched}}') AS its(
        id text, kind text, at timestamptz, reason text)
    ON CONFLICT (key) DO NOTHING
), delivered AS (
    UPDATE inbound_fact AS f SET delivered_at = COALESCE(f.delivered_at, given.at),
        state = CASE WHEN {UNFIT} THEN 'unmatched' ELSE 'delivered' END
    FROM given
    WHERE f.order_no = given.order_no AND (
        f.delivered_at IS NULL AND f.state = 'waiting' AND given.r -> 'fact_ids' ? f.fact_id
        OR f.state = 'delivered' AND {UNFIT} AND EXISTS (SELECT FROM projected)
        OR f.state = 'unmatched' AND f.delivered_at IS NOT NULL AND NOT {UNFIT} AND EXISTS (SELECT FROM projected))
)"""  # noqa: S608 - same
UNITS_LEFT = f"""EXISTS (
        SELECT FROM given, jsonb_to_recordset(r -> 'packages') AS p(package text, outbound_at timestamptz, lines jsonb),
            jsonb_each_text(p.lines) AS l(line, units)
        WHERE COALESCE((
            SELECT sum(outbound) FROM reservation AS s
            WHERE s.order_no = given.order_no AND s.line = l.line AND s.subject = 'package/' || p.package), 0)
            NOT BETWEEN CASE WHEN outbound_at IS NULL THEN 0 ELSE units::int END
                AND CASE WHEN outbound_at IS NULL THEN 0 ELSE {2**31 - 1} END
    )"""  # noqa: S608 - same
OVER = """EXISTS (
        SELECT FROM given WHERE (r #>> '{projection,final}')::boolean
            AND (SELECT sum(units) FROM reservation AS s WHERE s.order_no = given.order_no) > 0
            AND NOT EXISTS (
                SELECT FROM orders AS o WHERE o.order_no = given.order_no AND (o.run_started_at, o.sequence)
                    > ((r ->> 'run_started_at')::timestamptz, (r ->> 'sequence')::bigint))
    )"""
TOLD = "(SELECT pg_notify('relay', 'outbox') IS NULL FROM posted LIMIT 1)"


def statement_for(recording: Mapping[str, Any]) -> str:
    """The statement that writes a turn, a `domain.recording.Recording` as plain JSON.

    Parameter ``recording``: the same as text. Answers one row: whether this turn is the newest; whether units left a
    warehouse that the stock books still hold, or came back from its dock; whether the order is over and holds some.
    """
    said = frozenset(member for member in PARTS if recording.get(member))
    return _statement(said | RARE if said & RARE else said)


@cache
def _statement(said: frozenset[str]) -> str:
    """PostgreSQL opens every table that a statement names, with its indexes, whether or not there is a row for it."""
    parts = [part for member, part in PARTS.items() if member in said]
    return f"""
WITH given AS MATERIALIZED (
    SELECT r, r ->> 'order_no' AS order_no, (r ->> 'at')::timestamptz AS at
    FROM (SELECT %(recording)s::jsonb AS r) AS one
), numbers AS (
    SELECT DISTINCT tracking_number AS number
    FROM given, jsonb_to_recordset(r -> 'packages') AS its(tracking_number text) WHERE tracking_number <> ''
), {", ".join([NEWEST, *parts, ALWAYS])}
SELECT EXISTS (SELECT FROM projected) AS newest,
    {UNITS_LEFT if "packages" in said else "false"} AS units_left,
    {OVER} AS over,
    {TOLD if "outbox" in said else "false"} AS told
"""  # noqa: S608 - same
