"""Nothing that a form, a command line or a party can send wedges an order; it is kept where people see it (R3, D3)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.facts import AT_ONCE, SignalName
from domain.order import Order
from domain.requests import ASKS
from domain.stage import Stage
from tests.sop.desk import Desk

GARBAGE: dict[str, list[Any]] = {
    "an empty form": [],
    "null": [None],
    "a word": ["hello"],
    "a number": [7],
    "an empty list": [[]],
    "a list of anything": [[None, 3, "x", {}, []]],
    "an object without a kind": [{"amount": 1}],
    "an unknown kind": [{"kind": "exploded"}],
    "wrong fields": [{"kind": "paid", "amount": "many", "currency": 7}],
    "three arguments": [{"kind": "paid"}, "and", ["more"]],
    "1 MB": [{"kind": "paid", "note": "x" * 1_000_000}],
    "a list of 300,000": [[0] * 300_000],
}


def unreadable(desk: Desk) -> list[dict[str, Any]]:
    """What the timeline says of messages nobody could read."""
    return [
        entry.params
        for recording in desk.book.recordings
        for entry in recording.entries
        if entry.code == "message_unreadable"
    ]


async def goes_on(desk: Desk, before: Order) -> None:
    """The order is as it was, and lives."""
    assert await desk.order() == before
    await desk.is_paid()
    assert await desk.stage() is Stage.READY_TO_SHIP


@pytest.mark.clause("AC-35", "SR-001", "EC-44")
async def test_a_signal_that_cannot_be_read_is_kept_and_changes_nothing(desk: Desk) -> None:
    await desk.places()
    before, known = await desk.order(), 0
    counts = {"an empty list": 0, "a list of anything": 5, "three arguments": 3, "a list of 300,000": AT_ONCE + 1}
    for what, args in GARBAGE.items():
        await desk.handle.signal(SignalName.PAYMENT, args=args)
        await desk.settles()
        assert (what, len(unreadable(desk)) - known) == (what, counts.get(what, 1))
        known = len(unreadable(desk))
    await goes_on(desk, before)
    assert all(entry["name"] == SignalName.PAYMENT and entry["reason"] for entry in unreadable(desk))
    assert all(len(json.dumps(entry)) < 10_000 for entry in unreadable(desk))


@pytest.mark.clause("AC-35", "SR-001", "EC-44")
async def test_every_signal_bears_an_empty_form(desk: Desk) -> None:
    await desk.places()
    before = await desk.order()
    for name in SignalName:
        await desk.handle.signal(name)
        await desk.settles()
    await goes_on(desk, before)
    assert [entry["name"] for entry in unreadable(desk)] == list(SignalName)


@pytest.mark.clause("AC-35", "SR-001", "EC-44")
async def test_a_signal_nobody_knows_is_kept_too(desk: Desk) -> None:
    await desk.places()
    before = await desk.order()
    for args in ([], [{"a": 1}], ["x" * 1_000_000], [1, 2, 3]):
        await desk.handle.signal("make_coffee", args=args)
        await desk.settles()
    await goes_on(desk, before)
    assert [entry["name"] for entry in unreadable(desk)] == ["make_coffee"] * 4


@pytest.mark.clause("AC-35", "SR-032", "EC-44")
async def test_of_a_list_the_readable_facts_count(desk: Desk) -> None:
    await desk.places()
    paid = {"kind": "paid", "payment_no": "P1", "amount": 39_000, "currency": "CNY"}
    await desk.handle.signal(SignalName.PAYMENT, [{"kind": "paid"}, paid, None])
    await desk.settles()
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert len(unreadable(desk)) == 2


@pytest.mark.clause("AC-35", "SR-163")
async def test_a_fact_from_the_form_needs_only_its_kind_and_its_fields(desk: Desk) -> None:
    await desk.places()
    await desk.handle.signal(
        SignalName.PAYMENT, {"kind": "paid", "payment_no": "P1", "amount": 39_000, "currency": "CNY"}
    )
    await desk.settles()
    [receipt] = (await desk.order()).payment.receipts
    assert receipt.source == "operator"
    assert await desk.stage() is Stage.READY_TO_SHIP


OF_NOTHING = {"confirm_completion": "WRONG_STAGE", "choose_carrier": "NO_CHOICE_OPEN"}
"""Updates that can be asked without saying anything, and why not here."""
EMPTY: tuple[list[Any], ...] = ([], [None], ["hello"], [[1]])
UNFIT: tuple[list[Any], ...] = ([{"surprise": 1}], [{"request_id": 7}], [{"reason": "x" * 1_000_000}])
"""All updates are read by one function: each is sent one of either, in turn."""


@pytest.mark.clause("AC-35", "SR-163")
async def test_every_update_refuses_what_it_cannot_read_and_says_what_is_wrong(desk: Desk) -> None:
    await desk.places()
    before = await desk.order()
    for number, name in enumerate(ASKS):
        for args in (EMPTY[number % len(EMPTY)], UNFIT[number % len(UNFIT)]):
            readable = args in EMPTY
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await desk.handle.execute_update(name, args=args)
            cause = refused.value.cause
            assert isinstance(cause, ApplicationError)
            assert (name, cause.type) == (name, OF_NOTHING.get(name, "INVALID") if readable else "INVALID")
            assert 0 < len(cause.message) < 3_000
    await goes_on(desk, before)


@pytest.mark.clause("AC-35")
async def test_an_update_nobody_knows_fails_and_harms_nothing(desk: Desk) -> None:
    await desk.places()
    before = await desk.order()
    with pytest.raises(WorkflowUpdateFailedError):
        await desk.handle.execute_update("make_coffee", {})
    await goes_on(desk, before)


@pytest.mark.clause("AC-35", "SR-031")
async def test_a_fact_that_fits_nothing_is_kept_among_the_unmatched(desk: Desk) -> None:
    await desk.places()
    await desk.carrier_scans("DELIVERED", number="YT404")
    await desk.hears("outbound", shipment=7)
    order = await desk.order()
    assert [(unmatched.kind, bool(unmatched.reason)) for unmatched in order.unmatched] == [
        ("carrier_scan", True),
        ("outbound", True),
    ]
    assert order.stage is Stage.AWAITING_CONFIRMATION
    codes = [entry.code for recording in desk.book.recordings for entry in recording.entries]
    assert codes.count("fact_unmatched") == 2
    assert len(desk.book.recordings[-1].projection.unmatched) == 2


@pytest.mark.clause("AC-35", "SR-163")
async def test_two_forms_sent_at_the_same_moment_both_count(desk: Desk) -> None:
    desk.book.shut.add("audit_order")
    await desk.places(settles=False)
    await asyncio.sleep(0.3)
    for number, amount in (("P1", 30_000), ("P2", 9_000)):
        paid = {"kind": "paid", "payment_no": number, "amount": amount, "currency": "CNY"}
        await desk.handle.signal(SignalName.PAYMENT, paid)
        await desk.handle.signal("make_coffee", number)
    desk.book.shut.clear()
    await desk.settles()
    assert [receipt.payment_no for receipt in (await desk.order()).payment.receipts] == ["P1", "P2"]
    keys = [entry.key for recording in desk.book.recordings for entry in recording.entries]
    assert len(keys) == len(set(keys))
    assert len(unreadable(desk)) == 2
