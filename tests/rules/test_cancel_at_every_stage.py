"""Cancelled at each of the eight stages, with a warehouse that stops, refuses or is silent (AC-30): the balances."""

from __future__ import annotations

import pytest

from domain.effects import EffectKind
from domain.stage import Stage
from tests.rules.recalling import STAGES, at, complaints, effects, units
from tests.rules.story import Story

UNDONE = ["release_stock/all", "cancel_entry/1", "refund/ending/p1"]
BACK_AT_WAREHOUSE = ("AT_WAREHOUSE", "BEING_PICKED", "AT_DOCK")
WAYS = ("cancel", "submit_change_request")


def cancels(story: Story, way: str) -> str:
    fields = {"reason": "n"} if way == "cancel" else {"change": "CANCEL", "expected_version": 1}
    return story.asks(way, **fields)


def undoing(story: Story) -> list[str]:
    return effects(story, EffectKind.RELEASE_STOCK, EffectKind.CANCEL_ENTRY, EffectKind.REFUND)


def refunded(story: Story) -> int:
    return story.order.payment.refunded("CNY")


@pytest.mark.clause("AC-30", "SR-054")
@pytest.mark.parametrize("answer", ["STOPPED", "REFUSED", ""], ids=["stops", "refuses", "silent"])
@pytest.mark.parametrize("stage", STAGES)
def test_stock_and_money_balance_at_every_moment(stage: str, answer: str) -> None:
    story = at(stage, answer)
    assert complaints(story) == []
    cancels(story, "cancel")
    for _ in range(6):
        assert complaints(story) == []
        assert 0 <= refunded(story) <= 2_000
        assert story.order.final or sum(units(story)) + story.order.lines[0].unallocated == 2 or stage == "IN_AUDIT"
        story.passes(hours=1)


@pytest.mark.clause("AC-30", "SR-054")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", ["IN_AUDIT", "CONFIRMED"])
def test_before_the_release_it_is_undone_at_once(stage: str, way: str) -> None:
    story = at(stage)
    assert cancels(story, way) == ""
    assert story.order.stage is Stage.CANCELLED
    assert sorted(key.rpartition("/")[0] for key in undoing(story)) == ["refund/ending", "release_stock"]
    assert (refunded(story), effects(story, EffectKind.RECALL)) == (2_000, [])


@pytest.mark.clause("AC-30", "SR-054", "SR-130c")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", BACK_AT_WAREHOUSE)
def test_at_the_warehouse_it_is_recalled_and_undone_once(stage: str, way: str) -> None:
    story = at(stage)
    assert cancels(story, way) == ""
    assert story.order.stage is Stage.CANCELLED
    assert effects(story, EffectKind.RECALL) == ["recall/1/case/1"]
    assert undoing(story) == UNDONE
    assert (units(story), refunded(story)) == ((2, 0, 0, 0), 2_000)
    assert [(each.change, each.state) for each in story.order.change_requests] == [("CANCEL", "APPLIED")]
    assert (story.open_cases, story.order.open_holds, story.told[-1]) == ([], (), "CANCELLED_REFUND")


@pytest.mark.clause("AC-30", "SR-130c")
@pytest.mark.parametrize("stage", BACK_AT_WAREHOUSE)
def test_while_the_warehouse_is_silent_it_is_being_cancelled_and_nothing_is_undone(stage: str) -> None:
    story = at(stage, "")
    before = units(story), story.order.shipments[0].state
    cancels(story, "cancel")
    assert story.order.stage is Stage.CANCELLING
    assert cancels(story, "cancel") == "WRONG_STAGE", "once is enough"
    story.passes(days=2)
    assert story.order.stage is Stage.CANCELLING
    assert ((units(story), story.order.shipments[0].state), undoing(story)) == (before, [])
    assert [case.level for case in story.order.open_cases if case.kind == "CHANGE_REQUESTED"] == [3]
    assert effects(story, EffectKind.ASK_WAREHOUSE).count("ask_warehouse/recall/case-1/shipment/1") == 1


@pytest.mark.clause("AC-30", "SR-130c")
@pytest.mark.parametrize(
    ("ask", "fields"), [("report_step", {"result": "STOPPED"}), ("report_step", {"result": "GONE"})]
)
def test_a_person_may_say_what_the_warehouse_said(ask: str, fields: dict[str, str]) -> None:
    story = at("AT_WAREHOUSE", "")
    cancels(story, "cancel")
    assert story.asks(ask, step="1/recall", **fields) == ""
    stopped = fields["result"] == "STOPPED"
    assert story.order.stage is (Stage.CANCELLED if stopped else Stage.READY_TO_SHIP)
    assert complaints(story) == []
    assert [each.status for each in story.order.effects if each.kind == EffectKind.RECALL] == ["DONE"]


@pytest.mark.clause("AC-30", "SR-130c")
def test_a_recall_that_is_skipped_has_stopped_nothing() -> None:
    story = at("AT_WAREHOUSE", "")
    cancels(story, "cancel")
    assert story.asks("skip_step", step="1/recall", reason="the line is dead") == ""
    assert (story.order.stage, story.order.change_requests[0].verdict) == (Stage.READY_TO_SHIP, "I")
    assert complaints(story) == []


@pytest.mark.clause("AC-30", "SR-130c")
@pytest.mark.parametrize("stage", [*BACK_AT_WAREHOUSE, "ON_ITS_WAY"])
def test_what_cannot_be_stopped_the_carrier_brings_back_and_then_it_is_paid_back_once(stage: str) -> None:
    story = at(stage, "REFUSED")
    cancels(story, "cancel")
    if stage in {"AT_WAREHOUSE", "BEING_PICKED"}:
        assert effects(story, EffectKind.INTERCEPT) == [], "nothing is with the carrier yet"
        story.ships()
    [key] = effects(story, EffectKind.INTERCEPT)
    assert key.endswith("/package/1")
    assert (refunded(story), units(story)) == (0, (0, 0, 0, 2)), "paid back when it is back"
    story.passes(hours=1)
    story.is_scanned("RETURNING")
    story.passes(hours=1)
    story.is_scanned("RETURNED_TO_SENDER")
    assert (story.order.stage, refunded(story)) == (Stage.RETURNED, 2_000)
    assert undoing(story) == ["refund/package/1"]
    assert story.order.change_requests[0].state == "APPLIED"
    assert complaints(story) == []


@pytest.mark.clause("AC-30")
def test_delivered_all_the_same_the_cancel_is_declined_and_the_money_stays() -> None:
    story = at("ON_ITS_WAY")
    cancels(story, "cancel")
    story.passes(hours=1)
    story.is_scanned("DELIVERED")
    assert (story.order.stage, story.order.change_requests[0].state) == (Stage.DELIVERED, "DECLINED")
    assert (refunded(story), story.order.open_holds, story.told[-1]) == (0, (), "DELIVERED")


@pytest.mark.clause("AC-30")
@pytest.mark.parametrize("way", WAYS)
def test_at_the_door_it_is_advised_to_refuse_the_parcel(way: str) -> None:
    story = at("OUT_FOR_DELIVERY")
    before = story.order
    assert cancels(story, way) == "CHANGE_REFUSED"
    assert story.order == before


@pytest.mark.clause("AC-30")
@pytest.mark.parametrize("way", WAYS)
def test_signed_for_it_becomes_a_return(way: str) -> None:
    story = at("SIGNED_FOR")
    assert cancels(story, way) == ""
    [task] = [task for task in story.order.tasks if task.done_at is None]
    assert (task.kind, task.params["begin"]) == ("MAKE_RETURN", f"POST /v1/orders/{story.order.number}/returns")
    assert (story.order.stage, refunded(story)) == (Stage.DELIVERED, 0)
