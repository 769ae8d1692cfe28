"""Intake by the clock: pulling a channel, collecting offline documents, watching the volume (SR-010, SR-100…102).

Whatever comes this way goes through the same inbox as a push and a file: one order stays one order (AC-44).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.sweeps import (
    CollectionReport,
    CollectionRequest,
    PullReport,
    PullRequest,
    VolumeReport,
    VolumeRequest,
)
from infra.collecting import Collecting
from infra.connectors.channel import ChannelRefused
from infra.db.volume import watch_volume
from infra.pulling import Pulling


@dataclass(frozen=True)
class IntakeActivities:
    """The scheduled ways in."""

    pulling: Pulling
    collecting: Collecting
    engine: AsyncEngine
    now: Callable[[], datetime]

    @activity.defn
    async def pull_channel(self, request: PullRequest) -> PullReport:
        """Pull everything of a channel that changed since the last pull; asked again, it goes on where it was."""
        try:
            return await self.pulling.pull(request.tenant, request.channel, heartbeat=activity.heartbeat)
        except ChannelRefused as refused:
            raise ApplicationError(str(refused), type="Business.ChannelRefused", non_retryable=True) from refused

    @activity.defn
    async def collect_offline(self, request: CollectionRequest) -> CollectionReport:
        """Take in every offline document whose slot has come."""
        del request
        return await self.collecting.collect(heartbeat=activity.heartbeat)

    @activity.defn
    async def watch_volume(self, request: VolumeRequest) -> VolumeReport:
        """Compare the last quarters of an hour with the usual ones; a suggestion becomes an alert."""
        del request
        async with self.engine.begin() as connection:
            return await watch_volume(connection, self.now())
