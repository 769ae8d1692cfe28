"""Money within a day of the cancel: when the customer is asked, what may be answered, what is written (edge case 3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.catalogue.text import render, sentence
from domain.late import ClosedOrder, Reinstatable
from domain.late_claims import SettleClaim
from domain.late_policy import STANDARD_LATE, LatePolicy
from domain.late_reinstating import (
    ChoiceAsked,
    ChoiceNews,
    case_of,
    entries_of,
    letter_of,
    may_be_reinstated,
    request_of,
    task_of,
    unfit_answer,
    unfit_word,
)
from domain.questions import CustomerChoice
from domain.stage import Stage
from tests.rules.test_late import AT, NO, back, closed

HOUR = timedelta(hours=1)


def could(stage: str = Stage.CANCELLED, **changes: Any) -> ClosedOrder:
    """An order that was cancelled 23 hours ago, and whose goods are free."""
    how = Reinstatable(ended_at=AT - 23 * HOUR, within=24 * HOUR, answer=24 * HOUR, due=13600, free=True)
    return closed(stage, reinstatable=how.having(**changes))


def news(**changes: Any) -> ChoiceNews:
    return ChoiceNews(order_no=NO, at=AT, repayment=back(), until=AT + 24 * HOUR, **changes)


@pytest.mark.clause("EC-03")
def test_the_customer_is_asked_while_the_cancel_is_young_and_the_goods_are_free() -> None:
    assert may_be_reinstated(could(), back(), AT)
    assert may_be_reinstated(could(), back(), AT + HOUR - timedelta(seconds=1))
    assert not may_be_reinstated(could(), back(), AT + HOUR), "a day old"
    assert not may_be_reinstated(could(free=False), back(), AT)
    assert not may_be_reinstated(could(), back(amount=13500), AT), "not what it cost"
    assert not may_be_reinstated(could(), back(currency="EUR"), AT)
    assert not may_be_reinstated(could(Stage.REJECTED), back(), AT)
    assert not may_be_reinstated(closed(), back(), AT), "an edition that pays back at once"
    assert not may_be_reinstated(could().having(reinstated={"P1": "SO2"}), back(), AT), "it lives already"


@pytest.mark.clause("EC-03")
def test_an_edition_from_before_pays_back_at_once_and_a_demo_is_quicker() -> None:
    assert (LatePolicy().reinstate_within, STANDARD_LATE.reinstate_within) == (None, 24 * HOUR)
    quick = STANDARD_LATE.compressed(lambda span: span / 1800, timedelta(seconds=5))
    assert (quick.reinstate_within, quick.reinstate_answer) == (timedelta(seconds=48), timedelta(seconds=48))
    assert LatePolicy().compressed(lambda span: span / 1800, timedelta(seconds=5)).reinstate_within is None


@pytest.mark.clause("EC-03")
def test_only_its_own_words_are_taken() -> None:
    def said(option: str, question: int = 3) -> str:
        choice = CustomerChoice(request_id="r", question=question, option=option)
        refused = unfit_answer({3: 1}, choice)
        return refused.code if refused else ""

    assert [said("reinstate"), said("refund"), said("cancel"), said("refund", 4)] == [
        "",
        "",
        "OPTION_UNKNOWN",
        "QUESTION_MOOT",
    ]
    words = [SettleClaim(request_id="r", case=1, outcome=outcome) for outcome in ("REINSTATED", "REFUNDED", "KEPT")]
    assert [getattr(unfit_word(word), "code", "") for word in words] == ["", "", "OUTCOME_UNKNOWN"]


@pytest.mark.clause("EC-03")
def test_what_is_written_when_it_is_asked_and_when_it_is_over() -> None:
    asked = ChoiceAsked(case=1, question=1)
    assert [entry.code for entry in entries_of(news(), asked)] == ["case_opened", "question_asked"]
    assert (case_of(news(), 1, AT).status, task_of(news(), 1).due_at) == ("OPEN", AT + 24 * HOUR)
    letter = letter_of(news(), 1)
    assert letter.key == f"{NO}/message/LATE_PAYMENT_CHOICE/payment/P2"
    text = render(letter.template, "en", {"no": "T1", "address": "a.cn/a", "code": "123", **letter.params}, "UTC")
    assert "CNY 136.00 came after your order T1 was cancelled" in text
    lives = news(chosen="reinstate", by="customer", new_order_no="SO2")
    assert [entry.code for entry in entries_of(lives, asked)] == [
        "late_choice_made",
        "order_reinstated",
        "case_resolved",
    ]
    assert (case_of(lives, 1, AT).outcome, case_of(lives, 1, AT).actor) == ("REINSTATED", "customer")
    silent = news(chosen="refund", silent=True)
    assert [entry.code for entry in entries_of(silent, asked)] == ["question_defaulted"]
    for entry in (*entries_of(news(), asked), *entries_of(lives, asked), *entries_of(silent, asked)):
        assert sentence(entry.code, "zh-Hans", entry.params) != entry.code


@pytest.mark.clause("EC-03")
def test_the_new_order_is_asked_for_once_a_payment() -> None:
    asked = request_of(back(), AT)
    assert (asked.key, asked.payment_no, asked.amount) == (f"{NO}/reinstate/P2", "P2", 13600)
