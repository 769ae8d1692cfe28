"""What a carrier collected comes to us, all of it (代收货款, SR-052)."""

from __future__ import annotations

import pytest

from domain.policy import STANDARD
from tests.rules.story import Story, a_content, an_input, shipped


def collected() -> Story:
    story = shipped(content=a_content(payment_method="cod"))
    story.is_scanned("DELIVERED")
    return story


@pytest.mark.clause("SR-052")
def test_all_that_was_collected_settles_the_payment() -> None:
    story = collected()
    assert (story.order.payment.state, story.order.payment.due) == ("cod_pending", 2_000)
    story.says("cod_remitted", reference="COD-1", amount=2_000)
    assert (story.order.payment.state, story.open_cases) == ("cod_collected", [])


@pytest.mark.clause("SR-052")
def test_another_sum_is_a_case_until_the_rest_comes() -> None:
    story = collected()
    story.says("cod_remitted", reference="COD-1", amount=1_500)
    story.says("cod_remitted", reference="COD-1", amount=1_500)
    assert (story.order.payment.state, story.open_cases) == ("cod_pending", ["PAYMENT_MISMATCH"])
    [task] = [task for task in story.order.tasks if task.kind == "CHECK_REMITTANCE"]
    assert (task.role, task.params) == ("finance", {"due": 2_000, "remitted": 1_500})
    story.says("cod_remitted", reference="COD-2", amount=500)
    assert (story.order.payment.state, story.open_cases) == ("cod_collected", [])


@pytest.mark.clause("SR-052")
def test_a_difference_that_finance_accepts_is_closed_by_hand() -> None:
    story = collected()
    story.says("cod_remitted", reference="COD-1", amount=1_999)
    assert story.asks("resolve_case", case=1, outcome="WRITTEN_OFF") == ""
    assert story.open_cases == []
    story.passes(hours=1)
    assert story.open_cases == []


@pytest.mark.clause("SR-052")
def test_money_of_another_kind_of_order_does_not_fit() -> None:
    story = Story(an_input())
    story.says("cod_remitted", reference="COD-1", amount=1)
    assert [odd.kind for odd in story.order.unmatched] == ["cod_remitted"]
    assert story.order.payment.receipts == ()


@pytest.mark.clause("EC-12")
def test_what_is_refused_at_the_door_is_on_the_buyers_record_and_never_paid_nor_paid_back() -> None:
    risk = STANDARD.risk.having(cod_refused_fee=1_200)
    story = shipped(content=a_content(payment_method="cod"), policy=STANDARD.having(risk=risk))
    story.is_scanned("RETURNED_TO_SENDER")
    story.passes(hours=30)
    noted = [entry for entry in story.entries if entry.code == "cod_refused"]
    assert [(entry.key.partition("/")[2], entry.params) for entry in noted] == [
        ("cod_refused/1", {"subject": "package/1", "fee": 1_200, "currency": "CNY"})
    ]
    [case] = [case for case in story.order.open_cases if case.kind == "RETURN_TO_SENDER"]
    assert story.asks("resolve_case", case=case.no, outcome="REFUNDED") == ""
    payment = story.order.payment
    assert (payment.refunds, payment.receipts, payment.remitted, payment.state) == ((), (), 0, "cod_pending")
    assert story.order.stage == "RETURNED"


@pytest.mark.clause("EC-12")
def test_what_was_paid_in_advance_is_on_nobodys_record() -> None:
    story = shipped()
    story.is_scanned("RETURNED_TO_SENDER")
    assert "cod_refused" not in story.noted
