"""The light reconciliation (edge case 42): which open orders have lost their workflow? Short, and fails fast."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.sweeps import ReconcileReport, ReconcileRequest
    from workflows.limits import SWEEP


@workflow.defn(name="Reconcile", failure_exception_types=[Exception])
class Reconcile:
    """Compare the open orders of the books with the workflows that run."""

    @workflow.run
    async def run(self, request: ReconcileRequest) -> ReconcileReport:
        """One look."""
        report: ReconcileReport = await workflow.execute_activity(
            "reconcile_orders", request, result_type=ReconcileReport, **SWEEP
        )
        return report
