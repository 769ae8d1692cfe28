"""The inbox for facts (edge cases 13, 14, 18): a fact is kept when it is acknowledged, once, whoever repeats it.

A fact whose order is not known yet is an orphan; the relay finds its order when the order, or the package's number,
arrives. The same id with another body is kept beside the first as a conflict, with an alert. A fact from a future more
than ten minutes away is flagged; its clocks use the time at which it was received (edge case 17).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.decisive import WATCHED_PACKAGES, is_decisive
from domain.facts import CarrierScan, OutsideFact
from domain.policy import CaseKind
from domain.return_facts import OF_RETURNS, ReturnFact
from infra.db.bundle import Bundle
from infra.db.connections import Connections, ask
from infra.db.inbox import body_hash
from infra.db.number_windows import owns

RECORD = """
    n int, tenant text, fact_id text, source text, event_id text, kind text, order_no text, channel text,
    external_id text, tracking_number text, body jsonb, body_hash text, occurred_at timestamptz,
    received_at timestamptz, decisive boolean, movement boolean"""
COLUMNS = """tenant, fact_id, source, event_id, kind, channel, external_id, tracking_number, body, body_hash,
        occurred_at, received_at"""
MOMENT, CARRIER = "{fact}.occurred_at", "{fact}.body -> 'data' ->> 'carrier'"
ORDER_OF = f"""COALESCE(
        (SELECT o.order_no FROM inbound_order AS o WHERE o.tenant = {{fact}}.tenant AND o.order_no = {{order_no}}),
        (SELECT o.order_no FROM inbound_order AS o WHERE o.tenant = {{fact}}.tenant
            AND o.channel = {{fact}}.channel AND o.external_id = {{fact}}.external_id),
        (SELECT p.order_no FROM package AS p JOIN orders AS o USING (order_no) WHERE o.tenant = {{fact}}.tenant
            AND p.tracking_number = {{fact}}.tracking_number AND p.tracking_number <> ''
            AND {owns(MOMENT, CARRIER)}
            ORDER BY p.outbound_at DESC NULLS LAST, p.order_no DESC LIMIT 1))"""  # noqa: S608 - words of our own
"""The order a fact names: by our number, by the channel's, or by a number that a package of its carrier owns."""
WATCHED = """EXISTS (
        SELECT FROM orders AS o WHERE o.order_no = {order_no} AND (o.final OR {movement} AND (
            o.open_cases && {watching_cases} OR EXISTS (
                SELECT FROM package AS p WHERE p.order_no = o.order_no AND p.state = ANY({watched_packages})))))"""
"""An order that is over is asked all the same (and answers so); one that watches a package must hear of its scans."""
OF_A_RETURN = """EXISTS (SELECT FROM goods_return AS r WHERE r.tenant = given.tenant
                AND r.tracking_number = given.tracking_number AND r.tracking_number <> '')"""
"""Whether the number of a parcel that no order sent is one that comes back."""
ONE_SCAN = """((f.body ? 'via' OR g.body ? 'via') AND f.kind = 'carrier_scan' AND f.occurred_at = g.occurred_at
        AND f.body -> 'data' ->> 'state' = g.body -> 'data' ->> 'state')"""
"""A scan that the carrier told and was asked for: one, though the two name its parcel each in its own way."""
PYFORMAT = {"watching_cases": "%(watching_cases)s", "watched_packages": "%(watched_packages)s"}
KEEP = f"""
WITH given AS MATERIALIZED (
    SELECT g.*, {ORDER_OF.format(fact="g", order_no="g.order_no")} AS found
    FROM jsonb_to_recordset(%(given)s::jsonb) AS g({RECORD})
), kept AS (
    INSERT INTO inbound_fact ({COLUMNS}, order_no, decisive, state)
    SELECT {COLUMNS}, found,
        decisive OR {WATCHED.format(order_no="given.found", movement="given.movement", **PYFORMAT)},
        CASE WHEN kind = ANY(%(of_returns)s) THEN 'return' WHEN found IS NOT NULL THEN 'waiting'
            WHEN movement AND {OF_A_RETURN} THEN 'return' ELSE 'orphan' END
    FROM given
    ON CONFLICT (tenant, fact_id) WHERE conflict_of IS NULL DO NOTHING
    RETURNING tenant, fact_id, body_hash, order_no, decisive, occurred_at, received_at
), early AS (
    INSERT INTO alert (key, kind, order_no, at, detail)
    SELECT 'clock_skew/' || tenant || '/' || fact_id, 'clock_skew', order_no, received_at,
        jsonb_build_object('fact_id', fact_id, 'seconds', extract(epoch FROM occurred_at - received_at)::int)
    FROM kept WHERE occurred_at > received_at + interval '10 minutes'
    ON CONFLICT DO NOTHING
)
SELECT DISTINCT ON (kept.tenant, kept.fact_id) g.n, kept.order_no,
    CASE WHEN kept.decisive AND kept.order_no IS NOT NULL THEN pg_notify('relay', 'fact ' || kept.order_no) IS NULL END
FROM kept JOIN given AS g USING (tenant, fact_id, body_hash) ORDER BY kept.tenant, kept.fact_id, g.n
"""  # noqa: S608 (names of our own)
COMPARE = f"""
WITH given AS MATERIALIZED (
    SELECT g.*, f.id AS first_id, f.order_no AS found, f.body_hash = g.body_hash OR {ONE_SCAN} AS same
    FROM jsonb_to_recordset(%(given)s::jsonb) AS g({RECORD})
    JOIN inbound_fact AS f ON f.tenant = g.tenant AND f.fact_id = g.fact_id AND f.conflict_of IS NULL
), clashing AS (
    INSERT INTO inbound_fact ({COLUMNS}, order_no, conflict_of, state)
    SELECT {COLUMNS}, found, first_id, 'conflict' FROM given WHERE NOT same
    ON CONFLICT DO NOTHING
), told AS (
    INSERT INTO alert (key, kind, order_no, at, detail)
    SELECT 'fact_conflict/' || tenant || '/' || fact_id || '/' || body_hash, 'fact_conflict', found, received_at,
        jsonb_build_object('fact_id', fact_id, 'kind', kind)
    FROM given WHERE NOT same
    ON CONFLICT DO NOTHING
)
SELECT n, found, same FROM given
"""  # noqa: S608 (names of our own)
SETTINGS = {
    "watching_cases": [CaseKind.LOGISTICS_STALLED.value, CaseKind.LOGISTICS_DELAY.value],
    "watched_packages": [state.value for state in WATCHED_PACKAGES],
}


class Receipt(StrEnum):
    """What came of a posted fact."""

    NEW = "new"
    KNOWN = "known"
    ORPHAN = "orphan"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer to a fact: what came of it, and its order where that is known."""

    receipt: Receipt
    order_no: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """One fact on its way into the inbox: as posted (``body``), and as the manual reads it (``fact``)."""

    tenant: str
    body: Mapping[str, Any]
    fact: OutsideFact | ReturnFact
    received_at: datetime

    def as_record(self, n: int) -> dict[str, Any]:
        """The record as the statement reads it."""
        names = ("source", "event_id", "kind", "order_no", "channel", "external_id", "tracking_number", "occurred_at")
        return {name: self.body.get(name) for name in names} | {
            "n": n,
            "tenant": self.tenant,
            "fact_id": self.fact.id,
            "body": self.body,
            "body_hash": body_hash(self.body),
            "received_at": self.received_at.isoformat(),
            "decisive": is_decisive(self.fact, watched=False),
            "movement": isinstance(self.fact, CarrierScan),
        }


class FactInbox:
    """Takes facts. Every report waits for its commit; reports that come together share one."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.take = Bundle(self.take_all)
        """Keep one fact."""

    async def take_all(self, reports: Sequence[Report]) -> list[Kept]:
        """Keep these facts, all or none, and answer each in its place."""
        # In the order of their ids, so that two bundles never wait for each other; of equal ids the first comes first.
        order = sorted(range(len(reports)), key=lambda n: reports[n].fact.id)
        records = [reports[n].as_record(n) for n in order]
        answers = {
            n: Kept(Receipt.NEW if order_no else Receipt.ORPHAN, order_no)
            for n, order_no, _ in await self._run(KEEP, records)
        }
        old = [record for record in records if record["n"] not in answers]
        if old:
            answers |= {
                n: Kept(Receipt.KNOWN if same else Receipt.CONFLICT, order_no)
                for n, order_no, same in await self._run(COMPARE, old)
            }
        return [answers[n] for n in range(len(reports))]

    async def _run(self, statement: str, records: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        values = {"given": json.dumps(records, ensure_ascii=False), "of_returns": sorted(OF_RETURNS), **SETTINGS}
        return await ask(self._connections, statement, values)
