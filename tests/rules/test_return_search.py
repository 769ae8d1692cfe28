"""Every life that a return can live (§4.7 →Ret, SR-149): nothing twice, no money too much, no dead end, no silence."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from domain import returning
from domain.returning import Work, after_fact, next_work
from domain.returns import ReturnState, state_of
from tests.rules.return_search import Found, explore
from tests.rules.returning import AT, SCANNED, ask, begun, exchange, goes_on, wanted

STARTS: dict[str, tuple[int, dict[str, Any], int]] = {
    "refund": (10**6, {}, 300),
    "over the threshold": (10**6, {"approval_over": 10_000}, 300),
    "little money": (500, {}, 300),
    "quality": (10**6, {"reason": "QUALITY"}, 100),
    "exchange": (10**6, {"exchange": True}, 300),
    "exchange after inspection": (10**6, {"exchange": True, "exchange_ships_on": "inspection"}, 300),
}
"""Money there is, the return, and how many lives it shows at least."""


@cache
def searched(name: str) -> Found:
    captured, fields, _ = STARTS[name]
    policy = {key: fields[key] for key in ("approval_over", "exchange_ships_on") if key in fields}
    reason = {"reason": fields["reason"]} if "reason" in fields else {}
    its = exchange(**policy) if fields.get("exchange") else begun(asked=wanted(**reason), **policy)
    return explore(its, captured)


@pytest.mark.clause("SR-149")
@pytest.mark.parametrize("name", STARTS)
def test_whatever_happens_to_a_return_its_money_and_goods_balance(name: str) -> None:
    found = searched(name)
    assert found.complaints == []
    assert found.dead == []
    assert len(found.lives) >= STARTS[name][2]


@pytest.mark.clause("SR-149")
def test_every_state_of_a_return_is_reached() -> None:
    assert {state_of(life.its) for name in STARTS for life in searched(name).lives.values()} == set(ReturnState)


FORGOTTEN: dict[str, Any] = {"is_over": True, "_waits_for_books": False, "disputed": 0, "due": 10**5}
"""What the return asks itself before it acts, and what it is told instead."""


@pytest.mark.parametrize("question", FORGOTTEN)
def test_what_a_return_asks_itself_is_missed_where_it_does_not(question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returning, question, lambda *_: FORGOTTEN[question])
    found = explore(begun(), 10**6)
    assert found.complaints


@pytest.mark.clause("SR-149")
def test_an_exchange_that_was_settled_with_money_is_not_sent_on_a_late_scan() -> None:
    its, _ = goes_on(exchange())
    its = ask(ask(its, "approve"), "inspect", lines=[])
    its = ask(its, "settle", amount=300, reason="half of it")
    assert next_work(after_fact(its, SCANNED), AT) is Work.GIVE_BACK
    its, done = goes_on(after_fact(its, SCANNED))
    assert (its.new_order_no, its.outcome) == ("", "REFUNDED")
    assert not any("/exchange/" in key for key in done)
