"""The workflow of facts that come after their order's end (edge cases 3, 6 and 19, SR-015).

The relay starts or signals ``late/{order_no}`` with the facts that ``domain.late`` knows. The handler only notes; one
loop takes a fact, asks the books what the order was, pays back, and writes each step down. It ends when nothing waits,
no claim is open (``workflows.late_claims``) and no goods are on their way (``workflows.late_goods``), and is started
again by the next fact. What was paid back stands in
the books and in the effect ledger, not here: a retry, a Reset or a second copy of a fact finds it there.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import Any

from pydantic import ValidationError
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.effects import Done, EffectKind
    from domain.facts import OutsideFact
    from domain.late import ClosedOrder, LateInput, LateNews, Repayment, Step, repayment
    from domain.late_claims import SettleClaim
    from domain.questions import CustomerChoice
    from domain.requests import Refusal
    from workflows.after_the_end import act
    from workflows.late_claims import Claims
    from workflows.late_goods import Goods
    from workflows.late_reinstating import Choices
    from workflows.limits import OURS
    from workflows.messages import ask_in, facts_in, no, problems


@workflow.defn(name="LateFactWorkflow")
class LateFactWorkflow:
    """The late facts of one closed order. Id ``late/{order_no}``."""

    @workflow.init
    def __init__(self, given: LateInput) -> None:
        """The handler runs before ``run``."""
        self._order_no = given.order_no
        self._waiting: deque[OutsideFact | str] = deque()
        self._messages = 0
        self._claims = Claims()
        self._goods = Goods(given.order_no)
        self._choices = Choices(given.order_no)

    @workflow.signal(description="Facts of the closed order: [{kind: paid, payment_no, amount, currency}]")
    def late_facts(self, payload: Any = None) -> None:
        """Note facts, and what cannot be read."""
        self._messages += 1
        facts, wrong = facts_in(f"late/{self._messages}", payload, workflow.now())
        self._waiting.extend([*facts, *wrong])

    @workflow.update(
        description='Close the case of a claim: {"case": 1, "outcome": "REFUNDED"}; "amount" where it is not all'
    )
    def resolve_case(self, payload: Any = None) -> dict[str, Any]:
        """Note a decision about an open claim, goods that left, or money that came soon after the cancel."""
        ask = _settling(payload)
        if ask.case in self._choices.open:
            return self._choices.accept(ask)
        return self._goods.accept(ask) if ask.case in self._goods.open else self._claims.accept(self._order_no, ask)

    @resolve_case.validator
    def judge_resolve_case(self, payload: Any = None) -> None:
        """Refuse what cannot be decided."""
        ask = _settling(payload)
        asked = next((each for each in (self._choices, self._goods) if ask.case in each.open), self._claims)
        asked.judge(ask)

    @workflow.update(description='The customer\'s answer to a late payment: {"question": 1, "option": "reinstate"}')
    def customer_choice(self, payload: Any = None) -> dict[str, Any]:
        """Note whether the order shall live again, or the money go back."""
        return self._choices.accept(_choosing(payload))

    @customer_choice.validator
    def judge_customer_choice(self, payload: Any = None) -> None:
        """Refuse an answer to a question that has its end, or its answer."""
        self._choices.judge(_choosing(payload))

    @workflow.run
    async def run(self, given: LateInput) -> int:
        """Take fact after fact until none waits; the result is how many were taken."""
        del given
        taken = 0
        while await self._something_waits():
            if self._goods.waits:
                await self._goods.go_on()
                continue
            if self._choices.waits:
                for back in await self._choices.settle(await self._look()):
                    await self._pay_back(back)
                continue
            if self._claims.decided:
                await self._claims.decide(await self._look())
                continue
            fact = self._waiting.popleft()
            taken += 1
            if isinstance(fact, str):
                await self._record(Step.UNREADABLE, fact_id=str(taken), reason=fact)
            else:
                await self._take(fact)
        return taken

    async def _something_waits(self) -> bool:
        """Whether there is something to do; while a case is open, that is waited for."""
        while (self._claims.open or self._goods.open or self._choices.open) and not self._is_told():
            with suppress(TimeoutError):
                await workflow.wait_condition(self._is_told, timeout=self._choices.due_in)
        return self._is_told()

    def _is_told(self) -> bool:
        return bool(self._waiting or self._claims.decided or self._goods.waits or self._choices.waits)

    async def _look(self) -> ClosedOrder:
        order: ClosedOrder = await workflow.execute_activity(
            "look_at_closed_order", LateInput(order_no=self._order_no), result_type=ClosedOrder, **OURS
        )
        return order

    async def _take(self, fact: OutsideFact) -> None:
        order = await self._look()
        back = repayment(order, fact)
        if back is None and (await self._claims.take(order, fact) or await self._goods.take(order, fact)):
            return
        if back is None:
            await self._record(Step.UNMATCHED, fact_id=fact.id, fact_kind=fact.kind)
        elif back.payment_no not in order.returned and not await self._choices.take(order, back):
            await self._pay_back(back)

    async def _pay_back(self, back: Repayment) -> None:
        await self._record(Step.OPENED, repayment=back)
        paid = await act(EffectKind.REFUND, back.refund, Done, (back.subject, f"{back.kind} {back.subject}"))
        if isinstance(paid, Done):
            await self._record(Step.RETURNED, repayment=back, reference=paid.reference)
        else:
            await self._record(Step.REFUSED, repayment=back, reason=paid)

    async def _record(self, step: Step, **fields: Any) -> None:
        news = LateNews(order_no=self._order_no, at=workflow.now(), step=step, **fields)
        await workflow.execute_activity("record_late", news, **OURS)


def _choosing(payload: Any) -> CustomerChoice:
    info = workflow.current_update_info()
    ask = ask_in("customer_choice", payload, info.id if info else "update")
    return CustomerChoice.model_validate(ask.model_dump())


def _settling(payload: Any) -> SettleClaim:
    info = workflow.current_update_info()
    given = payload if isinstance(payload, dict) else {}
    try:
        return SettleClaim.model_validate({"request_id": info.id if info else "update", **given})
    except ValidationError as error:
        raise no(Refusal(code="INVALID", reason=problems(error))) from error
