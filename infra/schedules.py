"""The schedules in Temporal, kept as the tables say (SR-100…102, temporal.md §3.4).

The worker looks at the tables every few seconds and creates, changes or deletes what differs, whoever changed a channel
or a promotion. A schedule that a person paused in the Temporal UI stays paused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.cadence import Cadence, cadences
from infra.db.cadence import Cadenced, last_good_pulls, read_cadenced
from infra.db.polling import polled_carriers
from infra.relay.lane import Lane
from infra.relay.metrics import LAST_GOOD_POLL, LAST_GOOD_PULL

EVERY = 5.0
"""Seconds between two looks at the tables."""
REMEMBERED = timedelta(days=7)
"""So long after its end a promotion's schedules are deleted, should they still be there."""


@dataclass
class Schedules:
    """Keeps the schedules of one task queue; their ids begin with its name, so that houses do not clash."""

    engine: AsyncEngine
    client: Client
    task_queue: str
    now: Callable[[], datetime]
    _kept: dict[str, Cadence] = field(default_factory=dict)
    _dropped: set[str] = field(default_factory=set)

    async def run(self, stop: asyncio.Event) -> None:
        """Keep them until ``stop``; what is down in the meantime is waited for."""
        lane = Lane("schedules", self.work, every=EVERY)
        running = asyncio.create_task(lane.run(stop))
        await stop.wait()
        lane.wake()
        await running

    async def work(self) -> float | None:
        """One look: what differs from the last look is put right."""
        now = self.now()
        async with self.engine.begin() as connection:
            told = await read_cadenced(connection, now, now - REMEMBERED)
            for row in await last_good_pulls(connection):
                if row["last_good_pull"]:
                    LAST_GOOD_PULL.labels(row["channel"]).set(row["last_good_pull"].timestamp())
            for row in await polled_carriers(connection):
                if row["good_at"]:
                    LAST_GOOD_POLL.labels(row["carrier"]).set(row["good_at"].timestamp())
        await self.align(told)
        return None

    async def align(self, told: Cadenced) -> None:
        """Create and change what is wanted, delete what is over."""
        wanted = {cadence.name: cadence for cadence in cadences(told.channels, told.windows, told.zone, told.polled)}
        over = {cadence.name for cadence in _over(told)} | self._kept.keys()
        gone = over - wanted.keys() - self._dropped
        changed = [cadence for name, cadence in wanted.items() if self._kept.get(name) != cadence]
        await asyncio.gather(*map(self._put, changed), *map(self._drop, sorted(gone)))
        self._kept, self._dropped = wanted, (self._dropped | gone) - wanted.keys()

    def id_of(self, cadence: str) -> str:
        """The schedule's id, for the Temporal UI."""
        return f"{self.task_queue}/{cadence}"

    async def _put(self, cadence: Cadence) -> None:
        name, wanted = self.id_of(cadence.name), schedule_of(cadence, self.task_queue, self.id_of(cadence.name))
        try:
            await self.client.create_schedule(name, wanted)
        except ScheduleAlreadyRunningError:
            await self.client.get_schedule_handle(name).update(lambda known: _renewed(known, wanted))

    async def _drop(self, name: str) -> None:
        try:
            await self.client.get_schedule_handle(self.id_of(name)).delete()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


def schedule_of(cadence: Cadence, task_queue: str, name: str) -> Schedule:
    """A cadence as Temporal keeps it."""
    ranges = [
        ScheduleCalendarSpec(hour=[ScheduleRange(at.hour)], minute=[ScheduleRange(at.minute)]) for at in cadence.at
    ]
    return Schedule(
        action=ScheduleActionStartWorkflow(
            cadence.workflow,
            cadence.request,
            id=name,
            task_queue=task_queue,
            execution_timeout=cadence.within,
        ),
        spec=ScheduleSpec(
            intervals=[ScheduleIntervalSpec(every=cadence.every, offset=cadence.offset)] if cadence.every else [],
            calendars=ranges,
            start_at=cadence.starts_at,
            end_at=cadence.ends_at,
            time_zone_name=cadence.zone,
        ),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.BUFFER_ONE if cadence.waits else ScheduleOverlapPolicy.SKIP,
            catchup_window=cadence.catch_up,
        ),
    )


def _renewed(known: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    """The wanted schedule in the state in which people left the old one."""
    wanted.state = known.description.schedule.state
    return ScheduleUpdate(wanted)


def _over(told: Cadenced) -> Iterable[Cadence]:
    """What a promotion that is over may have left behind."""
    left = cadences(told.channels, told.over, told.zone)
    return [cadence for cadence in left if cadence.ends_at is not None]
