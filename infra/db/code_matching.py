"""Platform codes in the books: what they stand for, which wait for a match, and whom a match repairs (SR-170).

An audit that finds an unknown code keeps it in the queue under a shared lock of the code; a match is put under the same
lock, alone. So no order can slip between the two: it is either audited with the match, or told of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.code_matching import CodeMatch, code_of, unmatched_codes, with_our_goods
from infra.db.tables import code_match, sku
from infra.db.transactions import Transaction
from infra.db.versions import Version

SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:code, 0))")
ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:code, 0))")
WAITING = """o.stage IN ('RECEIVED', 'AUDITING', 'NEEDS_CORRECTION') AND NOT o.final"""
QUEUE = text(rf"""
    SELECT u.channel, u.code, count(DISTINCT u.order_no)::int AS orders, min(u.at) AS since,
        (array_agg(DISTINCT u.order_no))[1\:20] AS order_nos
    FROM unmatched_code AS u JOIN orders AS o USING (order_no)
    WHERE o.tenant = :tenant AND {WAITING} AND (u.channel, u.code) > (:channel, :code)
    GROUP BY u.channel, u.code ORDER BY u.channel, u.code LIMIT :most
""")  # noqa: S608 (a condition of our own)
QUEUED = text("""
    INSERT INTO unmatched_code (order_no, line, channel, code, at) VALUES (:order_no, :line, :channel, :code, :at)
""")
MATCHED = text("""
    WITH gone AS (DELETE FROM unmatched_code WHERE order_no = :order_no),
    found AS (SELECT channel, code, components FROM code_match WHERE channel = :channel AND code = ANY(:codes))
    SELECT COALESCE((SELECT jsonb_agg(to_jsonb(found)) FROM found), '[]') AS found,
        ARRAY(SELECT sku FROM sku WHERE sku = ANY(:codes || ARRAY(
            SELECT component ->> 'sku' FROM found, jsonb_array_elements(found.components) AS component))) AS known
""")
"""One round trip of every audit: what the codes stand for, and which of all those SKUs the master data has."""
TELL = text(f"""
    WITH waiting AS (
        SELECT DISTINCT o.tenant, u.order_no FROM unmatched_code AS u JOIN orders AS o USING (order_no)
        WHERE u.channel = :channel AND u.code = :code AND {WAITING}
    ), told AS (
        INSERT INTO inbound_fact (tenant, fact_id, source, event_id, kind, order_no, body, body_hash, occurred_at,
            received_at, decisive)
        SELECT tenant, 'codes:' || event_id, 'codes', event_id, 'codes_matched', order_no,
            jsonb_build_object('source', 'codes', 'event_id', event_id, 'kind', 'codes_matched', 'order_no', order_no,
                'occurred_at', CAST(:at AS timestamptz), 'data', jsonb_build_object('code', CAST(:code AS text))),
            md5(event_id), :at, :at, true
        FROM waiting, LATERAL (SELECT concat_ws('/', 'matched', order_no, md5(:code), CAST(:cause AS text)) AS event_id)
            AS e
        ON CONFLICT DO NOTHING RETURNING order_no
    )
    SELECT count(pg_notify('relay', 'fact ' || order_no) IS NULL) FROM told
""")  # noqa: S608 (a condition of our own)


class UnknownSkus(ValueError):
    """The caller's to correct: a match names SKUs that the master data does not have."""


async def our_goods(connection: Transaction, version: Version, at: datetime) -> Version:
    """The version with our SKUs in the place of the channel's codes; what nobody knows waits in the queue.

    In the audit's own transaction: the queue says what that audit found, no more and no less.
    """
    order_no, channel = version.reference.order_no, version.reference.channel
    ours, lacking = await _matched(connection, version)
    if lacking:
        for code in sorted(set(lacking.values())):
            await connection.execute(SHARED, {"code": f"{channel}/{code}"})
        ours, lacking = await _matched(connection, version)
    if lacking:
        row = {"order_no": order_no, "channel": channel, "at": at}
        for line, code in lacking.items():
            await connection.execute(QUEUED, {**row, "line": line, "code": code})
    return replace(version, raw=ours)


async def _matched(connection: Transaction, version: Version) -> tuple[dict[str, Any], dict[str, str]]:
    """The lines in our SKUs, and the codes nobody knows; what an earlier audit of the order had queued is gone."""
    reference, codes = version.reference, sorted({code_of(line) for line in version.raw["lines"]})
    asked = {"order_no": reference.order_no, "channel": reference.channel, "codes": codes}
    row = (await connection.execute(MATCHED, asked)).one()
    ours = with_our_goods(version.raw, {each["code"]: CodeMatch.model_validate(each) for each in row.found})
    return ours, unmatched_codes(ours, set(row.known))


async def put_match(connection: AsyncConnection, match: CodeMatch, at: datetime) -> int:
    """Keep what a code stands for, and tell every order that waits for it; answers how many were told.

    Raises:
        UnknownSkus: the master data lacks a component.
    """
    lacking = {component.sku for component in match.components} - await _known(
        connection, {component.sku for component in match.components}
    )
    if lacking:
        raise UnknownSkus(", ".join(sorted(lacking)))
    await connection.execute(ALONE, {"code": f"{match.channel}/{match.code}"})
    row = match.model_dump(mode="json")
    statement = upsert(code_match).values(**row)
    new = {"components": statement.excluded.components}
    keys = [code_match.c.channel, code_match.c.code]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new))
    told = {"channel": match.channel, "code": match.code, "at": at, "cause": at.isoformat()}
    return int((await connection.execute(TELL, told)).scalar_one())


async def matches(connection: AsyncConnection, channel: str, after: str, most: int) -> list[CodeMatch]:
    """What the codes of a channel stand for, by code, after one."""
    asked = select(code_match).where(code_match.c.channel == channel, code_match.c.code > after)
    rows = await connection.execute(asked.order_by(code_match.c.code).limit(most))
    return [CodeMatch.model_validate(row) for row in rows.mappings()]


async def queue(
    connection: AsyncConnection, tenant: str, after: tuple[str, str], most: int
) -> Sequence[dict[str, Any]]:
    """The codes that wait for a match, and how many orders wait for each; after a channel and code."""
    values = {"tenant": tenant, "channel": after[0], "code": after[1], "most": most}
    return [dict(row) for row in (await connection.execute(QUEUE, values)).mappings()]


async def _known(connection: AsyncConnection, codes: Collection[str]) -> set[str]:
    return set((await connection.execute(select(sku.c.sku).where(sku.c.sku.in_(sorted(codes))))).scalars())
