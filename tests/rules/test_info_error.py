"""Wrong information: nobody answers, a person steps in, and the sources beside the audit (E1, edge case 25)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.effects import EffectKind
from domain.policy import STANDARD
from domain.question_policy import QuestionPolicy
from domain.stage import Stage
from tests.rules.asked import CITY, LETTER, PHONE, asked, question, story, to_do
from tests.rules.story import BY_PEOPLE, Story, a_content

# -- no answer -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("EC-25", "C7")
def test_silence_keeps_the_goods_here_a_level_higher_and_cancels_after_a_week() -> None:
    told = asked()
    told.passes(hours=48)
    assert (question(told).state, told.order.cases[0].level) == ("OPEN", 1)
    told.passes(seconds=1)
    assert (question(told).state, told.order.cases[0].level, told.order.open_holds[0].reason) == (
        "DEFAULTED",
        2,
        "CUSTOMER_ANSWER",
    )
    assert (told.clock("C7").verdict, to_do(told)) == ("breached", ["CORRECT", "ESCALATION"])
    told.passes(days=4, hours=23)
    assert told.order.stage is Stage.NEEDS_CORRECTION
    told.passes(hours=1)
    assert (told.order.stage, [case.outcome for case in told.order.cases]) == (Stage.CANCELLED, ["UNREACHABLE"])
    assert told.order.payment.refunded("CNY") == 2_000
    assert question(told).chosen == "cancel"


@pytest.mark.clause("EC-25")
def test_an_answer_after_the_default_still_helps_while_the_goods_are_here() -> None:
    told = asked()
    told.passes(hours=60)
    assert told.asks("customer_choice", question=1, option="correct", correction=7) == ""
    assert (told.order.stage, told.clock("C7").verdict) == (Stage.READY_TO_SHIP, "breached")


@pytest.mark.clause("EC-25")
def test_goods_made_to_order_are_never_given_up() -> None:
    told = story((PHONE,))
    told.says("design_approved", design_id="D", design_version="1")
    told.is_paid()
    told.says("message_delivered", message=LETTER)
    told.passes(days=30)
    assert (told.order.stage, told.order.cases[0].level) == (Stage.NEEDS_CORRECTION, 2)


# -- steps -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-130a")
def test_a_person_may_skip_the_question_or_write_down_what_was_said_on_the_phone() -> None:
    told = asked()
    told.asks("skip_step", step="1/contact", reason="we know already")
    assert (question(told).state, told.order.open_holds, to_do(told)) == ("WITHDRAWN", (), ["CORRECT"])
    other = asked((CITY,))
    other.asks("report_step", step="1/contact", result="confirm", note="on the phone")
    assert (question(other).answer, other.order.stage) == ("confirm", Stage.READY_TO_SHIP)


# -- the other sources -----------------------------------------------------------------------------------------------


def released(**fields: Any) -> Story:
    told = story(**fields)
    told.is_paid()
    return told


@pytest.mark.clause("SR-130")
@pytest.mark.parametrize("source", ["customer", "warehouse", "warehouse's answer", "carrier"])
def test_each_source_opens_the_same_case(source: str) -> None:
    told = released(word="ADDRESS_PROBLEM" if source == "warehouse's answer" else "")
    if source == "customer":
        told.says("details_doubted")
    elif source == "warehouse":
        told.says("label_rejected", shipment=1, reason="no such street")
    elif source == "carrier":
        told.ships()
        told.is_scanned("DELIVERY_FAILED", code="ADDRESS_PROBLEM")
    else:
        told.passes(hours=48, seconds=1)
    case = next(case for case in told.order.open_cases if case.kind == "INFO_ERROR")
    assert (case.subject, case.cause) == ("order", source.split("'", maxsplit=1)[0])
    assert told.told[-1] == "NEED_INFO"
    assert question(told).fields[0] == "address.province"


@pytest.mark.clause("SR-130")
def test_an_edition_that_recalls_nothing_tells_the_warehouse_and_the_answer_becomes_a_change() -> None:
    told = released(policy=BY_PEOPLE)
    told.says("details_doubted", fields=["address.street"])
    [stop] = [effect for effect in told.order.effects if effect.kind == EffectKind.ASK_WAREHOUSE]
    assert (stop.cause, [step.word for step in told.order.steps]) == ("stop-1/1/shipment/1", ["stop", "contact"])
    assert (told.order.steps[0].result, told.letters[-1].params["goods"]) == ("TOLD", "released")
    told.passes(hours=4)
    assert "CALL_CUSTOMER" in to_do(told)
    told.asks("customer_choice", question=1, option="correct", correction=7)
    [request] = told.order.change_requests
    assert (request.change, request.correction, request.asked_by) == ("ADDRESS", 7, "Li")
    assert (request.state, request.verdict, told.order.version) == ("IN_PROGRESS", "R", 1), "a person recalls them"
    told.asks("resolve_case", case=request.case, outcome="APPLIED")
    assert told.order.change_requests[0].state == "APPLIED"
    assert [case.outcome for case in told.order.cases if case.kind == "INFO_ERROR"] == ["CORRECTED"]


@pytest.mark.clause("SR-130", "EC-25")
def test_a_parcel_that_has_left_goes_on_without_an_answer() -> None:
    told = released()
    told.ships()
    told.is_scanned("IN_TRANSIT")
    told.says("details_doubted")
    told.says("message_delivered", message=LETTER)
    told.passes(hours=49)
    case = next(case for case in told.order.cases if case.kind == "INFO_ERROR")
    assert (case.outcome, question(told).chosen, told.order.doubts[0].open) == ("UNREACHABLE", "deliver", False)
    assert told.asks("customer_choice", question=1, option="confirm") == "ANSWER_TOO_LATE"


@pytest.mark.clause("SR-130")
def test_a_doubt_that_is_none_ends_as_a_false_alarm() -> None:
    told = released()
    told.says("label_rejected", shipment=1)
    told.asks("customer_choice", question=1, option="confirm")
    assert [case.outcome for case in told.order.cases] == ["FALSE_ALARM"]
    assert told.order.open_holds == ()
    other = story(policy=STANDARD.having(questions=QuestionPolicy()), content=a_content())
    other.says("details_doubted")
    assert (other.open_cases, to_do(other), other.order.questions) == (["INFO_ERROR"], ["DECIDE"], ())
    other.asks("resolve_case", case=1, outcome="FALSE_ALARM")
    assert (other.open_cases, other.order.doubts[0].open) == ([], False)
