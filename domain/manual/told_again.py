"""What a Reset tells an order anew waits until the order has come to it.

Temporal tells a run that follows a Reset everything that the run before heard after that point, all at once. A request
that was accepted is a fact by then, and nobody is there to make it again: where the order would refuse it now, it waits
among the early facts, and is taken in as soon as the order takes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.asks import Ask
from domain.facts import Fact
from domain.inside import Asked
from domain.manual.answers import refusal
from domain.manual.decide import Decision, decide
from domain.milestones import Unmatched
from domain.order import Order
from domain.recording import Entry
from domain.taking.after import REMEMBERED, after, caught_up
from domain.taking.trail import entries_of


def comes_early(order: Order, ask: Ask, now: datetime) -> bool:
    """Whether an accepted request may be one told again, for ``order``, as it was before the moment, refuses it."""
    return order.policy.operator.told_again and refusal(order, ask, now) is not None


def take(order: Order, fact: Fact) -> Order:
    """The order after this fact; a request that was told again too early waits."""
    if not isinstance(fact, Asked) or not fact.told_again or fact.id in order.seen:
        return after(order, fact)
    no = refusal(order, fact.ask, fact.at)
    return after(order, fact) if no is None else _waiting(order, fact, no.reason)


def waits(order: Order, fact: Fact) -> bool:
    """Whether this fact waits for the order to come to it."""
    return any(early.id == fact.id for early in order.early)


def decided(order: Order, now: datetime, before: datetime | None = None, *, more: bool = False) -> Decision:
    """What the desk decides, once everything that was told too early and fits by now is taken in.

    Until then, and while there is ``more`` to be heard, nothing is late but what was so at ``before``, the moment up
    to which that was judged last: whoever has answered is not reminded.
    """
    first = order.policy.operator.hears_first
    waiting = first and (more or bool(order.early))
    quiet = before if first else None
    decision = decide(order, now, quiet if waiting else None)
    while order.policy.operator.told_again and (told := _come_to(decision.order, now)) is not decision.order:
        fitted = [early for early in decision.order.early if not waits(told, early)]
        lines = entries_of(fitted, decision.order, told)
        decision = _then(decision, decide(told, now, quiet), lines)
    if waiting and not more:
        decision = _then(decision, decide(decision.order, now))
    return decision


def _then(decision: Decision, again: Decision, between: Iterable[Entry] = ()) -> Decision:
    """Two readings of the manual, one after the other."""
    entries = (*decision.entries, *between, *again.entries)
    return again.having(entries=entries, letters=(*decision.letters, *again.letters))


def _come_to(order: Order, now: datetime) -> Order:
    """The order with the next of them taken in: news first, then the oldest request; itself where none fits."""
    told = caught_up(order)
    if told is not order or order.final:
        return told
    asked = (early for early in order.early if isinstance(early, Asked))
    fact = next((each for each in asked if refusal(order, each.ask, now) is None), None)
    if fact is None:
        return order
    return after(_without(order, fact), fact.having(occurred_at=now, received_at=now))


def _waiting(order: Order, fact: Asked, reason: str) -> Order:
    entry = Unmatched(id=fact.id, kind=fact.ask.kind, at=fact.at, reason=reason)
    return order.having(
        seen=(*order.seen, fact.id)[-REMEMBERED:],
        early=(*order.early, fact)[-REMEMBERED:],
        unmatched=(*order.unmatched, entry),
    )


def _without(order: Order, fact: Asked) -> Order:
    unmatched = tuple(other for other in order.unmatched if other.id != fact.id)
    seen = tuple(other for other in order.seen if other != fact.id)
    return order.having(early=_others(order.early, fact), unmatched=unmatched, seen=seen)


def _others(facts: Iterable[Fact], fact: Fact) -> tuple[Fact, ...]:
    return tuple(other for other in facts if other.id != fact.id)
