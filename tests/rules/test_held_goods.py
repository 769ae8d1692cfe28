"""A hold that comes after the release (§4.5): the warehouse is stopped, or the hold is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import EffectKind
from domain.holds import HoldReason
from domain.manual.answers import refusal
from domain.manual.held_goods import stop_held
from domain.manual.turn import Turn
from domain.policy import STANDARD
from domain.requests import PlaceHold
from domain.stage import Stage
from domain.taking.holding import STOPS, placed
from tests.rules.asked import to_do
from tests.rules.recalling import complaints, warehouse_says
from tests.rules.story import PLACED, Story, an_input

REVIEW = PLACED + timedelta(days=9)


def released(says: str = "STOPPED", **fields: object) -> Story:
    """A paid order that its warehouse has; told to stop, it says so."""
    story = Story(an_input(policy=STANDARD, **fields), warehouse_says(says))  # type: ignore[arg-type]
    story.is_paid()
    return story


def held(story: Story, *blocks: str) -> str:
    return story.asks("place_hold", reason="MANUAL", blocks=blocks, note="a doubt", review_at=REVIEW)


def of_kind(story: Story, kind: EffectKind) -> list[str]:
    return [effect.cause for effect in story.order.effects if effect.kind == kind]


@pytest.mark.clause("SR-130c")
@pytest.mark.parametrize("block", ["release", "pick", "ship"])
def test_what_the_warehouse_has_is_stopped_and_goes_on_when_the_hold_ends(block: str) -> None:
    story = released()
    assert held(story, block) == ""
    assert "release" in story.order.open_holds[0].blocks
    assert of_kind(story, EffectKind.RECALL) == ["1/hold/H1"]
    assert (str(story.order.shipments[0].state), story.order.stage) == ("CANCELLED", Stage.AWAITING_CONFIRMATION)
    assert (story.order.lines[0].reserved, complaints(story)) == (2, [])
    story.passes(hours=30)
    assert of_kind(story, EffectKind.RELEASE) == ["1"], "nothing goes while it holds"
    assert story.asks("release_hold", hold="H1") == ""
    assert (of_kind(story, EffectKind.RELEASE), story.order.stage) == (["1", "2"], Stage.READY_TO_SHIP)
    assert (len(of_kind(story, EffectKind.RECALL)), complaints(story)) == (1, [])


@pytest.mark.clause("SR-130c")
def test_of_two_holds_each_is_released_by_itself_and_the_goods_wait_for_both() -> None:
    story = released()
    held(story, "release")
    assert story.asks("place_hold", reason="HIGH_RISK", note="who is that?") == ""
    story.asks("release_hold", hold="H1")
    assert of_kind(story, EffectKind.RELEASE) == ["1"]
    story.asks("release_hold", hold="H2")
    assert of_kind(story, EffectKind.RELEASE) == ["1", "2"]


@pytest.mark.clause("SR-130c")
def test_a_warehouse_that_cannot_stop_is_said_and_one_that_says_nothing_is_telephoned() -> None:
    gone = released("REFUSED")
    assert held(gone, "release") == ""
    assert (str(gone.order.shipments[0].state), gone.noted.count("hold_too_late")) == ("RELEASED", 1)
    silent = released("")
    held(silent, "release")
    silent.passes(hours=1)
    assert "RECALL_GOODS" in to_do(silent)
    silent.answered_by(warehouse_says("STOPPED"))
    assert "RECALL_GOODS" not in to_do(silent)


@pytest.mark.clause("SR-130c")
def test_a_hold_that_would_hold_nothing_is_refused_with_what_may_be_done_instead() -> None:
    story = released()
    story.ships()
    story.is_scanned("IN_TRANSIT")
    assert held(story, "release", "ship") == "NOTHING_TO_HOLD"
    ask = PlaceHold(request_id="r", reason="CUSTOMER_ANSWER", note="n")
    no = refusal(story.order, ask)
    assert no is not None
    assert (no.code, no.alternatives) == ("NOTHING_TO_HOLD", ("cancel", "submit_change_request"))
    assert held(story, "ship", "complete") == "", "the completion can still be held"
    assert story.asks("place_hold", reason="DISPUTE", note="the box was empty") == ""
    assert of_kind(story, EffectKind.RECALL) == []


@pytest.mark.clause("SR-130c")
def test_a_hold_before_the_release_recalls_nothing_and_older_editions_hold_as_before() -> None:
    early = Story(answers=warehouse_says("STOPPED"))
    held(early, "release")
    early.is_paid()
    assert (of_kind(early, EffectKind.RECALL), of_kind(early, EffectKind.RELEASE)) == ([], [])
    older = Story(an_input(policy=STANDARD.having(recall=STANDARD.recall.having(holds=False))))
    older.is_paid()
    held(older, "ship")
    assert (of_kind(older, EffectKind.RECALL), older.order.open_holds[0].blocks) == ([], ("ship",))


@pytest.mark.clause("SR-130c")
@pytest.mark.parametrize(("later", "recalled"), [(-1, ["1/hold/H1"]), (0, ["1/hold/H1"]), (1, [])])
def test_goods_that_were_planned_after_the_hold_are_not_recalled_for_it(later: int, recalled: list[str]) -> None:
    """Seconds from the hold to the plan: who planned them knew of the hold."""
    order = released().order
    planned = order.shipments[0].planned_at
    held_at = planned - timedelta(seconds=later)
    turn = Turn(
        placed(order, HoldReason.MANUAL, held_at, "Li", blocks=("release",), about={STOPS: "warehouse"}), PLACED
    )
    stop_held(turn)
    assert [effect.cause for effect in turn.order.effects if effect.kind == EffectKind.RECALL] == recalled
