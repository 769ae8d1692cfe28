"""The exhaustive search of a return: every request, fact, outcome and silence, in every order (§4.7, SR-149, M2)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.return_asks import RETURN_ASKS, return_refusal
from domain.return_rows import tasks_of
from domain.returning import (
    ClaimOutcome,
    KeepOutcome,
    Work,
    after_ask,
    after_fact,
    after_time,
    after_work,
    is_over,
    key_of,
    next_due,
    next_work,
    refund_parked,
)
from domain.returns import Held, Return, ReturnKind, due, state_of, worth_disputed
from tests.rules.returning import AT, RECEIVED, SCANNED, SHIPPED, answer

SECOND = timedelta(seconds=1)
ASKED: dict[str, tuple[dict[str, Any], ...]] = {
    "approve": ({},),
    "refuse": ({"reason": "n"},),
    "inspect": (
        {"lines": [{"line": "1", "good": 2}]},
        {"lines": [{"line": "1", "good": 1, "damaged": 1}]},
        {"lines": [{"line": "1", "other": 2}]},
        {"lines": []},
    ),
    "approve_refund": ({"role": "finance", "actor": "fin"},),
    "settle": ({"reason": "n"}, {"reason": "n", "amount": 300}, {"reason": "n", "exchange": True}),
    "retry_refund": ({"role": "finance"},),
    "report_refund": ({"role": "finance", "reference": "B1"},),
}
"""What may be asked of a return of two units, and with what."""


class Life(NamedTuple):
    """A return at a moment, and what was done outside: keys, each with the money or the goods that moved."""

    its: Return
    now: datetime
    done: tuple[tuple[str, int], ...] = ()
    captured: int = 10**6
    refused: int = 0


class Found(NamedTuple):
    """What the search found: every life once, complaints, and the lives that cannot come to their end."""

    lives: dict[tuple[Any, ...], Life]
    complaints: list[str]
    dead: list[tuple[str, ...]]


def explore(first: Return, captured: int) -> Found:
    """Every life that a return may live; a gateway refuses once, and the books have so much of the buyer's money."""
    found = Found({}, [], [])
    start = Life(first, AT, captured=captured)
    paths: dict[tuple[Any, ...], tuple[str, ...]] = {_key(start): ()}
    ways: dict[tuple[Any, ...], set[tuple[Any, ...]]] = {}
    waiting = deque([start])
    while waiting:
        life = waiting.popleft()
        at = _key(life)
        if at in found.lives:
            continue
        found.lives[at] = life
        found.complaints.extend(f"{wrong} after {paths[at]}" for wrong in complaints(life))
        for said, following in happens(life):
            to = _key(following)
            paths.setdefault(to, (*paths[at], said))
            ways.setdefault(to, set()).add(at)
            waiting.append(following)
    found.dead.extend(paths[at] for at in _dead(found.lives, ways))
    return found


def _dead(
    lives: dict[tuple[Any, ...], Life], ways: dict[tuple[Any, ...], set[tuple[Any, ...]]]
) -> set[tuple[Any, ...]]:
    living = {at for at, life in lives.items() if life.its.closed_at}
    waiting = deque(living)
    while waiting:
        for source in ways.get(waiting.popleft(), set()) - living:
            living.add(source)
            waiting.append(source)
    return lives.keys() - living


def _key(life: Life) -> tuple[Any, ...]:
    """What lives have in common that may go on in the same way: all of it, but for times, ids and who it was."""
    its = life.its
    moments = (its.approved_at, its.refused_at, its.lapsed_at, its.shipped_at, its.scanned_at, its.missed_at)
    later = (its.received_at, its.inspected_at, its.restocked_at, its.settled_at, its.closed_at)
    owed = tuple(
        (
            *(each.cause, each.amount, each.finance_by, each.granted, each.trouble, each.by_hand),
            *(bool(each.asked_again_at and each.asked_again_at > life.now), each.paid_at is None),
        )
        for each in its.paybacks
    )
    said = tuple(at is None for at in (*moments, *later))
    return (said, its.held, its.inspection, owed, its.settled_for, its.new_order_no, life.done, life.refused)


# -- what may happen -------------------------------------------------------------------------------------------------


def happens(life: Life) -> Iterator[tuple[str, Life]]:
    """Everything that may happen next: a step outside is done in each way, then people, the parcel, and time."""
    its = life.its
    if its.closed_at:
        return
    if work := next_work(its, life.now):
        yield from _done(life, work)
    for name, several in ASKED.items():
        for fields in several:
            given = RETURN_ASKS[name].model_validate({"request_id": f"{name}{its.sequence}", "actor": "bob", **fields})
            if return_refusal(its, given) is None:
                yield f"{name} {fields}", _later(life, after_ask(its, given, life.now))
    for fact in (SHIPPED, SCANNED, RECEIVED):
        if fact.id not in its.seen:
            yield fact.id, _later(life, after_fact(its, fact))
    if (moment := next_due(its)) is not None:
        yield "time", _at(life, its, max(moment, life.now))


def _done(life: Life, work: Work) -> Iterator[tuple[str, Life]]:
    its, gone = life.its, sum(each.granted or 0 for each in life.its.paybacks)
    outcome, key = answer(its, work, life.captured - gone), key_of(its, work)
    if work is Work.CLAIM:
        yield "books", _later(life, after_work(its, work, outcome, life.now))
        if not any(each.asked_again_at for each in its.paybacks):
            yield "books not yet", _later(life, after_work(its, work, ClaimOutcome(), life.now))
        return
    money = next((each.granted or 0 for each in its.paybacks if each.paid_at is None), 0) if work is Work.PAY else 1
    told = life._replace(done=(*life.done, (key, money)))
    yield str(work), _later(told, after_work(its, work, outcome, life.now))
    if work is Work.KEEP:
        yield "short", _later(life, after_work(its, work, KeepOutcome(kept=False), life.now))
    if work is Work.PAY and not life.refused:
        yield "refused", _later(life._replace(refused=1), refund_parked(its, "Business.RefundRefused"))


def _later(life: Life, its: Return) -> Life:
    return _at(life, its, life.now + SECOND)


def _at(life: Life, its: Return, now: datetime) -> Life:
    return life._replace(its=after_time(its, now), now=now)


# -- what must hold --------------------------------------------------------------------------------------------------


def complaints(life: Life) -> Iterator[str]:
    """Complaints about a return, written without its own rules."""
    its, keys = life.its, [key for key, _ in life.done]
    worth = sum(line.worth for line in its.lines)
    back = sum(money for key, money in life.done if "/refund/" in key)
    promised = sum(each.amount for each in its.paybacks)
    if len(set(keys)) != len(keys):
        yield f"4: done twice: {keys}"
    if back > min(worth, life.captured):
        yield f"3: {back} went back of {worth}, and {life.captured} came"
    if promised > worth:
        yield f"3: {promised} is promised for goods of {worth}"
    if any(each.amount > its.policy.approval_over and each.paid_at and not each.finance_by for each in its.paybacks):
        yield "3: paid over the threshold without finance"
    if any("/restock/" in key for key in keys) and not its.inspected_at:
        yield "restocked before anybody looked"
    if {"exchange", "release_stock"} <= {key.split("/")[1] for key in keys}:
        yield "the new goods were sent and given back"
    if its.kind is ReturnKind.EXCHANGE and its.new_order_no and back:
        yield "the customer has the new goods and the money"
    if its.called_off and (back or any("/exchange/" in key for key in keys)):
        yield "called off, and something went out"
    yield from _ended(life) if its.closed_at else _waits(life)


def _ended(life: Life) -> Iterator[str]:
    its, keys = life.its, [key for key, _ in life.done]
    if not its.called_off and sum("/restock/" in key for key in keys) != 1:
        yield "closed, and the goods were not restocked once"
    if any(not (each.paid_at and each.granted == each.amount) and not each.by_hand for each in its.paybacks):
        yield "closed, and money is owed"
    if its.held is Held.KEPT and not its.new_order_no:
        yield "closed, and goods are kept for nobody"
    if not its.called_off and due(its) > sum(each.amount for each in its.paybacks if each.cause == "goods"):
        yield f"closed, and {due(its)} is due for what was accepted"
    if (
        worth_disputed(its)
        and not its.called_off
        and its.inspected_at
        and its.settled_at is None
        and not _all_good(its)
    ):
        yield "closed over a dispute"
    if any(task.done_at is None for task in tasks_of(its)) or not is_over(its):
        yield "closed with something to do"


def _all_good(its: Return) -> bool:
    return sum(each.good for each in its.inspection) == sum(line.quantity for line in its.lines)


def _waits(life: Life) -> Iterator[str]:
    """A return that is open has a step to do, a moment to look again, or somebody with a task."""
    its = life.its
    tasks = [task for task in tasks_of(its) if task.done_at is None]
    if next_work(its, life.now) is None and next_due(its) is None and not tasks:
        yield f"8: a silent wait: {state_of(its)}"
