"""What a customer is asked, until when, and which answer counts (§1.3 C7, edge case 26)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.clocks import TICK
from domain.manual.decide import decide
from domain.policy import STANDARD, compressed
from domain.question_policy import STANDARD_QUESTIONS, QuestionPolicy
from domain.stage import Stage
from tests.rules.asked import CITY, LETTER, PHONE, TOTAL, asked, question, story, to_do
from tests.rules.story import PLACED

HOUR = timedelta(hours=1)


# -- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-130", "SR-130a")
def test_the_customer_is_asked_for_the_wrong_fields_and_the_goods_wait() -> None:
    told = story((PHONE, TOTAL))
    [hold], [step], [letter] = told.order.holds, told.order.steps, told.letters
    assert (hold.reason, hold.owner_role, hold.blocks) == ("CUSTOMER_ANSWER", "customer", ("release",))
    assert (step.key, step.owner, step.open) == ("1/contact", "customer", True)
    assert (letter.template, letter.params["fields"], letter.params["goods"]) == (
        "NEED_INFO",
        ["customer.phone"],
        "here",
    )
    assert [option.word for option in question(told).options] == ["correct", "cancel"]
    assert to_do(told) == ["CORRECT"], "nobody is asked to release the hold"


@pytest.mark.clause("SR-130a")
def test_amounts_are_ours_to_set_right_and_an_old_edition_asks_nobody() -> None:
    assert story((TOTAL,)).order.questions == ()
    old = story((PHONE,), policy=STANDARD.having(questions=QuestionPolicy()))
    assert (old.order.questions, old.order.holds, old.told, old.open_cases) == ((), (), [], ["INFO_ERROR"])


@pytest.mark.clause("SR-130a")
def test_an_offline_order_is_copied_to_sales() -> None:
    told = story((PHONE,), channel="store", collected_at=PLACED)
    assert [(task.kind, task.role) for task in told.order.tasks] == [("CORRECT", "sales")]
    assert told.told == ["NEED_INFO"]


# -- C7 --------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("C7")
def test_the_clock_starts_when_the_message_arrives_and_ends_with_the_answer() -> None:
    told = story((PHONE,))
    told.passes(hours=30)
    assert told.rows("C7") == []
    told.says("message_delivered", message=LETTER)
    told.says("message_delivered", message=LETTER, ago=HOUR)
    assert told.clock("C7").due_at == PLACED + 78 * HOUR
    told.passes(hours=5)
    told.asks("customer_choice", question=1, option="correct", correction=7)
    row = told.clock("C7")
    assert (row.verdict, row.stop_event, row.net_s, row.pauses) == ("met", "answered", 5 * 3600, ())


@pytest.mark.clause("C7")
def test_reminders_come_after_2_and_24_hours() -> None:
    told = asked()
    told.passes(hours=1, minutes=59)
    assert told.told == ["NEED_INFO"]
    told.passes(minutes=1)
    assert told.told == ["NEED_INFO", "ANSWER_REMINDER"]
    told.passes(hours=30)
    assert told.told == ["NEED_INFO", "ANSWER_REMINDER", "ANSWER_REMINDER"]
    assert [letter.key.partition("/")[2] for letter in told.letters][1:] == [
        "message/ANSWER_REMINDER/question/1/1",
        "message/ANSWER_REMINDER/question/1/2",
    ]


@pytest.mark.clause("C7")
@pytest.mark.parametrize(
    ("hour", "wanted"),
    [(21, 21), (22, 32), (23, 32), (31, 32), (32, 32)],
    ids=["before ten", "at ten", "late", "before eight", "at eight"],
)
def test_the_night_is_from_22_to_8_in_the_business_zone(hour: int, wanted: int) -> None:
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)
    moment = STANDARD_QUESTIONS.by_day(midnight + hour * HOUR, "Asia/Shanghai")
    assert moment == midnight + wanted * HOUR


@pytest.mark.clause("C7")
@pytest.mark.parametrize(
    ("arrives", "first", "second"),
    [(11.5, 23, 35.5), (13, 23, 47), (20, 23, 47), (21.5, 23.5, 47), (22.5, 24.5, 47), (1, 3, 25)],
    ids=["first at night", "both from 23", "both from 5", "second from 6", "second from 7", "none at night"],
)
def test_a_reminder_that_falls_into_the_night_goes_out_at_8(arrives: float, first: float, second: float) -> None:
    """Hours from nine o'clock in Shanghai: the nights are 13 to 23 and 37 to 47."""
    told = story((PHONE,))
    told.passes(hours=arrives)
    told.says("message_delivered", message=LETTER)
    for times, hour in enumerate((first, second)):
        told.passes(seconds=(PLACED + hour * HOUR - told.now).total_seconds() - 1)
        assert told.told.count("ANSWER_REMINDER") == times
        told.passes(seconds=1)
        assert told.told.count("ANSWER_REMINDER") == times + 1
    assert told.clock("C7").due_at == PLACED + (arrives + 48) * HOUR, "the answer is due as if there were no night"


@pytest.mark.clause("C7")
def test_a_reminder_that_would_come_with_the_default_is_not_sent() -> None:
    told = story((PHONE,), latest_ship_at=PLACED + 29 * HOUR)
    told.passes(hours=12)
    told.says("message_delivered", message=LETTER)
    assert question(told).due_at == PLACED + 23 * HOUR, "at 8 o'clock, when the reminder of 23 o'clock would go out"
    told.passes(hours=30)
    assert (question(told).state, told.told.count("ANSWER_REMINDER")) == ("DEFAULTED", 0)
    told.passes(days=2)
    assert told.told.count("ANSWER_REMINDER") == 0


@pytest.mark.clause("C7")
def test_the_default_never_comes_before_the_deadline_that_the_customer_was_told() -> None:
    told = story((PHONE,), latest_ship_at=PLACED + 40 * HOUR)
    assert told.letters[-1].params["deadline"] == (PLACED + 34 * HOUR).isoformat()
    told.says("ship_by_moved", latest_ship_at=PLACED + 12 * HOUR)
    told.passes(hours=1)
    told.says("message_delivered", message=LETTER)
    assert question(told).due_at == question(told).deadline == PLACED + 34 * HOUR
    told.passes(hours=33)
    assert question(told).state == "OPEN", "the last moment is still in time"
    told.passes(seconds=1)
    assert question(told).state == "DEFAULTED"


@pytest.mark.clause("C7")
def test_a_message_that_arrives_later_gives_the_customer_the_later_default() -> None:
    told = story((PHONE,))
    told.passes(hours=5)
    told.says("message_delivered", message=LETTER)
    assert (question(told).deadline, question(told).due_at) == (PLACED + 48 * HOUR, PLACED + 53 * HOUR)


@pytest.mark.clause("C7")
def test_a_due_default_is_taken_in_the_desks_next_turn_once() -> None:
    """One turn at a given time, so that a default that is not taken fails here and waits for nothing."""
    told = asked()
    due = question(told).due_at
    assert due == PLACED + 48 * HOUR
    assert decide(told.order, due).order.questions[-1].state == "OPEN"
    taken = decide(told.order, due + TICK)
    [defaulted] = taken.order.questions
    assert (defaulted.state, defaulted.chosen, defaulted.defaulted_at) == ("DEFAULTED", defaulted.default, due + TICK)
    assert [entry.code for entry in taken.entries].count("question_defaulted") == 1
    again = decide(taken.order, due + 2 * TICK)
    assert again.order.questions == taken.order.questions
    assert "question_defaulted" not in [entry.code for entry in again.entries]


@pytest.mark.clause("C7")
def test_the_default_comes_6_hours_before_the_ship_by_date_but_not_before_4() -> None:
    assert question(asked(latest_ship_at=PLACED + 40 * HOUR)).due_at == PLACED + 34 * HOUR
    assert question(asked(latest_ship_at=PLACED + 9 * HOUR)).due_at == PLACED + 4 * HOUR
    assert question(asked()).due_at == PLACED + 48 * HOUR


@pytest.mark.clause("C7")
def test_no_message_no_default_but_a_call() -> None:
    told = story((PHONE,))
    told.says("message_undeliverable", message=LETTER, reason="no such number")
    assert to_do(told) == ["CORRECT", "CALL_CUSTOMER"]
    told.passes(days=30)
    assert (question(told).state, told.told, told.order.stage) == ("OPEN", ["NEED_INFO"], Stage.NEEDS_CORRECTION)
    told.says("message_delivered", message="message/NEED_INFO/question/9")
    assert told.order.unmatched[-1].kind == "message_delivered"


def test_a_demo_knows_no_night() -> None:
    second = timedelta(seconds=1)
    quick = compressed(STANDARD, hour=second, least=second, edition="d").questions
    assert (quick.within, quick.reminders, quick.give_up_after) == (
        48 * second,
        (2 * second, 24 * second),
        168 * second,
    )
    night = datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert quick.by_day(night, "Asia/Shanghai") == night


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-130b")
def test_what_is_corrected_is_audited_again_and_still_wrong_is_asked_again() -> None:
    told = asked((PHONE,), (CITY,))
    assert told.asks("customer_choice", question=1, option="correct", correction=7) == ""
    assert (told.order.version, told.order.corrections, told.order.stage) == (2, (7,), Stage.NEEDS_CORRECTION)
    assert [(each.no, each.state, each.step, each.fields) for each in told.order.questions] == [
        (1, "ANSWERED", "1/contact", ("customer.phone",)),
        (2, "OPEN", "1/contact-2", ("address.city",)),
    ]
    assert told.asks("customer_choice", question=2, option="correct", correction=8) == ""
    [case] = told.order.cases
    assert (case.outcome, told.order.stage, told.order.open_holds) == ("CORRECTED", Stage.READY_TO_SHIP, ())
    assert [step.result for step in told.order.steps] == ["correct", "correct"]


@pytest.mark.clause("SR-130b")
def test_a_questioned_address_may_be_right_as_it_stands() -> None:
    told = asked((CITY,))
    assert [option.word for option in question(told).options] == ["correct", "confirm", "cancel"]
    told.asks("customer_choice", question=1, option="confirm", actor="customer")
    assert (told.order.stage, told.order.version) == (Stage.READY_TO_SHIP, 1)
    assert ([case.outcome for case in told.order.cases], told.order.overrides[0].by) == (["FALSE_ALARM"], "Li")


@pytest.mark.clause("SR-130b")
def test_the_customer_may_cancel_instead() -> None:
    told = asked()
    told.asks("customer_choice", question=1, option="cancel")
    assert (told.order.stage, [case.outcome for case in told.order.cases]) == (Stage.CANCELLED, ["CANCELLED"])
    assert told.told[-1] == "CANCELLED_REFUND"


@pytest.mark.clause("EC-26")
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"question": 9, "option": "cancel"}, "NO_QUESTION"),
        ({"question": 1, "option": "gold"}, "OPTION_UNKNOWN"),
        ({"question": 1, "option": "correct"}, "ANSWER_INCOMPLETE"),
        ({"question": 1, "option": "cancel", "correction": 3}, "ANSWER_INCOMPLETE"),
    ],
)
def test_what_fits_no_question_is_refused(said: dict[str, Any], code: str) -> None:
    told = asked()
    assert told.asks("customer_choice", **said) == code
    assert question(told).state == "OPEN"


@pytest.mark.clause("EC-26")
def test_the_first_answer_counts_and_a_later_one_is_told_what_it_was() -> None:
    told = asked((PHONE,), (PHONE,))
    told.asks("customer_choice", question=1, option="correct", correction=7)
    assert told.asks("customer_choice", question=1, option="cancel") == "ALREADY_ANSWERED"
    assert told.order.ending is None


def test_an_answer_that_somebody_else_made_needless_is_told_so() -> None:
    told = asked()
    told.asks("correct_fields", expected_version=1, correction=3)
    assert (question(told).state, told.order.open_holds, told.order.stage) == (
        "WITHDRAWN",
        (),
        Stage.READY_TO_SHIP,
    )
    assert told.asks("customer_choice", question=1, option="cancel") == "QUESTION_MOOT"
