"""Recalls and the change saga (§4.7 R, §4.8): stopped, written, entered and released anew, or as before (M5)."""

from __future__ import annotations

import pytest

from domain.effects import EffectKind
from domain.holds import EffectState, EffectStatus
from domain.inside import Outcome
from domain.manual.recall import RecallState, recall
from domain.manual.turn import Turn
from domain.order import Order
from domain.recall_effects import RecallAnswer, RecallOutcome
from domain.stage import Stage
from tests.rules.recalling import at, complaints, effects, units, warehouse_says
from tests.rules.story import BY_PEOPLE, Story, a_content, a_line, an_input, parked, the_party_does_it

SAGA = ["recall/1/case/1", "audit/2", "cancel_entry/1", "enter/2", "release/2"]


def changes(story: Story, change: str = "ADDRESS", **fields: object) -> str:
    asked = {"change": change, "correction": 7, "expected_version": story.order.version, **fields}
    return story.asks("submit_change_request", **asked)


def asked(story: Story) -> list[tuple[str, str, str]]:
    return [(each.change, each.state, each.verdict) for each in story.order.change_requests]


# -- recall() --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-130c")
def test_a_recall_asks_once_a_cause_and_says_how_far_it_is() -> None:
    story = at("AT_DOCK", "")
    [shipment] = story.order.shipments
    turn = Turn(story.order, story.now)
    assert [recall(turn, shipment, "case/9"), recall(turn, shipment, "case/9")] == [RecallState.WAITING] * 2
    [effect] = [each for each in turn.order.effects if each.kind == EffectKind.RECALL]
    assert effect.request == {
        "key": f"{story.order.number}/recall/1/case/9",
        "order_no": story.order.number,
        "shipment": 1,
        "warehouse": "SH",
        "labels": ["SF1"],
        "packages": ["1"],
    }
    late = Turn(turn.order, story.now + story.order.policy.change.recall_within * 1.01)
    assert recall(late, shipment, "case/9") is RecallState.SILENT
    pressed = [each for each in late.order.effects if each.kind == EffectKind.ASK_WAREHOUSE]
    assert [each.request["stop"] for each in pressed] == ["recall"], "pressed once, and told again"


@pytest.mark.clause("SR-130c")
def test_what_no_warehouse_has_is_called_off_at_once() -> None:
    def refused(order: Order, effect: EffectState) -> Outcome | None:
        return None if effect.kind == EffectKind.RELEASE else the_party_does_it(order, effect)

    story = Story(answers=refused)
    story.is_paid()
    [handing] = [each for each in story.order.effects if each.kind == EffectKind.RELEASE]
    turn = Turn(story.order, story.now)
    assert recall(turn, story.order.shipments[0], "case/9") is RecallState.WAITING
    assert len(turn.order.effects) == len(story.order.effects), "a stop must not overtake its release"
    story.hears(parked(handing, story.now))
    turn = Turn(story.order, story.now)
    assert recall(turn, story.order.shipments[0], "case/9") is RecallState.STOPPED
    assert [each.state for each in turn.order.shipments] == ["CANCELLED"]
    assert turn.order.parked == (), "what was refused is not tried again"


@pytest.mark.clause("SR-130c")
def test_a_parcel_that_its_carrier_has_is_not_stopped_whatever_the_warehouse_says() -> None:
    story = at("AT_DOCK", "")
    story.asks("cancel", reason="n")
    story.passes(minutes=1)
    story.is_scanned("IN_TRANSIT")
    assert story.order.change_requests[0].verdict == "I"
    assert (story.order.stage, units(story)) == (Stage.SHIPPED, (0, 0, 0, 2))


@pytest.mark.clause("SR-130c", "AC-30")
def test_pulled_from_the_dock_it_is_not_out_and_its_label_is_void() -> None:
    story = at("AT_DOCK")
    changes(story, "CONTACT")
    [old] = [each for each in story.order.packages if each.id == "1"]
    assert (old.out, old.tracking_number, old.voided_at) == (False, "SF1", story.now)
    assert (units(story), story.order.stage) == ((0, 2, 0, 0), Stage.READY_TO_SHIP)
    story.ships("2-1", shipment=2)
    story.passes(hours=1)
    story.is_scanned("DELIVERED", "2-1")
    assert (story.order.stage, complaints(story)) == (Stage.DELIVERED, [])
    pushed = [letter.key.rpartition("/")[2] for letter in story.letters if letter.kind == "push_tracking"]
    assert pushed == ["SF1", "SF2-1"]


# -- the saga --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-29", "EC-01", "SR-130c")
@pytest.mark.parametrize("stage", ["AT_WAREHOUSE", "BEING_PICKED", "AT_DOCK"])
def test_stopped_it_is_written_entered_and_released_anew(stage: str) -> None:
    story = at(stage)
    known = effects(story)
    assert changes(story) == ""
    assert effects(story)[len(known) :] == SAGA
    assert asked(story) == [("ADDRESS", "APPLIED", "R")]
    order = story.order
    assert (order.version, order.corrections, order.stage) == (2, (7,), Stage.READY_TO_SHIP)
    assert [each.state for each in order.shipments] == ["CANCELLED", "RELEASED"]
    assert (units(story), order.open_holds, story.open_cases) == ((0, 2, 0, 0), (), [])
    assert [(each.key, each.result) for each in order.steps] == [("1/recall", "STOPPED"), ("1/amend", "AMENDED")]
    assert story.told[-1] == "CHANGE_ACCEPTED"
    assert complaints(story) == []


@pytest.mark.clause("AC-29", "EC-01")
def test_refused_the_carrier_is_offered_and_the_order_is_as_it_was() -> None:
    story = at("BEING_PICKED", "REFUSED")
    before = story.order
    changes(story)
    assert asked(story) == [("ADDRESS", "IN_PROGRESS", "I")]
    assert [(step.key, step.state) for step in story.order.steps] == [("1/recall", "DONE"), ("2/redirect", "OPEN")]
    story.asks("resolve_case", case=2, outcome="DECLINED")
    _as_before(story, before)


@pytest.mark.clause("AC-29", "EC-01")
@pytest.mark.parametrize("answer", ["STOPPED", "REFUSED"])
def test_a_late_answer_still_counts(answer: str) -> None:
    story = at("BEING_PICKED", "")
    changes(story)
    story.passes(minutes=31)
    assert [case.level for case in story.order.open_cases] == [1]
    open_tasks = [(task.kind, task.role) for task in story.order.tasks if task.done_at is None]
    assert open_tasks == [("RECALL_GOODS", "warehouse"), ("ESCALATION", "order_administrator")]
    story.answered_by(warehouse_says(answer))
    assert asked(story)[0][1:] == (("APPLIED", "R") if answer == "STOPPED" else ("IN_PROGRESS", "I"))
    assert complaints(story) == []


@pytest.mark.clause("SR-054")
def test_what_the_matrix_refuses_behind_it_is_refused_and_everything_is_as_before() -> None:
    story = at("BEING_PICKED", "REFUSED")
    before = story.order
    changes(story, "PAYMENT_METHOD", params={"method": "cod"})
    assert asked(story) == [("PAYMENT_METHOD", "REFUSED", "X")]
    _as_before(story, before)


@pytest.mark.clause("SR-054")
def test_of_two_warehouses_one_refuses_and_the_other_sends_as_before() -> None:
    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.RECALL:
            said = RecallAnswer.STOPPED if effect.request["shipment"] == 1 else RecallAnswer.REFUSED
            return RecallOutcome(answer=said)
        outcome = the_party_does_it(order, effect)
        if effect.kind != EffectKind.AUDIT or outcome is None:
            return outcome
        first, second = outcome.allocations  # type: ignore[union-attr]
        return outcome.having(allocations=(first, second.having(warehouse="BJ")))

    story = Story(an_input(a_content(a_line("1"), a_line("2"))), answers=answers)
    story.is_paid()
    lines = story.order.lines
    changes(story, "PAYMENT_METHOD", params={"method": "cod"})
    assert [(each.number, each.state, each.lines[0].line) for each in story.order.shipments] == [
        (1, "CANCELLED", "1"),
        (2, "RELEASED", "2"),
        (3, "RELEASED", "1"),
    ]
    assert (story.order.lines, story.order.version, story.order.open_holds) == (lines, 1, ())
    assert complaints(story) == []


def _as_before(story: Story, before: Order) -> None:
    """M5: ledger, money, version, entry and shipments are what they were; no hold and no case is left."""
    now = story.order
    assert (now.lines, now.payment, now.version, now.corrections) == (
        before.lines,
        before.payment,
        before.version,
        before.corrections,
    )
    assert (now.entered, now.content, now.audit, now.stage) == (
        before.entered,
        before.content,
        before.audit,
        before.stage,
    )
    plain = [each.having(recalls=()) for each in now.shipments]
    assert (plain, now.packages) == (list(before.shipments), before.packages)
    assert (now.open_holds, story.open_cases, complaints(story)) == ((), [], [])


# -- behind the pivot ------------------------------------------------------------------------------------------------

BEHIND = [EffectKind.AUDIT, EffectKind.CANCEL_ENTRY, EffectKind.ENTER, EffectKind.RELEASE]


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("kind", BEHIND)
def test_a_step_that_parks_behind_the_pivot_is_retried_and_ends_the_saga(kind: EffectKind) -> None:
    down = [False]

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        return None if down[0] and effect.kind == kind else the_party_does_it(order, effect)

    story = Story(answers=answers)
    story.is_paid()
    down[0] = True
    changes(story)
    [stuck] = [each for each in story.order.effects if each.status is EffectStatus.RUNNING]
    story.hears(parked(stuck, story.now))
    assert (asked(story), story.order.version) == ([("ADDRESS", "IN_PROGRESS", "R")], 2)
    assert [each.blocks for each in story.order.open_holds] == [("complete",)]
    assert complaints(story) == []
    down[0] = False
    assert story.asks("retry_step", step=stuck.key) == ""
    assert (asked(story), story.order.stage) == ([("ADDRESS", "APPLIED", "R")], Stage.READY_TO_SHIP)
    assert (story.order.open_holds, story.open_cases, complaints(story)) == ((), [], [])


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("skip_step", {"step": "1/amend", "reason": "n"}),
        ("report_step", {"step": "1/amend", "result": "AMENDED"}),
        ("resolve_case", {"case": 1, "outcome": "DECLINED"}),
        ("cancel", {"reason": "n"}),
    ],
)
def test_whoever_cuts_the_last_steps_short_leaves_no_hold(name: str, fields: dict[str, object]) -> None:
    def answers(order: Order, effect: EffectState) -> Outcome | None:
        waits = effect.kind == EffectKind.ENTER and order.version == 2
        return None if waits else the_party_does_it(order, effect)

    story = Story(answers=answers)
    story.is_paid()
    changes(story)
    assert asked(story) == [("ADDRESS", "IN_PROGRESS", "R")]
    assert story.asks(name, **fields) == ""
    assert asked(story)[0] == ("ADDRESS", "APPLIED", "R"), "what is written is made"
    assert [hold.reason for hold in story.order.open_holds] == []
    assert complaints(story) == []


# -- who decides, and old editions -----------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
def test_what_sales_agree_to_is_recalled_and_written() -> None:
    story = at("AT_WAREHOUSE")
    changes(story, "SUBSTITUTE", params={"line": "1", "sku": "SKU-9"})
    assert (asked(story), effects(story, EffectKind.RECALL)) == ([("SUBSTITUTE", "IN_PROGRESS", "R")], [])
    story.asks("resolve_case", case=1, outcome="APPLIED")
    assert (asked(story), story.order.version) == ([("SUBSTITUTE", "APPLIED", "R")], 2)
    assert effects(story, EffectKind.RECALL) == ["recall/1/case/2"]


@pytest.mark.clause("SR-054")
def test_a_later_day_is_agreed_once_the_goods_are_stopped() -> None:
    story = at("BEING_PICKED")
    changes(story, "DELIVER_LATER", params={"until": "2026-12-01"}, correction=0)
    assert asked(story) == [("DELIVER_LATER", "APPLIED", "R")]
    assert [(hold.reason, hold.blocks) for hold in story.order.open_holds] == [("MANUAL", ("release",))]
    assert effects(story, EffectKind.RELEASE) == ["release/1"]
    story.asks("release_hold", hold=story.order.open_holds[0].id)
    assert effects(story, EffectKind.RELEASE) == ["release/1", "release/2"]


@pytest.mark.clause("SR-054")
def test_a_cancel_overtakes_a_recall_that_waits() -> None:
    story = at("AT_WAREHOUSE", "")
    changes(story)
    story.asks("cancel", reason="n")
    assert [each[:2] for each in asked(story)] == [("ADDRESS", "QUEUED"), ("CANCEL", "IN_PROGRESS")]
    story.answered_by(the_party_does_it)
    assert (story.order.stage, complaints(story)) == (Stage.CANCELLED, [])


@pytest.mark.clause("SR-054")
def test_an_edition_before_knows_no_recall() -> None:
    story = Story(an_input(policy=BY_PEOPLE))
    story.is_paid()
    assert story.asks("cancel", reason="n") == "WRONG_STAGE"
    changes(story)
    assert [task.kind for task in story.order.tasks if task.done_at is None] == ["RECALL_GOODS"]
    assert (effects(story, EffectKind.RECALL), story.order.steps) == ([], ())


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("answer", ["STOPPED", "REFUSED"])
def test_a_later_day_keeps_what_is_not_picked_at_its_warehouse(answer: str) -> None:
    story = at("AT_WAREHOUSE", answer)
    changes(story, "DELIVER_LATER", params={"until": "2026-12-01"})
    [request], made = story.order.change_requests, answer == "STOPPED"
    assert (request.state == "APPLIED", effects(story, EffectKind.RECALL)) == (made, ["recall/1/case/1"])
    assert [task.kind for task in story.order.tasks if not task.done_at] == ["RELEASE_HOLD" if made else "APPLY_CHANGE"]
