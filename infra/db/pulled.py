"""What we knew of orders before a pull, and what we know after it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.change_requests import CHANNEL
from domain.channel_edits import edits_of
from domain.facts import ChannelEdit
from domain.posted import corrected
from domain.pulled import ChannelState, Pulled, Seen
from infra.db.corrections import Correction, known_correction, propose

KNOWN = text(
    """
SELECT g.external_id, o.order_no, o.raw, o.business_hash, p.updated_at, p.seen, (
    SELECT s.version FROM orders AS s WHERE s.order_no = o.order_no) AS version, (
    SELECT COALESCE(jsonb_agg(c.patch ORDER BY c.id), '[]') FROM correction AS c
    WHERE c.order_no = o.order_no AND c.status = 'accepted') AS patches
FROM unnest(CAST(:ids AS text[])) AS g(external_id)
JOIN inbound_order AS o ON o.tenant = :tenant AND o.channel = :channel AND o.external_id = g.external_id
LEFT JOIN pulled_order AS p ON p.tenant = :tenant AND p.channel = :channel AND p.external_id = g.external_id"""
)
KEEP = text(
    """
INSERT INTO pulled_order (tenant, channel, external_id, updated_at, seen)
SELECT :tenant, g.channel, g.external_id, g.updated_at, g.seen
FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(channel text, external_id text, updated_at timestamptz, seen jsonb)
ON CONFLICT (tenant, channel, external_id) DO UPDATE SET updated_at = excluded.updated_at, seen = excluded.seen
WHERE pulled_order.updated_at <= excluded.updated_at"""
)


@dataclass(frozen=True, slots=True)
class Before:
    """What was known of one order: ``ours`` as last corrected, and how it was ``seen`` last on its channel.

    ``updated_at`` is the channel's time of that; None where it was never pulled, only posted.
    """

    order_no: str
    ours: Mapping[str, Any]
    seen: Seen
    updated_at: datetime | None
    version: int = 1


async def known_before(connection: AsyncConnection, tenant: str, channel: str, ids: Sequence[str]) -> dict[str, Before]:
    """What is known of these orders, by their external id; those we never heard of are missing."""
    rows = await connection.execute(KNOWN, {"tenant": tenant, "channel": channel, "ids": list(ids)})
    return {
        row.external_id: Before(
            order_no=row.order_no,
            ours=corrected(row.raw, row.patches),
            seen=_seen(row),
            updated_at=row.updated_at,
            version=row.version or 1,
        )
        for row in rows
    }


def _seen(row: Any) -> Seen:
    if row.seen:
        return Seen.model_validate(row.seen)
    state = ChannelState(seller_memo=row.raw.get("seller_memo") or "")
    return Seen(state=state, business_hash=row.business_hash)


async def keep_pulled(connection: AsyncConnection, tenant: str, pulled: Sequence[Pulled]) -> None:
    """Remember how these orders stand on their channel; older news replaces nothing."""
    given = [one.model_dump(mode="json") for one in pulled]
    await connection.execute(KEEP, {"tenant": tenant, "given": json.dumps(given, ensure_ascii=False)})


async def keep_edits(
    connection: AsyncConnection, before: Before, told: Mapping[str, Any], theirs: Mapping[str, Any], at: datetime
) -> list[ChannelEdit]:
    """What an edit asks for; its new values, which may be personal, are kept as corrections, once an edit."""
    edits = []
    for number, (edit, patch) in enumerate(edits_of(told["data"]["fields"], theirs), 1):
        request_id = f"{told['event_id']}/{number}"
        kept = await known_correction(connection, before.order_no, request_id)
        if kept is None and patch:
            correction = Correction(before.order_no, before.version, patch, request_id, CHANNEL)
            kept = await propose(connection, correction, at)
        edits.append(edit.having(correction=kept or 0))
    return edits
