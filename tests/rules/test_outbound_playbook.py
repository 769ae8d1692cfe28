"""Goods that did not leave in time (E4; SR-033, SR-034): we look at ourselves, ask, and act by the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.effects import EffectKind, ReserveOutcome
from domain.facts import Moved
from domain.holds import EffectState, EffectStatus
from domain.inquiries import Answer
from domain.inside import Outcome
from domain.order import Order
from domain.outbound_causes import OutboundCause, outbound_cause_of
from domain.outbound_policy import OutboundPolicy
from domain.policy import STANDARD
from domain.question_policy import QuestionPolicy
from tests.rules.asked import to_do
from tests.rules.story import PLACED, Story, a_content, a_line, an_input, parked, the_party_does_it

LATE = PLACED + timedelta(hours=48, seconds=1)
Says = Callable[[EffectState], Answer | None]


def late(says: Says | str | None, *, hold: bool = False, **fields: Any) -> Story:
    """A paid order whose warehouse did not send it within 48 hours, and answers so."""
    answer: Says = (lambda _: Answer(reason=says)) if isinstance(says, str) else (says or (lambda _: None))

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        return answer(effect) if effect.kind == EffectKind.ASK_WAREHOUSE else the_party_does_it(order, effect)

    story = Story(an_input(**fields), answers)
    if hold:
        story.asks("place_hold", reason="SALES_DECISION", note="which price?")
    story.is_paid()
    story.passes(hours=48, seconds=2)
    return story


def promises(when: datetime, reason: str = "capacity") -> Says:
    """The warehouse names a time once it is pressed."""

    def says(effect: EffectState) -> Answer:
        if "/hurry/" not in effect.cause:
            return Answer(reason=reason)
        assert datetime.fromisoformat(effect.request["by"]) == effect.since + timedelta(hours=12)
        return Answer(reason=reason, promised_at=when)

    return says


def steps(story: Story) -> dict[str, tuple[str, str]]:
    return {step.word: (str(step.state), step.result) for step in story.order.steps}


def causes(story: Story, kind: EffectKind) -> list[str]:
    return [effect.cause for effect in story.order.effects if effect.kind == kind]


# -- the words -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-033")
@pytest.mark.parametrize(
    ("word", "cause"),
    [
        ("NOT_PICKED", "NOT_PICKED"),
        ("missed release", "MISSED_RELEASE"),
        ("系统未收到发货单", "MISSED_RELEASE"),
        ("Out of stock", "SHORT"),
        ("缺货", "SHORT"),
        ("外箱破损", "DAMAGED"),
        ("面单打印失败", "ADDRESS"),
        ("订单被挂起", "ON_HOLD"),
        ("大促爆仓", "CAPACITY"),
        ("short of staff", "CAPACITY"),
        ("排队拣货中", "NOT_PICKED"),
        ("we are sorry", "UNKNOWN"),
        ("", "UNKNOWN"),
    ],
)
def test_a_warehouses_words_are_one_of_our_causes(word: str, cause: str) -> None:
    assert outbound_cause_of(word) is OutboundCause(cause)


# -- we look at ourselves --------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-033")
def test_a_release_that_was_not_acknowledged_is_sent_again_under_its_key_once() -> None:
    def answers(order: Order, effect: EffectState) -> Outcome | None:
        return None if effect.kind == EffectKind.RELEASE else the_party_does_it(order, effect)

    story = Story(an_input(), answers)
    story.is_paid()
    [release] = [effect for effect in story.order.effects if effect.kind == EffectKind.RELEASE]
    story.hears(parked(release, story.now))
    story.passes(hours=48, seconds=2)
    [release] = [effect for effect in story.order.effects if effect.kind == EffectKind.RELEASE]
    assert (release.status, release.tries, steps(story)) == (EffectStatus.RUNNING, 2, {"check_release": ("OPEN", "")})
    assert causes(story, EffectKind.ASK_WAREHOUSE) == [], "it is not asked about what it does not have"
    story.hears(parked(release, story.now))
    [release] = [effect for effect in story.order.effects if effect.kind == EffectKind.RELEASE]
    assert (release.status, release.tries) == (EffectStatus.PARKED, 2)
    story.answered_by(the_party_does_it)
    story.asks("retry_step", step=release.key)
    assert steps(story)["check_release"] == ("DONE", "SENT_AGAIN")
    assert causes(story, EffectKind.ASK_WAREHOUSE) == ["1/reason/shipment/1"]


@pytest.mark.clause("SR-033")
def test_our_own_hold_is_shown_to_whose_it_is_and_no_warehouse_is_asked() -> None:
    story = late("capacity", hold=True)
    [task] = [task for task in story.order.tasks if task.key == "case/1/hold/H1"]
    assert (task.kind, task.role, task.params["hold"]) == ("REVIEW_HOLD", story.order.holds[0].owner_role, "H1")
    assert causes(story, EffectKind.ASK_WAREHOUSE) == []
    [step] = story.order.steps
    assert (step.word, step.state, step.owner) == ("check_release", "OPEN", task.role)


# -- by the reason ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-033", "SR-034")
@pytest.mark.parametrize("reason", ["capacity", "not picked", "who knows"])
def test_a_warehouse_that_is_busy_is_pressed_for_a_time_within_twelve_hours(reason: str) -> None:
    story = late(promises(LATE + timedelta(hours=10), reason))
    assert causes(story, EffectKind.ASK_WAREHOUSE) == ["1/1/shipment/1", "1/hurry/shipment/1"]
    assert steps(story)["hurry"] == ("OPEN", "PROMISED")
    assert story.told[-2:] == ["OUTBOUND_LATE", "OUTBOUND_LATE_DATED"]
    story.passes(hours=9)
    story.ships()
    assert (story.open_cases, "REASSIGN_WAREHOUSE" in to_do(story)) == ([], False)


@pytest.mark.clause("SR-033", "SR-034")
@pytest.mark.parametrize(("hours", "result"), [(10, "NOT_KEPT"), (13, "TOO_LATE"), (None, "NO_ANSWER")])
def test_without_a_time_that_holds_somebody_sends_it_from_elsewhere(hours: int | None, result: str) -> None:
    by_people = STANDARD.having(outbound=STANDARD.outbound.having(reassigns=False))
    story = late(promises(LATE + timedelta(hours=hours)) if hours else "capacity", policy=by_people)
    story.passes(hours=11)
    assert steps(story)["hurry"] == ("DONE", result)
    [task] = [task for task in story.order.tasks if task.kind == "REASSIGN_WAREHOUSE"]
    assert (task.role, task.params["warehouse"], task.params["result"]) == ("order_administrator", "SH", result)


@pytest.mark.clause("SR-033", "SR-131")
def test_what_the_shelf_lacks_is_looked_for_elsewhere_and_the_rest_stays() -> None:
    counted = Answer(reason="缺货", on_shelf={"SKU-1": 1, "SKU-2": 2})
    story = late(lambda _: counted, content=a_content(a_line("1"), a_line("2")))
    assert [(part.line, part.quantity) for part in story.order.shipments[0].missed] == [("1", 1)]
    assert [(each.warehouse, each.lines) for each in story.order.live_shipments] == [
        ("SH", (Moved(line="1", quantity=1), Moved(line="2", quantity=2))),
        ("BJ", (Moved(line="1", quantity=1),)),
    ]
    assert "hurry" not in steps(story)


@pytest.mark.clause("SR-033", "SR-131")
def test_a_warehouse_that_has_nothing_of_it_and_nobody_else_either_is_a_shortage() -> None:
    def answers(order: Order, effect: EffectState) -> Outcome | None:
        match effect.kind:
            case EffectKind.ASK_WAREHOUSE:
                return Answer(reason="DAMAGED")
            case EffectKind.RESERVE:
                return ReserveOutcome(short=tuple(Moved(**part) for part in effect.request["lines"]))
            case _:
                return the_party_does_it(order, effect)

    story = Story(an_input(), answers)
    story.is_paid()
    story.passes(hours=48, seconds=2)
    assert "STOCK_SHORTAGE" in story.open_cases
    assert story.order.lines[0].unallocated == 2


@pytest.mark.clause("SR-033", "SR-130")
def test_a_label_that_cannot_be_right_is_asked_of_the_customer_and_the_goods_are_stopped() -> None:
    story = late("面单地址识别失败")
    wrong = [case for case in story.order.cases if case.kind == "INFO_ERROR"]
    assert [(case.subject, case.cause) for case in wrong] == [("order", "warehouse")]
    assert (story.order.shipments[0].state, story.told[-1]) == ("CANCELLED", "NEED_INFO")


@pytest.mark.clause("SR-033", "SR-030")
@pytest.mark.parametrize("reason", ["MISSED_RELEASE", "订单被挂起"])
def test_a_release_that_was_missed_or_held_for_nothing_is_sent_again_under_the_same_key(reason: str) -> None:
    keys: list[str] = []

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.RELEASE:
            keys.append(effect.request["same_as"] or effect.key)
        return Answer(reason=reason) if effect.kind == EffectKind.ASK_WAREHOUSE else the_party_does_it(order, effect)

    story = Story(an_input(), answers)
    story.is_paid()
    story.passes(hours=48, seconds=2)
    assert causes(story, EffectKind.RELEASE) == ["1", "1/again-1"]
    assert keys == [f"{story.order.number}/release/1"] * 2, "the warehouse knows it under one key"
    assert steps(story)["release_again"] == ("DONE", "SENT_AGAIN")
    story.passes(hours=3)
    assert causes(story, EffectKind.RELEASE) == ["1", "1/again-1"]
    story.ships()
    assert story.open_cases == []


@pytest.mark.clause("SR-033", "SR-030")
def test_a_release_that_was_missed_is_not_sent_again_over_a_hold() -> None:
    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.ASK_WAREHOUSE:
            return Answer(reason="MISSED_RELEASE")
        return None if effect.kind == EffectKind.RECALL else the_party_does_it(order, effect)

    story = Story(an_input(), answers)
    story.is_paid()
    assert story.asks("place_hold", reason="HIGH_RISK", note="who is that?") == ""
    story.passes(hours=48, seconds=2)
    assert "OUTBOUND_OVERDUE" in story.open_cases
    assert causes(story, EffectKind.RELEASE) == ["1"]
    assert story.asks("release_hold", role="supervisor", hold="H1") == ""
    assert [cause.partition("-")[0] for cause in causes(story, EffectKind.RELEASE)] == ["1", "1/again"]


# -- nobody answers --------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-033")
def test_a_silent_warehouse_is_telephoned_after_two_hours_and_goes_up_after_twelve_and_twenty_four() -> None:
    story = late(None)
    seen = []
    for hours in (1.99, 0.02, 9.98, 0.02, 11.97, 0.03):
        story.passes(hours=hours)
        seen.append((story.order.cases[0].level, to_do(story).count("PHONE_WAREHOUSE")))
    assert seen == [(1, 0), (1, 1), (1, 1), (2, 1), (2, 1), (3, 1)]
    assert story.asks("report_step", step="1/ask_reason", result="人手不足", note="by phone") == ""
    assert causes(story, EffectKind.ASK_WAREHOUSE)[-1] == "1/hurry/shipment/1"


@pytest.mark.clause("SR-033")
def test_an_edition_without_the_playbook_asks_and_does_no_more() -> None:
    story = late("MISSED_RELEASE", policy=STANDARD.having(outbound=OutboundPolicy()))
    story.passes(hours=10)
    assert (causes(story, EffectKind.ASK_WAREHOUSE), story.order.steps) == (["1/1/shipment/1"], ())
    assert (causes(story, EffectKind.RELEASE), story.order.cases[0].level) == (["1"], 1)


# -- nobody forgets it -----------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-033")
def test_once_a_doubted_address_is_settled_the_warehouse_is_pressed() -> None:
    story = late("面单打印失败", policy=STANDARD.having(questions=QuestionPolicy()))
    assert "hurry" not in steps(story)
    [doubted] = [case.no for case in story.order.open_cases if case.kind == "INFO_ERROR"]
    assert story.asks("resolve_case", case=doubted, outcome="CORRECT") == ""
    story.passes(minutes=1)
    assert "hurry" in steps(story)


@pytest.mark.clause("SR-033")
def test_a_case_that_somebody_closed_over_goods_that_have_not_left_stays_somebodys_task() -> None:
    story = late("")
    [case] = story.order.open_cases
    assert story.asks("resolve_case", case=case.no, outcome="CALLED") == ""
    assert "CLOCK_WARNING" in {task.kind for task in story.order.tasks if task.done_at is None}
    story.ships()
    assert not any(task.kind == "CLOCK_WARNING" for task in story.order.tasks if task.done_at is None)
