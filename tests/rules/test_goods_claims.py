"""The customer says that goods did not come, or not the right ones (edge case 24, AC-09, AC-71)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.effects import EffectKind
from domain.order import Order
from domain.stage import Stage
from tests.rules.story import NUMBER, Story, a_content, a_line, an_input, delivered, shipped

CASES = {
    "not_received_claim": ("NOT_RECEIVED_CLAIM", EffectKind.ASK_CARRIER),
    "wrong_goods_claim": ("MIS_SHIPMENT", EffectKind.ASK_WAREHOUSE),
    "missing_goods_claim": ("MIS_SHIPMENT", EffectKind.ASK_WAREHOUSE),
}


def asked(order: Order) -> list[tuple[str, str]]:
    return [(str(effect.kind), effect.cause) for effect in order.effects if "proof" in effect.cause]


def refunds(story: Story) -> list[tuple[str, int]]:
    return [(back.key.removeprefix(f"{NUMBER}/refund/"), back.amount) for back in story.order.payment.refunds]


def stage(story: Story) -> Stage:
    return story.order.stage


def decisions(story: Story) -> list[dict[str, Any]]:
    return [task.params for task in story.order.tasks if task.kind == "DECIDE_CLAIM" and task.done_at is None]


@pytest.mark.clause("EC-24", "AC-71")
@pytest.mark.parametrize("kind", CASES)
def test_a_claim_opens_its_case_holds_the_completion_and_has_a_proof_asked_for(kind: str) -> None:
    story = delivered()
    story.says(kind, claim="C1", package="1")
    case, party = CASES[kind]
    assert story.open_cases == [case]
    assert [(str(hold.reason), hold.blocks) for hold in story.order.open_holds] == [("DISPUTE", ("complete",))]
    assert asked(story.order) == [(party, "1/proof-1/package/1")]
    story.passes(hours=47)
    assert (decisions(story), stage(story)) == ([], Stage.DELIVERED)
    story.passes(hours=1)
    assert [params["proof"] for params in decisions(story)] == ["NO_PROOF"]
    assert story.clock("C3").verdict == "open", "C3 stands still"


@pytest.mark.clause("EC-24")
def test_a_proof_that_somebody_reports_leads_to_the_decision_at_once() -> None:
    story = delivered()
    story.says("not_received_claim", claim="C1", package="1")
    assert story.asks("report_step", step="1/proof", result="SIGNED_BY_NEIGHBOUR") == ""
    assert [params["proof"] for params in decisions(story)] == ["SIGNED_BY_NEIGHBOUR"]


@pytest.mark.clause("EC-24")
@pytest.mark.parametrize(
    ("outcome", "paid"), [("REFUNDED", [("claim/C1", 1_000)]), ("RECEIVED", []), ("UNFOUNDED", [])]
)
def test_the_decision_pays_back_what_is_claimed_once_and_lets_the_order_go_on(outcome: str, paid: list[Any]) -> None:
    story = delivered()
    story.says("not_received_claim", claim="C1", lines=[{"line": "1", "quantity": 1}])
    assert story.asks("resolve_case", case=1, outcome="WHATEVER") == "OUTCOME_UNKNOWN"
    assert story.asks("release_hold", hold="H1") == "HOLD_ENDS_OTHERWISE"
    story.asks("resolve_case", case=1, outcome=outcome)
    assert refunds(story) == paid
    assert story.order.open_holds == ()
    story.says("not_received_claim", claim="C1")
    assert story.open_cases == [], "the same claim told again is known"
    story.passes(hours=24)
    assert stage(story) is Stage.COMPLETED


@pytest.mark.clause("EC-24")
def test_goods_that_turn_up_withdraw_the_claim() -> None:
    story = delivered()
    story.says("claim_withdrawn", claim="C1")
    story.says("not_received_claim", claim="C1", package="1")
    assert [(case.status, case.outcome) for case in story.order.cases] == []
    assert story.order.open_holds == ()
    story.says("not_received_claim", claim="C2", package="1")
    story.says("claim_withdrawn", claim="C2")
    assert [(str(case.status), case.outcome) for case in story.order.cases] == [("WITHDRAWN", "WITHDRAWN")]
    story.passes(hours=24)
    assert (stage(story), refunds(story)) == (Stage.COMPLETED, [])


@pytest.mark.clause("AC-71")
def test_two_claims_of_one_parcel_are_one_case_and_each_is_paid_for_itself() -> None:
    story = Story(an_input(a_content(a_line("1"), a_line("2"))))
    story.is_paid()
    story.ships()
    story.is_scanned("DELIVERED")
    story.says("wrong_goods_claim", claim="C1", package="1", lines=[{"line": "1", "quantity": 1}])
    story.says("missing_goods_claim", claim="C2", package="1", lines=[{"line": "2", "quantity": 1}])
    assert story.open_cases == ["MIS_SHIPMENT"]
    story.asks("resolve_case", case=1, outcome="REFUNDED")
    assert refunds(story) == [("claim/C1", 1_000), ("claim/C2", 1_000)]


@pytest.mark.clause("AC-71")
def test_other_goods_than_ordered_are_a_case_and_the_ordered_ones_are_still_due() -> None:
    story = Story()
    story.is_paid()
    story.ships(others=[{"sku": "SKU-9", "quantity": 2}])
    assert story.open_cases == ["MIS_SHIPMENT"]
    [line] = story.order.lines
    assert (line.shipped, line.to_ship) == (0, 2), "what was ordered did not leave"
    [package] = story.order.packages
    assert [(each.sku, each.quantity) for each in package.others] == [("SKU-9", 2)]
    assert story.clock("C4").stop_at is None


@pytest.mark.clause("AC-71")
def test_goods_beside_the_ordered_ones_and_more_units_than_ordered_are_a_case_too() -> None:
    story = Story()
    story.is_paid()
    story.ships(lines=[{"line": "1", "quantity": 2}], others=[{"sku": "SKU-9", "quantity": 1}])
    assert story.open_cases == ["MIS_SHIPMENT"]
    assert [line.shipped for line in story.order.lines] == [2]
    other = Story()
    other.is_paid()
    other.ships(lines=[{"line": "1", "quantity": 3}])
    assert other.open_cases == ["MIS_SHIPMENT"]
    assert [part.quantity for part in other.order.packages[0].lines] == [3], "true to what left"


@pytest.mark.clause("EC-24")
def test_a_claim_on_its_way_holds_only_the_completion() -> None:
    story = shipped()
    story.says("not_received_claim", claim="C1", package="1")
    assert story.open_cases == ["NOT_RECEIVED_CLAIM"]
    story.is_scanned("DELIVERED")
    story.passes(hours=30)
    assert stage(story) is Stage.DELIVERED
