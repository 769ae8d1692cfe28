"""Collecting offline documents at their slot (SR-101): the desk's clock starts at the slot, not at the paper's date."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.sweeps import CollectionReport
from infra.db.inbox import Inbox, Intake, Posting, payment_of
from infra.db.offline import Document, due_documents, mark_collected

AT_ONCE = 200


@dataclass(frozen=True)
class Collecting:
    """Takes documents in."""

    inbox: Inbox
    engine: AsyncEngine
    now: Callable[[], datetime]

    async def collect(self, heartbeat: Callable[..., None]) -> CollectionReport:
        """Take in every document whose slot has come; asked again, it takes in what is left."""
        counts: Counter[str] = Counter()
        after = 0
        while True:
            async with self.engine.begin() as connection:
                documents = await due_documents(connection, self.now(), after, AT_ONCE)
            if not documents:
                return CollectionReport(**counts)
            counts.update(await asyncio.gather(*map(self._take, documents)))
            heartbeat(counts.total())
            after = documents[-1].id

    async def _take(self, document: Document) -> str:
        """One document into the inbox. What is known there by now under other content stays there as it is."""
        at = self.now()
        taken = await self.inbox.take(_posting(document, at))
        async with self.engine.begin() as connection:
            await mark_collected(connection, document.id, taken.order_no, at)
        return {Intake.NEW: "collected", Intake.KNOWN: "known", Intake.DIFFERENT: "refused"}[taken.intake]


def _posting(document: Document, at: datetime) -> Posting:
    return Posting(
        tenant=document.tenant,
        channel=document.channel,
        external_id=document.external_id,
        raw=document.raw,
        business_hash=document.business_hash,
        received_at=at,
        paid=payment_of(json.loads(document.raw)),
        source_kind="offline",
        submitter=document.submitter,
        document_no=document.document_no,
        collected_at=document.collect_at,
    )
