"""Pulling a channel (SR-100, P-03): by the time of the last change, with an overlap, and a cursor that is moved last.

A page is durable before the cursor moves, and everything in it has an id of its own: a pull that dies is asked again,
after an outage one pull brings everything, and nothing comes twice.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import parse
from domain.pulled import Pulled, Seen, differing, news
from domain.sweeps import PullReport
from infra.connectors.channel import OfferedOrder, OrderPage, OrderSource
from infra.db.bundle import ITS_OWN_FAULT
from infra.db.cadence import advance, pulled_up_to, pulled_well
from infra.db.fact_inbox import FactInbox, Report
from infra.db.inbox import Inbox, Intake, Posting, Taken, business_hash, payment_of
from infra.db.pulled import Before, keep_edits, keep_pulled, known_before

log = structlog.get_logger(__name__)
OVERLAP = timedelta(minutes=5)
"""So far before the cursor a pull starts: a platform may show a change a little after its time."""
ALERT = text(
    "INSERT INTO alert (key, kind, at, detail) VALUES (:key, 'pull_unreadable', :at, "
    "jsonb_build_object('channel', CAST(:channel AS text), 'external_id', CAST(:external_id AS text), "
    "'fields', CAST(:fields AS text))) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Readable:
    """An offered order that has the shape of a posted one, on its way into the inbox."""

    posting: Posting
    content: Mapping[str, Any]
    pulled: Pulled


@dataclass(frozen=True)
class Pulling:
    """Pulls channels.

    Args:
        source: the channels' orders.
        inbox: takes orders.
        facts: takes facts.
        engine: to the database.
        shape: a posted order as JSON, from its content; ValidationError where it has not the shape of one.
        now: the clock of this process.
    """

    source: OrderSource
    inbox: Inbox
    facts: FactInbox
    engine: AsyncEngine
    shape: Callable[[Mapping[str, Any]], str]
    now: Callable[[], datetime]

    async def pull(self, tenant: str, channel: str, heartbeat: Callable[..., None]) -> PullReport:
        """Everything that changed since the last pull, page by page; nothing where the channel is not pulled.

        Raises:
            ChannelUnreachable: ours to retry; what came before stays.
            ChannelRefused: the operator's to correct.
        """
        began = self.now()
        async with self.engine.begin() as connection:
            place = await pulled_up_to(connection, tenant, channel)
        if place is None:
            return PullReport(channel=channel, since=began)
        since = place[0] - OVERLAP if place[1] else place[0]
        counts: Counter[str] = Counter()
        after: str | None = None
        while True:
            page = await self.source.pull(channel, since, after)
            counts += await self._take(tenant, channel, page)
            heartbeat(counts["pages"])
            after = page.after
            if after is None:
                break
        async with self.engine.begin() as connection:
            await pulled_well(connection, tenant, channel, (place[0], began))
        return PullReport(channel=channel, since=since, **counts)

    async def _take(self, tenant: str, channel: str, page: OrderPage) -> Counter[str]:
        """Make a page durable, then move the cursor."""
        counts = Counter(pages=1, seen=len(page.orders) + len(page.odd), unreadable=len(page.odd))
        async with self.engine.begin() as connection:
            before = await known_before(connection, tenant, channel, [order.external_id for order in page.orders])
        changed = [order for order in page.orders if _is_news(order, before)]
        counts["over"] = sum(1 for order in changed if _over(order, before))
        readable, odd = self._read(tenant, channel, [order for order in changed if not _over(order, before)])
        taken = await asyncio.gather(*(self.inbox.take(one.posting) for one in readable), return_exceptions=True)
        kept = []
        for one, answer in zip(readable, taken, strict=True):
            if isinstance(answer, Taken):
                kept.append((one, answer))
            elif isinstance(answer, ITS_OWN_FAULT):
                odd.append((one.posting.external_id, "PostgreSQL cannot keep it"))
            else:
                raise answer
        counts["created"] += sum(answer.intake is Intake.NEW for _, answer in kept)
        counts["known"] += sum(answer.intake is not Intake.NEW for _, answer in kept)
        counts["facts"] += await self._tell([(one, before.get(one.posting.external_id), it) for one, it in kept])
        odd += [(name, "") for name in page.odd]
        counts["unreadable"] = len(odd)
        await self._remember(tenant, channel, page, [one.pulled for one, _ in kept], odd)
        return counts

    def _read(
        self, tenant: str, channel: str, orders: Sequence[OfferedOrder]
    ) -> tuple[list[Readable], list[tuple[str, str]]]:
        """The orders that have the shape of a posted one, and the ids and wrong fields of the others."""
        readable, odd = [], []
        for order in orders:
            try:
                raw = self.shape({**order.content, "channel": channel, "external_id": order.external_id})
            except ValidationError as wrong:
                fields = sorted({".".join(map(str, error["loc"])) for error in wrong.errors()})
                odd.append((order.external_id, ", ".join(fields)))
            else:
                readable.append(self._readable(tenant, order, raw))
        return readable, odd

    def _readable(self, tenant: str, order: OfferedOrder, raw: str) -> Readable:
        content = json.loads(raw)
        fingerprint = business_hash(content)
        posting = Posting(
            tenant=tenant,
            channel=content["channel"],
            external_id=content["external_id"],
            raw=raw,
            business_hash=fingerprint,
            received_at=self.now(),
            paid=payment_of(content),
            source_kind="pull",
            submitter=content["channel"],
        )
        state = order.state.having(seller_memo=content.get("seller_memo") or order.state.seller_memo)
        pulled = Pulled(
            channel=posting.channel,
            external_id=posting.external_id,
            updated_at=order.updated_at,
            seen=Seen(state=state, business_hash=fingerprint),
        )
        return Readable(posting, content, pulled)

    async def _tell(self, kept: Sequence[tuple[Readable, Before | None, Taken]]) -> int:
        """Keep the facts that these orders tell; how many there are."""
        reports = [report for one, before, taken in kept for report in await self._reports(one, before, taken)]
        await asyncio.gather(*map(self.facts.take, reports))
        return len(reports)

    async def _reports(self, one: Readable, before: Before | None, taken: Taken) -> list[Report]:
        posting = one.posting
        told = [posting.paid["body"]] if posting.paid and taken.intake is not Intake.NEW else []
        if before:
            changed = differing(before.ours, one.content) if taken.intake is Intake.DIFFERENT else ()
            told += news(one.pulled, before.seen, changed)
            if changed:
                await self._keep_edits(one, before, told)
        return [_report(posting, body) for body in told]

    async def _keep_edits(self, one: Readable, before: Before, told: Sequence[Mapping[str, Any]]) -> None:
        """Keep what an edit asks for as corrections, once; the fact names their numbers (AC-67)."""
        for body in told:
            if body["kind"] == "channel_changed":
                async with self.engine.begin() as connection:
                    edits = await keep_edits(connection, before, body, one.content, self.now())
                body["data"]["edits"] = [edit.model_dump(mode="json", exclude_defaults=True) for edit in edits]

    async def _remember(
        self,
        tenant: str,
        channel: str,
        page: OrderPage,
        pulled: Sequence[Pulled],
        odd: Sequence[tuple[str, str]],
    ) -> None:
        async with self.engine.begin() as connection:
            await keep_pulled(connection, tenant, pulled)
            for external_id, fields in odd:
                log.warning("pulled order cannot be read", channel=channel, external_id=external_id, fields=fields)
                key = f"pull_unreadable/{tenant}/{channel}/{external_id}"
                values = {"key": key, "at": self.now(), "channel": channel}
                await connection.execute(ALERT, {**values, "external_id": external_id, "fields": fields})
            if page.orders:
                last = page.orders[-1]
                await advance(connection, tenant, channel, (last.updated_at, last.external_id))


def _is_news(order: OfferedOrder, before: Mapping[str, Before]) -> bool:
    """Whether this state of the order was not pulled before."""
    known = before.get(order.external_id)
    return known is None or known.updated_at is None or known.updated_at < order.updated_at


def _over(order: OfferedOrder, before: Mapping[str, Before]) -> bool:
    """Whether the channel ended the order before we ever saw it: there is nothing left to do for it."""
    return order.external_id not in before and order.state.status != "open"


def _report(posting: Posting, body: Mapping[str, Any]) -> Report:
    envelope = {name: body[name] for name in ("kind", "source", "occurred_at")}
    name = f"{body['source']}:{body['event_id']}"
    fact = parse({**body["data"], **envelope, "id": name, "received_at": posting.received_at})
    return Report(posting.tenant, body, fact, posting.received_at)
