"""An order is edited on its channel: a change request by the matrix, asked by CHANNEL (AC-67, EC-31)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from domain.change_requests import ChangeState
from domain.channel_edits import edits_of
from domain.claims_policy import STANDARD_CLAIMS, ClaimsPolicy
from domain.policy import STANDARD
from domain.pulled import differing
from domain.stage import Stage
from tests.rules.story import Story, an_input, no_recall_is_answered, shipped, the_party_does_it
from tests.rules.test_pulled import OURS

PHONE = {"change": "CONTACT", "fields": ["customer.phone"], "correction": 7}
STREET = {"change": "ADDRESS", "fields": ["address.street"], "correction": 8}


def theirs(**changes: Any) -> dict[str, Any]:
    """The channel's order with other fields, named by their paths."""
    raw = copy.deepcopy(OURS)
    for path, value in changes.items():
        holder: Any = raw
        *places, name = path.split("__")
        for place in places:
            holder = holder[int(place)] if place.isdigit() else holder[place]
        holder[name] = value
    return raw


def found(raw: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(edit.change, patch) for edit, patch in edits_of(differing(OURS, raw), raw)]


def edited(story: Story, *edits: dict[str, Any], fields: tuple[str, ...] = ()) -> None:
    paths = [path for edit in edits for path in edit["fields"]]
    story.says("channel_changed", fields=[*paths, *fields], content=f"{edits}", edits=list(edits))


def requests(story: Story) -> list[tuple[str, str, str, ChangeState]]:
    return [(each.asked_by, each.row, each.verdict, each.state) for each in story.order.change_requests]


# -- what an edit asks for -------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-67", "EC-31")
def test_each_field_belongs_to_its_kind_of_change_and_brings_its_new_value_only() -> None:
    assert found(theirs(customer__phone="139")) == [("CONTACT", {"customer.phone": "139"})]
    assert found(theirs(address__street="a", address__city="b")) == [
        ("ADDRESS", {"address.city": "b", "address.street": "a"})
    ]
    assert found(theirs(buyer_message="quick")) == [("GIFT_NOTE", {"buyer_message": "quick"})]
    assert found(theirs(lines__0__sku="X")) == [("SUBSTITUTE", {"lines.1.sku": "X"})]
    assert found(theirs(currency="USD")) == [], "no kind of change: a person decides"


@pytest.mark.clause("EC-31")
def test_money_goes_along_with_what_moved_it() -> None:
    assert found(theirs(lines__0__quantity=1, total=9_800)) == [("QUANTITY", {"lines.1.quantity": 1, "total": 9_800})]
    assert found(theirs(address__province="新疆", freight=1_000, total=17_600)) == [
        ("ADDRESS", {"address.province": "新疆", "freight": 1_000, "total": 17_600})
    ]
    assert found(theirs(total=1)) == []


@pytest.mark.clause("EC-31")
def test_a_line_that_is_new_or_gone_is_written_by_a_person() -> None:
    fewer = theirs()
    del fewer["lines"][1]
    [(edit, patch)] = edits_of(differing(OURS, fewer), fewer)
    assert (edit.line, edit.quantity, patch) == ("2", 0, {})
    more = theirs()
    more["lines"].append({"line": "3", "sku": "NEW", "quantity": 4, "unit_price": 1, "discount": 0})
    [(edit, patch)] = edits_of(differing(OURS, more), more)
    assert (edit.sku, edit.quantity, patch) == ("NEW", 4, {})


# -- what becomes of it ----------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-67", "EC-31")
def test_before_the_entry_it_becomes_the_next_version_and_is_audited_again() -> None:
    story = Story()
    edited(story, STREET)
    assert requests(story) == [("CHANNEL", "ADDRESS_SAME_REGION", "A", ChangeState.APPLIED)]
    assert (story.order.version, story.order.corrections) == (2, (8,))
    assert (story.open_cases, story.told) == ([], ["CHANGE_ACCEPTED"])


@pytest.mark.clause("EC-31")
def test_at_the_warehouse_it_is_recalled_and_the_next_edit_waits() -> None:
    story = Story(answers=no_recall_is_answered)
    story.is_paid()
    edited(story, STREET)
    edited(story, PHONE)
    edited(story, {**PHONE, "correction": 9})
    assert requests(story) == [
        ("CHANNEL", "ADDRESS_SAME_REGION", "R", ChangeState.IN_PROGRESS),
        ("CHANNEL", "", "", ChangeState.OVERTAKEN),
        ("CHANNEL", "", "", ChangeState.QUEUED),
    ]
    assert story.open_cases == ["CHANGE_REQUESTED"]
    story.answered_by(the_party_does_it)
    first, _, last = requests(story)
    assert first == ("CHANNEL", "ADDRESS_SAME_REGION", "R", ChangeState.APPLIED)
    assert last == ("CHANNEL", "CONTACT", "A", ChangeState.IN_PROGRESS), "somebody tells the warehouse the new number"
    assert (story.order.version, story.order.corrections) == (2, (8,))


@pytest.mark.clause("EC-31")
def test_what_the_matrix_refuses_and_what_no_change_covers_is_a_persons() -> None:
    story = shipped()
    story.is_scanned("OUT_FOR_DELIVERY")
    edited(story, STREET)
    assert [state for *_, state in requests(story)] == [ChangeState.REFUSED]
    assert story.open_cases == ["CHANNEL_CHANGE"]
    other = Story()
    edited(other, PHONE, fields=("currency",))
    [task] = [task for task in other.order.tasks if task.kind == "CHANNEL_CHANGE"]
    assert task.params == {"fields": ["currency"]}
    assert [row for _, row, *_ in requests(other)] == ["CONTACT"]


@pytest.mark.clause("EC-31")
def test_an_edition_of_before_leaves_all_of_it_to_a_person() -> None:
    story = Story(an_input(policy=STANDARD.having(claims=ClaimsPolicy())))
    edited(story, STREET)
    assert (story.open_cases, story.order.change_requests, story.order.version) == (["CHANNEL_CHANGE"], (), 1)


# -- a marketplace whose orders only its buyers change ---------------------------------------------------------------


@pytest.mark.clause("EC-31")
@pytest.mark.parametrize("change", ["CONTACT", "CANCEL", "EXPEDITE"])
def test_where_the_marketplace_forbids_edits_the_buyer_is_sent_there(change: str) -> None:
    policy = STANDARD.having(claims=STANDARD_CLAIMS.having(managed_channels=("tmall",)))
    story = Story(an_input(policy=policy))
    code = story.asks("submit_change_request", change=change, expected_version=1, correction=0)
    assert code == ("" if change == "EXPEDITE" else "CHANGE_REFUSED")
    edited(story, STREET)
    assert story.order.version == 2, "what the buyer edited there is taken all the same"
    assert story.order.stage is Stage.AWAITING_CONFIRMATION
