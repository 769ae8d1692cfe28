"""Polling the carriers (SR-032, M13): whoever is due is asked for, and only what nobody told yet goes into the inbox.

A carrier is asked at a pace; one that does not answer keeps nobody else waiting, and its parcels stay due. An answer is
durable before its parcel is put off: a run that dies is made up for by the next, and no scan comes twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.facts import parse
from domain.inquiries import CarrierAnswer, ScanSeen
from domain.polling import LiveParcel, as_told, next_poll, unheard
from domain.polling_policy import PollingPolicy
from domain.sweeps import PollReport
from infra.connectors.carrier import Carrier, CarrierUnreachable, UnknownTrackingNumber
from infra.db import polling
from infra.db.cadence import house_polling
from infra.db.fact_inbox import FactInbox, Receipt, Report

log = structlog.get_logger(__name__)
SECOND = 1.0
"""Between two batches of questions to one carrier."""
NEVER = timedelta(days=1)
"""A parcel whose edition polls nothing is looked at again after so long."""
Answered = CarrierAnswer | UnknownTrackingNumber | CarrierUnreachable


@dataclass(frozen=True, slots=True)
class Due:
    """A parcel to ask for, and how its edition polls."""

    parcel: LiveParcel
    policy: PollingPolicy


@dataclass(frozen=True)
class Polling:
    """Polls carriers.

    Args:
        carrier: answers for every carrier.
        facts: takes facts.
        engine: to the database.
        now: the clock of this process.
        rest: waits so many seconds.
    """

    carrier: Carrier
    facts: FactInbox
    engine: AsyncEngine
    now: Callable[[], datetime]
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def poll(self, alive: Callable[[], None]) -> PollReport:
        """Ask for every parcel that is due; ``alive`` is called after each batch of questions."""
        now = self.now()
        async with self.engine.begin() as connection:
            pace = await house_polling(connection, now)
            parcels = await polling.due_parcels(connection, now, pace.most)
            policies = await polling.polling_of(connection, {parcel.edition for parcel in parcels})
        due = await self._put_off(parcels, policies, now)
        names = sorted({each.parcel.carrier for each in due})
        asked = (self._ask(name, [each for each in due if each.parcel.carrier == name], pace, alive) for name in names)
        counts = await asyncio.gather(*asked)
        silent = tuple(name for name, count in zip(names, counts, strict=True) if count.pop("silent", 0))
        return PollReport(due=len(due), silent=silent, **sum(counts, Counter()))

    async def _put_off(
        self, parcels: Sequence[LiveParcel], policies: Mapping[str, PollingPolicy], now: datetime
    ) -> list[Due]:
        """The parcels that are due, by what is known of them now; the others are due when that says so."""
        due, later = [], []
        for parcel in parcels:
            policy = policies.get(parcel.edition, PollingPolicy())
            at = next_poll(policy, parcel)
            if at is not None and at <= now:
                due.append(Due(parcel, policy))
            else:
                later.append(polling.Next(parcel, at or now + NEVER))
        async with self.engine.begin() as connection:
            await polling.keep(connection, later)
        return due

    async def _ask(
        self, carrier: str, due: Sequence[Due], pace: PollingPolicy, alive: Callable[[], None]
    ) -> Counter[str]:
        """Ask one carrier, batch by batch, until it has left too many questions without an answer."""
        counts: Counter[str] = Counter()
        failures: list[CarrierUnreachable] = []
        for first in range(0, len(due), pace.at_once):
            if first:
                await self.rest(SECOND)
            batch = due[first : first + pace.at_once]
            answers = await asyncio.gather(*(self._query(each.parcel) for each in batch))
            counts += await self._take(list(zip(batch, answers, strict=True)))
            failures += [answer for answer in answers if isinstance(answer, CarrierUnreachable)]
            alive()
            if len(failures) >= pace.gives_up_after:
                break
        await self._remember(carrier, failures, answered=bool(counts["asked"] or counts["unknown"]))
        counts["silent"] = len(failures)
        return counts

    async def _query(self, parcel: LiveParcel) -> Answered:
        try:
            return await self.carrier.query(parcel.tracking_number, parcel.carrier)
        except (CarrierUnreachable, UnknownTrackingNumber) as none:
            return none

    async def _take(self, answers: Sequence[tuple[Due, Answered]]) -> Counter[str]:
        """Make what is new durable, then put the parcels off that were answered."""
        at, counts, done = self.now(), Counter[str](), []
        for each, answer in answers:
            if isinstance(answer, CarrierUnreachable):
                continue
            known = isinstance(answer, CarrierAnswer)
            counts["asked" if known else "unknown"] += 1
            if isinstance(answer, CarrierAnswer):
                counts["news"] += await self._tell(each.parcel, answer, at)
            after = next_poll(each.policy, each.parcel.having(polled_at=at))
            done.append(polling.Next(each.parcel, after or at + NEVER, polled_at=at))
        async with self.engine.begin() as connection:
            await polling.keep(connection, done)
        return counts

    async def _tell(self, parcel: LiveParcel, answer: CarrierAnswer, at: datetime) -> int:
        """Keep the scans that nobody told; how many there are."""
        scans = unheard(parcel, answer)
        async with self.engine.begin() as connection:
            told = await polling.told_already(connection, parcel.tenant, [scan.fact_id for scan in scans])
        reports = [_report(parcel, scan, at) for scan in scans if scan.fact_id not in told]
        kept = await asyncio.gather(*map(self.facts.take, reports))
        return sum(each.receipt is Receipt.NEW for each in kept)

    async def _remember(self, carrier: str, failures: Sequence[CarrierUnreachable], *, answered: bool) -> None:
        async with self.engine.begin() as connection:
            if answered:
                await polling.answered(connection, carrier, self.now())
            if failures:
                log.warning("carrier does not answer", carrier=carrier, error=str(failures[-1]))
                await polling.unanswered(connection, carrier, self.now(), str(failures[-1]))


def _report(parcel: LiveParcel, scan: ScanSeen, at: datetime) -> Report:
    body = as_told(parcel, scan)
    envelope = {name: body[name] for name in ("kind", "source", "occurred_at")}
    fact = parse({**body["data"], **envelope, "id": scan.fact_id, "received_at": at})
    return Report(parcel.tenant, body, fact, at)
