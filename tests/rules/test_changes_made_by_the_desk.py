"""What the desk makes of a change by itself: collected first, a further shipment, the carrier asked (§4.7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.carrier_orders import CarrierSaid
from domain.change_policy import STANDARD_CHANGE
from domain.effects import AuditOutcome, EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.quoting import quoted
from tests.rules.recalling import at, complaints, effects, units
from tests.rules.story import Answers, Story, a_content, an_input, the_party_does_it

MORE = {"line": "1", "quantity": 3}
DEAR = STANDARD.having(change=STANDARD_CHANGE.having(expedite_fee=1500, redirect_fee=900))


def changes(story: Story, change: str, **fields: Any) -> None:
    asked = {"change": change, "expected_version": story.order.version, **fields}
    assert story.asks("submit_change_request", **asked) == ""


def states(story: Story) -> list[tuple[str, str]]:
    return [(each.state.value, each.code) for each in story.order.change_requests]


def dear(stage: str, answers: Answers = the_party_does_it) -> Story:
    story = at(stage)
    story.order = story.order.having(policy=DEAR)
    story.answered_by(answers)
    return story


def carrier_says(accepted: bool | None) -> Answers:
    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind not in {EffectKind.INTERCEPT, EffectKind.PRIORITY}:
            return the_party_does_it(order, effect)
        return None if accepted is None else CarrierSaid(accepted=accepted)

    return answers


def paid_back(story: Story) -> list[tuple[str, int]]:
    return [(back.key.partition("/refund/")[2], back.amount) for back in story.order.payment.refunds]


# -- a further shipment ----------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("stage", ["AT_WAREHOUSE", "BEING_PICKED"])
def test_more_units_are_paid_reserved_entered_and_released_beside_what_is_under_way(stage: str) -> None:
    story = at(stage)
    quote = quoted(story, "QUANTITY", params=MORE)
    assert (quote.verdict, quote.way, quote.amount, quote.stops) == ("NEW", "COLLECT", 1000, ())
    known, before = effects(story), story.order.shipments
    changes(story, "QUANTITY", params=MORE, quote=quote.id)
    assert (states(story), effects(story)) == ([("IN_PROGRESS", "PAY_FIRST")], known), (
        "nothing is done before it is paid"
    )
    assert (story.told[-1], story.letters[-1].params["amount"]) == ("PAY_CHANGE", 1000)
    assert story.open_cases == ["CHANGE_REQUESTED"]
    story.passes(hours=3)
    paid_at = story.now
    story.is_paid(1000)
    assert effects(story)[len(known) :] == ["reserve/1", "cancel_entry/1", "enter/2", "release/2"]
    assert (states(story), story.open_cases, story.order.version) == ([("APPLIED", "")], [], 2)
    assert story.order.shipments[0] == before[0], "what is under way goes on untouched"
    [_, further] = story.order.shipments
    assert [(part.line, part.quantity) for part in further.lines] == [("1", 1)]
    assert story.clock("C4", "shipment/2").due_at == paid_at + timedelta(hours=48), "a C4 of its own"
    assert story.clock("C4", "shipment/1").due_at == story.order.placed_at + timedelta(hours=48)
    story.ships("1", shipment=1)
    story.ships("2", shipment=2)
    story.passes(hours=20)
    for package in ("1", "2"):
        story.is_scanned("DELIVERED", package)
    story.passes(hours=24)
    assert (story.order.stage, units(story), complaints(story)) == (Stage.COMPLETED, (0, 0, 0, 3), [])
    assert (story.order.payment.held("CNY"), story.order.payment.due, paid_back(story)) == (3000, 3000, [])
    assert story.clock("C1").verdict == "met"


@pytest.mark.clause("SR-054")
def test_what_is_not_paid_in_time_is_not_sent_and_late_money_goes_back() -> None:
    story = at("AT_WAREHOUSE")
    known = effects(story)
    changes(story, "QUANTITY", params=MORE)
    story.passes(hours=25)
    assert (states(story), story.open_cases, effects(story)) == ([("DECLINED", "PAY_FIRST")], [], known)
    assert (story.order.version, story.order.open_holds, units(story)) == (1, (), (0, 2, 0, 0))
    story.is_paid(1000)
    assert [amount for _, amount in paid_back(story)] == [1000]
    assert complaints(story) == []


@pytest.mark.clause("SR-054")
def test_another_sum_is_not_its_price_and_goes_back() -> None:
    story = at("AT_WAREHOUSE")
    changes(story, "QUANTITY", params=MORE)
    story.is_paid(400)
    assert (states(story), [amount for _, amount in paid_back(story)]) == ([("IN_PROGRESS", "PAY_FIRST")], [400])
    story.is_paid(1000)
    assert (states(story), story.order.payment.held("CNY")) == ([("APPLIED", "")], 3000)
    assert complaints(story) == []


@pytest.mark.clause("SR-054")
def test_paid_when_the_goods_have_left_it_is_paid_back_or_a_linked_order_by_a_person() -> None:
    story = at("AT_WAREHOUSE")
    changes(story, "QUANTITY", params=MORE)
    story.ships()
    story.is_paid(1000)
    assert [task.kind for task in story.order.tasks if task.done_at is None] == ["PLACE_LINKED_ORDER"]
    assert (story.order.version, len(story.order.shipments)) == (1, 1)
    [case] = story.order.open_cases
    story.asks("resolve_case", case=case.no, outcome="DECLINED")
    assert paid_back(story) == [("change/1/charge", 1000)]
    assert (story.order.payment.due, story.order.payment.held("CNY"), complaints(story)) == (2000, 2000, [])


@pytest.mark.clause("SR-054")
def test_paid_at_the_door_nothing_is_collected_first() -> None:
    story = Story(an_input(a_content(payment_method="cod")))
    changes(story, "QUANTITY", params=MORE)
    assert (states(story), effects(story)[-1], story.order.payment.due) == ([("APPLIED", "")], "release/2", 3000)
    assert complaints(story) == []


@pytest.mark.clause("SR-054")
def test_a_later_number_of_units_overwrites_it() -> None:
    story = at("AT_WAREHOUSE")
    changes(story, "QUANTITY", params=MORE)
    story.is_paid(1000)
    changes(story, "QUANTITY", params={"line": "1", "quantity": 1}, correction=7)
    assert (story.order.amendments, story.order.version) == ((), 3)


# -- fees ------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(("stage", "done"), [("CONFIRMED", []), ("AT_WAREHOUSE", ["ask_warehouse/push/1/shipment/1"])])
def test_the_fee_of_haste_is_collected_before_anybody_hurries(stage: str, done: list[str]) -> None:
    story = dear(stage)
    known = effects(story)
    changes(story, "EXPEDITE")
    assert (states(story), effects(story), story.order.rulings) == ([("IN_PROGRESS", "PAY_FIRST")], known, ())
    assert all("release" not in hold.blocks for hold in story.order.open_holds if hold.reason == "CHANGE_IN_PROGRESS")
    story.is_paid(1500)
    assert (states(story), effects(story)[len(known) :]) == ([("APPLIED", "")], done)
    assert [ruling.choice for ruling in story.order.rulings] == ["expedite"]
    assert (story.order.payment.due, story.open_cases, complaints(story)) == (3500, [], [])
    assert story.clock("C4").start_at == story.order.placed_at, "the goods have been paid for since they were"


@pytest.mark.clause("SR-054")
def test_an_unpaid_order_owes_it_with_its_goods() -> None:
    story = Story(an_input(policy=DEAR))
    changes(story, "EXPEDITE")
    assert (states(story), story.order.payment.due) == ([("APPLIED", "")], 3500)
    story.is_paid(3500)
    assert (story.order.stage, paid_back(story)) == (Stage.READY_TO_SHIP, [])


@pytest.mark.clause("SR-054")
def test_who_paid_for_a_way_that_the_carrier_refuses_gets_it_back() -> None:
    story = dear("ON_ITS_WAY", carrier_says(accepted=False))
    changes(story, "ADDRESS", correction=7)
    assert story.told[-1] == "PAY_CHANGE"
    story.is_paid(900)
    assert (states(story), paid_back(story)) == ([("DECLINED", "ON_ITS_WAY")], [("change/1/charge", 900)])
    assert (story.order.corrections, story.order.payment.due, complaints(story)) == ((), 2000, [])


@pytest.mark.clause("SR-054")
def test_a_person_may_waive_it_or_call_it_off() -> None:
    waived = dear("CONFIRMED")
    changes(waived, "EXPEDITE")
    waived.asks("report_step", step="1/charge", result="PAID")
    assert (states(waived), waived.order.payment.due) == ([("APPLIED", "")], 2000)
    for how in ({"kind": "skip_step", "step": "1/charge", "reason": "n"}, {"kind": "resolve_case", "case": 1}):
        story = dear("CONFIRMED")
        changes(story, "EXPEDITE")
        fields = {"outcome": "DECLINED"} if how["kind"] == "resolve_case" else {}
        assert story.asks(**how, **fields) == ""
        assert (states(story), story.order.payment.due, story.order.rulings) == ([("DECLINED", "PAY_FIRST")], 2000, ())


# -- by the carrier --------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(
    ("change", "correction", "kind", "purpose"),
    [("EXPEDITE", 0, EffectKind.PRIORITY, ""), ("ADDRESS", 7, EffectKind.INTERCEPT, "redirect")],
)
def test_the_carrier_is_asked_once_and_its_word_ends_the_change(
    change: str, correction: int, kind: EffectKind, purpose: str
) -> None:
    for said, state in ((True, "APPLIED"), (False, "DECLINED")):
        story = at("ON_ITS_WAY")
        story.answered_by(carrier_says(said))
        changes(story, change, correction=correction)
        [word] = story.order.carrier_words
        assert (word.kind, word.purpose, word.package) == (kind, purpose, "1")
        assert [each[0] for each in states(story)] == [state]
        assert story.order.corrections == ((correction,) if said and correction else ())
        assert (story.order.version, story.open_cases, story.order.open_holds) == (1, [], ())


@pytest.mark.clause("SR-054")
def test_a_carrier_that_says_nothing_is_a_persons_to_call() -> None:
    story = at("ON_ITS_WAY")
    story.answered_by(carrier_says(None))
    changes(story, "ADDRESS", correction=7)
    story.passes(hours=5)
    open_tasks = [task.kind for task in story.order.tasks if task.done_at is None]
    assert ("INTERCEPT_PARCEL" in open_tasks, states(story)) == (True, [("IN_PROGRESS", "ON_ITS_WAY")])
    story.asks("report_step", step="1/redirect", result="ACCEPTED")
    assert (states(story)[0][0], story.order.corrections) == ("APPLIED", (7,))


@pytest.mark.clause("SR-054", "EC-01")
def test_after_a_refused_recall_the_carrier_redirects_it_once_it_has_it() -> None:
    story = at("BEING_PICKED", "REFUSED")
    changes(story, "ADDRESS", correction=7)
    assert effects(story, EffectKind.INTERCEPT) == [], "nobody has anything to redirect yet"
    story.ships()
    [effect] = [each for each in story.order.effects if each.kind == EffectKind.INTERCEPT]
    assert effect.key.endswith("/intercept/case/2/package/1")
    assert (states(story)[0][0], story.order.corrections, story.order.version) == ("APPLIED", (7,), 1)
    assert complaints(story) == []


@pytest.mark.clause("SR-054")
def test_an_edition_from_before_leaves_it_all_to_people() -> None:
    before = STANDARD.having(change=STANDARD_CHANGE.having(by_itself=False, expedite_fee=1500))
    for change, fields, task in (
        ("EXPEDITE", {}, "INTERCEPT_PARCEL"),
        ("ADDRESS", {"correction": 7}, "INTERCEPT_PARCEL"),
        ("QUANTITY", {"params": MORE}, "PLACE_LINKED_ORDER"),
    ):
        story = at("ON_ITS_WAY")
        story.order = story.order.having(policy=before)
        changes(story, change, **fields)
        assert [each.kind for each in story.order.tasks if each.done_at is None] == [task]


# -- the money of a version ------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
def test_what_is_paid_at_the_door_from_now_on_was_not_paid_in_advance() -> None:
    def at_the_door(order: Order, effect: EffectState) -> Outcome | None:
        outcome = the_party_does_it(order, effect)
        if order.version == 1 or not isinstance(outcome, AuditOutcome):
            return outcome
        return outcome.having(content=order.content.having(payment_method="cod"))

    story = at("CONFIRMED")
    quote = quoted(story, "PAYMENT_METHOD", params={"method": "cod"})
    assert (quote.way, quote.amount) == ("BACK", 2000)
    story.answered_by(at_the_door)
    changes(story, "PAYMENT_METHOD", params={"method": "cod"}, correction=7)
    assert (states(story), paid_back(story)) == ([("APPLIED", "")], [("change/2", 2000)])
    assert story.order.payment.held("CNY") == 0


@pytest.mark.clause("SR-054", "SR-120")
def test_another_region_after_the_due_of_c1_does_not_breach_it() -> None:
    story = at("CONFIRMED")
    story.passes(hours=5)
    changes(story, "ADDRESS", params={"freight_changes": True}, correction=7)
    assert (states(story), story.clock("C1").verdict) == ([("APPLIED", "")], "met")


@pytest.mark.clause("SR-054")
def test_of_what_is_made_at_once_nothing_is_pending() -> None:
    for stage, change, fields in (
        ("CONFIRMED", "CANCEL", {}),
        ("CONFIRMED", "ADDRESS", {"params": {"freight_changes": True}, "correction": 7}),
    ):
        story = at(stage)
        changes(story, change, **fields)
        assert "CHANGE_PENDING" not in story.told
