"""A late or silent parcel, step by step (E3, E5; SR-132, SR-132a, SR-132b): asked, hurried, and who hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.profiles import COLD_CHAIN
from tests.rules.carriers import DEAR, NEVER, Carrier, asked, on_its_way, open_tasks, step
from tests.rules.story import Story, an_input


@pytest.mark.clause("SR-132a", "SR-132")
def test_a_carrier_that_names_no_cause_is_asked_again_after_4_hours_and_then_by_telephone() -> None:
    story = on_its_way(Carrier())
    story.passes(hours=27, minutes=59)
    assert [cause for cause in asked(story, "ask_carrier") if "cause" in cause] == []
    story.passes(minutes=2)
    assert [cause for cause in asked(story, "ask_carrier") if "cause" in cause] == ["1/cause-2/package/1"]
    assert "PHONE_CARRIER" not in open_tasks(story)
    assert asked(story, "request_priority") == []
    story.passes(hours=4)
    assert "PHONE_CARRIER" in open_tasks(story)
    assert step(story, "ask_cause") == ("OPEN", "")
    assert asked(story, "request_priority") == ["package/1"], "the unknown cause keeps nobody from hurrying"
    assert story.asks("report_step", step="1/ask_cause", result="爆仓") == ""
    assert step(story, "ask_cause") == ("BY_HAND", "爆仓")


@pytest.mark.clause("SR-132a")
def test_the_carriers_word_becomes_a_cause_of_ours() -> None:
    story = on_its_way(Carrier("网点爆仓，预计延误"), DEAR)
    story.passes(hours=25)
    assert step(story, "ask_cause") == ("DONE", "HUB_OVERLOAD")


@pytest.mark.clause("SR-132b")
def test_a_wrong_address_is_a_case_of_its_own_and_the_parcel_waits() -> None:
    story = on_its_way(Carrier("收件地址不详"))
    story.passes(hours=30)
    assert {"LOGISTICS_STALLED", "INFO_ERROR"} <= set(story.open_cases)
    assert story.order.carrier_words[0].purpose == "wait"
    assert [case.cause for case in story.order.cases if case.kind == "INFO_ERROR"] == ["carrier"]
    assert story.told[-1] == "NEED_INFO"
    assert asked(story, "request_priority") == []
    [case] = [case for case in story.order.open_cases if case.kind == "INFO_ERROR"]
    assert story.asks("resolve_case", case=case.no, outcome="CORRECTED") == ""
    story.passes(hours=20)
    assert "INFO_ERROR" not in story.open_cases


@pytest.mark.clause("SR-132b")
@pytest.mark.parametrize(("says", "task"), [(True, False), (False, True)])
def test_an_absent_recipient_gets_another_appointment(says: bool, task: bool) -> None:
    story = on_its_way(Carrier("无人签收", book_redelivery=says))
    story.passes(hours=25)
    assert asked(story, "book_redelivery") == ["package/1"]
    assert ("CALL_RECIPIENT" in open_tasks(story)) is task
    assert step(story, "switch_carrier") == ("", "")


@pytest.mark.clause("SR-132b", "SR-034")
def test_priority_and_it_moves_nothing_more_is_done() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD"))
    story.passes(hours=25)
    assert step(story, "priority") == ("DONE", "ACCEPTED")
    story.passes(hours=20)
    story.is_scanned("OUT_FOR_DELIVERY")
    assert story.open_cases == []
    assert asked(story, "reserve_stock") == []


@pytest.mark.clause("SR-132b", "SR-034")
def test_priority_and_it_does_not_move_another_carrier_after_24_hours() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD"))
    story.passes(hours=47, minutes=59)
    assert step(story, "switch_carrier") == ("", "")
    story.passes(minutes=2)
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")


@pytest.mark.clause("SR-132b")
def test_priority_is_refused_another_carrier_at_once() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False))
    story.passes(hours=24, seconds=1)
    assert step(story, "priority") == ("DONE", "REFUSED")
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")


@pytest.mark.clause("SR-132b")
def test_nobody_answers_another_carrier_after_24_hours() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=NEVER))
    story.passes(hours=47)
    assert step(story, "priority") == ("OPEN", "")
    story.passes(hours=2)
    assert step(story, "priority") == ("DONE", "NO_ANSWER")
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")


@pytest.mark.clause("SR-132b")
def test_a_skipped_priority_counts_as_none() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=NEVER))
    story.passes(hours=25)
    assert story.asks("skip_step", step="1/priority", reason="they never do it") == ""
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")


@pytest.mark.clause("SR-132b")
def test_a_late_parcel_that_moves_is_not_sent_again() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False))
    for number in range(8):
        story.passes(hours=20)
        story.is_scanned("IN_TRANSIT", location=f"hub {number}")
    assert story.open_cases == ["LOGISTICS_DELAY"]
    assert step(story, "switch_carrier") == ("", "")


@pytest.mark.clause("EC-49")
def test_what_does_not_keep_is_sent_again_without_waiting() -> None:
    for price, result in ((1_000, "RESHIPPED"), (DEAR, "PERSON")):
        story = on_its_way(Carrier("HUB_OVERLOAD"), price, COLD_CHAIN)
        story.passes(hours=7)
        assert asked(story, "request_priority") == []
        assert step(story, "switch_carrier") == ("DONE", result)
        assert ("DECIDE_PARCEL" in open_tasks(story)) is (price == DEAR)


@pytest.mark.clause("SR-132", "SR-132a")
def test_cause_and_new_date_are_told_once_both_are_known_and_priority_only_where_it_was_given() -> None:
    for yes, action in ((True, "priority"), (False, "push")):
        story = on_its_way(
            Carrier("爆仓", timedelta(hours=90), request_priority=yes)
            if not yes
            else Carrier("爆仓", timedelta(hours=90)),
            DEAR,
        )
        story.passes(hours=25)
        [letter] = [each for each in story.letters if each.template == "DELAY_APPEASE"]
        assert (letter.params["cause"], letter.params["action"]) == ("HUB_OVERLOAD", action)
    story = on_its_way(Carrier("", timedelta(hours=90)), DEAR)
    story.passes(hours=25)
    assert "DELAY_APPEASE" not in story.told


@pytest.mark.clause("SR-144", "SR-034")
def test_a_complaint_soothes_and_pushes_at_once_and_each_is_tried_alone() -> None:
    story = on_its_way(Carrier("爆仓", request_priority=NEVER), DEAR)
    story.passes(hours=3)
    story.says("complaint")
    assert story.told[-1] == "SLOW_COMPLAINT", "the message does not wait for the carrier"
    assert asked(story, "request_priority")[0] == "package/1/push-1"
    assert story.open_cases == ["LOGISTICS_DELAY"]
    assert story.order.open_cases[0].cause == "complaint"
    story.is_scanned("DELIVERED")
    assert story.open_cases == []


@pytest.mark.clause("SR-144", "SR-034")
def test_before_it_left_a_complaint_pushes_the_warehouse() -> None:
    story = Story(an_input(), Carrier())
    story.is_paid()
    story.says("complaint")
    assert asked(story, "ask_warehouse") == ["push/1/shipment/1"]
    assert story.told[-1] == "SLOW_COMPLAINT"
    assert story.open_cases == []


@pytest.mark.clause("SR-034")
def test_a_person_pushes_warehouse_and_carrier_with_a_recorded_step() -> None:
    story = Story(an_input(), Carrier())
    story.is_paid()
    assert story.asks("expedite", party="carrier") == "NOTHING_TO_PUSH"
    assert story.asks("expedite", party="warehouse") == ""
    assert asked(story, "ask_warehouse") == ["push/1/shipment/1"]
    story.ships()
    told = list(story.told)
    assert story.asks("expedite", party="warehouse") == "NOTHING_TO_PUSH"
    assert story.asks("expedite", party="carrier", subject="package/1") == ""
    assert asked(story, "request_priority") == ["package/1/push-2"]
    assert story.told == told
    assert story.asks("switch_carrier", package="1", how="reship", reason="the carrier strikes") == ""
    assert story.order.packages[0].superseded_at
    assert story.asks("switch_carrier", package="9", how="reship", reason="n") == "UNKNOWN_PACKAGE"
