"""What the stories of quotes ask: a change that is only asked for, and one that is applied with its quote (M5)."""

from __future__ import annotations

from typing import Any

from domain.change_requests import ChangeAnswer
from domain.inside import Asked
from domain.manual.accepting import accepted
from domain.manual.answers import refusal
from domain.quotes import Quote
from domain.requests import Refusal, SubmitChangeRequest
from tests.rules.story import Story


def request(story: Story, change: str, **fields: Any) -> SubmitChangeRequest:
    """A change request to the order as it is."""
    given = {"request_id": "q", "change": change, "expected_version": story.order.version, **fields}
    return SubmitChangeRequest.model_validate(given)


def asked(story: Story, change: str, **fields: Any) -> ChangeAnswer:
    """The answer to a dry run, which leaves the order as it is."""
    before = story.order
    ask = request(story, change, **fields, dry_run=True)
    assert refusal(before, ask, story.now) is None
    envelope = {"id": "q", "actor": "Li", "occurred_at": story.now, "received_at": story.now}
    answer = accepted(before, Asked.model_validate({**envelope, "ask": ask})).change
    assert answer is not None
    assert answer.dry_run
    assert story.order == before
    return answer


def quoted(story: Story, change: str, **fields: Any) -> Quote:
    """The quote of a dry run."""
    quote = asked(story, change, **fields).quote
    assert quote is not None
    return quote


def said_no(story: Story, change: str, **fields: Any) -> Refusal | None:
    """Why it would be refused now."""
    return refusal(story.order, request(story, change, **fields), story.now)
