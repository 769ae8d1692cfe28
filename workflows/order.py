"""The order's workflow: take in, decide, do, record, wait (SR-001, SR-160…163).

The story stands in ``domain.manual``; this is the shell that gives it time, memory and hands. Handlers only note; one
loop does the rest. All state is ``Order``, so the workflow can be reset, replayed and continued as new.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from domain.asks import Ask, sameness
    from domain.effects import EffectKind
    from domain.facts import Fact
    from domain.holds import EffectState, EffectStatus
    from domain.inside import Asked
    from domain.manual.accepting import accepted
    from domain.manual.answers import kind_of, refusal, refused
    from domain.manual.explain import Explanation, explain
    from domain.manual.explain_text import as_text
    from domain.manual.looking import looked, must_look
    from domain.manual.told_again import comes_early, decided, take
    from domain.manual.turn import Due
    from domain.order import Order
    from domain.order_input import OrderInput
    from domain.owing import owes
    from domain.recording import Entry, LookOutcome, LookRequest, Projection, Recording
    from domain.requests import Cancel
    from domain.snapshots import snapshot_of
    from domain.taking.opening import open_order
    from domain.taking.trail import entries_of
    from workflows.attributes import attributes, coarse
    from workflows.doors import OrderMessages
    from workflows.inbox import Alarm, Heard, news_first, waits_more
    from workflows.limits import LIMITS, ONCE, OURS, OUTCOMES, SHORT, activity_id
    from workflows.messages import ask_in, facts_in, kept, no, refused_change
    from workflows.notebook import Notebook, line
    from workflows.outcomes import done, parked
    from workflows.queries import OrderQueries
    from workflows.runs import Runs, is_long

LONG_HISTORY = 2_000
"""Continue as new from so many events (edge case 46)."""


@workflow.defn(name="OrderWorkflow")
class OrderWorkflow(OrderMessages, OrderQueries):
    """One order from receipt to closure. Id ``order/{order_no}``."""

    @workflow.init
    def __init__(self, given: OrderInput) -> None:
        """Build the complete state: handlers may run before ``run``."""
        self._given = given
        self._order = open_order(given)
        self._now = workflow.now()
        self._judged_at = given.judged_at or (self._now if given.snapshot else given.received_at)
        self._inbox: deque[Heard] = deque()
        self._answers: list[Fact] = []
        self._tasks: dict[str, tuple[int, asyncio.Task[None]]] = {}
        self._short: set[str] = set()
        self._alarm = Alarm(lambda ring: self._inbox.append(Heard(workflow.now(), ring=ring)))
        self._notes, self._runs = Notebook(given.order_no), Runs()
        self._coarse: tuple[Any, ...] = ()
        self._next_due: Due | None = None
        self._cancel_heard = self._more = False
        self._messages = self._unread = 0
        self.take_in("start", list(given.facts))

    # -- the loop ------------------------------------------------------------------------------------------------

    @workflow.run
    async def run(self, given: OrderInput) -> str:
        """Live the order's whole life; the result is its final stage."""
        del given
        while True:
            try:
                await self._turn()
                if self._order.final and not self._inbox and not owes(self._order):
                    return self._order.stage
                self._continue_if_long()
                await workflow.wait_condition(self._has_news)
            except (asyncio.CancelledError, FailureError) as error:
                if workflow.cancellation_reason() is None or not is_cancelled_exception(error):
                    raise

    async def _turn(self) -> None:
        """One message, at its own moment (see ``workflows.inbox``)."""
        self._hear_cancel()
        self._inbox = news_first(self._inbox)
        heard = self._inbox.popleft() if self._inbox else Heard(workflow.now())
        if heard.ring and not self._alarm.takes(heard.ring):
            return
        news, self._now = heard.at != self._now, heard.at
        self._more = self._order.policy.operator.hears_first and waits_more(self._inbox, heard.at)
        self._runs.turns(heard.at)
        self._notes.keep(heard.entries, ())
        self._drain(heard.facts)
        has_looked = await self._look_if_due()
        self._decide()
        if news and not has_looked:
            self._alarm.call_off(self._next_due)
        while self._short:
            await workflow.wait_condition(lambda: not self._short)
            self._decide()
        explanation = explain(self._order, self._now, self._next_due)
        recording = self._recording(explanation)
        self._show(explanation, recording.projection)
        if not self._more:
            self._judged_at = self._now
            self._alarm.set(self._next_due)
        await self._record(recording)

    def _decide(self) -> None:
        answers, self._answers = self._answers, []
        self._drain(answers)
        decision = decided(self._order, self._now, self._judged_at, more=self._more)
        self._order = decision.order
        self._next_due = None if self._order.final else decision.next_due
        self._notes.keep(decision.entries, decision.letters)
        self._start_effects()

    def _has_news(self) -> bool:
        cancelled = workflow.cancellation_reason() is not None and not self._cancel_heard
        return bool(self._inbox) or bool(self._answers) or cancelled

    # -- take in -------------------------------------------------------------------------------------------------

    def take_in(self, name: str, payload: Any) -> None:
        """Note the facts of a signal; what cannot be read goes to the timeline."""
        self._inbox.append(self._heard(name, payload))

    def _heard(self, name: str, payload: Any) -> Heard:
        now = workflow.now()
        self._messages += 1
        facts, wrong = facts_in(f"{name}/{self._messages}", payload, now)
        return Heard(now, tuple(facts), tuple(self._unreadable(name, reason, now) for reason in wrong))

    def _unreadable(self, name: str, reason: str, now: datetime) -> Entry:
        self._unread += 1
        mark = f"unreadable/{self._unread}/{now}"
        return line(self._order.number, mark, "message_unreadable", now, name=name, reason=reason)

    def _note(self, mark: str, code: str, **params: Any) -> None:
        self._notes.note(mark, code, workflow.now(), **params)

    def take_refused(self, mark: str, code: str, asked: tuple[str, Any], no: ApplicationError) -> None:
        """Note the answer no that nobody waits for; a change request is kept with it."""
        now = workflow.now()
        envelope = {"id": f"{self._order.number}/{mark}", "occurred_at": now, "received_at": now}
        kept_no = refused_change(asked, no, envelope)
        if kept_no is None:
            self._note(mark, code, reason=no.message)
        self._inbox.append(Heard(now, (kept_no,) if kept_no else ()))

    def _drain(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            before, self._order = self._order, take(self._order, fact)
            self._notes.took(fact.id)
            caught_up = [early for early in before.early if early not in self._order.early]
            new = [] if fact.id in before.seen else [fact]
            self._notes.keep(entries_of((*new, *caught_up), before, self._order), ())

    async def _look_if_due(self) -> bool:
        """Before silence is called silence, read the facts that wait in the inbox (performance.md)."""
        if self._more or not must_look(self._order, self._now):
            return False
        found = await self._short_step("look_for_facts", self._look_request(), LookOutcome)
        heard = self._heard("look", [fact for fact in found.facts if fact.get("id") not in self._order.seen])
        self._notes.keep(heard.entries, ())
        self._drain(heard.facts)
        if found.began is not None:
            self._order = looked(self._order, self._now, found.began)
        return True

    def _look_request(self) -> LookRequest:
        return LookRequest(order_no=self._order.number, began=self._runs.this.started_at)

    def _hear_cancel(self) -> None:
        """Cancel in the Temporal UI is a request like any other, not a kill (edge case 43)."""
        reason = workflow.cancellation_reason()
        if reason is None or self._cancel_heard:
            return
        self._cancel_heard = True
        ask = Cancel(request_id="temporal-cancel", reason=reason or "cancelled in the Temporal UI")
        denied = refusal(self._order, ask)
        if denied is None:
            self._inbox.append(Heard(workflow.now(), (self._asked(ask),)))
        else:
            self._note("temporal-cancel", "cancel_refused", reason=denied.reason)

    @workflow.signal(dynamic=True, description="Any other signal is kept in the timeline and changes nothing")
    def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Nobody's signal wedges the order (R3)."""
        sizes = [len(arg.payload.data) for arg in args]
        now = workflow.now()
        entry = self._unreadable(kept(name[:100]), f"no such signal; bytes: {sizes}", now)
        self._inbox.append(Heard(now, entries=(entry,)))

    # -- requests ------------------------------------------------------------------------------------------------

    def judge(self, name: str, payload: Any) -> None:
        """An update's validator: raises the refusal or nothing; judges the newest state and writes nothing."""
        ask = ask_in(name, payload, _update_id())
        newest = self._newest()
        mine = f"ask/{ask.request_id}"
        known = next((seen for seen in newest.seen if seen.rpartition("#")[0] == mine), None)
        if known == _ask_id(ask):
            return
        now = workflow.now()
        denied = refused(newest, "REQUEST_ID_TAKEN", kind_of(ask)) if known else refusal(newest, ask, now)
        if denied is not None and not (self._hears_again and denied.code != "FORBIDDEN"):
            raise no(denied)

    def accept(self, name: str, payload: Any) -> dict[str, Any]:
        """An update's handler: note the request as a fact, answer with what the order is now."""
        ask = ask_in(name, payload, _update_id())
        asked, newest = self._asked(ask), self._newest()
        if not ask.only_asks:
            self._inbox.append(Heard(asked.at, (asked,)))
        return accepted(newest, asked).model_dump(mode="json", exclude_none=True)

    def _asked(self, ask: Any) -> Asked:
        now = workflow.now()
        envelope = {"id": _ask_id(ask), "source": ask.role, "actor": ask.actor, "occurred_at": now, "received_at": now}
        return Asked(**envelope, ask=ask, told_again=comes_early(self._newest(before=now), ask, now))

    @property
    def _hears_again(self) -> bool:
        """Whether a request may be one that the run before had accepted (``domain.manual.told_again``)."""
        return self._runs.hears_again and self._order.policy.operator.told_again

    def _newest(self, before: datetime | None = None) -> Order:
        """The order with everything that it heard, or had heard ``before`` the messages of this moment."""
        order = self._order
        for heard in self._inbox:
            for fact in heard.facts if before is None or heard.at < before else ():
                order = take(order, fact)
        return order

    # -- do ------------------------------------------------------------------------------------------------------

    def _start_effects(self) -> None:
        running = [effect for effect in self._order.effects if effect.status is EffectStatus.RUNNING]
        wanted = {effect.key for effect in running}
        for key, (_, unwanted) in self._tasks.items():
            if key not in wanted:
                unwanted.cancel()  # nobody waits for its answer any more
        self._tasks = {key: known for key, known in self._tasks.items() if key in wanted}
        for effect in running:
            tries, task = self._tasks.get(effect.key, (0, None))
            if tries == effect.tries:
                continue
            if task is not None:
                task.cancel()
            if effect.kind in SHORT and effect.tries == 1:
                self._short.add(effect.key)
            self._tasks[effect.key] = (effect.tries, asyncio.create_task(self._perform(effect)))

    async def _perform(self, effect: EffectState) -> None:
        fact: Fact
        try:
            outcome = await self._act(effect)
            fact = done(effect, outcome, self._now if effect.key in self._short else workflow.now())
        except Exception as error:  # noqa: BLE001 (an outcome that cannot be read is trouble like any other)
            if is_cancelled_exception(error):
                return
            fact = parked(effect, error, workflow.now())
        finally:
            inside = effect.key in self._short
            self._short.discard(effect.key)
        if inside:
            self._answers.append(fact)
        else:
            self._inbox.append(Heard(workflow.now(), (fact,)))

    async def _act(self, effect: EffectState) -> Any:
        kind = EffectKind(effect.kind)
        if effect.key in self._short:
            try:
                return await workflow.execute_local_activity(
                    kind, effect.request, result_type=OUTCOMES[kind], **SHORT[kind]
                )
            except FailureError as error:  # a local activity fails with its own error, unwrapped
                if is_cancelled_exception(error) or getattr(error, "non_retryable", False):
                    raise
                self._short.discard(effect.key)
        return await workflow.execute_activity(
            kind,
            effect.request,
            result_type=OUTCOMES[kind],
            activity_id=activity_id(effect),
            summary=effect.cause,
            **LIMITS[kind],
        )

    # -- record --------------------------------------------------------------------------------------------------

    def _recording(self, explanation: Explanation) -> Recording:
        return self._notes.recording(self._order, self._now, explanation, self._runs.this)

    async def _record(self, recording: Recording) -> None:
        self._runs.wrote(await self._short_step("record_order", recording, None))
        self._notes.written(recording)

    async def _short_step(self, name: str, request: Any, result_type: type | None) -> Any:
        """A step in our own database: inside the workflow task, and only in trouble as a visible activity (R25)."""
        try:
            return await workflow.execute_local_activity(name, request, result_type=result_type, **ONCE)
        except FailureError:
            return await workflow.execute_activity(name, request, result_type=result_type, **OURS)

    def _show(self, explanation: Explanation, shown: Projection) -> None:
        workflow.set_current_details(as_text(self._order, explanation))
        if coarse(shown) != self._coarse:
            self._coarse = coarse(shown)
            workflow.upsert_search_attributes(attributes(shown))

    # -- wait ----------------------------------------------------------------------------------------------------

    def _continue_if_long(self) -> None:
        if is_long(workflow.info(), LONG_HISTORY) and not self._inbox and not self._tasks:
            after, last = snapshot_of(self._order), self._judged_at
            workflow.continue_as_new(self._given.having(snapshot=after, facts=(), judged_at=last))


def _ask_id(ask: Ask) -> str:
    return f"ask/{ask.request_id}#{sameness(ask)}"


def _update_id() -> str:
    info = workflow.current_update_info()
    return info.id if info else "unnamed"
