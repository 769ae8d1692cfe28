"""The reconciliation's department: finds open orders whose workflow is gone, and says so (edge case 42)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from domain.sweeps import ReconcileReport, ReconcileRequest
from infra.reconciling import Reconciling


@dataclass(frozen=True)
class ReconcileActivities:
    """Compares the books with Temporal."""

    engine: AsyncEngine
    now: Callable[[], datetime]

    @activity.defn
    async def reconcile_orders(self, request: ReconcileRequest) -> ReconcileReport:
        """Look once; each order found is shown as one that needs a person, with one alert."""
        del request
        queue = activity.info().task_queue
        return await Reconciling(self.engine, activity.client(), queue, self.now).look(activity.heartbeat)
