"""The steps of a case are seen: whose, since when, until when, what was tried, and what may be done (§4.6, M4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.books import projection
from domain.effects import EffectKind
from domain.holds import EffectState, EffectStatus
from domain.inquiries import Inquiry
from domain.inside import Outcome
from domain.manual.explain import Explanation, explain
from domain.manual.explain_text import as_text
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from tests.rules.story import Story, an_input, parked, the_party_does_it

STEP = "1/transfer"
KEY = "SO2026112300000001/ask_warehouse/1/1"


def nobody_answers(order: Order, effect: EffectState) -> Outcome | None:
    return None if effect.key == KEY else the_party_does_it(order, effect)


def a_step(*, with_effect: bool = True) -> Story:
    """A case whose playbook has begun a step, by hand: with a question to the warehouse, or with nothing outside."""
    story = Story(an_input(), answers=nobody_answers)
    turn = Turn(story.order, story.now)
    case = turn.open_case(CaseKind.MIS_SHIPMENT, "package/1")
    if with_effect:
        asked = {"case": "1", "subject": "package/1"}
        turn.start(EffectKind.ASK_WAREHOUSE, "1/1", Inquiry, **asked)
    effects = (KEY,) if with_effect else ()
    turn.begin(case, "transfer", "warehouse", until=story.now + timedelta(hours=4), effects=effects)
    story.order = turn.order
    return story


def seen(story: Story) -> Explanation:
    return explain(story.order, story.now, None)


@pytest.mark.clause("SR-162")
def test_an_open_step_says_who_is_waited_for_and_until_when() -> None:
    story = a_step()
    [wait] = [wait for wait in seen(story).waiting if wait.what.startswith("step")]
    assert (wait.who, wait.what, wait.since) == ("warehouse", f"step {STEP}", story.now)
    assert wait.until == story.now + timedelta(hours=4)
    assert [wait.what for wait in seen(story).waiting].count("ask_warehouse") == 0, "the step speaks for its effects"
    [step] = seen(story).steps
    assert (step.step, step.case_no, step.word, step.owner, step.state) == (STEP, 1, "transfer", "warehouse", "OPEN")
    [tried] = step.effects
    assert (tried.key, tried.kind, tried.status, tried.asked, tried.error) == (KEY, "ask_warehouse", "RUNNING", 1, "")
    assert step.buttons == ("retry_step", "skip_step", "report_step")


@pytest.mark.clause("SR-162")
def test_a_parked_effect_belongs_to_its_step_and_shows_its_error() -> None:
    story = a_step()
    effect = next(effect for effect in story.order.effects if effect.key == KEY)
    story.hears(parked(effect, story.now))
    waits = [wait for wait in seen(story).waiting if STEP in wait.what]
    assert [(wait.who, wait.what) for wait in waits] == [
        ("operator", f"step {STEP}, ask_warehouse: Business.No: the party said no"),
    ]
    [tried] = seen(story).steps[0].effects
    assert (tried.status, tried.error) == ("PARKED", "Business.No: the party said no")
    text = as_text(story.order, seen(story))
    assert f"`{STEP}`: 调拨库存" in text
    assert "Business.No: the party said no" in text
    assert "`retry_step`, `skip_step`, `report_step`" in text


@pytest.mark.clause("SR-162")
def test_a_step_is_tried_again_by_its_own_key() -> None:
    story = a_step()
    effect = next(effect for effect in story.order.effects if effect.key == KEY)
    story.hears(parked(effect, story.now))
    assert story.asks("retry_step", step=STEP) == ""
    tried = next(effect for effect in story.order.effects if effect.key == KEY)
    assert (tried.status, tried.tries, tried.note) == (EffectStatus.RUNNING, 2, "")
    others = [effect.tries for effect in story.order.effects if effect.key != KEY]
    assert set(others) == {1}


def test_a_step_with_nothing_outside_cannot_be_tried_again() -> None:
    story = a_step(with_effect=False)
    assert seen(story).steps[0].buttons == ("skip_step", "report_step")
    assert story.asks("retry_step", step=STEP) == "UNKNOWN_STEP"


@pytest.mark.clause("SR-162")
@pytest.mark.parametrize(
    ("ask", "fields", "state"),
    [
        ("skip_step", {"reason": "the van broke down"}, "SKIPPED"),
        ("report_step", {"result": "RECEIVED", "note": "carried over"}, "BY_HAND"),
    ],
)
def test_a_step_that_a_person_ended_shows_by_whom_and_why(ask: str, fields: dict[str, str], state: str) -> None:
    story = a_step(with_effect=False)
    assert story.asks(ask, step=STEP, **fields) == ""
    assert seen(story).steps == ()
    assert [wait for wait in seen(story).waiting if "step" in wait.what and STEP in wait.what] == []
    [shown] = projection(story.order, story.now, seen(story)).steps
    assert (shown["state"], shown["by"], shown["buttons"]) == (state, "Li", [])
    assert (shown["result"], shown["reason"]) == (fields.get("result", ""), fields.get("note", fields.get("reason")))


def test_a_hold_with_a_review_says_until_when() -> None:
    story = Story(an_input())
    until = story.now + timedelta(hours=5)
    assert story.asks("place_hold", note="n", blocks=("release",), review_at=until) == ""
    [wait] = [wait for wait in seen(story).waiting if wait.what.startswith("hold")]
    assert wait.until == until


def test_an_order_without_steps_has_none() -> None:
    story = Story(an_input())
    assert seen(story).steps == ()
    assert projection(story.order, story.now, seen(story)).steps == ()
