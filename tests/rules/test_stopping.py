"""Goods in doubt, or applied for, are stopped by their warehouse, else their carrier; then they go on (E1, EC-32)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inquiries import CarrierAnswer
from domain.inside import Outcome
from domain.order import Order
from domain.stage import Stage
from domain.taking.answering import PROBLEM
from tests.rules.asked import LETTER, question, to_do
from tests.rules.recalling import warehouse_says
from tests.rules.story import Story, an_input, the_party_does_it


def released(answers: Any = the_party_does_it, **fields: Any) -> Story:
    """A paid order that its warehouse has."""
    story = Story(an_input(**fields), answers)
    story.is_paid()
    return story


def causes(story: Story, kind: EffectKind) -> list[str]:
    return [effect.cause for effect in story.order.effects if effect.kind == kind]


def states(story: Story) -> list[tuple[int, str]]:
    return [(each.number, each.state) for each in story.order.shipments]


def steps(story: Story) -> list[tuple[str, str, str]]:
    return [(step.word, step.state, step.result) for step in story.order.steps]


def outcomes(story: Story) -> list[tuple[str, str]]:
    return [(str(case.kind), case.outcome) for case in story.order.cases]


# -- E1, at the warehouse --------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-130", "SR-130c")
def test_stopped_goods_wait_here_and_are_released_anew_with_the_address_that_was_answered() -> None:
    story = released()
    story.says("label_rejected", shipment=1)
    assert causes(story, EffectKind.RECALL) == ["1/case/1"]
    assert (states(story), steps(story)[0]) == ([(1, "CANCELLED")], ("stop", "DONE", "STOPPED"))
    assert story.order.stage is Stage.AWAITING_CONFIRMATION
    assert story.asks("customer_choice", question=1, option="correct", correction=7) == ""
    assert states(story) == [(1, "CANCELLED"), (2, "RELEASED")], "nothing is planned while it is in doubt"
    assert causes(story, EffectKind.RELEASE) == ["1", "2"]
    assert (story.order.version, story.order.corrections) == (2, (7,))
    assert outcomes(story) == [("INFO_ERROR", "CORRECTED")]
    assert [each.state for each in story.order.change_requests] == ["APPLIED"], "the goods are here: no case is needed"
    assert (causes(story, EffectKind.RECALL), story.order.open_holds) == (["1/case/1"], ())


@pytest.mark.clause("SR-130", "SR-130c")
def test_a_doubt_that_was_none_releases_the_stopped_goods_again_as_they_were() -> None:
    story = released()
    story.says("label_rejected", shipment=1)
    story.asks("customer_choice", question=1, option="confirm")
    assert (states(story), story.order.version) == ([(1, "CANCELLED"), (2, "RELEASED")], 1)
    assert outcomes(story) == [("INFO_ERROR", "FALSE_ALARM")]
    story.says("details_doubted")
    assert states(story) == [(1, "CANCELLED"), (2, "CANCELLED")]
    assert causes(story, EffectKind.RECALL) == ["1/case/1", "2/case/2"], "another case stops what was released since"


@pytest.mark.clause("SR-130", "SR-130c", "EC-25")
def test_a_week_without_an_answer_cancels_what_was_stopped() -> None:
    story = released()
    story.says("details_doubted")
    story.says("message_delivered", message=LETTER)
    story.passes(days=8)
    assert (story.order.stage, outcomes(story)[0]) == (Stage.CANCELLED, ("INFO_ERROR", "UNREACHABLE"))
    assert story.order.payment.refunded("CNY") == 2_000


@pytest.mark.clause("SR-130", "SR-130c")
def test_a_warehouse_that_says_nothing_is_pressed_once_and_somebody_telephones_after_thirty_minutes() -> None:
    story = released(warehouse_says(""))
    story.says("details_doubted")
    story.passes(minutes=30)
    assert "RECALL_GOODS" not in to_do(story)
    story.passes(minutes=1)
    assert {"RECALL_GOODS", "ESCALATION"} <= set(to_do(story))
    [case] = story.order.open_cases
    assert (case.level, causes(story, EffectKind.ASK_WAREHOUSE)) == (1, ["recall/case-1/shipment/1"])
    story.passes(minutes=30)
    assert to_do(story).count("ESCALATION") == 1
    assert story.asks("report_step", step="1/stop", result="STOPPED", note="by phone") == ""
    assert states(story) == [(1, "CANCELLED")]
    story.asks("customer_choice", question=1, option="confirm")
    assert states(story) == [(1, "CANCELLED"), (2, "RELEASED")]
    assert "RECALL_GOODS" not in to_do(story)


@pytest.mark.clause("SR-130", "SR-130c")
def test_a_stop_that_is_left_out_leaves_the_goods_where_they_are() -> None:
    story = released(warehouse_says(""))
    story.says("details_doubted")
    assert story.asks("skip_step", step="1/stop", reason="they leave in a minute") == ""
    assert states(story) == [(1, "RELEASED")]
    assert [effect.kind for effect in story.order.running] == []


# -- E1, at the carrier ----------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-130", "SR-130c")
def test_what_is_at_the_dock_is_pulled_back() -> None:
    story = released()
    story.ships()
    story.says("details_doubted")
    assert (states(story), story.order.lines[0].shipped) == ([(1, "CANCELLED")], 0)
    assert causes(story, EffectKind.INTERCEPT) == []


@pytest.mark.clause("SR-130", "SR-130c")
def test_refused_because_it_left_the_carrier_is_asked_to_wait_and_only_confirmed_data_redirects_it() -> None:
    story = released(warehouse_says("REFUSED"))
    story.says("label_rejected", shipment=1)
    assert (steps(story)[0], causes(story, EffectKind.INTERCEPT)) == (("stop", "DONE", "REFUSED"), [])
    story.ships()
    story.is_scanned("IN_TRANSIT")
    assert causes(story, EffectKind.INTERCEPT) == ["package/1/wait"]
    assert ("address", "DONE", "ACCEPTED") in steps(story)
    assert "INTERCEPT_PARCEL" not in to_do(story), "nobody redirects it before the address is known"
    story.asks("customer_choice", question=1, option="correct", correction=7)
    assert causes(story, EffectKind.INTERCEPT) == ["package/1/wait", "case/2/package/1"]
    [request] = story.order.change_requests
    assert (request.verdict, request.correction) == ("I", 7)


@pytest.mark.clause("SR-130")
@pytest.mark.parametrize("answered", [True, False])
def test_a_parcel_that_waits_gets_another_attempt_where_nothing_is_changed(answered: bool) -> None:
    story = released()
    story.ships()
    story.is_scanned("IN_TRANSIT")
    story.says("details_doubted")
    assert causes(story, EffectKind.INTERCEPT) == ["package/1/wait"]
    assert causes(story, EffectKind.REDELIVERY) == []
    if answered:
        story.asks("customer_choice", question=1, option="confirm")
    else:
        story.says("message_delivered", message=LETTER)
        story.passes(hours=49)
    assert "package/1/wait" in causes(story, EffectKind.REDELIVERY)
    assert outcomes(story)[0] == ("INFO_ERROR", "FALSE_ALARM" if answered else "UNREACHABLE")


# -- one address, one case -------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-130", "SR-132b")
@pytest.mark.parametrize("word", [PROBLEM, "收件地址有误", "wrong address"])
def test_a_carriers_word_for_a_wrong_address_is_one_case_whoever_hears_it(word: str) -> None:
    def answers(order: Order, effect: EffectState) -> Outcome | None:
        return CarrierAnswer(reason=word) if effect.kind == EffectKind.ASK_CARRIER else the_party_does_it(order, effect)

    story = released(answers)
    story.ships()
    story.is_scanned("IN_TRANSIT")
    story.passes(hours=25)
    wrong = [case for case in story.order.cases if case.kind == "INFO_ERROR"]
    assert [(case.subject, case.cause, case.open) for case in wrong] == [("order", "carrier", True)]
    assert causes(story, EffectKind.INTERCEPT) == ["package/1/wait"]
    assert (question(story).template, to_do(story).count("CHECK_ADDRESS")) == ("NEED_INFO", 0)


# -- refund applications ---------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-68", "EC-32", "SR-130c")
@pytest.mark.parametrize("verdict", ["withdrawn", "refuse"])
def test_goods_that_are_applied_for_are_recalled_and_released_anew_when_nobody_wants_the_money(verdict: str) -> None:
    story = released()
    story.says("refund_requested", application="AS1")
    assert (causes(story, EffectKind.RECALL), states(story)) == (["1/claim/1"], [(1, "CANCELLED")])
    assert "STOP_GOODS" not in to_do(story)
    if verdict == "withdrawn":
        story.says("refund_withdrawn", application="AS1")
    else:
        story.asks("answer_refund", application="AS1", verdict="refuse", reason="made to order")
    assert states(story) == [(1, "CANCELLED"), (2, "RELEASED")]
    assert ("RESUME_GOODS" in to_do(story), story.order.payment.refunds) == (False, ())


@pytest.mark.clause("AC-68", "EC-32", "SR-130c")
def test_agreed_to_with_the_goods_back_all_is_undone_once() -> None:
    story = released()
    story.says("refund_requested", application="AS1")
    assert story.order.payment.refunded("CNY") == 0
    story.asks("answer_refund", application="AS1", verdict="agree", reason="ok")
    assert story.order.stage is Stage.CANCELLED
    assert [back.amount for back in story.order.payment.refunds] == [2_000]


@pytest.mark.clause("AC-68", "EC-32", "SR-130c")
def test_a_warehouse_that_does_not_say_whether_it_keeps_them_is_telephoned() -> None:
    story = released(warehouse_says(""))
    story.says("refund_requested", application="AS1")
    story.passes(minutes=30)
    assert "STOP_GOODS" not in to_do(story)
    story.passes(minutes=1)
    assert "STOP_GOODS" in to_do(story)
    story.says("refund_withdrawn", application="AS1")
    assert "STOP_GOODS" not in to_do(story)
    story.answered_by(the_party_does_it)
    assert states(story) == [(1, "CANCELLED"), (2, "RELEASED")], "stopped too late, and on again"
