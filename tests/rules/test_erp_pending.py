"""The ERP is down for hours: the order waits, says for whom, and the delay is ours (edge case 36, SR-020, AC-63)."""

from __future__ import annotations

import pytest

from domain.books import label_code
from domain.catalogue.text import label
from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.manual.explain import explain
from domain.manual.explain_text import as_text
from domain.order import Order
from domain.stage import Stage
from tests.rules.story import Story, an_input, the_party_does_it


@pytest.mark.clause("SR-020", "AC-63", "EC-36")
def test_an_erp_that_is_down_for_hours_is_named_and_the_delay_is_ours() -> None:
    down = [True]

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        return None if down and effect.kind == EffectKind.ENTER else the_party_does_it(order, effect)

    story = Story(an_input(), answers)
    assert label_code(story.order) == "AWAITING_PAYMENT"
    story.is_paid()
    story.passes(hours=3)
    found = explain(story.order, story.now, None)
    assert (story.order.stage, label_code(story.order), found.pending) == (
        Stage.AWAITING_CONFIRMATION,
        "ERP_PENDING",
        "ERP_PENDING",
    )
    assert [(wait.who, wait.what) for wait in found.waiting] == [("erp", "enter_order")]
    assert label("stage", "ERP_PENDING", "zh-Hans") in as_text(story.order, found)
    assert story.clock("C1").verdict == "met", "its gates closed in time"
    story.passes(hours=46)
    late = story.clock("C4")
    assert (late.verdict, late.cause, late.responsible) == ("breached", "erp", "us")
    down.clear()
    story.hears()
    assert (story.order.stage, label_code(story.order)) == (Stage.READY_TO_SHIP, "READY_TO_SHIP")
