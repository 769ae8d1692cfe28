"""Which parcels are on their way and due for a question to their carrier, and what became of it (M13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.packages import FINAL
from domain.polling import LiveParcel
from domain.polling_policy import PollingPolicy
from infra.db.tables import policy_edition, polled_carrier

DUE = text(
    """
SELECT p.order_no, o.tenant, p.package, p.tracking_number, p.carrier, i.policy_edition AS edition, p.outbound_at,
    t.told_at, s.start_at AS silent_since, s.due_at AS stalls_at, d.due_at AS promised_at, k.polled_at,
    jsonb_path_query_array(o.snapshot, '$.packages[*].scans[*].id') AS known
FROM package AS p JOIN orders AS o USING (order_no) JOIN inbound_order AS i USING (order_no)
LEFT JOIN polled_parcel AS k ON (k.order_no, k.package) = (p.order_no, p.package)
LEFT JOIN LATERAL (SELECT c.start_at, c.due_at FROM clock AS c WHERE c.order_no = p.order_no AND c.kind = 'C5'
    AND c.subject = 'package/' || p.package ORDER BY c.start_at DESC LIMIT 1) AS s ON TRUE
LEFT JOIN LATERAL (SELECT c.due_at FROM clock AS c WHERE c.order_no = p.order_no AND c.kind = 'C6'
    AND c.subject = 'package/' || p.package AND c.stop_at IS NULL LIMIT 1) AS d ON TRUE
CROSS JOIN LATERAL (SELECT max(f.occurred_at) AS told_at FROM inbound_fact AS f WHERE f.order_no = p.order_no
    AND f.kind = 'carrier_scan' AND f.conflict_of IS NULL AND f.tracking_number = p.tracking_number) AS t
WHERE NOT o.final AND p.tracking_number <> '' AND p.outbound_at IS NOT NULL AND p.state <> ALL(:over)
    AND (k.due_at IS NULL OR k.due_at <= :now)
ORDER BY k.due_at NULLS FIRST, p.outbound_at, p.order_no, p.package LIMIT :most"""
)
KNOWN = text("SELECT fact_id FROM inbound_fact WHERE tenant = :tenant AND fact_id = ANY(:ids) AND conflict_of IS NULL")
KEEP = text(
    """
INSERT INTO polled_parcel (order_no, package, polled_at, due_at) VALUES (:order_no, :package, :polled_at, :due_at)
ON CONFLICT (order_no, package) DO UPDATE SET due_at = excluded.due_at,
    polled_at = COALESCE(excluded.polled_at, polled_parcel.polled_at)"""
)
GOOD = text(
    """
INSERT INTO polled_carrier (carrier, good_at) VALUES (:carrier, :at)
ON CONFLICT (carrier) DO UPDATE SET good_at = excluded.good_at, error = ''"""
)
SILENT = text(
    """
INSERT INTO polled_carrier (carrier, failed_at, error) VALUES (:carrier, :at, :error)
ON CONFLICT (carrier) DO UPDATE SET failed_at = excluded.failed_at, error = excluded.error"""
)
EDITIONS = select(policy_edition.c.edition, policy_edition.c.body["polling"].label("polling")).where(
    policy_edition.c.edition.in_(bindparam("editions", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Next:
    """When a parcel's carrier is asked for it next, and where it was asked now, when."""

    parcel: LiveParcel
    due_at: datetime
    polled_at: datetime | None = None


async def due_parcels(connection: AsyncConnection, now: datetime, most: int) -> list[LiveParcel]:
    """Parcels on their way that were never looked at or are due, the longest due first."""
    found = await connection.execute(DUE, {"now": now, "most": most, "over": [str(state) for state in FINAL]})
    return [LiveParcel.model_validate({**row, "known": row["known"] or ()}) for row in found.mappings()]


async def polling_of(connection: AsyncConnection, editions: Iterable[str]) -> Mapping[str, PollingPolicy]:
    """How each of these editions polls; one that does not say so does not."""
    found = (await connection.execute(EDITIONS, {"editions": sorted(set(editions))})).mappings()
    return {row["edition"]: PollingPolicy.model_validate(row["polling"] or {}) for row in found}


async def told_already(connection: AsyncConnection, tenant: str, fact_ids: Sequence[str]) -> set[str]:
    """Those of the carriers' facts that are in the inbox, whoever told them."""
    return set((await connection.execute(KNOWN, {"tenant": tenant, "ids": list(fact_ids)})).scalars())


async def keep(connection: AsyncConnection, parcels: Sequence[Next]) -> None:
    """Remember when these are due again."""
    rows = [
        {
            "order_no": each.parcel.order_no,
            "package": each.parcel.package,
            "polled_at": each.polled_at,
            "due_at": each.due_at,
        }
        for each in sorted(parcels, key=lambda each: (each.parcel.order_no, each.parcel.package))
    ]
    if rows:
        await connection.execute(KEEP, rows)


async def answered(connection: AsyncConnection, carrier: str, at: datetime) -> None:
    """The carrier answers."""
    await connection.execute(GOOD, {"carrier": carrier, "at": at})


async def unanswered(connection: AsyncConnection, carrier: str, at: datetime, error: str) -> None:
    """The carrier does not answer."""
    await connection.execute(SILENT, {"carrier": carrier, "at": at, "error": error})


async def polled_carriers(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Every carrier that was ever polled, with when it last answered and when it last did not."""
    found = await connection.execute(select(polled_carrier).order_by(polled_carrier.c.carrier))
    return [dict(row) for row in found.mappings()]
