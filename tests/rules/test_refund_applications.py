"""A buyer applies for a refund (edge case 32, AC-68): the goods stay at once, somebody answers in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.claims import ClaimState
from domain.claims_policy import STANDARD_CLAIMS
from domain.effects import EffectKind
from domain.order import Order
from domain.policy import STANDARD, CaseKind
from domain.stage import Stage
from tests.rules.story import BY_PEOPLE, NUMBER, Story, a_content, a_line, an_input, shipped
from tests.rules.story import PLACED as NOW


def edition(**changes: Any) -> Any:
    return STANDARD.having(claims=STANDARD_CLAIMS.having(**changes))


def released(**fields: Any) -> Story:
    story = Story(an_input(**fields))
    story.is_paid()
    return story


def refunds(story: Story) -> list[tuple[str, int]]:
    return [(back.key.removeprefix(f"{NUMBER}/refund/"), back.amount) for back in story.order.payment.refunds]


def answers(story: Story) -> list[tuple[str, str]]:
    letters = [letter for letter in story.letters if letter.kind == "push_refund_answer"]
    return [(letter.params["application"], letter.params["verdict"]) for letter in letters]


def stopped(order: Order) -> list[str]:
    return [e.cause for e in order.effects if e.kind == EffectKind.ASK_WAREHOUSE and "stop" in e.cause]


def stage(story: Story) -> Stage:
    return story.order.stage


def tasks(story: Story) -> list[str]:
    return [task.kind for task in story.order.tasks if task.done_at is None]


# -- held at once, and on again --------------------------------------------------------------------------------------


@pytest.mark.clause("AC-68", "EC-32")
def test_an_application_before_the_release_keeps_the_goods_here_until_it_is_withdrawn() -> None:
    story = Story()
    story.says("refund_requested", application="AS1")
    story.is_paid()
    assert stage(story) is Stage.AWAITING_CONFIRMATION
    assert [hold.reason for hold in story.order.open_holds] == ["REFUND_REQUESTED"]
    assert story.order.shipments == ()
    story.says("refund_withdrawn", application="AS1")
    assert stage(story) is Stage.READY_TO_SHIP
    assert story.order.open_holds == ()
    assert (refunds(story), answers(story)) == ([], []), "nothing was paid or answered"


@pytest.mark.clause("AC-68", "EC-32")
def test_where_people_recall_the_warehouse_is_told_to_stop_once_and_to_go_on() -> None:
    story = released(policy=BY_PEOPLE)
    story.says("refund_requested", application="AS1", lines=[{"line": "1", "quantity": 1}])
    story.passes(minutes=5)
    assert stopped(story.order) == ["refund_requested-1/stop/shipment/1"]
    assert sorted(tasks(story)) == ["ANSWER_REFUND", "STOP_GOODS"]
    story.says("refund_withdrawn", application="AS1")
    assert tasks(story) == ["RESUME_GOODS"]
    story.ships()
    assert tasks(story) == []
    assert stage(story) is Stage.SHIPPED


@pytest.mark.clause("EC-32")
def test_the_same_application_told_again_says_what_is_applied_for_now() -> None:
    story = Story()
    story.says("refund_requested", application="AS1", amount=500)
    story.says("refund_requested", application="AS1", amount=700)
    [claim] = story.order.claims
    assert (claim.amount, len(story.order.holds)) == (700, 1)


@pytest.mark.clause("EC-32")
def test_a_withdrawal_that_is_told_first_waits_for_its_application() -> None:
    story = Story()
    story.says("refund_withdrawn", application="AS1")
    story.says("refund_requested", application="AS1")
    assert [claim.state for claim in story.order.claims] == [ClaimState.WITHDRAWN]
    assert story.order.open_holds == ()
    assert story.order.unmatched == ()


# -- answered --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("EC-32")
def test_agreed_to_before_the_release_the_order_is_cancelled_and_all_of_it_goes_back_once() -> None:
    story = Story()
    story.says("refund_requested", application="AS1")
    story.is_paid()
    assert story.asks("answer_refund", application="AS1", verdict="agree", reason="ok") == ""
    assert stage(story) is Stage.CANCELLED
    assert [amount for _, amount in refunds(story)] == [2_000]
    assert answers(story) == [("AS1", "agree")]
    assert story.asks("answer_refund", application="AS1", verdict="agree", reason="ok") == "WRONG_STAGE"


@pytest.mark.clause("EC-32")
def test_agreed_to_at_the_warehouse_people_recall_the_goods_before_money_and_answer_go() -> None:
    story = released(policy=BY_PEOPLE)
    story.says("refund_requested", application="AS1")
    story.asks("answer_refund", application="AS1", verdict="agree", reason="ok")
    assert "CHANGE_REQUESTED" in story.open_cases
    assert (refunds(story), answers(story)) == ([], [])
    assert [str(hold.reason) for hold in story.order.open_holds] == ["REFUND_REQUESTED", "CHANGE_IN_PROGRESS"]
    [case] = story.order.open_cases
    story.asks("resolve_case", case=case.no, outcome="APPLIED")
    assert refunds(story) == [("application/AS1", 2_000)]
    assert answers(story) == [("AS1", "agree")]
    assert story.order.open_holds == ()


@pytest.mark.clause("EC-32")
def test_refused_with_a_reason_the_goods_go_on_and_the_channel_hears_it() -> None:
    story = Story()
    story.says("refund_requested", application="AS1")
    story.is_paid()
    story.asks("answer_refund", application="AS1", verdict="refuse", reason="made to order")
    assert stage(story) is Stage.READY_TO_SHIP
    assert (refunds(story), answers(story)) == ([], [("AS1", "refuse")])
    assert story.asks("answer_refund", application="AS1", verdict="agree", reason="ok") == "NO_APPLICATION"


@pytest.mark.clause("EC-32")
def test_an_amount_alone_is_paid_and_the_goods_go_on() -> None:
    story = released()
    story.says("refund_requested", application="AS1", amount=300)
    story.asks("answer_refund", application="AS1", verdict="agree", reason="late")
    assert refunds(story) == [("application/AS1", 300)]
    assert story.order.change_requests == ()
    assert story.order.open_holds == ()


@pytest.mark.clause("EC-32")
def test_some_of_the_lines_become_changes_by_the_matrix() -> None:
    story = Story(an_input(a_content(a_line("1"), a_line("2"))))
    story.is_paid()
    story.says("refund_requested", application="AS1", lines=[{"line": "2", "quantity": 2}])
    story.asks("answer_refund", application="AS1", verdict="agree", reason="ok")
    [request] = story.order.change_requests
    assert (request.row, request.params.line, request.params.quantity) == ("QUANTITY_DOWN", "2", 0)
    [case] = story.order.open_cases
    story.asks("resolve_case", case=case.no, outcome="APPLIED")
    assert refunds(story) == [("application/AS1", 2_000)]


@pytest.mark.clause("EC-32")
@pytest.mark.parametrize(("rule", "verdicts"), [("ask", []), ("refuse", [("AS1", "refuse")]), ("intercept", [])])
def test_what_has_left_is_shown_with_its_number_and_follows_the_edition(rule: str, verdicts: list[Any]) -> None:
    story = shipped(policy=edition(shipped=rule))
    story.is_scanned("IN_TRANSIT")
    story.says("refund_requested", application="AS1")
    assert answers(story) == verdicts
    assert stopped(story.order) == [], "there is nothing left to stop"
    if rule == "ask":
        [task] = [task for task in story.order.tasks if task.kind == "ANSWER_REFUND"]
        assert task.params["tracking"] == "SF1"
    if rule == "refuse":
        [letter] = [letter for letter in story.letters if letter.kind == "push_refund_answer"]
        assert (letter.params["tracking_numbers"], letter.params["reason"]) == (["SF1"], "ALREADY_SHIPPED")
    if rule == "intercept":
        assert [e.cause for e in story.order.effects if e.kind == EffectKind.INTERCEPT] == ["case/1/package/1"]


# -- in time ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("EC-32")
@pytest.mark.parametrize(("told", "hours"), [({}, 12), ({"refund_reply_by": NOW + timedelta(hours=4)}, 2)])
def test_half_of_the_time_without_an_answer_is_a_case(told: dict[str, Any], hours: int) -> None:
    story = Story()
    story.says("refund_requested", application="AS1", **told)
    story.passes(hours=hours, minutes=-1)
    assert "REFUND_REPLY_DUE" not in story.open_cases
    story.passes(minutes=2)
    assert "REFUND_REPLY_DUE" in story.open_cases
    story.passes(hours=hours + 3)
    case = story.order.case(CaseKind.REFUND_REPLY_DUE, "claim/1")
    assert case is not None
    assert case.level == 3
    assert story.asks("resolve_case", case=case.no, outcome="DONE") == "CASE_ENDS_BY_ITSELF"
    story.asks("answer_refund", application="AS1", verdict="refuse", reason="no")
    assert "REFUND_REPLY_DUE" not in story.open_cases


@pytest.mark.clause("EC-32")
@pytest.mark.parametrize(("verdict", "reached"), [("agreed", Stage.CANCELLED), ("refused", Stage.READY_TO_SHIP)])
def test_the_platforms_decision_ends_hold_and_case_and_is_not_answered(verdict: str, reached: Stage) -> None:
    story = Story()
    story.says("refund_requested", application="AS1")
    story.is_paid()
    story.passes(hours=13)
    assert "REFUND_REPLY_DUE" in story.open_cases
    story.says("refund_decided", application="AS1", verdict=verdict)
    assert stage(story) is reached
    assert (story.order.open_holds, answers(story)) == ((), [])
    assert "REFUND_REPLY_DUE" not in story.open_cases


# -- who pays --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("EC-32")
def test_where_the_marketplace_pays_we_only_agree_and_wait_for_the_payers_word() -> None:
    story = Story(an_input(policy=edition(refund_ports={"tmall": "agree"})))
    story.says("refund_requested", application="AS1")
    story.is_paid()
    story.asks("answer_refund", application="AS1", verdict="agree", reason="ok")
    assert stage(story) is Stage.CANCELLING
    assert not [effect for effect in story.order.effects if effect.kind == EffectKind.REFUND]
    assert answers(story) == [("AS1", "agree")]
    story.says("refunded", reference="T9", amount=2_000, currency="CNY", application="AS1")
    story.says("refunded", reference="T9", amount=2_000, currency="CNY", application="AS1")
    assert stage(story) is Stage.CANCELLED
    assert story.order.payment.refunded("CNY") == 2_000
    assert "REFUND_APPLY" not in story.told


@pytest.mark.clause("EC-32")
def test_where_the_marketplace_pays_and_nobody_applied_the_buyer_is_asked_to() -> None:
    story = Story(an_input(policy=edition(refund_port="agree")))
    story.is_paid(1_999)
    story.asks("cancel", reason="n")
    assert story.told == ["REFUND_APPLY"]
    assert stage(story) is Stage.CANCELLING
    story.says("refund_requested", application="AS1")
    assert answers(story) == [("AS1", "agree")], "an order that is over agrees by itself"
    story.says("refunded", reference="T9", amount=1_999, currency="CNY")
    assert stage(story) is Stage.CANCELLED


@pytest.mark.clause("EC-32")
def test_money_that_the_payer_returned_by_itself_is_counted_and_never_more_than_came() -> None:
    story = shipped()
    story.says("refunded", reference="T1", amount=500, currency="CNY")
    assert story.order.payment.refunded("CNY") == 500
    story.says("refunded", reference="T2", amount=1_600, currency="CNY")
    assert story.order.payment.refunded("CNY") == 500
    assert [each.kind for each in story.order.unmatched] == ["refunded"]
