"""Letters that wait in the outbox for their way out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from domain.posted import corrected
from infra.db.connections import Connections, ask
from infra.db.transactions import Transaction

CLAIMED_FOR = timedelta(seconds=15)
"""A claimed letter that nobody keeps (the relay was killed) is free again after this; its key keeps it single."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When a letter is tried again that never can arrive."""
CUSTOMER = "customer."
"""How the paths of corrections begin that may change whom a message is for."""

LABEL_WAITS = timedelta(hours=1)
"""So long COMPLETED waits for an earlier label that is tried again and again."""
OVERTAKEN = "overtaken by a later letter"
SAME_NEWS = """{0}.order_no = w.order_no AND {0}.kind = w.kind
    AND (w.kind <> 'push_tracking' OR {0}.params ->> 'package' = w.params ->> 'package')"""
CLAIM = f"""
WITH due AS (
    SELECT w.key, (w.kind = 'push_tracking' OR w.kind = 'push_status' AND w.attempts > 0) AND EXISTS (
        SELECT FROM outbox AS n WHERE {SAME_NEWS.format("n")} AND n.created_at > w.created_at
        AND n.params ->> 'status' IS DISTINCT FROM 'COMPLETED') AS overtaken
    FROM outbox AS w JOIN inbound_order AS i USING (order_no)
    WHERE w.sent_at IS NULL AND w.next_attempt_at <= %(now)s AND NOT w.kind || '/' || i.channel = ANY(%(full)s)
        AND NOT EXISTS (
            SELECT FROM outbox AS e WHERE {SAME_NEWS.format("e")} AND e.created_at < w.created_at AND e.sent_at IS NULL
            AND e.next_attempt_at < CASE
                WHEN w.kind = 'message' THEN %(never)s
                WHEN w.params ->> 'status' = 'COMPLETED' AND w.created_at > %(patient)s THEN %(never)s
                WHEN w.kind IN ('push_status', 'push_tracking') THEN %(busy)s END)
    ORDER BY w.next_attempt_at, w.created_at LIMIT %(most)s FOR UPDATE OF w SKIP LOCKED)
UPDATE outbox AS l SET attempts = attempts + CASE WHEN overtaken THEN 0 ELSE 1 END,
    next_attempt_at = CASE WHEN overtaken THEN %(never)s ELSE %(until)s END,
    last_error = CASE WHEN overtaken THEN '{OVERTAKEN}' ELSE last_error END
FROM due, inbound_order AS o WHERE l.key = due.key AND o.order_no = l.order_no
RETURNING overtaken, l.key, l.order_no, l.kind, l.template, l.params, l.attempts, l.created_at, o.tenant, o.channel,
    o.external_id, o.policy_edition, CASE WHEN l.kind = 'message' THEN o.raw -> 'customer' END,
    CASE WHEN l.kind = 'message' THEN (
        SELECT jsonb_agg(c.patch ORDER BY c.id) FROM correction AS c
        WHERE c.order_no = l.order_no AND c.status = 'accepted') END"""  # noqa: S608 (words of our own)
"""A number that has a later one is given up as soon as it is not under way, so is a label that failed and has a later
one. COMPLETED overtakes no label, for the channel never hears it; it waits for them, at most ``LABEL_WAITS``. What is
tried again after ``busy`` is not under way with any relay."""
SENT = """
UPDATE outbox AS l SET sent_at = g.at, reference = g.reference, last_error = ''
FROM jsonb_to_recordset(%(given)s::jsonb) AS g(key text, at timestamptz, reference text)
WHERE l.key = g.key AND l.sent_at IS NULL RETURNING l.key"""
FAILED = text("UPDATE outbox SET next_attempt_at = :again, last_error = :error WHERE key = :key AND sent_at IS NULL")
KEPT = text(
    """
UPDATE outbox SET next_attempt_at = :until
WHERE key = ANY(:keys) AND sent_at IS NULL AND next_attempt_at < :until"""
)
GAVE_UP = text(
    """
INSERT INTO alert (key, kind, order_no, at, detail)
VALUES ('letter_refused/' || :key, 'letter_refused', :order_no, :at, jsonb_build_object('reason', CAST(:error AS text)))
ON CONFLICT DO NOTHING"""
)
ANSWERED = text(
    """
INSERT INTO inbound_fact (tenant, fact_id, source, event_id, kind, order_no, channel, external_id, tracking_number,
    body, body_hash, occurred_at, received_at, decisive)
VALUES (:tenant, :fact_id, :source, :event_id, :kind, :order_no, :channel, :external_id, :tracking_number,
    CAST(:body AS jsonb), :body_hash, :at, :at, true)
ON CONFLICT DO NOTHING RETURNING pg_notify('relay', 'fact ' || order_no) IS NULL"""
)


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """One letter of the outbox with the order it belongs to. ``attempts`` counts this one.

    ``receiver`` of a message: the customer's phone as last corrected, or the channel's token of the buyer.
    """

    receiver: str = field(repr=False)
    key: str
    order_no: str
    kind: str
    template: str
    params: Mapping[str, Any]
    attempts: int
    created_at: datetime
    tenant: str
    channel: str
    external_id: str
    policy_edition: str


@dataclass(frozen=True, slots=True)
class SentLetter:
    """One letter that its party took at ``at``, under the party's own number ``reference``."""

    key: str
    at: datetime
    reference: str


async def claim(connections: Connections, most: int, now: datetime, full: Sequence[str] = ()) -> list[WaitingLetter]:
    """Letters that are due, ours for a while; none of the ``kind/channel`` that are ``full``.

    A message waits for the order's earlier messages: the customer hears of things in their order. So does the channel
    of labels, and of a package's numbers; of these what is overtaken is not sent any more.
    """
    values = {
        "most": most,
        "now": now,
        "until": now + CLAIMED_FOR,
        "busy": now + 2 * CLAIMED_FOR,
        "patient": now - LABEL_WAITS,
        "never": NEVER,
        "full": list(full),
    }
    rows = await ask(connections, CLAIM, values)
    return [WaitingLetter(_receiver(customer, patches), *row) for gone, *row, customer, patches in rows if not gone]


def _receiver(customer: Mapping[str, Any] | None, patches: Sequence[Mapping[str, Any]] | None) -> str:
    theirs = [{path: new for path, new in patch.items() if path.startswith(CUSTOMER)} for patch in patches or ()]
    known = corrected({"customer": customer or {}}, theirs)["customer"]
    return str(known.get("phone") or known.get("buyer_key") or "")


async def keep(connection: Transaction, keys: Sequence[str], now: datetime) -> None:
    """These letters are still under way: ours for another while."""
    await connection.execute(KEPT, {"keys": list(keys), "until": now + CLAIMED_FOR})


async def mark_sent(connections: Connections, sent: Sequence[SentLetter]) -> None:
    """The parties have taken these letters."""
    given = [{"key": one.key, "at": one.at.isoformat(), "reference": one.reference} for one in sent]
    await ask(connections, SENT, {"given": json.dumps(given, ensure_ascii=False)})


async def mark_failed(connection: Transaction, key: str, again: datetime, error: str) -> None:
    """The letter did not arrive; it is tried again later."""
    await connection.execute(FAILED, {"key": key, "again": again, "error": error[:500]})


async def give_up(connection: Transaction, letter: WaitingLetter, at: datetime, error: str) -> None:
    """The letter never will arrive; an alert says so."""
    await mark_failed(connection, letter.key, NEVER, error)
    await connection.execute(GAVE_UP, {"key": letter.key, "order_no": letter.order_no, "at": at, "error": error[:500]})


async def keep_answer(connection: Transaction, answer: Mapping[str, Any]) -> None:
    """Put a party's answer into the inbox as a decisive fact, once."""
    await connection.execute(ANSWERED, dict(answer))
