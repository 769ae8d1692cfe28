"""Facts of the inbox that name no order (edge case 18): listed with their owner, given an order, closed with a reason.

What a person does is one ``UPDATE`` of what nobody changed meanwhile: of two people one is told that it is over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import SIGNAL_OF
from domain.orphans import SOUGHT_FOR, owner_of, state_of

HERE = f"""order_no IS NULL AND conflict_of IS NULL AND state IN ('orphan', 'unmatched')
        AND kind IN ({", ".join(f"'{kind}'" for kind in sorted(SIGNAL_OF))})"""
"""Facts of orders; those of returns have a way of their own."""
WAITS = f"{HERE} AND closed_at IS NULL"
LISTED = text(f"""
    SELECT id, fact_id, kind, source, body ->> 'order_no' AS order_no, channel, external_id, tracking_number,
        occurred_at, received_at, state = 'orphan' AS sought, closed_at, closed_by, closed_for
    FROM inbound_fact WHERE tenant = :tenant AND {HERE} AND (:closed OR closed_at IS NULL) ORDER BY id LIMIT :most
""")  # noqa: S608 (words of our own)
COUNTED = text(f"""
    SELECT count(*) FILTER (WHERE state = 'orphan') AS sought, count(*) FILTER (WHERE state = 'unmatched') AS open
    FROM inbound_fact WHERE tenant = :tenant AND {WAITS}
""")  # noqa: S608 (same)
CLOSED = text(f"""
    UPDATE inbound_fact SET state = 'unmatched', closed_at = :at, closed_by = :by, closed_for = :reason
    WHERE tenant = :tenant AND id = :orphan AND {WAITS} RETURNING id
""")  # noqa: S608 (same)
MATCHED = text(f"""
    UPDATE inbound_fact SET order_no = :order_no, state = 'waiting', decisive = true
    WHERE tenant = :tenant AND id = :orphan AND {WAITS}
        AND EXISTS (SELECT FROM inbound_order AS o WHERE o.tenant = :tenant AND o.order_no = :order_no)
    RETURNING pg_notify('relay', 'fact ' || order_no) IS NULL
""")  # noqa: S608 (same)
KNOWN = text(f"SELECT {WAITS} FROM inbound_fact WHERE tenant = :tenant AND id = :orphan")  # noqa: S608


async def orphans(connection: AsyncConnection, tenant: str, most: int, *, closed: bool) -> list[dict[str, Any]]:
    """The orphans, oldest first; with those that were ``closed``."""
    rows = (await connection.execute(LISTED, {"tenant": tenant, "most": most, "closed": closed})).mappings()
    return [_shown(dict(row)) for row in rows]


async def count(connection: AsyncConnection, tenant: str) -> dict[str, int]:
    """How many are still sought, and how many wait for a person."""
    row = (await connection.execute(COUNTED, {"tenant": tenant})).mappings().one()
    return {"sought": int(row["sought"]), "open": int(row["open"])}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    sought = bool(row.pop("sought"))
    return {
        "orphan": row.pop("id"),
        "state": state_of(sought=sought, closed=row["closed_at"] is not None),
        "owner": owner_of(row["kind"]),
        "sought_until": row["received_at"] + SOUGHT_FOR if sought else None,
        **row,
    }


async def close(connection: AsyncConnection, tenant: str, orphan: int, said: tuple[str, str], at: datetime) -> bool:
    """Nobody needs it; ``said``: who says so, and why. False where it is none, or was seen to before."""
    by, reason = said
    given = {"tenant": tenant, "orphan": orphan, "by": by, "reason": reason, "at": at}
    return (await connection.execute(CLOSED, given)).one_or_none() is not None


async def match(connection: AsyncConnection, tenant: str, orphan: int, order_no: str) -> bool:
    """It belongs to this order, which hears of it at once. False where one of them is not known, or it is over."""
    given = {"tenant": tenant, "orphan": orphan, "order_no": order_no}
    return (await connection.execute(MATCHED, given)).one_or_none() is not None


async def waits(connection: AsyncConnection, tenant: str, orphan: int) -> bool | None:
    """Whether it is still without an order and nobody closed it; None where there is no such event."""
    found: bool | None = (await connection.execute(KNOWN, {"tenant": tenant, "orphan": orphan})).scalar_one_or_none()
    return found
