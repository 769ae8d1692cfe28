"""The ledger's department: writes what a turn of an order changed, and looks what waits for it (architecture §3.6)."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity
from temporalio.common import RawValue

from domain.recording import LookOutcome, LookRequest
from infra.db.ledger import Ledger


@dataclass(frozen=True)
class LedgerActivities:
    """Local steps of every turn; as regular activities only while the database is in trouble."""

    ledger: Ledger

    @activity.defn
    async def record_order(self, recording: RawValue) -> str | None:
        """Write one turn, a ``Recording``, once, however often it is asked; PostgreSQL reads its JSON as it came.

        Answers whose run had it written: a run that follows a Reset finds the answers of the run before.
        """
        await self.ledger.record(recording.payload.data.decode())
        return activity.info().workflow_run_id

    @activity.defn
    async def look_for_facts(self, request: LookRequest) -> LookOutcome:
        """The facts that wait in the inbox for the order to look; a run that follows a Reset knows its own look."""
        found = await self.ledger.look(request.order_no)
        return found.having(began=request.began)
