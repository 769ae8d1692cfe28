"""A signal and an update with the same request get the same verdict, which can be read and searched (SR-164)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from temporalio.common import SearchAttributeKey

from domain.policy import STANDARD
from tests.sop.changing import released
from tests.sop.desk import Desk, Refused

LAST_CHANGE = SearchAttributeKey.for_keyword("LastChange")
ITS_VERDICT = ("change", "params", "correction", "state", "row", "column", "verdict", "code", "asks")


async def found_by(desk: Desk) -> str | None:
    """The search attribute."""
    return (await desk.handle.describe()).typed_search_attributes.get(LAST_CHANGE)


async def verdict(desk: Desk) -> dict[str, Any]:
    """What became of the only change request."""
    [request] = (await desk.order()).change_requests
    return {name: getattr(request, name) for name in ITS_VERDICT}


@pytest.mark.clause("SR-164")
@pytest.mark.parametrize(
    ("change", "fields", "shown"),
    [("EXPEDITE", {}, "APPLIED EXPEDITE"), ("ADDRESS", {"correction": 7}, "IN_PROGRESS ADDRESS")],
)
async def test_a_signal_and_an_update_get_the_same_verdict(
    new_desk: Callable[[], Desk], change: str, fields: dict[str, Any], shown: str
) -> None:
    asked, signalled = new_desk(), new_desk()
    request: dict[str, Any] = {"change": change, "expected_version": 1, **fields}
    for desk in (asked, signalled):
        await released(desk)
        await desk.hears("picked", shipment=1)
        assert await found_by(desk) is None, "an order without a change request has none"
    await asked.asks("submit_change_request", **request)
    await signalled.handle.signal("change_request", request)
    await signalled.settles()
    assert await verdict(asked) == await verdict(signalled)
    assert asked.messages == signalled.messages
    assert [await found_by(desk) for desk in (asked, signalled)] == [shown, shown]


@pytest.mark.clause("SR-164")
async def test_the_answer_no_to_a_signal_is_kept_searched_for_and_told(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.carrier_scans("OUT_FOR_DELIVERY")
    request: dict[str, Any] = {"change": "CANCEL", "expected_version": 1}
    with pytest.raises(Refused) as no:
        await desk.asks("submit_change_request", **request)
    answer = no.value.refusal.change
    assert answer is not None
    assert await found_by(desk) is None, "whoever asks by an update has the answer"
    await desk.handle.signal("change_request", request)
    await desk.settles()
    told = await verdict(desk)
    assert (told["state"], told["row"], told["column"]) == ("REFUSED", answer.row, answer.column)
    assert (told["verdict"], told["code"]) == (answer.cell, answer.code)
    assert await found_by(desk) == "REFUSED CANCEL"
    entries = [entry for recording in desk.book.recordings for entry in recording.entries]
    [line] = [entry for entry in entries if entry.code == "change_request_refused"]
    assert (line.params["change"], line.params["reason"]) == ("CANCEL", no.value.refusal.reason)
    assert desk.messages[-1] == "CHANGE_REFUSED/change/1"
    [letter] = [one for one in desk.book.recordings[-1].outbox if one.template == "CHANGE_REFUSED"]
    assert letter.params["alternatives"] == ["refuse_parcel"]


@pytest.mark.clause("SR-164")
async def test_an_order_of_an_older_edition_shows_it_in_the_timeline_only(desk: Desk) -> None:
    older = STANDARD.having(operator=STANDARD.operator.having(shows_last_change=False))
    await desk.places(policy=older)
    await desk.asks("submit_change_request", change="EXPEDITE", expected_version=1)
    assert await found_by(desk) is None
