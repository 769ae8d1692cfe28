"""Requests: answered yes, or no with the reason; asked twice, done once (§4.12, SR-054, M4)."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.requests import ASKS
from domain.stage import Stage
from tests.sop.desk import Desk
from tests.sop.history import events_of

GOOD: dict[str, dict[str, Any]] = {
    "approve_audit": {"reason": "it will do"},
    "reject_audit": {"reason": "no"},
    "correct_fields": {"expected_version": 1, "correction": 7},
    "confirm_payment": {"payment_no": "B1", "amount": 1, "role": "finance"},
    "upload_tracking": {"tracking_number": "SF9"},
    "confirm_completion": {},
    "place_hold": {"reason": "DISPUTE", "note": "n"},
    "release_hold": {"hold": "H1"},
    "acknowledge": {"case": 1},
    "resolve_case": {"case": 1, "outcome": "DONE"},
    "retry_step": {"step": "stock"},
    "cancel": {"reason": "n"},
    "submit_voucher": {"reference": "BANK-77"},
    "verify_voucher": {"verdict": "approve", "reason": "n", "role": "finance"},
    "decide_message": {"choice": "nothing"},
    "sales_decision": {"hold": "H1", "verdict": "approve"},
    "choose_carrier": {"carrier": "SF"},
    "decide_coupon": {"coupon": "package/1/1", "verdict": "approve", "reason": "n", "role": "supervisor"},
    "repay_debt": {"expected_version": 1, "correction": 1},
    "override_address": {"reason": "n"},
    "submit_change_request": {"change": "INVOICE", "expected_version": 1},
    "skip_step": {"step": "9/priority", "reason": "n"},
    "report_step": {"step": "9/priority", "result": "ACCEPTED"},
    "expedite": {"party": "carrier"},
    "switch_carrier": {"package": "1", "reason": "n"},
    "reassign_warehouse": {"reason": "n"},
    "customer_choice": {"question": 9, "option": "cancel"},
    "answer_refund": {"application": "AS9", "verdict": "refuse", "reason": "n"},
}


@pytest.mark.clause("SR-054")
async def test_the_same_request_twice_is_done_once_and_answered_alike(desk: Desk) -> None:
    await desk.places()
    first = await desk.asks("place_hold", request_id="r-1", reason="DISPUTE", note="first")
    again = await desk.asks("place_hold", request_id="r-1", reason="DISPUTE", note="first")
    assert first == again
    assert [hold.id for hold in (await desk.order()).holds] == ["H1"]


@pytest.mark.clause("SR-054")
async def test_the_same_request_under_another_update_id_is_done_once_too(desk: Desk) -> None:
    await desk.places()
    asked = {"request_id": "r-1", "reason": "DISPUTE", "note": "first"}
    for update_id in ("u-1", "u-2"):
        await desk.handle.execute_update("place_hold", asked, id=update_id)
    assert [hold.id for hold in (await desk.order()).holds] == ["H1"]


@pytest.mark.clause("SR-054")
async def test_the_answer_says_what_the_order_is_now(desk: Desk) -> None:
    await desk.places()
    answer = await desk.asks("cancel", request_id="r-1", reason="changed my mind")
    digest = answer.pop("asked")
    assert answer == {"order_no": desk.number, "request_id": "r-1", "stage": "CANCELLING", "version": 1}
    assert len(digest) == 16


@pytest.mark.clause("SR-054")
async def test_another_request_under_a_used_id_is_refused_and_not_done(desk: Desk) -> None:
    await desk.places()
    await desk.asks("place_hold", request_id="k", reason="DISPUTE", note="n")
    payload = {"request_id": "k", "reason": "changed my mind"}
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await desk.handle.execute_update("cancel", payload, id="another-update-id")
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "REQUEST_ID_TAKEN"
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION


@pytest.mark.clause("SR-054")
async def test_a_refusal_leaves_no_trace_in_the_history(desk: Desk) -> None:
    await desk.places()
    before, order = await events_of(desk.handle), await desk.order()
    no = await desk.is_refused("confirm_completion")
    assert (no.code, no.stage) == ("WRONG_STAGE", "AWAITING_CONFIRMATION")
    assert await desk.order() == order
    names = {event.event_type for event in (await events_of(desk.handle))[len(before) :]}
    assert not any("UPDATE" in str(name) for name in names)
    assert len(await events_of(desk.handle)) == len(before)


@pytest.mark.clause("AC-55", "SR-054", "SR-163")
@pytest.mark.parametrize("reach", ["places", "is_on_its_way", "is_delivered"])
async def test_what_the_explanation_calls_closed_is_refused_with_the_stated_reason(desk: Desk, reach: str) -> None:
    await getattr(desk, reach)()
    explanation = await desk.handle.query("explain")
    assert explanation["waiting"]
    assert sorted([*explanation["actions"], *explanation["closed"]]) == sorted(ASKS)
    for action, reason in explanation["closed"].items():
        no = await desk.is_refused(action, **GOOD[action])
        assert no.reason == reason
    assert await desk.handle.query("allowed_actions") == list(explanation["actions"])


@pytest.mark.clause("SR-163")
async def test_what_does_not_exist_is_named_in_the_refusal(desk: Desk) -> None:
    await desk.places(content=None)
    await desk.asks("place_hold", reason="DISPUTE", note="n")
    codes: dict[str, tuple[dict[str, Any], str]] = {
        "release_hold": ({"hold": "H7"}, "UNKNOWN_HOLD"),
        "acknowledge": ({"case": 7}, "UNKNOWN_CASE"),
        "resolve_case": ({"case": 7, "outcome": "DONE"}, "UNKNOWN_CASE"),
        "retry_step": ({"step": "nothing"}, "UNKNOWN_STEP"),
    }
    assert {name: (await desk.is_refused(name, **payload)).code for name, (payload, _) in codes.items()} == {
        name: code for name, (_, code) in codes.items()
    }


@pytest.mark.clause("SR-054")
async def test_a_request_judges_what_was_heard_a_moment_before(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid(settles=False)
    await desk.settles()
    assert await desk.stage() is Stage.READY_TO_SHIP
    answer = await desk.asks("cancel", reason="too late")
    change = answer["change"]
    assert (answer["stage"], change["column"], change["cell"]) == ("CANCELLING", "AT_WAREHOUSE", "R")
    assert change["waits_for"] == "warehouse", "it was released meanwhile, so its goods have to be stopped first"
