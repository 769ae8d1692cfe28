"""Goods that come back, from the request to the refund, on closed orders (EC-19, EC-50, EC-65, SR-149).

The API, the relay, the workflows and the books are the real ones; the gateway is the simulated one, over HTTP.
"""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from infra.relay.return_door import return_workflow_id
from tests.parties import Parties
from tests.web.counter import NUMBERS
from tests.web.living import Life, until
from tests.web.test_late_payments import completed, refunds
from workflows.returns import ReturnWorkflow

LEVEL = "SELECT sum(on_hand)::int AS on_hand, sum(reserved)::int AS reserved FROM stock_level WHERE sku = :sku"
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
    replayer = Replayer(workflows=[ReturnWorkflow], data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history)
