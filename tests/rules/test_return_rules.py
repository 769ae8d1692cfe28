"""May goods come back, and what are they worth (§4.7 →Ret, EC-50, SR-149)?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.catalogue import returns as words
from domain.return_policy import ReturnPolicy
from domain.return_rules import verdict_of
from tests.rules.returning import (
    AT,
    books,
    line,
    wanted,
)

# -- may they come back? ---------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-149")
def test_delivered_goods_come_back_within_seven_days_of_the_day_after_the_receipt() -> None:
    last = datetime(2026, 11, 30, 16, tzinfo=UTC) - timedelta(microseconds=1)
    assert verdict_of(books(), wanted(), last).allowed
    late = verdict_of(books(), wanted(), last + timedelta(microseconds=1))
    assert (late.allowed, [no.code for no in late.reasons], late.until) == (False, ["WINDOW_OVER"], last)
    assert late.reasons[0].instead == "goodwill"


SAYS_NO = {
    "not delivered": (books(signed_at=None), wanted(), {"NOT_DELIVERED"}),
    "made to order": (books(lines=[line(custom=True)]), wanted(), {"MADE_TO_ORDER"}),
    "fresh": (books(not_returnable=("TEA",)), wanted(), {"NOT_RETURNABLE"}),
    "more than was delivered": (books(), wanted({"line": "1", "quantity": 4}), {"TOO_MANY"}),
    "asked before": (books(lines=[line(asked=2)]), wanted(), {"TOO_MANY"}),
    "no such line": (books(), wanted({"line": "9", "quantity": 1}), {"UNKNOWN_LINE"}),
    "twice": (books(), wanted({"line": "1", "quantity": 1}, {"line": "1", "quantity": 1}), {"LINE_TWICE"}),
    "nothing to exchange for": (books(), wanted(kind="exchange"), {"SKU_UNKNOWN"}),
    "exchange while it is open": (
        books(final=False),
        wanted({"line": "1", "quantity": 1, "exchange_sku": "TEA-500"}, kind="exchange"),
        {"ORDER_OPEN"},
    ),
    "exchange for what is short": (
        books(available={"TEA-500": 1}),
        wanted({"line": "1", "quantity": 2, "exchange_sku": "TEA-500"}, kind="exchange"),
        {"EXCHANGE_SHORT"},
    ),
}


@pytest.mark.clause("SR-149", "EC-50")
@pytest.mark.parametrize("name", SAYS_NO)
def test_every_no_has_its_reasons(name: str) -> None:
    given, asked, codes = SAYS_NO[name]
    verdict = verdict_of(given, asked, AT)
    assert (verdict.allowed, {no.code for no in verdict.reasons}) == (False, codes)
    assert codes <= words.REASONS.keys()
    assert {no.instead for no in verdict.reasons} - {""} <= words.INSTEAD.keys()


@pytest.mark.clause("SR-149")
def test_all_reasons_are_said_at_once() -> None:
    verdict = verdict_of(
        books(lines=[line(custom=True)]), wanted({"line": "1", "quantity": 9}), AT + timedelta(days=30)
    )
    assert [no.code for no in verdict.reasons] == ["WINDOW_OVER", "MADE_TO_ORDER", "TOO_MANY"]


@pytest.mark.clause("SR-149")
def test_goodwill_lifts_what_a_supervisor_may_lift_and_no_more() -> None:
    given, late = books(lines=[line(custom=True)]), AT + timedelta(days=30)
    assert verdict_of(given, wanted(goodwill=True), late).allowed
    assert not verdict_of(given, wanted({"line": "1", "quantity": 9}, goodwill=True), late).allowed


# -- what they are worth ---------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-149")
def test_units_are_worth_their_share_of_what_was_paid_for_goods() -> None:
    assert verdict_of(books(), wanted({"line": "1", "quantity": 3}, {"line": "2", "quantity": 1}), AT).worth == 22800
    assert verdict_of(books(), wanted({"line": "2", "quantity": 1}), AT).worth == 3000


@pytest.mark.clause("SR-149")
@pytest.mark.parametrize("total", [10_000, 9_999, 100, 1, 0])
def test_units_that_come_back_one_by_one_are_worth_no_more_than_together(total: int) -> None:
    whole = verdict_of(books(total=total, freight=0), wanted({"line": "1", "quantity": 3}), AT).worth
    each = [
        verdict_of(
            books(total=total, freight=0, lines=[line(asked=done), line("CUP")]),
            wanted({"line": "1", "quantity": 1}),
            AT,
        ).worth
        for done in range(3)
    ]
    assert sum(each) == whole <= total


@pytest.mark.clause("SR-149")
@pytest.mark.parametrize(
    ("over", "kind", "needed"),
    [(22_799, "refund", True), (22_800, "refund", False), (0, "exchange", False)],
    ids=["more than the limit", "just the limit", "no money goes back"],
)
def test_whoever_asks_is_told_that_finance_has_to_agree_to_so_much_money(over: int, kind: str, needed: bool) -> None:
    asked = wanted({"line": "1", "quantity": 3, "exchange_sku": "TEA-500"}, {"line": "2", "quantity": 1}, kind=kind)
    verdict = verdict_of(books(policy=ReturnPolicy(approval_over=over)), asked, AT)
    assert (verdict.worth, verdict.needs_finance) == (22_800, needed)
