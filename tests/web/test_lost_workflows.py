"""A workflow that was terminated: found, shown, resumed from the books or closed by hand (edge case 42).

The API, the relay, the workflows and the books are the real ones.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from infra.doctor import check_workflows
from infra.reconciling import Reconciling
from infra.relay.door import workflow_id
from tests.web.counter import NUMBERS, order
from tests.web.living import Life, now

ROW = "SELECT * FROM orders WHERE order_no = :no"
ALERTS = "SELECT kind FROM alert WHERE order_no = :no ORDER BY key"
CLOCKS = "SELECT kind, subject, start_at FROM clock WHERE order_no = :no"
POSTED = "SELECT key FROM outbox WHERE order_no = :no ORDER BY key"
HELD = "SELECT COALESCE(sum(units), 0) AS units FROM reservation WHERE order_no = :no"
TRAIL = "SELECT code, actor, reason FROM order_event WHERE order_no = :no ORDER BY seq"


STAGES = ("AUDITING", "AWAITING_CONFIRMATION", "READY_TO_SHIP", "SHIPPED", "DELIVERED", "COMPLETED")


async def released(life: Life) -> str:
    """A paid order lies at the warehouse."""
    at = now().isoformat()
    payment = {"method": "prepaid", "paid_amount": 13600, "paid_at": at}
    number = await life.counter.places(order(placed_at=at, payment=payment))
    await life.reaches(number, "READY_TO_SHIP")
    return number


async def terminated(life: Life) -> str:
    """Somebody pressed Terminate."""
    number = await released(life)
    await life.client.get_workflow_handle(workflow_id(number)).terminate("by mistake")
    return number


async def looks(life: Life) -> tuple[str, ...]:
    """The reconciliation looks once; whom it finds."""
    reconciling = Reconciling(life.counter.engine, life.client, life.task_queue, now)
    return (await reconciling.look(lambda: None)).gone


async def row(life: Life, number: str) -> dict[str, Any]:
    [found] = await life.counter.rows(ROW, no=number)
    return dict(found)


async def starts(life: Life, number: str) -> dict[tuple[str, str], Any]:
    """When each of its clocks started."""
    return {
        (found["kind"], found["subject"]): found["start_at"] for found in await life.counter.rows(CLOCKS, no=number)
    }


@pytest.mark.clause("EC-42", "SR-163")
async def test_a_terminated_order_is_found_and_goes_on_from_the_books(relayed: Life) -> None:
    life = relayed
    number, parcel = await terminated(life), f"SF{next(NUMBERS)}"
    before, clocks = await row(life, number), await starts(life, number)
    await life.counter.tells("outbound", "warehouse", data={"tracking_number": parcel}, order_no=number)
    assert number in await looks(life)
    assert number in await looks(life), "until somebody does something about it"
    shown = await row(life, number)
    assert (shown["needs_attention"], shown["attention_reason"]) == (True, "WORKFLOW_GONE")
    assert (shown["explanation"]["actions"], shown["stage"]) == (["resume", "close"], before["stage"])
    kinds = [found["kind"] for found in await life.counter.rows(ALERTS, no=number)]
    assert kinds.count("workflow_gone") == 1
    [sick] = await check_workflows(life.counter.engine.url.render_as_string(hide_password=False))
    assert (sick.state, number in sick.what, "orders resume" in (sick.todo or "")) == ("problem", True, True)
    gone = await life.asks(number, "acknowledge", case=1)
    assert (gone.status_code, gone.json()["code"]) == (409, "WORKFLOW_GONE")

    answer = await life.counter.send("POST", f"/v1/orders/{number}/resume", role="operator")
    assert (answer.status_code, answer.json()) == (200, {"order_no": number, "facts": 1})
    await life.reaches(number, "SHIPPED")
    assert number not in await looks(life)
    assert (await row(life, number))["needs_attention"] is False
    assert clocks.items() <= (await starts(life, number)).items(), "each clock at its own time"
    again = await life.counter.send("POST", f"/v1/orders/{number}/resume", role="operator")
    assert (again.status_code, again.json()["code"]) == (409, "WORKFLOW_RUNS")

    scan = {"state": "DELIVERED", "by_recipient": True}
    await life.counter.tells("carrier_scan", "carrier", data=scan, tracking_number=parcel)
    await life.reaches(number, "DELIVERED")
    await life.counter.tells("confirmed", "channel", order_no=number)
    await life.reaches(number, "COMPLETED")
    posted = [found["key"] for found in await life.counter.rows(POSTED, no=number)]
    assert [key for key in posted if len(life.parties.taken[key]) > 1] == [], "no message twice"
    codes = [found["code"] for found in await life.counter.rows(TRAIL, no=number)]
    assert (codes.count("order_resumed"), codes.count("stage_reached")) == (1, len(STAGES))
    assert (await row(life, number))["snapshot"] is None, "what is over is not resumed"
    over = await life.counter.send("POST", f"/v1/orders/{number}/resume", role="operator")
    assert (over.status_code, over.json()["code"]) == (409, "CLOSED")


@pytest.mark.clause("EC-42")
async def test_a_terminated_order_is_closed_by_a_person_with_a_reason(relayed: Life) -> None:
    life = relayed
    number = await terminated(life)
    [held] = await life.counter.rows(HELD, no=number)
    assert held["units"] == 2
    await looks(life)
    lacking = await life.counter.send("POST", f"/v1/orders/{number}/close", {}, role="operator")
    assert lacking.status_code == 422
    body = {"reason": "refunded by hand", "actor": "li.na"}
    answer = await life.counter.send("POST", f"/v1/orders/{number}/close", body, role="operator")
    assert (answer.status_code, answer.json()["stage"]) == (200, "CLOSED")
    shown = await row(life, number)
    assert (shown["final"], shown["stage"], shown["needs_attention"], shown["snapshot"]) == (
        True,
        "CLOSED",
        False,
        None,
    )
    [held] = await life.counter.rows(HELD, no=number)
    assert held["units"] == 0, "its stock goes back"
    told = (await life.counter.rows(TRAIL, no=number))[-1]
    assert (told["code"], told["actor"], told["reason"]) == ("order_closed_by_hand", "li.na", "refunded by hand")
    assert number not in await looks(life)


@pytest.mark.clause("EC-42")
async def test_an_order_that_runs_is_neither_resumed_nor_closed(relayed: Life) -> None:
    life = relayed
    number = await released(life)
    for what, body in (("resume", None), ("close", {"reason": "x"})):
        answer = await life.counter.send("POST", f"/v1/orders/{number}/{what}", body, role="operator")
        assert (answer.status_code, answer.json()["code"]) == (409, "WORKFLOW_RUNS")
        stranger = await life.counter.send("POST", f"/v1/orders/{number}/{what}", body, role="viewer")
        assert stranger.status_code == 403
    unknown = await life.counter.send("POST", "/v1/orders/SO0/resume", role="operator")
    assert unknown.status_code == 404


@pytest.mark.clause("EC-42")
async def test_of_several_who_resume_one_order_one_does(relayed: Life) -> None:
    number = await terminated(relayed)
    asked = [relayed.counter.send("POST", f"/v1/orders/{number}/resume", role="operator") for _ in range(4)]
    answers = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert sorted(answers) == [200, 409, 409, 409]
