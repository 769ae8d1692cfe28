"""One change of an order at a time, a cancel before all others, and what is only asked changes nothing (SR-054)."""

from __future__ import annotations

import pytest

from domain.stage import Stage
from tests.sop.changing import asks, holds, released, states
from tests.sop.desk import Desk

# -- one at a time ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
async def test_a_second_change_waits_behind_the_first_and_is_judged_when_its_turn_comes(desk: Desk) -> None:
    await released(desk)
    await asks(desk, "ADDRESS", correction=7, request_id="first")
    second = await asks(desk, "PAYMENT_METHOD", params={"method": "cod"}, request_id="second")
    assert (second["verdict"], second["state"], second["behind"]) == ("PENDING", "QUEUED", "first")
    assert await desk.open_cases() == ["CHANGE_REQUESTED"]
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS"), ("PAYMENT_METHOD", "QUEUED")]
    await desk.ships()
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS"), ("PAYMENT_METHOD", "QUEUED")]
    await desk.asks("resolve_case", case=1, outcome="APPLIED")
    assert await states(desk) == [("ADDRESS", "APPLIED"), ("PAYMENT_METHOD", "REFUSED")]
    assert desk.messages[-1] == "CHANGE_REFUSED/change/2"
    assert (await holds(desk), await desk.open_cases()) == ([], [])


@pytest.mark.clause("SR-054")
async def test_a_cancel_overtakes_what_is_in_progress(desk: Desk) -> None:
    await released(desk)
    await asks(desk, "ADDRESS", correction=7)
    await asks(desk, "CONTACT", correction=8)
    cancel = await asks(desk, "CANCEL")
    assert (cancel["state"], cancel["cell"], cancel.get("behind", "")) == ("IN_PROGRESS", "R", "")
    assert await states(desk) == [("ADDRESS", "QUEUED"), ("CONTACT", "QUEUED"), ("CANCEL", "IN_PROGRESS")]
    assert [(case.status, case.outcome) for case in await desk.cases()] == [("WITHDRAWN", "OVERTAKEN"), ("OPEN", "")]
    assert await holds(desk) == ["CHANGE_IN_PROGRESS"]
    await desk.asks("resolve_case", case=2, outcome="DECLINED")
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS"), ("CONTACT", "QUEUED"), ("CANCEL", "DECLINED")]


@pytest.mark.clause("SR-054")
async def test_before_the_release_a_cancel_ends_what_is_in_progress(desk: Desk) -> None:
    await desk.places()
    await asks(desk, "SUBSTITUTE", params={"line": "1", "sku": "MUG-BLUE"})
    assert (await asks(desk, "CANCEL"))["verdict"] == "ACCEPTED"
    await desk.ends_as(Stage.CANCELLED)
    order = await desk.order()
    assert await states(desk) == [("SUBSTITUTE", "OVERTAKEN"), ("CANCEL", "APPLIED")]
    assert (order.open_holds, order.open_cases) == ((), ())


# -- asking only -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("change", ["INVOICE", "ADDRESS", "MERGE", "CANCEL"])
async def test_a_dry_run_answers_and_changes_nothing(desk: Desk, change: str) -> None:
    await released(desk)
    await desk.hears("picked", shipment=1)
    before, written = await desk.order(), len(desk.book.recordings)
    params = {"order_no": "SO2"} if change == "MERGE" else {}
    answer = await asks(desk, change, dry_run=True, params=params)
    wanted = {"INVOICE": "PENDING", "ADDRESS": "PENDING", "MERGE": "REFUSED", "CANCEL": "PENDING"}
    assert (answer["verdict"], answer["dry_run"]) == (wanted[change], True)
    assert bool(answer["alternatives"]) is (change == "MERGE")
    assert await desk.order() == before
    assert len(desk.book.recordings) == written, "not even a line of the timeline"


@pytest.mark.clause("SR-054")
async def test_the_same_change_request_twice_is_taken_once(desk: Desk) -> None:
    await released(desk)
    asked = {"request_id": "r-1", "change": "ADDRESS", "expected_version": 1, "correction": 7}
    answers = [await desk.handle.execute_update("submit_change_request", asked, id=each) for each in ("u-1", "u-2")]
    await desk.settles()
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS")]
    assert [answer["change"]["waits_for"] for answer in answers] == ["warehouse", "warehouse"]


# -- asked by a signal -----------------------------------------------------------------------------------------------


def refusals(desk: Desk) -> list[str]:
    """The answers no that the timeline tells."""
    entries = [entry for recording in desk.book.recordings for entry in recording.entries]
    return [str(entry.params["reason"]) for entry in entries if entry.code == "change_request_refused"]


@pytest.mark.clause("SR-054")
async def test_a_signal_asks_by_the_same_rule_and_its_answer_stands_in_the_timeline(desk: Desk) -> None:
    await released(desk)
    await desk.handle.signal("change_request", {"change": "ADDRESS", "expected_version": 1, "correction": 7})
    await desk.settles()
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS")]
    await desk.handle.signal("change_request", {"change": "CONTACT", "expected_version": 1, "request_id": "r-9"})
    await desk.handle.signal("change_request", {"change": "CONTACT", "expected_version": 1, "request_id": "r-9"})
    await desk.settles()
    assert await states(desk) == [("ADDRESS", "IN_PROGRESS"), ("CONTACT", "QUEUED")]
    assert refusals(desk) == []


@pytest.mark.clause("SR-054")
async def test_a_signal_that_is_refused_or_cannot_be_read_never_wedges_the_order(desk: Desk) -> None:
    await released(desk)
    await desk.hears("picked", shipment=1)
    before = await desk.order()
    for payload in ({"change": "MERGE", "expected_version": 1, "params": {"order_no": "SO2"}}, "hello", None, [1]):
        await desk.handle.signal("change_request", payload)
    await desk.settles()
    first, *unread = refusals(desk)
    assert "仓库正在拣货" in first
    assert len(unread) == 3
    order = await desk.order()
    [request] = order.change_requests
    assert (request.change, request.state, request.code) == ("MERGE", "REFUSED", "BEING_PICKED")
    told = {"change_requests": (), "seen": before.seen, "said": before.said}
    assert order.having(**told) == before
