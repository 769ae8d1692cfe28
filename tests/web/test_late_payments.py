"""Money that comes after an order's end goes back once, and is said once (AC-32, edge cases 3, 6 and 19).

The API, the relay, the workflows and the books are the real ones; the gateway is the simulated one, over HTTP.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from domain.late import LateInput
from infra.relay import metrics
from infra.relay.door import late_id
from tests.parties import Parties
from tests.web.counter import NUMBERS, order
from tests.web.living import Life, now, until
from workflows.late import LateFactWorkflow

ORDER = "SELECT * FROM orders WHERE order_no = :no"
ALERTS = "SELECT kind, detail FROM alert WHERE order_no = :no ORDER BY kind"
LETTERS = "SELECT key FROM outbox WHERE order_no = :no AND template = 'LATE_PAYMENT_REFUND'"


async def cancelled(life: Life, units: int = 3) -> str:
    """An order that was called off before anybody paid; of three units it cost more than what comes later."""
    line = {"line": "1", "sku": "TEA-250", "specification": "250g", "quantity": units, "unit_price": 6800}
    number = await life.counter.places(order(placed_at=now().isoformat(), lines=[line], total=6800 * units))
    await life.reaches(number, "AWAITING_CONFIRMATION")
    await life.asks(number, "cancel", reason="不要了")
    await life.reaches(number, "CANCELLED")
    return number


async def completed(life: Life) -> str:
    """An order that was paid, delivered and confirmed."""
    at = now().isoformat()
    payment = {"method": "prepaid", "paid_amount": 13600, "paid_at": at}
    number, parcel = await life.counter.places(order(placed_at=at, payment=payment)), f"SF{next(NUMBERS)}"
    await life.reaches(number, "READY_TO_SHIP")
    await life.counter.tells("outbound", "warehouse", data={"tracking_number": parcel}, order_no=number)
    await life.reaches(number, "SHIPPED")
    scan = {"state": "DELIVERED", "by_recipient": True}
    await life.counter.tells("carrier_scan", "carrier", data=scan, tracking_number=parcel)
    await life.reaches(number, "DELIVERED")
    await life.counter.tells("confirmed", "channel", order_no=number)
    await life.reaches(number, "COMPLETED")
    return number


async def pays(life: Life, order_no: str, payment_no: str) -> None:
    """The gateway reports a payment, as an event of its own however often it does."""
    data = {"payment_no": payment_no, "amount": 13600, "currency": "CNY"}
    answer = await life.counter.tells("paid", "payment", data=data, order_no=order_no)
    assert answer.status_code == 202


async def external_id(life: Life, order_no: str) -> str:
    [row] = await life.counter.rows(ORDER, no=order_no)
    return str(row["external_id"])


async def refunds(life: Life, market: Parties, order_no: str) -> list[str]:
    """The keys under which the gateway paid back."""
    effects = (await market.log(await external_id(life, order_no)))["effects"]
    return [effect["key"] for effect in effects if effect["party"] == "payments"]


async def alerts(life: Life, order_no: str) -> list[tuple[str, str]]:
    """What the money of an order gave rise to: second payments, and payments that nobody could use."""
    rows = await life.counter.rows(ALERTS, no=order_no)
    said = [(row["kind"], row["detail"].get("payment_no") or row["detail"].get("kind", "")) for row in rows]
    return [alert for alert in said if alert[0] == "paid_twice" or alert[1] == "paid"]


async def is_over(life: Life, order_no: str, runs: int) -> WorkflowHandle[Any, Any]:
    """Wait until so many runs of the late workflow have ended; the last of them."""
    query = f"WorkflowId = '{late_id(order_no)}' AND ExecutionStatus = 'Completed'"

    async def ended() -> bool:
        return (await life.client.count_workflows(query)).count == runs

    await until(ended, f"{late_id(order_no)} did not end {runs} times")
    return life.client.get_workflow_handle(late_id(order_no))


async def tasks(handle: WorkflowHandle[Any, Any]) -> list[int]:
    """The events at which its workflow tasks were completed."""
    events = (await handle.fetch_history()).events
    return [event.event_id for event in events if event.HasField("workflow_task_completed_event_attributes")]


async def reset(life: Life, order_no: str, run_id: str, event_id: int) -> None:
    """What the button of the Temporal UI does."""
    await life.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=life.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=late_id(order_no), run_id=run_id),
            reason="AC-36",
            workflow_task_finish_event_id=event_id,
            request_id=str(uuid.uuid4()),
        )
    )


async def page(life: Life, order_no: str) -> dict[str, Any]:
    found: dict[str, Any] = await life.counter.reads(f"/v1/orders/{order_no}")
    return found


def cases(shown: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(case["kind"], case["subject"], case["status"], case["outcome"]) for case in shown["cases"]]


async def said(life: Life, order_no: str) -> list[str]:
    """The lines of the timeline that tell of the late payment."""
    story = await life.counter.reads(f"/v1/orders/{order_no}/timeline", lang="en")
    words = ("was paid", "paid after", "refund", "went back")
    return [line["text"] for line in story["timeline"] if any(word in line["text"] for word in words)]


@pytest.mark.clause("AC-32", "SR-015", "SR-023", "EC-03", "EC-19")
async def test_a_payment_after_the_cancel_goes_back_once_and_the_customer_hears_of_it_once(
    paying: Life, market: Parties
) -> None:
    number, payment_no, unmatched = await cancelled(paying), f"P{next(NUMBERS)}", metrics.UNMATCHED._value.get()
    await pays(paying, number, payment_no)
    first = await is_over(paying, number, runs=1)
    assert await refunds(paying, market, number) == [f"{number}/refund/late/{payment_no}"]
    key = f"{number}/message/LATE_PAYMENT_REFUND/payment/{payment_no}"

    async def told() -> object:
        return paying.parties.taken.get(key)

    await until(told, "the customer was not told that the money went back")
    shown = await page(paying, number)
    assert cases(shown) == [("LATE_PAYMENT", f"payment/{payment_no}", "RESOLVED", "REFUNDED")]
    assert (shown["stage"], shown["payment_state"], shown["open_cases"]) == ("CANCELLED", "refunded", [])
    assert (shown["captured"], shown["refunded"], shown["needs_attention"]) == (13600, 13600, False)
    assert shown["tasks"] == []
    history = (await first.fetch_history()).to_json()
    assert "13800138000" not in history
    assert "王小明" not in history

    await pays(paying, number, payment_no)
    await is_over(paying, number, runs=2)
    assert await refunds(paying, market, number) == [f"{number}/refund/late/{payment_no}"]
    assert [row["key"] for row in await paying.counter.rows(LETTERS, no=number)] == [key]
    assert len(paying.parties.taken[key]) == 1
    after = await page(paying, number)
    assert (cases(after), after["captured"], after["refunded"]) == (cases(shown), 13600, 13600)
    assert await alerts(paying, number) == []
    assert metrics.UNMATCHED._value.get() == unmatched
    [*first_lines, last] = await said(paying, number)
    assert first_lines[:2] == [
        f"CNY 136.00 was paid, payment {payment_no}.",
        f"Case 1 was opened: paid after the cancellation, payment {payment_no}, the order had ended.",
    ]
    assert last == f"CNY 136.00 was paid, payment {payment_no}.", "the copy is shown, and nothing follows from it"


@pytest.mark.clause("AC-32", "SR-015")
async def test_a_gateway_that_times_out_after_it_paid_has_paid_once(paying: Life, market: Parties) -> None:
    number, payment_no = await cancelled(paying), f"P{next(NUMBERS)}"
    await market.behave(await external_id(paying, number), payments={"loses_answers": 1})
    await pays(paying, number, payment_no)
    await is_over(paying, number, runs=1)
    assert await refunds(paying, market, number) == [f"{number}/refund/late/{payment_no}"]
    assert cases(await page(paying, number)) == [("LATE_PAYMENT", f"payment/{payment_no}", "RESOLVED", "REFUNDED")]


@pytest.mark.clause("AC-32", "SR-015")
async def test_two_late_payments_go_back_each_for_itself(paying: Life, market: Parties) -> None:
    number, both = await cancelled(paying), [f"P{next(NUMBERS)}" for _ in range(2)]
    await asyncio.gather(*(pays(paying, number, payment_no) for payment_no in both))

    async def returned() -> bool:
        return bool((await page(paying, number))["refunded"] == 27200)

    await until(returned, "not both went back")
    assert sorted(await refunds(paying, market, number)) == [f"{number}/refund/late/{each}" for each in both]
    shown = await page(paying, number)
    assert [case["case_no"] for case in shown["cases"]] == [1, 2]
    assert len(await paying.counter.rows(LETTERS, no=number)) == 2


@pytest.mark.clause("AC-32", "SR-015")
@pytest.mark.parametrize("again", ["reported once more", "reset"])
async def test_a_refused_refund_waits_for_finance_until_the_gateway_takes_it(
    paying: Life, market: Parties, again: str
) -> None:
    number, payment_no = await cancelled(paying), f"P{next(NUMBERS)}"
    await market.behave(await external_id(paying, number), payments={"refuses": "account closed"})
    await pays(paying, number, payment_no)
    handle = await is_over(paying, number, runs=1)
    shown = await page(paying, number)
    assert cases(shown) == [("LATE_PAYMENT", f"payment/{payment_no}", "OPEN", "")]
    assert (shown["captured"], shown["refunded"], shown["payment_state"]) == (13600, 0, "refund_pending")
    assert (shown["needs_attention"], shown["attention_reason"]) == (True, "LATE_PAYMENT")
    [task] = shown["tasks"]
    assert (task["kind"], task["role"], task["done_at"]) == ("PAY_BACK", "finance", None)
    assert task["params"]["reason"].startswith("Business.RefundRefused: ")
    assert task["params"]["reason"].endswith("account closed")
    assert await paying.counter.rows(LETTERS, no=number) == [], "nobody says that it went back"

    await market.behave(await external_id(paying, number), payments={"refuses": ""})
    if again == "reset":
        await reset(paying, number, (await handle.describe()).run_id, (await tasks(handle))[0])
    else:
        await pays(paying, number, payment_no)
    await is_over(paying, number, runs=2)
    assert await refunds(paying, market, number) == [f"{number}/refund/late/{payment_no}"]
    shown = await page(paying, number)
    assert cases(shown) == [("LATE_PAYMENT", f"payment/{payment_no}", "RESOLVED", "REFUNDED")]
    assert (shown["refunded"], shown["needs_attention"], shown["open_cases"]) == (13600, False, [])
    assert [bool(task["done_at"]) for task in shown["tasks"]] == [True]
    assert len(await paying.counter.rows(LETTERS, no=number)) == 1


@pytest.mark.clause("SR-015", "EC-06")
async def test_a_second_payment_of_a_completed_order_goes_back_and_finance_is_told(
    paying: Life, market: Parties
) -> None:
    number, payment_no = await completed(paying), f"P{next(NUMBERS)}"
    await pays(paying, number, payment_no)
    await is_over(paying, number, runs=1)
    assert await refunds(paying, market, number) == [f"{number}/refund/late/{payment_no}"]
    shown = await page(paying, number)
    assert cases(shown)[-1:] == [("PAYMENT_MISMATCH", f"payment/{payment_no}", "RESOLVED", "REFUNDED")]
    assert (shown["stage"], shown["payment_state"]) == ("COMPLETED", "partially_refunded")
    assert (shown["captured"], shown["refunded"]) == (27200, 13600)
    assert await alerts(paying, number) == [("paid_twice", payment_no)]


@pytest.mark.clause("AC-32")
async def test_the_payment_that_the_order_took_itself_is_not_paid_back(paying: Life, market: Parties) -> None:
    number = await completed(paying)
    [taken] = await paying.counter.rows(
        "SELECT body #>> '{data,payment_no}' AS payment_no FROM inbound_fact WHERE order_no = :no AND kind = 'paid'",
        no=number,
    )
    await pays(paying, number, taken["payment_no"])

    async def alerted() -> object:
        return await alerts(paying, number)

    await until(alerted, "the copy is neither used nor alerted")
    assert await alerts(paying, number) == [("fact_unmatched", "paid")]
    assert await refunds(paying, market, number) == []
    assert (await page(paying, number))["refunded"] == 0


@pytest.mark.clause("AC-32")
async def test_what_a_person_sends_wrongly_is_kept_and_changes_nothing(paying: Life, market: Parties) -> None:
    number = await cancelled(paying)
    at = now().isoformat()
    confirmed = {"id": "by-hand", "kind": "confirmed", "occurred_at": at, "received_at": at}
    await paying.client.start_workflow(
        "LateFactWorkflow",
        LateInput(order_no=number),
        id=late_id(number),
        task_queue=paying.task_queue,
        start_signal="late_facts",
        start_signal_args=[["rubbish", confirmed]],
    )
    await is_over(paying, number, runs=1)
    story = await paying.counter.reads(f"/v1/orders/{number}/timeline", lang="en")
    assert [line["params"]["name"] for line in story["timeline"] if line["code"] == "message_unreadable"] == [
        "late_facts"
    ]
    rows = await paying.counter.rows(ALERTS, no=number)
    assert [(row["kind"], row["detail"]["fact_id"]) for row in rows] == [("fact_unmatched", "by-hand")]
    assert (await page(paying, number))["cases"] == []
    assert await refunds(paying, market, number) == []


@pytest.mark.clause("AC-32", "AC-36")
async def test_a_reset_of_the_late_workflow_pays_nothing_twice(paying: Life, market: Parties) -> None:
    number, payment_no = await cancelled(paying), f"P{next(NUMBERS)}"
    await pays(paying, number, payment_no)
    handle = await is_over(paying, number, runs=1)
    history, ends = await handle.fetch_history(), await tasks(handle)
    replayer = Replayer(workflows=[LateFactWorkflow], data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history)
    before = await page(paying, number)
    run_id = (await handle.describe()).run_id
    for count, event_id in enumerate(ends, 2):
        await reset(paying, number, run_id, event_id)
        again = await is_over(paying, number, runs=count)
        assert (await again.describe()).status is WorkflowExecutionStatus.COMPLETED
    assert await refunds(paying, market, number) == [f"{number}/refund/late/{payment_no}"]
    assert await page(paying, number) == before
    assert len(await paying.counter.rows(LETTERS, no=number)) == 1
