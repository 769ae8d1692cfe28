"""What a customer is asked, until when, and what becomes of it (§1.3 C7, E1, edge cases 25 and 26)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.effects import AuditOutcome, EffectKind
from domain.findings import Finding, Severity
from domain.holds import EffectState
from domain.inquiries import Answer
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD, compressed
from domain.question_policy import STANDARD_QUESTIONS, QuestionPolicy
from domain.questions import Question
from domain.stage import Stage
from tests.rules.story import PLACED, Story, a_content, an_input, the_party_does_it

HOUR = timedelta(hours=1)
PHONE = Finding(code="PHONE_MALFORMED", field="customer.phone", severity=Severity.CRITICAL)
CITY = Finding(code="ADDRESS_MISMATCH", field="address.city", params={"address": "a1"})
TOTAL = Finding(code="AMOUNT_MISMATCH", field="total", severity=Severity.CRITICAL)
LETTER = "message/NEED_INFO/question/1"


def story(*found: tuple[Finding, ...], word: str = "", **fields: Any) -> Story:
    """An order whose audits find these, version by version; its warehouse answers ``word``."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        wrong = found[order.version - 1] if order.version <= len(found) else ()
        if effect.kind == EffectKind.AUDIT and wrong:
            return AuditOutcome(version=order.version, content=order.content, findings=wrong)
        if effect.kind == EffectKind.ASK_WAREHOUSE and word:
            return Answer(reason=word)
        return the_party_does_it(order, effect)

    return Story(an_input(**fields), answers)


def asked(*found: tuple[Finding, ...], **fields: Any) -> Story:
    """Such an order, paid, whose question has arrived."""
    told = story(*(found or ((PHONE,),)), **fields)
    told.is_paid()
    told.says("message_delivered", message=LETTER)
    return told


def question(told: Story) -> Question:
    return told.order.questions[-1]


def to_do(told: Story) -> list[str]:
    return [task.kind for task in told.order.tasks if task.done_at is None]


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
def test_reminders_come_after_2_and_24_hours_and_not_at_night() -> None:
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
    assert (case.subject, case.cause) == ("order", source.split("'")[0])
    assert told.told[-1] == "NEED_INFO"
    assert question(told).fields[0] == "address.province"


@pytest.mark.clause("SR-130")
def test_goods_that_a_warehouse_has_are_stopped_first_and_the_answer_becomes_a_change() -> None:
    told = released()
    told.says("details_doubted", fields=["address.street"])
    [stop] = [effect for effect in told.order.effects if effect.kind == EffectKind.ASK_WAREHOUSE]
    assert (stop.cause, [step.word for step in told.order.steps]) == ("stop-1/1/shipment/1", ["stop", "contact"])
    assert (told.order.steps[0].result, told.letters[-1].params["goods"]) == ("TOLD", "released")
    told.passes(hours=4)
    assert "CALL_CUSTOMER" in to_do(told)
    told.asks("customer_choice", question=1, option="correct", correction=7)
    [request] = told.order.change_requests
    assert (request.change, request.correction, request.asked_by) == ("ADDRESS", 7, "Li")
    assert told.order.held("release"), "the change holds what the answer let go"
    told.asks("resolve_case", case=request.case, outcome="APPLIED")
    assert [case.outcome for case in told.order.cases if case.kind == "INFO_ERROR"] == ["CORRECTED"]


@pytest.mark.clause("SR-130", "EC-25")
def test_a_parcel_that_has_left_goes_on_without_an_answer() -> None:
    told = released()
    told.ships()
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
