"""What people decide over a held order: messages, sales, risks, like orders (SR-050, SR-113, SR-010)."""

from __future__ import annotations

import pytest

from domain.effects import EffectKind
from domain.findings import Finding
from domain.manual.explain import explain
from domain.stage import Stage
from tests.rules.risky import MESSAGE, RISK, Audited, held
from tests.rules.story import Story, an_input

# -- messages, sales -------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-050")
def test_a_message_that_asks_for_nothing_lets_the_order_go() -> None:
    story = Audited(MESSAGE)
    story.is_paid()
    assert (story.order.stage, story.to_do) == (
        Stage.AWAITING_CONFIRMATION,
        [("DECIDE_MESSAGE", "order_administrator")],
    )
    assert story.done == ["audit_order"]
    assert story.asks("release_hold", hold="H1") == "HOLD_ENDS_OTHERWISE"
    assert story.asks("decide_message", choice="nothing") == ""
    assert (story.order.stage, story.open_holds) == (Stage.READY_TO_SHIP, [])
    assert story.asks("decide_message", choice="gift") == "NO_MESSAGE"


@pytest.mark.clause("SR-050")
@pytest.mark.parametrize("choice", ["expedite", "substitution", "gift"])
def test_what_is_asked_goes_to_sales_and_a_declined_one_changes_nothing(choice: str) -> None:
    story = Audited(MESSAGE)
    story.is_paid()
    story.asks("decide_message", choice=choice, note="see the page")
    assert (story.open_holds, story.to_do) == ([("H2", "SALES_DECISION")], [("DECIDE_SALES", "sales")])
    assert story.asks("sales_decision", hold="H1", verdict="approve") == "UNKNOWN_HOLD"
    assert story.asks("sales_decision", hold="H2", verdict="decline") == ""
    assert (story.order.stage, story.open_holds, story.to_do) == (Stage.READY_TO_SHIP, [], [])
    assert [(one.choice, one.verdict) for one in story.order.rulings] == [(choice, ""), (choice, "decline")]


@pytest.mark.clause("SR-050")
def test_an_agreed_substitution_keeps_the_goods_until_a_person_has_seen_to_it() -> None:
    story = Audited(MESSAGE)
    story.is_paid()
    story.asks("decide_message", choice="substitution")
    story.asks("sales_decision", hold="H2", verdict="approve")
    assert (story.open_holds, story.to_do) == ([("H3", "MANUAL")], [("APPLY_DECISION", "order_administrator")])
    assert story.done == ["audit_order"]
    assert story.asks("release_hold", hold="H3") == ""
    assert story.order.stage is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-050")
def test_an_agreed_expedite_holds_nothing_and_stays_a_task_until_the_goods_are_out() -> None:
    story = Audited(MESSAGE)
    story.is_paid()
    story.asks("decide_message", choice="expedite")
    story.asks("sales_decision", hold="H2", verdict="approve")
    assert (story.order.stage, story.open_holds) == (Stage.READY_TO_SHIP, [])
    assert story.to_do == [("APPLY_DECISION", "order_administrator")]
    story.ships()
    assert story.to_do == []


@pytest.mark.clause("SR-050")
def test_sales_may_be_asked_by_hand() -> None:
    story = Story()
    story.asks("place_hold", reason="SALES_DECISION", note="the customer called: blue instead of red")
    story.is_paid()
    assert [effect.kind for effect in story.order.effects] == ["audit_order"]
    assert story.asks("sales_decision", hold="H1", verdict="approve") == ""
    assert [hold.reason for hold in story.order.open_holds] == ["MANUAL"]


# -- risks, duplicates -----------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-113", "EC-55", "EC-63")
@pytest.mark.parametrize("finding", [RISK, held("SOMETHING_NEW")])
def test_a_risk_keeps_the_goods_until_a_reviewer_releases_it(finding: Finding) -> None:
    story = Audited(finding)
    story.is_paid()
    assert (story.open_holds, story.to_do) == ([("H1", "HIGH_RISK")], [("CHECK_RISK", "supervisor")])
    assert story.done == ["audit_order"]
    assert story.asks("release_hold", hold="H1") == ""
    assert story.order.stage is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-010")
def test_a_suspected_duplicate_is_not_audited_until_somebody_says_it_is_none() -> None:
    story = Story(an_input(duplicate_of="SO2026112300000009"))
    assert (story.order.stage, story.order.effects) == (Stage.RECEIVED, ())
    [task] = story.order.tasks
    assert (task.kind, task.role, task.params) == (
        "CHECK_DUPLICATE",
        "order_administrator",
        {"order_no": "SO2026112300000009"},
    )
    [wait] = explain(story.order, story.now, None).waiting
    assert (wait.who, wait.what) == ("order_administrator", "hold H1 SUSPECTED_DUPLICATE of SO2026112300000009")
    assert story.noted == ["hold_placed", "stage_reached"]
    assert story.asks("release_hold", hold="H1") == ""
    assert story.order.stage is Stage.AWAITING_CONFIRMATION


@pytest.mark.clause("SR-010")
def test_a_duplicate_is_cancelled_and_leaves_no_task() -> None:
    story = Story(an_input(duplicate_of="SO2026112300000009"))
    assert story.asks("cancel", reason="the same order twice") == ""
    assert story.order.stage is Stage.CANCELLED
    assert [task for task in story.order.tasks if task.done_at is None] == []
    assert EffectKind.AUDIT not in {effect.kind for effect in story.order.effects}
