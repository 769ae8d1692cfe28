"""Before silence is called silence, the desk looks at the facts that wait in the inbox (performance.md, C5).

It looks as well before it says that nobody answered what was asked outside: a run that follows a Reset learns by the
look that it is another one. What it had to ask anew gets its time anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.clocks import Verdict
from domain.effects import EffectKind
from domain.holds import EffectState
from domain.order import Order
from domain.past import before_takeover
from domain.policy import ClockKind
from domain.promises import clocks
from domain.steps import CaseStep


def must_look(order: Order, now: datetime) -> bool:
    """Whether a silence clock is due and its case is not open yet, or an answer is overdue and not looked for yet."""
    silent = any(
        clock.kind is ClockKind.STAGNATION
        and clock.running
        and clock.verdict(now) is Verdict.BREACHED
        and f"case/{clock.id}" not in order.fired
        and not before_takeover(order, clock)
        for clock in clocks(order)
    )
    return silent or any(_mark(effect) not in order.fired for effect in _unanswered(order, now))


def looked(order: Order, now: datetime, began: datetime) -> Order:
    """The order once its run, which lives for itself since ``began``, has looked: who was asked before has time anew.

    Everybody else had it: their silence is called so, and not looked after twice.
    """
    for effect in _unanswered(order, now):
        if effect.since >= began:
            order = order.having(fired=(*order.fired, _mark(effect)))
    late = {effect.key: began - effect.since for effect in order.running if effect.since < began}
    if not late or not order.policy.operator.hears_first:
        return order
    return order.having(
        effects=tuple(each.having(since=began) if each.key in late else each for each in order.effects),
        steps=tuple(_longer(step, began) if late.keys() & set(step.effects) else step for step in order.steps),
    )


def _longer(step: CaseStep, began: datetime) -> CaseStep:
    if not step.open or step.until is None or step.until > began:
        return step
    return step.having(until=began + (step.until - step.since))


def _mark(effect: EffectState) -> str:
    return f"looked/{effect.key}/{effect.tries}"


def _unanswered(order: Order, now: datetime) -> Iterator[EffectState]:
    """What is asked outside and overdue: by its step, by the time a recall has, or by the watchdog's."""
    if not order.policy.operator.hears_first:
        return
    overdue = {key for step in order.steps if step.open and step.until and step.until <= now for key in step.effects}
    for effect in order.running:
        within = order.policy.watchdog_after
        if effect.kind == EffectKind.RECALL:
            within = min(within, order.policy.change.recall_within)
        if effect.key in overdue or effect.since + within <= now:
            yield effect
