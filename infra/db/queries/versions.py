"""Every version of an order: as it was posted, and each correction that it took (SR-019)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.posted import corrected
from domain.versions import Change, changes

POSTED = text("SELECT raw, received_at, submitter, request_id FROM inbound_order WHERE order_no = :order_no")
CORRECTIONS = text("""
SELECT base_version + 1 AS version, patch, at, actor, request_id FROM correction
WHERE order_no = :order_no AND status = 'accepted' ORDER BY id""")


@dataclass(frozen=True, slots=True)
class Edition:
    """One version: who made it when, and what it changed in the one before; the first changed nothing."""

    version: int
    at: datetime
    actor: str
    request_id: str
    changes: tuple[Change, ...] = ()


async def versions(connection: AsyncConnection, order_no: str) -> list[Edition]:
    """The versions that were kept, oldest first. A correction that the audit could not read is none."""
    posted = (await connection.execute(POSTED, {"order_no": order_no})).one()
    rows = (await connection.execute(CORRECTIONS, {"order_no": order_no})).all()
    first = Edition(1, posted.received_at, posted.submitter, posted.request_id)
    return [first, *_corrected(posted.raw, rows)]


def _corrected(raw: dict[str, Any], rows: Any) -> Iterator[Edition]:
    for row in rows:
        before, raw = raw, corrected(raw, [row.patch])
        yield Edition(row.version, row.at, row.actor, row.request_id, changes(before, raw))
