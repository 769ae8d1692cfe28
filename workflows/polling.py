"""The scheduled poll of the carriers (§4.12): beside the orders, which hear only of what changed."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.sweeps import PollReport, PollRequest
    from workflows.limits import SWEEP


@workflow.defn(name="CarrierPoll", failure_exception_types=[Exception])
class CarrierPoll:
    """Ask the carriers for the parcels that are due."""

    @workflow.run
    async def run(self, request: PollRequest) -> PollReport:
        """One poll."""
        report: PollReport = await workflow.execute_activity("poll_carriers", request, result_type=PollReport, **SWEEP)
        return report
