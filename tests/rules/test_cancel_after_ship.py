"""What goes out of a cancelled order all the same: a case, the carrier, one refund, and a true stage (AC-31)."""

from __future__ import annotations

import pytest

from domain.effects import EffectKind
from domain.stage import Stage
from tests.rules.recalling import at, complaints, effects, units
from tests.rules.story import Story, the_party_does_it


def cancelled_while_the_erp_is_down() -> Story:
    story = at("AT_WAREHOUSE")
    story.answered_by(
        lambda order, effect: None if effect.kind == EffectKind.CANCEL_ENTRY else the_party_does_it(order, effect)
    )
    story.asks("cancel", reason="n")
    assert story.order.stage is Stage.CANCELLING
    return story


@pytest.mark.clause("AC-31", "EC-20")
@pytest.mark.parametrize(("state", "stage"), [("RETURNED_TO_SENDER", Stage.RETURNED), ("LOST", Stage.CLOSED)])
def test_what_goes_out_of_a_cancelled_order_is_a_case_and_nothing_is_paid_twice(state: str, stage: Stage) -> None:
    story = cancelled_while_the_erp_is_down()
    story.says("outbound", shipment=1, tracking_number="SF1", carrier="SF")
    assert (story.order.stage, units(story)) == (Stage.SHIPPED, (0, 0, 0, 2)), "the ledger follows what left"
    assert story.open_cases == ["CANCEL_AFTER_SHIP"]
    assert effects(story, EffectKind.INTERCEPT) == ["intercept/cancelled/package/1"]
    assert story.told[-1] == "CANCELLED_BUT_SENT"
    story.answered_by(the_party_does_it)
    assert (story.order.stage, story.order.payment.refunded("CNY")) == (Stage.SHIPPED, 2_000)
    story.passes(hours=1)
    story.is_scanned(state)
    assert (story.order.stage, story.open_cases) == (stage, [])
    assert effects(story, EffectKind.REFUND) == ["refund/ending/p1"]
    assert complaints(story) == []


@pytest.mark.clause("AC-31", "EC-20")
def test_delivered_all_the_same_somebody_decides_and_it_is_not_completed() -> None:
    story = cancelled_while_the_erp_is_down()
    story.says("outbound", shipment=1, tracking_number="SF1", carrier="SF")
    story.answered_by(the_party_does_it)
    story.passes(hours=1)
    story.is_scanned("DELIVERED")
    story.passes(days=3)
    assert (story.order.stage, story.open_cases) == (Stage.DELIVERED, ["CANCEL_AFTER_SHIP"])
    assert [task.kind for task in story.order.tasks if not task.done_at and task.case_no] == ["DECIDE", "RECOVER_GOODS"]
    story.asks("resolve_case", case=2, outcome="KEPT")
    assert (story.order.stage, story.order.completed_at) == (Stage.CLOSED, None)
    assert complaints(story) == []
