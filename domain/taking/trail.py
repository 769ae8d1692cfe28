"""Every fact leaves one line in the order's timeline, under the fact's own id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.changes import NOTHING, Change, change
from domain.facts import Fact
from domain.inside import Asked, ChangeRefused, EffectDone, EffectParked
from domain.order import Order
from domain.recording import Entry

ENVELOPE = frozenset({"id", "kind", "source", "actor", "occurred_at", "received_at"})


def entries_of(facts: Iterable[Fact], before: Order, order: Order) -> list[Entry]:
    """The timeline's lines for facts that made ``order`` out of ``before``; what changed stands at the first."""
    changed = change(before, order)
    return [entry_of(fact, order, NOTHING if number else changed) for number, fact in enumerate(facts)]


def entry_of(fact: Fact, order: Order, changed: Change = NOTHING) -> Entry:
    """The timeline's line for a fact that ``order`` has taken in, or could not use."""
    (code, params), key = _said(fact), fact.id
    unmatched = order.unmatched[-1] if order.unmatched else None
    if unmatched is not None and unmatched.id == fact.id:
        code, params = "fact_unmatched", {"kind": unmatched.kind, "reason": unmatched.reason}
        key = f"{fact.id}/early" if any(early.id == fact.id for early in order.early) else fact.id
    return Entry(
        key=key,
        code=code,
        at=fact.at,
        recorded_at=fact.received_at,
        actor=fact.actor or fact.source,
        source=fact.source,
        params=params,
        **_asked(fact),
        before=changed[0],
        after=changed[1],
    )


def _asked(fact: Fact) -> dict[str, str]:
    """Why a request was made, and under which id."""
    if not isinstance(fact, Asked):
        return {}
    why = getattr(fact.ask, "note", "") or getattr(fact.ask, "reason", "")
    return {"reason": str(why), "request_id": fact.ask.request_id}


def _said(fact: Fact) -> tuple[str, dict[str, Any]]:
    match fact:
        case Asked():
            params = fact.ask.model_dump(mode="json", exclude={"kind", "request_id", "actor", "role"})
            return fact.ask.kind, {**params, "actor": fact.actor}
        case EffectDone():
            outcome = fact.outcome.model_dump(mode="json", exclude={"content", "prices", "choices"})
            return "effect_done", {"effect": fact.effect, "key": fact.key, **outcome}
        case EffectParked():
            return "effect_parked", {"effect": fact.effect, "key": fact.key, "reason": f"{fact.code}: {fact.text}"}
        case ChangeRefused():
            return fact.kind, {"change": fact.change, "reason": fact.reason, "request_id": fact.request_id}
        case _:
            return str(getattr(fact, "kind", "fact")), fact.model_dump(mode="json", exclude=set(ENVELOPE))
