"""The customer's choice about money that came soon after the cancel, inside ``LateFactWorkflow`` (edge case 3).

Before money goes back, or an order lives again, the books are asked: what a run that was reset has done already stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.late import ClosedOrder, Repayment
    from domain.late_claims import SettleClaim
    from domain.late_reinstating import (
        REFUND,
        REINSTATE,
        SETTLED_AS,
        ChoiceAsked,
        ChoiceNews,
        Reinstated,
        may_be_reinstated,
        request_of,
        unfit_answer,
        unfit_word,
    )
    from domain.questions import CustomerChoice
    from domain.recording import DESK
    from domain.requests import Accepted, Refusal
    from domain.stage import Stage
    from workflows.limits import OURS
    from workflows.messages import no


class Choices:
    """The payments of one cancelled order whose customer is asked, by the number of their case."""

    def __init__(self, order_no: str) -> None:
        """Nobody is asked."""
        self._order_no = order_no
        self.open: dict[int, tuple[int, ChoiceNews]] = {}
        self._decided: list[tuple[int, str, str]] = []

    @property
    def due_in(self) -> timedelta | None:
        """How long the first answer is waited for; None: for none."""
        due = min((asked.until for _, asked in self.open.values()), default=None)
        return max(due - workflow.now(), timedelta()) if due else None

    @property
    def waits(self) -> bool:
        """Whether there is something to do now."""
        return bool(self._decided) or any(asked.until <= workflow.now() for _, asked in self.open.values())

    # -- asked ---------------------------------------------------------------------------------------------------

    def judge(self, ask: CustomerChoice | SettleClaim) -> None:
        """Refuse what cannot be chosen, and what was chosen already."""
        if isinstance(ask, SettleClaim):
            refused = unfit_word(ask)
        else:
            refused = unfit_answer({question: case for case, (question, _) in self.open.items()}, ask)
        case = self._case(ask)
        if refused is None and any(known == case for known, _, _ in self._decided):
            refused = Refusal(code="ALREADY_ANSWERED", reason="this was answered", stage=Stage.CANCELLED)
        if refused is not None:
            raise no(refused)

    def accept(self, ask: CustomerChoice | SettleClaim) -> dict[str, Any]:
        """Note the word; the loop does it."""
        word = SETTLED_AS[ask.outcome] if isinstance(ask, SettleClaim) else ask.option
        self._decided.append((self._case(ask), word, ask.actor))
        said = Accepted(order_no=self._order_no, request_id=ask.request_id, stage=str(Stage.CANCELLED), version=1)
        return said.model_dump(mode="json")

    def _case(self, ask: CustomerChoice | SettleClaim) -> int:
        if isinstance(ask, SettleClaim):
            return ask.case
        return next((case for case, (question, _) in self.open.items() if question == ask.question), 0)

    # -- done ----------------------------------------------------------------------------------------------------

    async def take(self, order: ClosedOrder, back: Repayment) -> bool:
        """Ask the customer about a payment; False where it simply goes back."""
        asked_of = {news.repayment.payment_no for _, news in self.open.values()}
        if back.payment_no in asked_of or back.payment_no in order.reinstated:
            return True
        how, now = order.reinstatable, workflow.now()
        if how is None or not may_be_reinstated(order, back, now):
            return False
        news = ChoiceNews(order_no=self._order_no, at=now, repayment=back, until=now + how.answer)
        asked = await _record(news)
        if asked.case and asked.case not in self.open:
            self.open[asked.case] = (asked.question, news.having(until=asked.until or news.until))
            self._decided += [(asked.case, asked.chosen, "")] if asked.chosen else []
        return True

    async def settle(self, order: ClosedOrder) -> list[Repayment]:
        """Do what was chosen, and what is due without a word; answers what goes back now."""
        now, back = workflow.now(), []
        silent = [(case, REFUND, "") for case, (_, asked) in self.open.items() if asked.until <= now]
        decided, self._decided = self._decided, []
        for case, word, by in [*decided, *silent]:
            known = self.open.pop(case, None)
            if known is not None and not await self._lives_on(order, known[1], (word, by), now):
                back.append(known[1].repayment)
        return back

    async def _lives_on(self, order: ClosedOrder, asked: ChoiceNews, said: tuple[str, str], now: datetime) -> bool:
        word, by = said
        number = order.reinstated.get(asked.repayment.payment_no, "")
        if word == REINSTATE and not number:
            number = await _reinstate(asked.repayment)
        chosen = REINSTATE if number else REFUND
        whose = {"chosen": chosen, "silent": not by, "by": by or DESK}
        await _record(asked.having(at=now, new_order_no=number, **whose))
        return bool(number)


async def _reinstate(back: Repayment) -> str:
    """The new order's number; empty where it cannot be made, and the money goes back after all."""
    request = request_of(back, workflow.now())
    try:
        made: Reinstated = await workflow.execute_activity(
            "reinstate_order", request, result_type=Reinstated, activity_id=request.key.partition("/")[2], **OURS
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return ""
    return made.order_no


async def _record(news: ChoiceNews) -> ChoiceAsked:
    asked: ChoiceAsked = await workflow.execute_activity("record_choice", news, result_type=ChoiceAsked, **OURS)
    return asked
