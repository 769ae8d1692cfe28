"""Offline documents (SR-101, A-01): submitted at any time, taken in at their slot, each once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.inbox import Intake, Posting

SUBMIT = text(
    """
WITH mine AS (
    SELECT o.order_no, o.business_hash FROM inbound_order AS o
    WHERE o.tenant = :tenant AND o.channel = :channel AND o.external_id = :external_id
), kept AS (
    INSERT INTO offline_document (tenant, channel, external_id, raw, business_hash, submitter, document_no, document_at,
        submitted_at, collect_at)
    SELECT :tenant, :channel, :external_id, CAST(:raw AS jsonb), :business_hash, :submitter, :document_no,
        CAST(CAST(:raw AS jsonb) ->> 'placed_at' AS timestamptz), :submitted_at, :collect_at
    WHERE NOT EXISTS (SELECT FROM mine)
    ON CONFLICT (tenant, channel, external_id) DO NOTHING
    RETURNING id, business_hash, collect_at, order_no
)
SELECT 'new' AS fate, true AS same, collect_at, order_no FROM kept
UNION ALL
SELECT 'known', d.business_hash = :business_hash, d.collect_at, d.order_no FROM offline_document AS d
WHERE d.tenant = :tenant AND d.channel = :channel AND d.external_id = :external_id AND NOT EXISTS (SELECT FROM kept)
UNION ALL
SELECT 'taken', mine.business_hash = :business_hash, NULL, mine.order_no FROM mine"""
)
DUE = text(
    """
SELECT id, tenant, channel, external_id, CAST(raw AS text) AS raw, business_hash, submitter, document_no, collect_at
FROM offline_document WHERE collected_at IS NULL AND collect_at <= :now AND id > :after ORDER BY id LIMIT :most"""
)
COLLECTED = text("UPDATE offline_document SET collected_at = :at, order_no = :order_no WHERE id = :id")
WAITING = text(
    """
SELECT channel, external_id, document_no, submitter, document_at, submitted_at, collect_at
FROM offline_document WHERE tenant = :tenant AND collected_at IS NULL ORDER BY collect_at, id LIMIT :most"""
)
OF_ORDER = text(
    """
SELECT document_no, document_at, submitted_at, collect_at, collected_at,
    CAST(extract(epoch FROM collect_at - document_at) AS double precision) AS lag_s
FROM offline_document WHERE order_no = :order_no"""
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of a document: new, known, or other content; until when it waits, or which order it is already."""

    intake: Intake
    collect_at: datetime | None
    order_no: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document whose slot has come; ``raw`` holds personal data and goes nowhere but into the inbox."""

    id: int
    tenant: str
    channel: str
    external_id: str
    raw: str
    business_hash: str
    submitter: str
    document_no: str
    collect_at: datetime


async def submit(connection: AsyncConnection, posting: Posting, collect_at: datetime) -> Submitted:
    """Keep a document until its slot; the same one again changes nothing."""
    names = ("tenant", "channel", "external_id", "raw", "business_hash", "submitter", "document_no")
    values = {name: getattr(posting, name) for name in names}
    asked = {**values, "submitted_at": posting.received_at, "collect_at": collect_at}
    row = (await connection.execute(SUBMIT, asked)).first()
    if row is None:  # another caller's commit came between the look and the write: it is there now
        row = (await connection.execute(SUBMIT, asked)).one()
    fate = Intake.DIFFERENT if not row.same else Intake.NEW if row.fate == "new" else Intake.KNOWN
    return Submitted(fate, row.collect_at, row.order_no)


async def due_documents(connection: AsyncConnection, now: datetime, after: int, most: int) -> list[Document]:
    """The documents whose slot has come, oldest first, from the one behind ``after``."""
    rows = await connection.execute(DUE, {"now": now, "after": after, "most": most})
    return [Document(**row) for row in rows.mappings()]


async def mark_collected(connection: AsyncConnection, document: int, order_no: str, at: datetime) -> None:
    """The document is an order."""
    await connection.execute(COLLECTED, {"id": document, "order_no": order_no, "at": at})


async def collected_at_once(connection: AsyncConnection, posting: Posting, order_no: str) -> None:
    """A complete document did not have to wait: it is its order's, collected when it was submitted."""
    names = {"tenant": posting.tenant, "channel": posting.channel, "external_id": posting.external_id}
    await connection.execute(
        text(
            "UPDATE offline_document SET collected_at = :at, collect_at = :at, order_no = :order_no"
            " WHERE tenant = :tenant AND channel = :channel AND external_id = :external_id AND collected_at IS NULL"
        ),
        {**names, "at": posting.received_at, "order_no": order_no},
    )


async def waiting_documents(connection: AsyncConnection, tenant: str, most: int) -> list[dict[str, Any]]:
    """The documents that wait for their slot, without what stands in them."""
    return [dict(row) for row in (await connection.execute(WAITING, {"tenant": tenant, "most": most})).mappings()]


async def collection_of(connection: AsyncConnection, order_no: str) -> dict[str, Any] | None:
    """How an order was collected: the paper's date, the slot, and the lag between them; None where it was not."""
    row = (await connection.execute(OF_ORDER, {"order_no": order_no})).mappings().first()
    return dict(row) if row else None
