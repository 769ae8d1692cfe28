"""Goods that come back, from the request to the refund, on closed orders (EC-19, EC-50, EC-65, SR-149).

The API, the relay, the workflows and the books are the real ones; the gateway is the simulated one, over HTTP.
"""

from __future__ import annotations

import os
import uuid
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from infra.relay.return_door import return_workflow_id
from tests.parties import Parties
from tests.replay.corpus import RETURNS, keep
from tests.web.counter import NUMBERS, order
from tests.web.living import Life, now, until
from tests.web.test_late_payments import completed, refunds
from workflows.returns import ReturnWorkflow

LEVEL = "SELECT sum(on_hand)::int AS on_hand, sum(reserved)::int AS reserved FROM stock_level WHERE sku = :sku"
WAITING = "SELECT kind FROM inbound_fact WHERE order_no = :no AND delivered_at IS NULL"
OWNER = "SELECT run_started_at FROM goods_return WHERE order_no = :no"
LETTERS = "SELECT key FROM outbox WHERE order_no = :no AND template LIKE 'RETURN_%' ORDER BY key"


async def asks(life: Life, order_no: str, *, role: str = "operator", **changes: Any) -> Any:
    """Ask to send back both units of tea."""
    body = {"lines": [{"line": "1", "quantity": 2}], **changes}
    return await life.counter.send("POST", f"/v1/orders/{order_no}/returns", body, role=role)


async def says(life: Life, order_no: str, name: str, role: str = "operator", **fields: Any) -> Any:
    """Ask something of the order's first return."""
    return await life.counter.send("POST", f"/v1/orders/{order_no}/returns/1/{name}", fields, role=role)


async def agrees(life: Life, order_no: str, name: str, role: str = "operator", **fields: Any) -> str:
    """The same, and it is answered yes; the state of the return then."""
    answer = await says(life, order_no, name, role, **fields)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["state"])


async def nothing_waits(life: Life, order_no: str) -> bool:
    """Whether every fact of the order has been passed on."""
    return await life.counter.rows(WAITING, no=order_no) == []


async def one(life: Life, order_no: str) -> dict[str, Any]:
    """The order's first return."""
    found: dict[str, Any] = await life.counter.reads(f"/v1/orders/{order_no}/returns/1")
    return found


async def stands(life: Life, order_no: str, state: str) -> dict[str, Any]:
    """Wait until the first return is there."""

    async def there() -> bool:
        return bool((await one(life, order_no))["state"] == state)

    await until(there, f"the return of {order_no} did not become {state}")
    return await one(life, order_no)


async def comes_back(life: Life, order_no: str) -> str:
    """The customer sends the goods, and the warehouse has them; the parcel's number."""
    number = f"BACK{next(NUMBERS)}"
    shipped = {"tracking_number": number, "carrier": "SF"}
    answer = await life.counter.tells("return_shipped", "channel", data=shipped, order_no=order_no)
    assert answer.status_code == 202, answer.text
    await stands(life, order_no, "IN_TRANSIT")
    await life.counter.tells("return_received", "warehouse", data={"warehouse": "SH"}, tracking_number=number)
    await stands(life, order_no, "RECEIVED")
    return number


async def level(life: Life, sku: str) -> tuple[int, int]:
    """On hand and reserved, in all warehouses."""
    [row] = await life.counter.rows(LEVEL, sku=sku)
    return int(row["on_hand"]), int(row["reserved"])


def handle(life: Life, order_no: str) -> WorkflowHandle[Any, Any]:
    return life.client.get_workflow_handle(return_workflow_id(order_no, 1))


async def replayed(name: str, history: WorkflowHistory) -> None:
    """The history replays; it is kept where histories are recorded."""
    if os.environ.get("RECORD_HISTORIES"):
        keep(name, history, RETURNS)
    replayer = Replayer(workflows=[ReturnWorkflow], data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history)


@pytest.mark.clause("SR-149", "EC-19")
async def test_goods_of_a_completed_order_come_back_and_their_money_goes_back_once(
    paying: Life, market: Parties
) -> None:
    number = await completed(paying)
    on_hand, reserved = await level(paying, "TEA-250")
    answer = await asks(paying, number, request_id="r1")
    assert (answer.status_code, answer.json()["workflow_id"]) == (201, f"return/{number}/1")
    assert (await asks(paying, number, request_id="r1")).json()["return_no"] == 1
    row = await paying.counter.reads(f"/v1/orders/{number}")
    assert (row["stage"], row["overlays"], row["payment_state"]) == ("COMPLETED", ["return"], "paid")
    again = await asks(paying, number)
    assert (again.status_code, [no["code"] for no in again.json()["reasons"]]) == (409, ["TOO_MANY"])

    assert await agrees(paying, number, "approve") == "APPROVED"
    await comes_back(paying, number)
    assert await agrees(paying, number, "inspect", lines=[{"line": "1", "good": 2}]) == "INSPECTED"
    over = await stands(paying, number, "CLOSED")
    assert (over["outcome"], over["refunded"], over["open"]) == ("REFUNDED", 13600, False)
    assert await refunds(paying, market, number) == [f"{number}/refund/return/1"]
    assert await level(paying, "TEA-250") == (on_hand + 2, reserved)

    row = await paying.counter.reads(f"/v1/orders/{number}")
    assert (row["stage"], row["overlays"]) == ("COMPLETED", [])
    assert (row["payment_state"], row["captured"], row["refunded"]) == ("refunded", 13600, 13600)
    assert all(task["done_at"] for task in row["tasks"])
    keys = [letter["key"] for letter in await paying.counter.rows(LETTERS, no=number)]
    assert keys == [
        f"{number}/message/RETURN_APPROVED/return/1",
        f"{number}/message/RETURN_REFUNDED/return/1/goods",
    ]
    told = await paying.counter.reads(f"/v1/orders/{number}/timeline", lang="en")
    lines = [line["text"] for line in told["timeline"] if "return" in line["code"]]
    assert len(lines) == 8
    assert "operator 1 found 2 good, 0 damaged, 0 other, 0 missing" in " ".join(lines)
    history = await handle(paying, number).fetch_history()
    assert "王小明" not in history.to_json()
    await replayed("goes_back", history)


async def completed_with(life: Life, quantity: int) -> str:
    """A completed order of so many units of tea."""
    at = now().isoformat()
    line = {"line": "1", "sku": "TEA-250", "specification": "250g", "quantity": quantity, "unit_price": 6800}
    total = 6800 * quantity
    payment = {"method": "prepaid", "paid_amount": total, "paid_at": at}
    placed = order(placed_at=at, payment=payment, total=total, lines=[line])
    number, parcel = await life.counter.places(placed), f"SF{next(NUMBERS)}"
    await life.reaches(number, "READY_TO_SHIP")
    await life.counter.tells("outbound", "warehouse", data={"tracking_number": parcel}, order_no=number)
    await life.reaches(number, "SHIPPED")
    scan = {"state": "DELIVERED", "by_recipient": True}
    await life.counter.tells("carrier_scan", "carrier", data=scan, tracking_number=parcel)
    await life.reaches(number, "DELIVERED")
    await life.counter.tells("confirmed", "channel", order_no=number)
    await life.reaches(number, "COMPLETED")
    return number


@pytest.mark.clause("EC-65", "SR-149")
async def test_a_parcel_with_other_goods_is_paid_in_part_after_finances_yes_and_the_rest_is_settled(
    paying: Life, market: Parties
) -> None:
    number = await completed_with(paying, 10)
    assert (await asks(paying, number, lines=[{"line": "1", "quantity": 10}])).status_code == 201
    await agrees(paying, number, "approve")
    await comes_back(paying, number)
    wrong = await says(paying, number, "inspect", lines=[{"line": "1", "good": 11}])
    assert (wrong.status_code, wrong.json()["code"]) == (409, "TOO_MANY")
    await agrees(paying, number, "inspect", lines=[{"line": "1", "good": 9, "other": 1}])
    await stands(paying, number, "RESTOCKED")
    assert await refunds(paying, market, number) == []
    shown = await paying.counter.reads(f"/v1/orders/{number}")
    assert {task["kind"] for task in shown["tasks"] if not task["done_at"]} == {"APPROVE_REFUND", "RETURN_DISPUTE"}
    assert (await says(paying, number, "approve_refund")).status_code == 403
    await agrees(paying, number, "approve_refund", "finance")
    assert (await stands(paying, number, "REFUNDED"))["waiting_for"] == "customer_service"
    await agrees(paying, number, "settle", amount=800, reason="half of it was our fault")
    over = await stands(paying, number, "CLOSED")
    assert (over["refunded"], over["lines"][0]["taken_back"]) == (9 * 6800 + 800, 9)
    keys = [f"{number}/refund/return/1", f"{number}/refund/return/1/settled"]
    assert await refunds(paying, market, number) == keys
    late = await says(paying, number, "settle", amount=800, reason="once more")
    assert (late.status_code, late.json()["code"]) == (409, "RETURN_CLOSED")


@pytest.mark.clause("EC-50", "SR-149")
async def test_an_exchange_keeps_the_new_goods_and_sends_them_on_the_first_scan(paying: Life, market: Parties) -> None:
    number, back = await completed(paying), f"BACK{next(NUMBERS)}"
    free = await level(paying, "CUP")
    lines = [{"line": "1", "quantity": 2, "exchange_sku": "CUP"}]
    dry = await asks(paying, number, kind="exchange", lines=lines, dry_run=True)
    assert (dry.status_code, dry.json()["allowed"], dry.json()["return_no"]) == (200, True, None)
    assert (await asks(paying, number, kind="exchange", lines=lines)).status_code == 201

    async def kept() -> bool:
        return await level(paying, "CUP") == (free[0], free[1] + 2)

    await until(kept, "the new goods were not reserved")
    await agrees(paying, number, "approve")
    scan = {"state": "PICKED_UP", "code": "50"}
    early = await paying.counter.tells("carrier_scan", "carrier", data=scan, tracking_number=back)
    assert early.json()["result"] == "orphan"
    await paying.counter.tells("return_shipped", "carrier", data={"tracking_number": back}, order_no=number)

    async def sent() -> bool:
        return bool((await one(paying, number))["new_order_no"])

    await until(sent, "nobody sent the new goods")
    new = str((await one(paying, number))["new_order_no"])
    await paying.reaches(new, "READY_TO_SHIP")
    assert await level(paying, "CUP") == (free[0], free[1] + 2), "the new order has them, and nobody else"
    shown = await paying.counter.reads(f"/v1/orders/{new}")
    assert (shown["original"]["order_no"], shown["original"]["kind"]) == (number, "exchange")
    assert (shown["total"], shown["lines"][0]["sku"], shown["lines"][0]["quantity"]) == (0, "CUP", 2)
    await paying.counter.tells("return_received", "warehouse", data={"warehouse": "SH"}, tracking_number=back)
    await stands(paying, number, "RECEIVED")
    await agrees(paying, number, "inspect", lines=[{"line": "1", "good": 2}])
    assert (await stands(paying, number, "CLOSED"))["outcome"] == "EXCHANGED"
    await replayed("is_exchanged", await handle(paying, number).fetch_history())
    assert await refunds(paying, market, number) == []


@pytest.mark.clause("EC-50")
async def test_a_refused_exchange_gives_the_new_goods_back(paying: Life) -> None:
    number, free = await completed(paying), await level(paying, "CUP")
    await asks(paying, number, kind="exchange", lines=[{"line": "1", "quantity": 1, "exchange_sku": "CUP"}])
    await agrees(paying, number, "refuse", reason="已拆封")
    over = await stands(paying, number, "CLOSED")
    assert (over["outcome"], await level(paying, "CUP")) == ("REFUSED", free)
    assert (await asks(paying, number)).status_code == 201, "what was refused may be asked again"


@pytest.mark.clause("SR-149", "EC-19")
async def test_facts_twice_and_a_reset_at_every_step_pay_and_restock_once(paying: Life, market: Parties) -> None:
    number = await completed(paying)
    on_hand, _ = await level(paying, "TEA-250")
    await asks(paying, number)
    await agrees(paying, number, "approve")
    back = f"BACK{next(NUMBERS)}"
    shipped = paying.counter.fact("return_shipped", "channel", data={"tracking_number": back}, order_no=number)
    for _ in range(2):
        await paying.counter.send("POST", "/v1/facts", shipped, role="channel")
        await paying.counter.tells("return_received", "warehouse", order_no=number)
    await stands(paying, number, "RECEIVED")
    await until(lambda: nothing_waits(paying, number), "a fact still waits, and would come after the end")
    await agrees(paying, number, "inspect", lines=[{"line": "1", "good": 2}])
    await stands(paying, number, "CLOSED")
    first = await handle(paying, number).describe()
    events = (await handle(paying, number).fetch_history()).events
    steps = [each.event_id for each in events if each.HasField("workflow_task_completed_event_attributes")]
    owner = (await paying.counter.rows(OWNER, no=number))[0]["run_started_at"]
    for step in (steps[0], steps[len(steps) // 2], steps[-1]):
        run = await reset(paying, number, str(first.run_id), step)
        again = paying.client.get_workflow_handle(return_workflow_id(number, 1), run_id=run)
        assert await again.result() == "REFUNDED"
        assert await refunds(paying, market, number) == [f"{number}/refund/return/1"]
        assert (await level(paying, "TEA-250"))[0] == on_hand + 2
        before, owner = owner, (await paying.counter.rows(OWNER, no=number))[0]["run_started_at"]
        assert (owner > before) is (step != steps[-1]), "the books show the newest run that had something to write"
    row = await paying.counter.reads(f"/v1/orders/{number}")
    assert (row["refunded"], len(row["returns"])) == (13600, 1)
    unmatched = await paying.counter.rows("SELECT kind FROM alert WHERE order_no = :no", no=number)
    assert [each for each in unmatched if each["kind"] == "fact_unmatched"] == []


async def reset(life: Life, order_no: str, run_id: str, event_id: int) -> str:
    """What the button of the Temporal UI does; the new run."""
    answer = await life.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=life.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=return_workflow_id(order_no, 1), run_id=run_id),
            reason="AC-36",
            workflow_task_finish_event_id=event_id,
            request_id=str(uuid.uuid4()),
        )
    )
    return str(answer.run_id)
