"""The order's money: what closes the payment gate, and what goes back, once (edge cases 3, 5, 6, invariant 3)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.effects import AuditOutcome
from domain.findings import Finding, Severity
from domain.holds import EffectState
from domain.inside import Outcome
from domain.money import line_amount, receivable, shared_discount
from domain.order import Order
from domain.payment import Payment, Receipt
from domain.stage import Stage
from tests.rules.story import PLACED, Story, a_content, a_line, an_input, shipped, the_party_does_it

MINUTE = timedelta(minutes=1)
RECEIPTS = st.lists(
    st.tuples(st.sampled_from((0, 1, 1_000, 1_999, 2_000, 2_001)), st.sampled_from(("CNY", "CNY", "USD"))), max_size=5
)


def a_receipt(number: int, amount: int, currency: str = "CNY") -> Receipt:
    """Money that came after so many minutes."""
    at = PLACED + number * MINUTE
    return Receipt(payment_no=f"p{number}", amount=amount, currency=currency, at=at, received_at=at)


def paid_with(*receipts: tuple[int, str], accepted: int = 0) -> Payment:
    """An order of 20.00, and what came."""
    came = tuple(a_receipt(number, *receipt) for number, receipt in enumerate(receipts, 1))
    return Payment(method="prepaid", currency="CNY", due=2_000, receipts=came, accepted=accepted)


def back(order: Order) -> dict[str, int]:
    """What goes back, by its cause."""
    return {refund.key.partition("/refund/")[2]: refund.amount for refund in order.payment.refunds}


# -- the gate --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-120")
@settings(max_examples=150, deadline=None, database=None)
@given(receipts=RECEIPTS)
def test_a_closed_gate_stays_closed_and_opens_for_the_exact_amount_only(receipts: list[tuple[int, str]]) -> None:
    history = [paid_with(*receipts[:count]) for count in range(len(receipts) + 1)]
    for before, after in pairwise(history):
        assert before.gate_closed <= after.gate_closed
        if before.gate_closed:
            assert after.confirmed_at == before.confirmed_at
    last = history[-1]
    if last.gate_closed:
        assert sum(receipt.amount for receipt in last.settling) == 2_000
        beside = sum(receipt.amount for receipt in last.surplus)
        assert beside + 2_000 == sum(amount for amount, _ in receipts)
    assert last.mismatch == (bool(receipts) and not last.gate_closed)


@pytest.mark.clause("SR-120", "EC-05")
@pytest.mark.parametrize("amount", [1_999, 2_001])
def test_less_or_more_never_confirms_itself(amount: int) -> None:
    story = Story()
    story.is_paid(amount)
    assert story.open_cases == ["PAYMENT_MISMATCH"]
    assert (story.order.stage, story.clock("C1").verdict) == (Stage.AWAITING_CONFIRMATION, "open")
    assert back(story.order) == {}


@pytest.mark.clause("SR-120", "EC-05")
def test_another_currency_never_confirms_itself() -> None:
    story = Story()
    story.is_paid(2_000, currency="USD", payment_no="p1")
    assert story.open_cases == ["PAYMENT_MISMATCH"]
    assert story.asks("resolve_case", case=1, outcome="ACCEPTED") == "CASE_ENDS_BY_ITSELF"
    story.is_paid(2_000)
    assert (story.order.stage, story.open_cases) == (Stage.READY_TO_SHIP, [])
    assert back(story.order) == {"surplus/p1": 2_000}


@pytest.mark.clause("SR-120")
def test_the_rest_closes_the_gate() -> None:
    story = Story()
    story.is_paid(1_500)
    story.passes(minutes=30)
    story.is_paid(500)
    assert (story.order.stage, story.open_cases) == (Stage.READY_TO_SHIP, [])
    assert story.clock("C1").stop_at == PLACED + 30 * MINUTE


@pytest.mark.clause("SR-120", "EC-05")
def test_finance_takes_more_than_is_due_and_the_difference_goes_back_once() -> None:
    story = Story()
    story.is_paid(2_300)
    assert story.asks("resolve_case", case=1, outcome="ACCEPTED") == ""
    assert (story.order.stage, back(story.order)) == (Stage.READY_TO_SHIP, {"excess": 300})
    story.passes(hours=1)
    assert story.order.payment.refunded("CNY") == 300


@pytest.mark.clause("SR-120", "EC-06")
def test_a_second_payment_goes_back_by_itself_and_moves_no_clock() -> None:
    story = Story()
    story.is_paid()
    clocks = story.rows("C1", "C4")
    story.passes(hours=1)
    story.is_paid(payment_no="p2")
    assert back(story.order) == {"surplus/p2": 2_000}
    assert story.rows("C1", "C4") == clocks
    assert [(case.kind, case.outcome) for case in story.order.cases] == [("PAYMENT_MISMATCH", "SETTLED")]
    assert any(task.role == "finance" for task in story.order.tasks)


@pytest.mark.clause("SR-120")
def test_one_payment_reported_by_two_is_one_payment() -> None:
    story = Story()
    story.is_paid(payment_no="P1")
    story.is_paid(payment_no="P1")
    assert story.asks("confirm_payment", amount=2_000, payment_no="P1", role="finance") == "PAYMENT_KNOWN"
    assert (story.order.payment.captured("CNY"), back(story.order)) == (2_000, {})


# -- money that goes back --------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-120")
def test_a_cancelled_order_gives_everything_back_once() -> None:
    story = Story()
    story.asks("place_hold", reason="CUSTOMER_ANSWER", note="which color")
    story.is_paid(payment_no="p1")
    assert story.asks("cancel", reason="n") == ""
    assert (story.order.stage, back(story.order)) == (Stage.CANCELLED, {"ending/p1": 2_000})


def test_money_that_comes_while_an_order_is_undone_goes_back_too_whenever_it_was_paid() -> None:
    story = Story(answers=lambda *_: None)
    story.is_paid(payment_no="p1")
    story.asks("cancel", reason="n")
    story.passes(minutes=5)
    story.says("paid", ago=timedelta(minutes=6), payment_no="p0", amount=700, currency="CNY")
    assert back(story.order) == {"ending/p1": 2_000, "ending/p0": 700}


def test_a_parcel_that_is_lost_costs_its_goods() -> None:
    story = Story(an_input(a_content(a_line("1", 1), a_line("2", 1, 500))))
    story.is_paid()
    for line in ("1", "2"):
        story.ships(package=line, lines=[{"line": line, "quantity": 1}])
    story.passes(hours=10)
    story.is_scanned("LOST", package="2")
    assert story.asks("resolve_case", case=1, outcome="WRITTEN_OFF") == "OUTCOME_UNKNOWN"
    assert story.asks("resolve_case", case=1, outcome="REFUNDED") == ""
    story.is_scanned("DELIVERED", package="1")
    assert (story.order.stage, back(story.order)) == (Stage.DELIVERED, {"package/2": 500})


def test_where_nothing_arrives_everything_goes_back() -> None:
    story = shipped()
    story.passes(hours=10)
    story.is_scanned("RETURNED_TO_SENDER")
    story.asks("resolve_case", case=1, outcome="REFUNDED")
    assert (story.order.stage, back(story.order)) == (Stage.RETURNED, {"package/1": 2_000})


def test_a_lost_parcel_does_not_take_the_money_of_one_that_has_not_left() -> None:
    story = Story(an_input(a_content(a_line("1", 1), a_line("2", 1, 500))))
    story.is_paid()
    story.ships(package="1", lines=[{"line": "1", "quantity": 1}])
    story.passes(hours=5)
    story.is_scanned("LOST", package="1")
    story.asks("resolve_case", case=1, outcome="REFUNDED")
    assert (story.order.stage, back(story.order)) == (Stage.PARTIALLY_SHIPPED, {"package/1": 1_000})


def _posted_as_nothing(order: Order, effect: EffectState) -> Outcome | None:
    """The audit of an order whose total came as 0; corrected it is right."""
    outcome = the_party_does_it(order, effect)
    if not isinstance(outcome, AuditOutcome) or order.version > 1:
        return outcome
    wrong = Finding(code="AMOUNT_MISMATCH", field="total", severity=Severity.CRITICAL)
    return outcome.having(findings=(wrong,), content=order.content.having(total=0), allocations=())


@pytest.mark.clause("SR-015", "SR-019")
def test_no_money_goes_back_before_the_audit_says_what_is_due() -> None:
    story = Story(answers=_posted_as_nothing)
    story.is_paid(2_000)
    assert (story.order.stage, story.order.payment.due, back(story.order)) == (Stage.NEEDS_CORRECTION, 0, {})
    assert story.open_cases == ["INFO_ERROR", "PAYMENT_MISMATCH"]
    right = story.order.content.having(total=2_000)
    story.order = story.order.having(content=right)
    assert story.asks("correct_fields", expected_version=1, correction=1) == ""
    assert (story.order.stage, back(story.order), story.open_cases) == (Stage.READY_TO_SHIP, {}, [])


# -- amounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-014")
def test_the_amount_due_is_the_sum_of_whole_minor_units() -> None:
    random = Random(14)
    for _ in range(200):
        lines = [a_line(str(number), random.randint(1, 9), random.randint(1, 99_999)) for number in range(3)]
        content = a_content(*lines, discount=30, freight=800, tax=random.randint(0, 99))
        assert receivable(content) == content.total - 30 + 800 + content.tax
        assert content.total == sum(map(line_amount, lines))
        assert shared_discount(content) == 0
