"""The inbox for orders (SR-010, architecture §3): an acknowledged order is a committed row, however often it is posted.

One statement keeps the order, its first projection row, its lines and, where it came paid, the fact of its payment;
it takes a whole bundle, so a burst of posts and a file of orders go the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from domain.policy import STANDARD
from infra.db.bundle import Bundle
from infra.db.connections import Connections, ask

RULES = """LEFT JOIN LATERAL (
        SELECT e.edition, e.body ->> 'zone' AS zone FROM policy_edition AS e
        WHERE e.channel IN (g.channel, '') AND e.valid_from <= g.received_at
        ORDER BY e.channel = g.channel DESC, e.valid_from DESC LIMIT 1) AS rules ON true"""
"""The edition under which an order ``g`` comes in."""
NUMBER = """'SO' || to_char(g.received_at AT TIME ZONE COALESCE(rules.zone, %(zone)s), 'YYYYMMDD')
                || replace(format('%%8s', nextval('order_number')), ' ', '0')"""
"""The number that it gets."""
KEEP = f"""
WITH given AS MATERIALIZED (
    SELECT g.*, COALESCE(promo.edition, rules.edition, %(edition)s) AS edition,
           {NUMBER} AS order_no
    FROM jsonb_to_recordset(%(given)s::jsonb) AS g(
        n int, tenant text, channel text, external_id text, received_at timestamptz, collected_at timestamptz,
        raw jsonb, raw_hash text, business_hash text, source_kind text, submitter text, document_no text,
        request_id text, paid jsonb, buyer_hash text, phone_hash text, goods_hash text)
    {RULES}
    LEFT JOIN LATERAL (
        SELECT w.edition FROM promo_window AS w
        WHERE w.channel IN (g.channel, '') AND w.starts_at <= g.received_at AND g.received_at < w.ends_at
        ORDER BY w.channel = g.channel DESC, w.starts_at DESC, w.id DESC LIMIT 1) AS promo ON true
), kept AS (
    INSERT INTO inbound_order (tenant, channel, external_id, order_no, raw, raw_hash, business_hash, policy_edition,
        placed_at, collected_at, received_at, source_kind, submitter, document_no, request_id,
        buyer_hash, phone_hash, goods_hash)
    SELECT tenant, channel, external_id, order_no, raw, raw_hash, business_hash, edition,
        (raw ->> 'placed_at')::timestamptz, collected_at, received_at, source_kind, submitter, document_no, request_id,
        COALESCE(buyer_hash, ''), COALESCE(phone_hash, ''), COALESCE(goods_hash, '')
    FROM given
    ON CONFLICT (tenant, channel, external_id) DO NOTHING
    RETURNING order_no
), fresh AS (
    SELECT given.* FROM given JOIN kept USING (order_no)
), shown AS (
    INSERT INTO orders (order_no, tenant, channel, external_id, region, total, currency, placed_at, received_at,
        search, label, waiting_for, payment_state, updated_at)
    SELECT order_no, tenant, channel, external_id, COALESCE(raw -> 'address' ->> 'province', ''),
        (raw ->> 'total')::bigint, raw ->> 'currency', (raw ->> 'placed_at')::timestamptz, received_at,
        order_no || ' ' || external_id, 'RECEIVED', 'us',
        CASE raw -> 'payment' ->> 'method' WHEN 'cod' THEN 'cod_pending' WHEN 'credit' THEN 'on_credit'
             ELSE 'unpaid' END,
        received_at
    FROM fresh
), lined AS (
    INSERT INTO order_line (order_no, line, sku, specification, quantity, unit_price, discount, unallocated)
    SELECT fresh.order_no, l.line, l.sku, l.specification, l.quantity, l.unit_price, l.discount, greatest(l.quantity, 0)
    FROM fresh, jsonb_to_recordset(fresh.raw -> 'lines') AS l(
        line text, sku text, specification text, quantity int, unit_price bigint, discount bigint)
), linked AS (
    INSERT INTO order_link (order_no, original_order_no, kind, reason, cost, actor, at)
    SELECT order_no, raw -> 'original' ->> 'order_no', raw -> 'original' ->> 'kind', raw -> 'original' ->> 'reason',
        (raw -> 'original' ->> 'cost')::bigint, submitter, received_at
    FROM fresh WHERE raw -> 'original' ->> 'order_no' IS NOT NULL
), paid AS (
    INSERT INTO inbound_fact (tenant, fact_id, source, event_id, kind, order_no, channel, external_id, body, body_hash,
        occurred_at, received_at, decisive)
    SELECT tenant, paid ->> 'fact_id', channel, paid ->> 'event_id', 'paid', order_no, channel, external_id,
        paid -> 'body', paid ->> 'body_hash', (paid -> 'body' ->> 'occurred_at')::timestamptz, received_at, true
    FROM fresh WHERE paid IS NOT NULL
    ON CONFLICT DO NOTHING
)
SELECT n, order_no, pg_notify('relay', 'orders') IS NULL FROM fresh
"""  # noqa: S608 (statements of our own)
LINE_CONTENT = ("line", "sku", "specification", "quantity", "unit_price", "discount")
ORDER_CONTENT = (
    "currency", "freight", "discount", "platform_discount", "tax", "total", "delivery_method", "buyer_message",
)  # fmt: skip
DESIGN = ("custom", "design_id", "design_version")
"""Content only where a line has them: an order without a design keeps the fingerprint it always had."""
FIND = """
SELECT g.n, o.order_no, o.business_hash = g.business_hash AS same
FROM jsonb_to_recordset(%(given)s::jsonb) AS g(
    n int, tenant text, channel text, external_id text, business_hash text)
JOIN inbound_order AS o USING (tenant, channel, external_id)
"""


class Intake(StrEnum):
    """What came of a posted order."""

    NEW = "new"
    KNOWN = "known"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Posting:
    """One order on its way into the inbox. ``raw`` is the posted order as checked, as JSON; ``paid`` its payment."""

    tenant: str
    channel: str
    external_id: str
    raw: str
    business_hash: str
    received_at: datetime
    paid: Mapping[str, Any] | None = None
    source_kind: str = "api"
    submitter: str = ""
    document_no: str = ""
    request_id: str = ""
    collected_at: datetime | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
    """By what the buyer and like orders are known (`domain.buyer.columns_of`)."""

    def as_json(self, n: int) -> str:
        """The record as the statement reads it; the raw order goes in as it is, unparsed."""
        head = {
            "n": n,
            "tenant": self.tenant,
            "channel": self.channel,
            "external_id": self.external_id,
            "received_at": self.received_at.isoformat(),
            "collected_at": self.collected_at.isoformat() if self.collected_at else None,
            "raw_hash": digest(self.raw),
            "business_hash": self.business_hash,
            "source_kind": self.source_kind,
            "submitter": self.submitter,
            "document_no": self.document_no,
            "request_id": self.request_id,
            "paid": self.paid,
            **self.marks,
        }
        return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "raw": {self.raw}}}'


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to a posting: our order number, and whether the order was new."""

    order_no: str
    intake: Intake


def digest(content: str) -> str:
    """A short, stable fingerprint of a text."""
    return blake2b(content.encode(), digest_size=16).hexdigest()


class Inbox:
    """Takes orders. Every posting waits for its commit; postings that come together share one."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.take = Bundle(self.take_all)
        """Keep one order."""

    async def take_all(self, postings: Sequence[Posting]) -> list[Taken]:
        """Keep these orders, all or none, and answer each in its place."""
        # In the order of their keys, so that two bundles never wait for each other.
        order = sorted(range(len(postings)), key=lambda n: (postings[n].channel, postings[n].external_id))
        given = {n: postings[n].as_json(n) for n in order}
        values = {"given": _array(given.values()), "edition": STANDARD.edition, "zone": STANDARD.zone}
        answers = {n: Taken(no, Intake.NEW) for n, no, _ in await ask(self._connections, KEEP, values)}
        old = [text for n, text in given.items() if n not in answers]
        if old:
            for n, order_no, same in await ask(self._connections, FIND, {"given": _array(old)}):
                answers[n] = Taken(order_no, Intake.KNOWN if same else Intake.DIFFERENT)
        return [answers[n] for n in range(len(postings))]

    async def look(self, postings: Sequence[Posting]) -> list[Taken]:
        """What would come of these orders; nothing is kept. A new one has no number yet."""
        answers = {n: Taken("", Intake.NEW) for n in range(len(postings))}
        given = _array(posting.as_json(n) for n, posting in enumerate(postings))
        for n, order_no, same in await ask(self._connections, FIND, {"given": given}):
            answers[n] = Taken(order_no, Intake.KNOWN if same else Intake.DIFFERENT)
        return [answers[n] for n in range(len(postings))]


def body_hash(body: Mapping[str, Any]) -> str:
    """The fingerprint of a fact as it was posted, whatever the order of its fields."""
    return digest(json.dumps(body, sort_keys=True, ensure_ascii=False))


def business_hash(order: Mapping[str, Any]) -> str:
    """The fingerprint of what the order means: receiver, lines, quantities, prices, delivery and buyer's message.

    Payment, memos and dates are left out: when they differ later, that is a fact and no other order (§4.3).
    """
    lines = sorted(order["lines"], key=lambda line: str(line["line"]))
    content = [
        [order["customer"][name] for name in ("name", "phone")],
        [order["address"][name] for name in ("province", "city", "district", "street")],
        [[line[name] for name in LINE_CONTENT] for line in lines],
        [order[name] for name in ORDER_CONTENT],
        *([line["line"], *design] for line in lines if any(design := [line.get(name) for name in DESIGN])),
    ]
    return digest(json.dumps(content, ensure_ascii=False))


def payment_of(order: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fact that the order was paid when it was posted, as the fact inbox keeps it; None where it was not."""
    payment = order["payment"]
    if not payment["paid_at"] or not payment["paid_amount"] or payment["paid_amount"] < 0:
        return None
    channel, external_id = order["channel"], order["external_id"]
    event_id = f"intake-paid/{external_id}"
    body = {
        "source": channel,
        "event_id": event_id,
        "kind": "paid",
        "occurred_at": payment["paid_at"],
        "channel": channel,
        "external_id": external_id,
        "data": {"payment_no": external_id, "amount": payment["paid_amount"], "currency": order["currency"]},
    }
    fact_id = f"{channel}:{event_id}"
    return {"fact_id": fact_id, "event_id": event_id, "body": body, "body_hash": body_hash(body)}


def _array(records: Iterable[str]) -> str:
    return f"[{','.join(records)}]"
