"""A called-off shipment goes out all the same while its order lives on: what was planned instead is stopped (EC-59)."""

from __future__ import annotations

import pytest

from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.late_policy import LatePolicy
from domain.order import Order
from domain.policy import STANDARD
from domain.recall_effects import RecallAnswer, RecallOutcome
from domain.stage import Stage
from tests.rules.recalling import complaints, effects, units
from tests.rules.story import Story, an_input, the_party_does_it


def released_anew(second: str = "STOPPED", policy: object = STANDARD) -> Story:
    """The address was changed: shipment 1 was called off, shipment 2 sends its goods; its recall is answered so."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind != EffectKind.RECALL or effect.cause.startswith("1/"):
            return the_party_does_it(order, effect)
        return RecallOutcome(answer=RecallAnswer(second)) if second else None

    story = Story(an_input(policy=policy), answers=answers)
    story.is_paid()
    assert story.asks("submit_change_request", change="ADDRESS", correction=7, expected_version=1) == ""
    assert [str(each.state) for each in story.order.shipments] == ["CANCELLED", "RELEASED"]
    story.passes(minutes=5)
    return story


def leaves(story: Story, shipment: int) -> None:
    number = f"SF{shipment}"
    story.says("outbound", shipment=shipment, package=str(shipment), tracking_number=number, carrier="SF")


@pytest.mark.clause("EC-59")
def test_the_second_shipment_is_stopped_and_the_first_counts() -> None:
    story = released_anew()
    leaves(story, 1)
    assert [str(each.state) for each in story.order.shipments] == ["OUTBOUND", "CANCELLED"]
    assert (story.order.stage, units(story), story.order.unmatched) == (Stage.SHIPPED, (0, 0, 0, 2), ())
    assert "recall/2/double/1" in effects(story, EffectKind.RECALL)
    assert effects(story, EffectKind.RELEASE_STOCK) == ["release_stock/double/1"], "nobody needs them there any more"
    assert story.open_cases == []
    leaves(story, 1)
    assert units(story) == (0, 0, 0, 2)
    story.passes(hours=20)
    story.is_scanned("DELIVERED", "1")
    story.passes(hours=24)
    assert (story.order.stage, len(story.order.shipments)) == (Stage.COMPLETED, 2)
    assert complaints(story) == []


@pytest.mark.clause("EC-59", "SR-132b")
@pytest.mark.parametrize("second", ["REFUSED", "it left before"])
def test_what_cannot_be_stopped_is_a_double_delivery_and_the_first_is_asked_back(second: str) -> None:
    story = released_anew("REFUSED")
    if second == "it left before":
        leaves(story, 2)
    leaves(story, 1)
    assert story.open_cases == ["DOUBLE_DELIVERY"]
    assert story.order.cases[-1].cause == "left_called_off"
    if second == "REFUSED":
        leaves(story, 2)
    assert "intercept/package/1/return" in effects(story, EffectKind.INTERCEPT)
    first, other = (story.order.package(each) for each in "12")
    assert first is not None
    assert other is not None
    assert (bool(first.superseded_at), other.counts, units(story)) == (True, True, (0, 0, 0, 2))
    story.passes(hours=20)
    story.is_scanned("RETURNED_TO_SENDER", "1")
    story.is_scanned("DELIVERED", "2")
    assert story.order.delivered_at is not None
    assert story.asks("resolve_case", case=story.order.cases[-1].no, outcome="RETURNED") == ""
    story.passes(hours=24)
    assert story.order.stage is Stage.COMPLETED
    assert complaints(story) == []


@pytest.mark.clause("EC-59")
def test_a_warehouse_that_says_nothing_is_pressed_and_a_person_telephones() -> None:
    story = released_anew("")
    leaves(story, 1)
    assert (story.order.stage, story.open_cases) == (Stage.SHIPPED, [])
    story.passes(hours=1)
    assert story.open_cases == ["DOUBLE_DELIVERY"]
    assert [task.kind for task in story.order.tasks if not task.done_at and task.case_no] == ["RECALL_GOODS"]
    story.answered_by(the_party_does_it)
    assert ([case.outcome for case in story.order.cases][-1], story.open_cases) == ("STOPPED", [])
    assert [str(each.state) for each in story.order.shipments] == ["OUTBOUND", "CANCELLED"]
    assert complaints(story) == []


@pytest.mark.clause("EC-59")
def test_nothing_was_planned_instead_yet_and_somebody_looks_at_the_parcel() -> None:
    story = Story()
    story.is_paid()
    story.answered_by(
        lambda order, effect: None if effect.kind == EffectKind.CANCEL_ENTRY else the_party_does_it(order, effect)
    )
    assert story.asks("submit_change_request", change="ADDRESS", correction=7, expected_version=1) == ""
    assert [str(each.state) for each in story.order.shipments] == ["CANCELLED"]
    leaves(story, 1)
    assert (story.order.stage, units(story), "MIS_SHIPMENT" in story.open_cases) == (Stage.SHIPPED, (0, 0, 0, 2), True)
    story.answered_by(the_party_does_it)
    assert [str(each.state) for each in story.order.shipments] == ["OUTBOUND"], "nothing is sent a second time"
    assert complaints(story) == []


@pytest.mark.clause("EC-59")
def test_an_edition_without_it_keeps_the_fact_as_unmatched() -> None:
    story = released_anew(policy=STANDARD.having(late=LatePolicy()))
    leaves(story, 1)
    assert ([each.kind for each in story.order.unmatched], units(story)[3]) == (["outbound"], 0)
