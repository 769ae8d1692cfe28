"""What a change takes off a paid order is paid back once, and the order goes on to its end (§4.7 refund, §4.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import Allocation, AuditOutcome, EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.quoting import quoted
from tests.rules.recalling import complaints, effects
from tests.rules.story import Answers, Story, a_content, a_line, an_input, parked, running, the_party_does_it

BY_HAND = STANDARD.having(change=STANDARD.change.having(by_itself=False))
BEFORE = STANDARD.having(change=STANDARD.change.having(settles=False, by_itself=False))


def versions(*quantities: int, silent: EffectKind | None = None) -> Answers:
    """The audit finds so many mugs at 10.00 in each version; one party says nothing."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == silent:
            return None
        if effect.kind != EffectKind.AUDIT:
            return the_party_does_it(order, effect)
        units = quantities[order.version - 1]
        content = a_content(a_line("1", quantity=units, unit_price=1000))
        found = (Allocation(line="1", warehouse="SH", quantity=units),)
        return AuditOutcome(version=order.version, content=content, allocations=found)

    return answers


def ordered(*quantities: int, silent: EffectKind | None = None, **fields: object) -> Story:
    content = a_content(a_line("1", quantity=quantities[0], unit_price=1000))
    return Story(an_input(content, **fields), answers=versions(*quantities, silent=silent))


def wants(story: Story, quantity: int, correction: int = 7) -> None:
    params = {"line": "1", "quantity": quantity}
    version = story.order.version
    fields = {"change": "QUANTITY", "params": params, "correction": correction, "expected_version": version}
    assert story.asks("submit_change_request", **fields) == ""


def held(story: Story) -> Story:
    review = story.now + timedelta(days=1)
    assert story.asks("place_hold", reason="MANUAL", blocks=("release",), note="n", review_at=review) == ""
    return story


def lets_go(story: Story) -> None:
    [hold] = story.order.open_holds
    assert story.asks("release_hold", hold=hold.id) == ""


def ends(story: Story) -> None:
    """It leaves, arrives, and completes itself."""
    shipment = story.order.live_shipments[-1].number
    story.ships("9", shipment=shipment)
    story.passes(hours=20)
    story.is_scanned("DELIVERED", "9")
    story.passes(hours=24)
    assert (story.order.stage, complaints(story)) == (Stage.COMPLETED, [])


def paid_back(story: Story) -> list[tuple[str, int]]:
    return [(each.key.partition("/refund/")[2], each.amount) for each in story.order.payment.refunds]


def states(story: Story) -> list[str]:
    return [each.state.value for each in story.order.change_requests]


# -- fewer units -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
def test_fewer_units_of_a_confirmed_order_are_written_paid_back_once_and_it_completes() -> None:
    story = held(ordered(2, 1))
    story.is_paid()
    quote = quoted(story, "QUANTITY", params={"line": "1", "quantity": 1}, correction=1)
    assert (quote.verdict, quote.way, quote.amount, quote.stops) == ("A", "BACK", 1000, ())
    wants(story, 1)
    assert (states(story), story.order.version, story.open_cases) == (["APPLIED"], 2, [])
    assert paid_back(story) == [("change/2", quote.amount)]
    lets_go(story)
    assert effects(story) == ["audit/1", "audit/2", "refund/change/2", "enter/2", "release/1"]
    assert story.clock("C1").verdict == "met"
    ends(story)
    assert paid_back(story) == [("change/2", 1000)]
    assert story.order.payment.held("CNY") == story.order.payment.due == 1000


@pytest.mark.clause("SR-054")
def test_in_the_audit_and_at_the_warehouse_it_is_paid_back_alike() -> None:
    recalled = ordered(3, 1)
    recalled.is_paid()
    wants(recalled, 1)
    assert (states(recalled), recalled.open_cases, paid_back(recalled)) == (["APPLIED"], [], [("change/2", 2000)])
    ends(recalled)
    early = ordered(3, 1, silent=EffectKind.AUDIT)
    early.is_paid()
    wants(early, 1)
    early.answered_by(versions(3, 1))
    assert (states(early), early.open_cases, paid_back(early)) == (["APPLIED"], [], [("change/2", 2000)])
    ends(early)


@pytest.mark.clause("SR-054")
def test_each_of_two_changes_is_paid_back_by_itself() -> None:
    story = held(ordered(3, 2, 1))
    story.is_paid()
    wants(story, 2)
    wants(story, 1, correction=8)
    assert paid_back(story) == [("change/2", 1000), ("change/3", 1000)]
    lets_go(story)
    ends(story)


@pytest.mark.clause("SR-054")
def test_two_changes_before_one_audit_are_paid_back_together() -> None:
    story = held(ordered(3, 2, 1))
    story.is_paid()
    story.answered_by(versions(3, 2, 1, silent=EffectKind.AUDIT))
    wants(story, 2)
    assert paid_back(story) == [], "what is not audited is not due yet"
    wants(story, 1, correction=8)
    story.answered_by(versions(3, 2, 1))
    assert sum(amount for _, amount in paid_back(story)) == 2000
    lets_go(story)
    ends(story)


@pytest.mark.clause("SR-054")
def test_an_unpaid_order_is_only_due_less() -> None:
    story = ordered(2, 1)
    assert quoted(story, "QUANTITY", params={"line": "1", "quantity": 1}, correction=1).way == "DUE_LESS"
    wants(story, 1)
    story.is_paid()
    assert (paid_back(story), story.order.payment.held("CNY")) == ([], 1000)
    ends(story)


@pytest.mark.clause("SR-054")
def test_more_units_after_fewer_have_to_be_paid_again() -> None:
    story = held(ordered(2, 1, 2))
    story.is_paid()
    wants(story, 1)
    wants(story, 2, correction=8)
    story.asks("release_hold", hold="H1")
    assert (story.order.version, story.open_cases) == (3, ["PAYMENT_MISMATCH"])
    assert effects(story, EffectKind.RELEASE) == [], "half of it is paid"
    assert (story.told[-1], story.letters[-1].params) == ("PAY_MORE", {"amount": 1000, "currency": "CNY"})
    assert [hold.reason for hold in story.order.open_holds] == ["CUSTOMER_ANSWER"], "the clocks wait for the customer"
    story.passes(hours=3)
    story.is_paid(1000)
    assert story.clock("C1").verdict == "met", "it was confirmed in time, and stays so"
    assert (story.open_cases, story.order.stage) == ([], Stage.READY_TO_SHIP)
    ends(story)


@pytest.mark.clause("SR-054")
def test_a_cancel_behind_it_gives_back_only_the_rest() -> None:
    story = held(ordered(2, 1))
    story.is_paid()
    wants(story, 1)
    story.asks("cancel", reason="n")
    assert (story.order.stage, story.order.payment.refunded("CNY")) == (Stage.CANCELLED, 2000)
    assert [amount for _, amount in paid_back(story)] == [1000, 1000]
    assert complaints(story) == []


# -- entered or planned already --------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
def test_what_the_warehouse_would_not_take_is_entered_and_planned_anew() -> None:
    story = ordered(2, 1, silent=EffectKind.RELEASE)
    story.is_paid()
    [handing] = running(story.order)
    story.hears(parked(handing, story.now))
    wants(story, 1)
    story.answered_by(versions(2, 1))
    assert (states(story), story.order.stage) == (["APPLIED"], Stage.READY_TO_SHIP)
    assert effects(story, EffectKind.ENTER, EffectKind.CANCEL_ENTRY) == ["enter/1", "cancel_entry/1", "enter/2"]
    assert [(each.state, each.lines[0].quantity) for each in story.order.shipments] == [
        ("CANCELLED", 2),
        ("RELEASED", 1),
    ]
    ends(story)


@pytest.mark.clause("SR-054")
def test_a_running_entry_is_waited_for() -> None:
    story = ordered(2, 1, silent=EffectKind.ENTER)
    story.is_paid()
    wants(story, 1)
    assert (states(story), story.order.version) == (["QUEUED"], 1)
    story.answered_by(versions(2, 1))
    assert states(story) == ["APPLIED"]
    assert effects(story, EffectKind.ENTER, EffectKind.CANCEL_ENTRY)[:2] == ["enter/1", "cancel_entry/1"]
    ends(story)


# -- done by hand ----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(("correction", "version"), [(7, 2), (0, 1)])
def test_what_was_done_by_hand_is_written_where_its_fields_were_kept(correction: int, version: int) -> None:
    story = held(ordered(2, 3, policy=BY_HAND))
    story.is_paid()
    wants(story, 3, correction)
    assert (states(story), [case.kind for case in story.order.open_cases]) == (["IN_PROGRESS"], ["CHANGE_REQUESTED"])
    assert story.asks("resolve_case", case=1, outcome="APPLIED") == ""
    assert (states(story), story.order.version) == (["APPLIED"], version)
    assert complaints(story) == []


@pytest.mark.clause("SR-054")
def test_an_edition_from_before_leaves_it_to_people() -> None:
    story = held(ordered(2, 1, policy=BEFORE))
    story.is_paid()
    wants(story, 1)
    assert story.asks("resolve_case", case=1, outcome="APPLIED") == ""
    assert (states(story), story.order.version, paid_back(story)) == (["APPLIED"], 1, [])
    again = ordered(2, 1, policy=BEFORE)
    again.is_paid()
    wants(again, 1)
    assert (again.open_cases, paid_back(again)) == (["CHANGE_REQUESTED", "PAYMENT_MISMATCH"], [])
