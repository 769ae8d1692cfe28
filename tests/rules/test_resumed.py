"""An order that goes on from its snapshot is the order it was (edge case 42), whenever its workflow was lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from domain.holds import EffectState
from domain.inside import Outcome
from domain.manual.explain import explain
from domain.order import Order
from domain.policy import CaseKind
from domain.taking.opening import open_order
from tests.rules.story import Story, an_input, the_party_does_it
from workflows.notebook import Notebook
from workflows.runs import Run


def kept(story: Story) -> str:
    """What the recording of a turn keeps of the order."""
    run = Run(id="r", started_at=story.now)
    found = explain(story.order, story.now, None)
    return Notebook(story.order.number).recording(story.order, story.now, found, run).snapshot


def resumed(story: Story) -> Order:
    """The order as a new workflow begins with it."""
    snapshot = {**json.loads(kept(story)), "policy": story.order.policy.model_dump(mode="json")}
    return open_order(an_input(snapshot=snapshot))


def only_the_warehouse_is_silent(order: Order, effect: EffectState) -> Outcome | None:
    return None if effect.kind == "release_shipment" else the_party_does_it(order, effect)


FACTS: list[Callable[[Story], Any]] = [
    lambda story: story.asks("place_hold", reason="DISPUTE", note="n"),
    lambda story: story.is_paid(),
    lambda story: story.asks("submit_change_request", change="EXPEDITE", expected_version=1),
    lambda story: story.passes(hours=3),
    lambda story: story.asks("release_hold", hold="H1"),
    lambda story: story.ships(),
    lambda story: story.passes(hours=30),
    lambda story: story.is_scanned("IN_TRANSIT"),
    lambda story: story.passes(hours=20),
    lambda story: story.is_scanned("DELIVERED"),
    lambda story: story.passes(hours=24),
]


@pytest.mark.clause("EC-42")
@pytest.mark.parametrize("lost_after", range(len(FACTS)))
def test_an_order_that_was_lost_ends_as_one_that_was_not(lost_after: int) -> None:
    told, lost = Story(an_input()), Story(an_input())
    for number, happens in enumerate(FACTS):
        happens(told)
        happens(lost)
        if number == lost_after and not lost.order.final:
            assert resumed(lost) == lost.order
            lost.order = resumed(lost)
            lost.hears()
    assert (lost.order, lost.told, lost.noted) == (told.order, told.told, told.noted)
    assert told.order.final


@pytest.mark.clause("EC-42")
def test_goods_that_were_sent_again_are_remembered() -> None:
    story = Story(an_input())
    story.is_paid()
    story.ships()
    story.passes(hours=150)
    story.is_scanned("DELIVERED")
    assert "DOUBLE_DELIVERY" in story.open_cases
    assert resumed(story) == story.order


@pytest.mark.clause("EC-42")
def test_what_was_under_way_is_asked_again_under_its_key() -> None:
    story = Story(an_input(), answers=only_the_warehouse_is_silent)
    story.is_paid()
    [running] = [effect for effect in resumed(story).effects if effect.status == "RUNNING"]
    assert (running.kind, running.tries, running.request) == (
        "release_shipment",
        1,
        next(effect for effect in story.order.effects if effect.key == running.key).request,
    )


def test_nothing_is_kept_of_an_order_that_is_over() -> None:
    story = Story(an_input())
    assert story.asks("cancel", reason="r") == ""
    assert story.order.final
    assert kept(story) == ""
    assert story.order.case(CaseKind.INFO_ERROR) is None
