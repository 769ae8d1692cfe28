"""The workflow of facts that come after their order's end (edge cases 3, 6 and 19, SR-015).

The relay starts or signals ``late/{order_no}`` with the facts that ``domain.late`` knows. The handler only notes; one
loop takes a fact, asks the books what the order was, pays back, and writes each step down. It ends when nothing waits,
and is started again by the next fact. What was paid back stands in the books and in the effect ledger, not here: a
retry, a Reset or a second copy of a fact finds it there.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.effects import Done, EffectKind
    from domain.facts import OutsideFact
    from domain.holds import EffectState
    from domain.late import ClosedOrder, LateInput, LateNews, Repayment, Step, repayment
    from workflows.limits import LIMITS, OURS, activity_id
    from workflows.messages import facts_in
    from workflows.outcomes import parked


@workflow.defn(name="LateFactWorkflow")
class LateFactWorkflow:
    """The late facts of one closed order. Id ``late/{order_no}``."""

    @workflow.init
    def __init__(self, given: LateInput) -> None:
        """The handler runs before ``run``."""
        self._order_no = given.order_no
        self._waiting: deque[OutsideFact | str] = deque()
        self._messages = 0

    @workflow.signal(description="Facts of the closed order: [{kind: paid, payment_no, amount, currency}]")
    def late_facts(self, payload: Any = None) -> None:
        """Note facts, and what cannot be read."""
        self._messages += 1
        facts, wrong = facts_in(f"late/{self._messages}", payload, workflow.now())
        self._waiting.extend([*facts, *wrong])

    @workflow.run
    async def run(self, given: LateInput) -> int:
        """Take fact after fact until none waits; the result is how many were taken."""
        del given
        taken = 0
        while self._waiting:
            fact = self._waiting.popleft()
            taken += 1
            if isinstance(fact, str):
                await self._record(Step.UNREADABLE, fact_id=str(taken), reason=fact)
            else:
                await self._take(fact)
        return taken

    async def _take(self, fact: OutsideFact) -> None:
        order = await workflow.execute_activity(
            "look_at_closed_order", LateInput(order_no=self._order_no), result_type=ClosedOrder, **OURS
        )
        back = repayment(order, fact)
        if back is None:
            await self._record(Step.UNMATCHED, fact_id=fact.id, fact_kind=fact.kind)
        elif back.payment_no not in order.returned:
            await self._pay_back(back)

    async def _pay_back(self, back: Repayment) -> None:
        await self._record(Step.OPENED, repayment=back)
        effect = EffectState(key=back.refund.key, kind=EffectKind.REFUND, cause=back.subject, since=workflow.now())
        try:
            done: Done = await workflow.execute_activity(
                EffectKind.REFUND,
                back.refund,
                result_type=Done,
                activity_id=activity_id(effect),
                summary=f"{back.kind} {back.subject}",
                **LIMITS[EffectKind.REFUND],
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            no = parked(effect, error, workflow.now())
            await self._record(Step.REFUSED, repayment=back, reason=f"{no.code}: {no.text}")
        else:
            await self._record(Step.RETURNED, repayment=back, reference=done.reference)

    async def _record(self, step: Step, **fields: Any) -> None:
        news = LateNews(order_no=self._order_no, at=workflow.now(), step=step, **fields)
        await workflow.execute_activity("record_late", news, **OURS)
