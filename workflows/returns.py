"""The workflow of goods that come back (§4.7 →Ret, §4.12): ``return/{order_no}/{n}``, beside the order, never under it.

It is started from the books, so it works for orders that are closed and no Reset of an order touches it. Handlers only
change the value; one loop does the next step outside, writes down what is new, and waits. What was done stands in the
effect ledger and in the books: a retry, a Reset or a second copy of a fact finds it there.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.asks import Ask
    from domain.effects import Done
    from domain.recording import Entry
    from domain.return_asks import RETURN_ASKS, RefuseReturn, return_refusal
    from domain.return_facts import parse_return_fact
    from domain.return_rows import news_of, unreadable
    from domain.return_work import request_of
    from domain.returning import (
        ClaimOutcome,
        KeepOutcome,
        Outcome,
        ShipOutcome,
        Work,
        after_ask,
        after_fact,
        after_time,
        after_work,
        next_due,
        next_work,
        refund_parked,
    )
    from domain.returns import Return, ReturnInput, state_of
    from workflows.limits import OURS, PARTY, STOCK
    from workflows.messages import ask_in, facts_in, no, update_of
    from workflows.runs import Runs

LIMITS = {
    Work.KEEP: STOCK,
    Work.GIVE_BACK: STOCK,
    Work.SHIP: OURS,
    Work.RESTOCK: STOCK,
    Work.CLAIM: OURS,
    Work.PAY: PARTY,
}
OUTCOMES: dict[Work, type] = {
    Work.KEEP: KeepOutcome,
    Work.GIVE_BACK: Done,
    Work.SHIP: ShipOutcome,
    Work.RESTOCK: Done,
    Work.CLAIM: ClaimOutcome,
    Work.PAY: Done,
}


_door = partial(update_of, of="ReturnWorkflow")


@workflow.defn(name="ReturnWorkflow")
class ReturnWorkflow:
    """One return from its request to its end. Id ``return/{order_no}/{n}``."""

    approve = _door("approve", "Let the customer send the goods back: {}")
    refuse = _door("refuse", 'Do not take the goods back: {"reason": "…"}')
    inspect = _door("inspect", 'What the parcel held: {"lines": [{"line": "1", "good": 1, "damaged": 0, "other": 0}]}')
    approve_refund = _door("approve_refund", "Finance lets the refund go out; by the API: {}")
    settle = _door("settle", 'End the dispute: {"amount": 0, "reason": "…"}; of an exchange also "exchange": true')
    retry_refund = _door("retry_refund", "Ask the gateway again; for finance, by the API: {}")
    report_refund = _door("report_refund", 'Finance paid by hand; by the API: {"reference": "…"}')

    @workflow.init
    def __init__(self, given: ReturnInput) -> None:
        """Handlers run before ``run``."""
        self._return = given.given
        self._recorded: Return | None = None
        self._messages = self._unread = 0
        self._notes: list[Entry] = []
        self._cancel_heard = False
        self._runs = Runs()

    @workflow.signal(description="News of the parcel: {kind: return_shipped | return_received, tracking_number}")
    def return_event(self, payload: Any = None, *rest: Any) -> None:
        """Take facts; what cannot be read goes to the order's timeline and changes nothing."""
        del rest
        self._messages += 1
        facts, wrong = facts_in(f"return/{self._messages}", payload, workflow.now(), parse_return_fact)
        for fact in facts:
            self._return = after_fact(self._return, fact)
        for reason in wrong:
            self._unread += 1
            self._notes.append(unreadable(self._return, self._unread, reason, workflow.now()))

    @workflow.query(description="The return as it stands: state, lines, what was found, refunds")
    def show(self) -> Return:
        """The whole value."""
        return self._return

    @workflow.run
    async def run(self, given: ReturnInput) -> str:
        """Live the return's whole life; the result is how it ended."""
        del given
        while True:
            try:
                if await self._turn():
                    return self._return.outcome
            except (asyncio.CancelledError, ActivityError) as error:
                if workflow.cancellation_reason() is None or not is_cancelled_exception(error):
                    raise
                self._hear_cancel()

    async def _turn(self) -> bool:
        """One thing after the other; answers whether the return is over."""
        self._return = after_time(self._return, workflow.now())
        if self._return != self._recorded or self._notes:
            await self._record()
        elif self._return.closed_at is not None:
            await workflow.wait_condition(workflow.all_handlers_finished)
            return True
        elif work := next_work(self._return, workflow.now()):
            await self._do(work)
        else:
            await self._wait()
        return False

    def _hear_cancel(self) -> None:
        """Cancel in the Temporal UI is the request not to take the goods back; too late, it changes nothing."""
        if self._cancel_heard:
            return
        self._cancel_heard = True
        ask = RefuseReturn(request_id="temporal-cancel", reason="cancelled in the Temporal UI")
        if return_refusal(self._return, ask) is None:
            self._return = after_ask(self._return, ask, workflow.now())

    def judge(self, name: str, payload: Any) -> None:
        """Raises the refusal, or nothing."""
        denied = return_refusal(self._return, self._read(name, payload))
        if denied is not None:
            raise no(denied)

    def accept(self, name: str, payload: Any) -> dict[str, Any]:
        """Take the request; answers what the return is now."""
        self._return = after_ask(self._return, self._read(name, payload), workflow.now())
        return {"order_no": self._return.order_no, "return_no": self._return.number, "state": state_of(self._return)}

    def _read(self, name: str, payload: Any) -> Ask:
        info = workflow.current_update_info()
        return ask_in(name, payload, info.id if info else name, RETURN_ASKS)

    async def _record(self) -> None:
        """Write what is new since the last time; handlers may have more news meanwhile."""
        before, its, notes, at = self._recorded, self._return, tuple(self._notes), workflow.now()
        self._runs.turns(at)
        news = news_of(before, its, at, self._runs.this.started_at)
        written = news.having(entries=(*news.entries, *notes))
        self._runs.wrote(await workflow.execute_activity("record_return", written, **OURS))
        self._recorded = its
        del self._notes[: len(notes)]

    async def _do(self, work: Work) -> None:
        request = request_of(self._return, work)
        try:
            outcome: Outcome = await workflow.execute_activity(
                work,
                request,
                result_type=OUTCOMES[work],
                activity_id=f"{request.key}/{work}:{self._return.sequence}",
                summary=f"{work} {self._return.id}",
                **LIMITS[work],
            )
        except ActivityError as error:
            if is_cancelled_exception(error) or work is not Work.PAY:
                raise
            self._return = refund_parked(self._return, _why(error))
        else:
            self._return = after_work(self._return, work, outcome, workflow.now())

    async def _wait(self) -> None:
        """Until something is told, or is due."""
        its, due = self._return, next_due(self._return)
        try:
            await workflow.wait_condition(
                lambda: self._return != its or bool(self._notes),
                timeout=None if due is None else max((due - workflow.now()).total_seconds(), 0.001),
                timeout_summary=_timer(its, due),
            )
        except TimeoutError:
            return


def _why(error: ActivityError) -> str:
    cause = error.cause or error
    return str(getattr(cause, "type", None) or type(cause).__name__)


def _timer(its: Return, due: datetime | None) -> str | None:
    return f"{state_of(its)} until {due.isoformat()}" if due else None
