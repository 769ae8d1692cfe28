"""Returns in any history: each step once, the whole story told once (SR-149, SR-023)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from domain.catalogue import returns as words
from domain.catalogue.text import render, sentence
from domain.policy import STANDARD, compressed
from domain.recording import Entry
from domain.return_asks import RETURN_ASKS, return_refusal
from domain.return_rows import entries_between, letters_of, news_of, tasks_of
from domain.return_work import ClaimRequest, request_of
from domain.returning import (
    ClaimOutcome,
    Work,
    after_ask,
    after_fact,
    after_time,
    after_work,
    next_work,
    refund_parked,
)
from domain.returns import Return, ReturnKind, ReturnState
from tests.rules.returning import (
    AT,
    NO,
    RECEIVED,
    SCANNED,
    SHIPPED,
    answer,
    ask,
    begun,
    exchange,
    goes_on,
    wanted,
)

# -- once, in whatever order -----------------------------------------------------------------------------------------


@pytest.mark.clause("SR-149", "EC-19")
@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.thorough) for n in (250, 500, 750))])
def test_a_refund_and_a_restock_happen_once_in_a_thousand_histories(first: int) -> None:
    """Facts doubled and shuffled, requests asked again, a gateway that refuses now and then, little money."""
    for seed in range(first, first + 250):
        its, done, claimed, captured = _lived(random.Random(seed), exchange_too=seed % 3 == 0)
        assert max(done.values()) == 1, seed
        assert sum(key.startswith(Work.RESTOCK) for key in done) == 1, seed
        paid = sum(each.granted or 0 for each in its.paybacks if each.paid_at)
        assert paid <= min(captured, sum(each.worth for each in its.lines)), seed
        assert paid == sum(claimed[key.partition(" ")[2]] for key in done if key.startswith(Work.PAY)), seed
        assert its.closed_at is not None, seed
        assert all(task.done_at for task in tasks_of(its)), seed
        assert not {f"{Work.SHIP} {NO}/exchange/return/1", f"{Work.GIVE_BACK} {NO}/release_stock/return/1"} <= set(done)


def _lived(dice: random.Random, *, exchange_too: bool) -> tuple[Return, Counter[str], dict[str, int], int]:
    """One life: the return at its end, what was done outside, what was let go, and what there was to let go."""
    its = exchange() if exchange_too else begun(asked=wanted({"line": "1", "quantity": 3}), approval_over=10_000)
    asked = _requests(dice, its)
    moves = [*[SHIPPED, SCANNED, RECEIVED] * dice.randint(1, 3), *list(asked) * 4]
    dice.shuffle(moves)
    captured, claimed, done = dice.choice([0, 500, 10**6]), dict[str, int](), Counter[str]()
    for number, move in enumerate([*moves, *asked, SCANNED, RECEIVED, *asked, *asked, *asked]):
        its = _moved(its, move, asked, number if number >= len(moves) else its.sequence // 7)
        while (work := next_work(its := after_time(its, AT), AT)) is not None:
            if work is Work.PAY and dice.random() < 0.2:
                its = refund_parked(its, "Business.RefundRefused")
                break
            request, outcome = request_of(its, work), answer(its, work, captured)
            if isinstance(request, ClaimRequest):
                claimed.setdefault(request.key, min(request.amount, captured - sum(claimed.values())))
                outcome = ClaimOutcome(granted=claimed[request.key])
            else:
                done[f"{work} {request.key}"] += 1
            its = after_work(its, work, outcome, AT)
    return its, done, claimed, captured


def _requests(dice: random.Random, its: Return) -> dict[str, dict[str, Any]]:
    units = sum(each.quantity for each in its.lines)
    good = dice.randint(0, units)
    return {
        "approve": {},
        "inspect": {"lines": [{"line": "1", "good": good, "damaged": dice.randint(0, units - good)}]},
        "settle": {"amount": 0 if its.kind is ReturnKind.EXCHANGE else dice.choice([0, 300]), "reason": "so"},
        "approve_refund": {"role": "finance", "actor": "fin"},
        "report_refund": {"role": "finance", "reference": "B1"},
        "retry_refund": {"role": "finance"},
    }


def _moved(its: Return, move: Any, asked: Mapping[str, Mapping[str, Any]], number: int) -> Return:
    if not isinstance(move, str):
        return after_fact(its, move)
    given = RETURN_ASKS[move].model_validate({"request_id": f"{move}-{number}", **asked[move]})
    return its if return_refusal(its, given) else after_ask(its, given, AT)


# -- what is written down --------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-149", "SR-023")
def test_the_orders_story_tells_each_step_once() -> None:
    its, before = begun(), None
    told: list[Entry] = []
    steps: list[Any] = [
        lambda its: its,
        lambda its: ask(its, "approve", actor="bob"),
        lambda its: after_fact(its, RECEIVED),
        lambda its: ask(its, "inspect", lines=[{"line": "1", "good": 2}], actor="wms"),
        lambda its: goes_on(its)[0],
    ]
    for step in steps:
        its = step(its)
        news = news_of(before, its, AT, AT)
        told += news.entries
        assert entries_between(its, its, AT) == ()
        before = its
    assert [entry.code for entry in told] == [
        *("return_asked", "return_approved", "return_inspected", "return_restocked", "return_closed", "return_refunded")
    ]
    assert len({entry.key for entry in told}) == len(told)
    for entry in told:
        for language in ("en", "zh-Hans"):
            assert "—" not in sentence(entry.code, language, {"actor": entry.actor, **entry.params})
    for letter in letters_of(its):
        assert render(letter.template, "en", {"no": "T1", **letter.params}, "Asia/Shanghai")


@pytest.mark.clause("SR-149")
def test_every_step_of_a_return_has_its_words() -> None:
    assert {state.value for state in ReturnState} == words.STATES.keys()
    assert {entry.code for entry in entries_between(None, begun(), AT)} <= words.SENTENCES.keys()


@pytest.mark.clause("SR-149")
def test_a_demos_returns_are_as_fast_as_its_orders() -> None:
    fast = compressed(STANDARD, hour=timedelta(seconds=2), least=timedelta(seconds=1), edition="demo")
    assert fast.returns.ship_back_within == timedelta(seconds=336)
    assert fast.returns.exchange_ships_on == "scan"
