"""The scheduled ways in (SR-100…102): short sweeps that fail fast, for the next one does what this one could not.

Each is one activity, retried a few times; where that does not help the run fails, visibly, and its successor goes on
from the same cursor. `domain.cadence` says when they run.
"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.sweeps import (
        CollectionReport,
        CollectionRequest,
        PullReport,
        PullRequest,
        VolumeReport,
        VolumeRequest,
    )
    from workflows.limits import SWEEP


@workflow.defn(name="ChannelPull", failure_exception_types=[Exception])
class ChannelPull:
    """Pull a channel's new and changed orders."""

    @workflow.run
    async def run(self, request: PullRequest) -> PullReport:
        """One pull."""
        workflow.set_current_details(f"Pulls {request.channel}")
        report: PullReport = await workflow.execute_activity("pull_channel", request, result_type=PullReport, **SWEEP)
        return report


@workflow.defn(name="OfflineCollection", failure_exception_types=[Exception])
class OfflineCollection:
    """Take in the offline documents whose slot has come."""

    @workflow.run
    async def run(self, request: CollectionRequest) -> CollectionReport:
        """One collection."""
        report: CollectionReport = await workflow.execute_activity(
            "collect_offline", request, result_type=CollectionReport, **SWEEP
        )
        return report


@workflow.defn(name="PromoMonitor", failure_exception_types=[Exception])
class PromoMonitor:
    """Compare the last quarters of an hour with the usual ones."""

    @workflow.run
    async def run(self, request: VolumeRequest) -> VolumeReport:
        """One look."""
        report: VolumeReport = await workflow.execute_activity(
            "watch_volume", request, result_type=VolumeReport, **SWEEP
        )
        return report
