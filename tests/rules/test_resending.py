"""A case that a person decides as RESENT has the goods sent anew, or somebody asked to (edge case 24, AC-71)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.effects import EffectKind, ReserveOutcome
from domain.facts import Moved
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.asked import to_do
from tests.rules.recalling import complaints
from tests.rules.story import Story, a_content, a_line, an_input, delivered, shipped, the_party_does_it

WITHOUT = STANDARD.having(claims=STANDARD.claims.having(resends=False))


def nobody_has_it(order: Order, effect: EffectState) -> Outcome | None:
    if effect.kind != EffectKind.RESERVE:
        return the_party_does_it(order, effect)
    return ReserveOutcome(short=tuple(Moved(**part) for part in effect.request["lines"]))


def claimed(**claim: Any) -> Story:
    """Delivered, and the customer says that it never came."""
    story = delivered()
    story.says("not_received_claim", claim="C1", **claim)
    return story


def reserved(story: Story) -> list[str]:
    return [effect.cause for effect in story.order.effects if effect.kind == EffectKind.RESERVE]


@pytest.mark.clause("EC-24", "AC-71")
def test_a_parcel_that_never_came_is_sent_anew_and_the_order_waits_for_it() -> None:
    story = claimed(package="1")
    assert story.asks("resolve_case", case=1, outcome="RESENT") == ""
    assert reserved(story) == ["anew/1"]
    assert (story.order.packages[0].superseded_at is not None, story.order.open_holds) == (True, ())
    assert [(each.replaces, str(each.state)) for each in story.order.shipments] == [("", "OUTBOUND"), ("1", "RELEASED")]
    assert (story.order.stage, story.open_cases, complaints(story)) == (Stage.SHIPPED, [], [])
    story.passes(hours=30)
    assert story.order.stage is Stage.SHIPPED, "nothing completes while it is on its way"
    story.ships("2-1", shipment=2)
    story.is_scanned("DELIVERED", "2-1")
    assert (story.order.stage, story.order.lines[0].delivered) == (Stage.DELIVERED, 2)
    story.passes(hours=24)
    assert (story.order.stage, reserved(story), story.order.payment.refunds) == (Stage.COMPLETED, ["anew/1"], ())
    assert complaints(story) == []


@pytest.mark.clause("EC-24")
def test_without_stock_the_order_stays_open_and_somebody_has_to_place_a_linked_order() -> None:
    story = claimed(package="1")
    story.answered_by(nobody_has_it)
    story.asks("resolve_case", case=1, outcome="RESENT")
    assert (story.order.stage, to_do(story)) == (Stage.DELIVERED, ["PLACE_LINKED_ORDER"])
    [task] = [task for task in story.order.tasks if task.kind == "PLACE_LINKED_ORDER"]
    assert (task.role, task.params["request"]) == ("order_administrator", f"/v1/orders/{story.order.number}/resends")
    story.passes(hours=40)
    assert not story.order.final, "nobody has sent it yet"
    assert story.asks("release_hold", hold="H1", note="sent with SO2") == ""
    assert to_do(story) == []
    story.passes(hours=24)
    assert story.order.stage is Stage.COMPLETED


@pytest.mark.clause("EC-24")
@pytest.mark.parametrize(
    ("kind", "claim"),
    [
        ("not_received_claim", {"lines": [{"line": "1", "quantity": 1}]}),
        ("wrong_goods_claim", {"package": "1"}),
        ("missing_goods_claim", {"package": "1", "lines": [{"line": "1", "quantity": 1}]}),
    ],
)
def test_some_of_a_parcel_and_other_goods_come_by_a_linked_order(kind: str, claim: dict[str, Any]) -> None:
    story = delivered()
    story.says(kind, claim="C1", **claim)
    story.asks("resolve_case", case=1, outcome="RESENT")
    assert (reserved(story), to_do(story)) == ([], ["PLACE_LINKED_ORDER"])
    assert story.order.packages[0].superseded_at is None


@pytest.mark.clause("EC-24")
def test_of_two_parcels_only_the_one_that_never_came_is_sent_anew() -> None:
    story = shipped(content=a_content(a_line("1", 1), a_line("2", 1)))
    assert len(story.order.packages) == 1
    story.is_scanned("DELIVERED")
    story.says("not_received_claim", claim="C1")
    story.asks("resolve_case", case=1, outcome="RESENT")
    [anew] = [each for each in story.order.shipments if each.replaces]
    assert anew.lines == (Moved(line="1", quantity=1), Moved(line="2", quantity=1))


@pytest.mark.clause("EC-24")
def test_cash_is_never_collected_twice_for_it_and_older_editions_do_as_before() -> None:
    story = delivered(content=a_content(payment_method="cod"))
    story.says("not_received_claim", claim="C1", package="1")
    story.asks("resolve_case", case=1, outcome="RESENT")
    assert (reserved(story), to_do(story)) == ([], ["PLACE_LINKED_ORDER"])
    older = delivered(policy=WITHOUT)
    older.says("not_received_claim", claim="C1", package="1")
    older.asks("resolve_case", case=1, outcome="RESENT")
    assert (older.order.open_holds, reserved(older)) == ((), [])


@pytest.mark.clause("SR-132", "SR-034")
def test_a_lost_parcel_is_sent_anew_by_its_case_too_and_the_case_ends_when_it_is_reserved() -> None:
    story = shipped()
    story.is_scanned("LOST")
    assert story.asks("resolve_case", case=1, outcome="RESENT") == ""
    assert [(case.kind, case.outcome) for case in story.order.cases] == [("LOST_OR_DAMAGED", "RESENT")]
    assert (reserved(story), story.order.stage, complaints(story)) == (["anew/1"], Stage.SHIPPED, [])
    empty = Story(an_input())
    empty.is_paid()
    empty.ships()
    empty.is_scanned("LOST")
    empty.answered_by(nobody_has_it)
    empty.asks("resolve_case", case=1, outcome="RESENT")
    assert (empty.open_cases, "DECIDE_PARCEL" in to_do(empty)) == (["LOST_OR_DAMAGED"], True)
    older = shipped(policy=WITHOUT)
    older.is_scanned("LOST")
    assert older.asks("resolve_case", case=1, outcome="RESENT") == "OUTCOME_UNKNOWN"
