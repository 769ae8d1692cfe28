"""The polling department: asks the carriers for the parcels that are due, a batch at a time (SR-032, M13)."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity

from domain.sweeps import PollReport, PollRequest
from infra.polling import Polling


@dataclass(frozen=True)
class PollingActivities:
    """Polls the carriers."""

    polling: Polling

    @activity.defn
    async def poll_carriers(self, request: PollRequest) -> PollReport:
        """Ask for every parcel that is due; asked again, it goes on with those that are due still."""
        del request
        return await self.polling.poll(activity.heartbeat)
