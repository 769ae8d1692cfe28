"""Resets as the button of the Temporal UI makes them, and everything in which two ends of one order may differ."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter, defaultdict
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle

from domain.books import promises
from domain.effects import RefundRequest
from domain.order import Order
from tests.sop.departments import Book
from tests.sop.history import events_of, name_of


async def tasks_of(handle: WorkflowHandle[Any, Any]) -> list[int]:
    """The events of a run to which one may reset: the ends of its workflow tasks."""
    return [event.event_id for event in await events_of(handle) if name_of(event) == "WORKFLOW_TASK_COMPLETED"]


async def reset(client: Client, workflow_id: str, run_id: str, event_id: int) -> None:
    """What the button of the Temporal UI does."""
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
            reason="AC-36",
            workflow_task_finish_event_id=event_id,
            request_id=str(uuid.uuid4()),
        )
    )


async def end_of(client: Client, workflow_id: str) -> Order:
    """What the newest run knew when it ended."""
    handle = client.get_workflow_handle(workflow_id)
    try:
        async with asyncio.timeout(20):
            await handle.result()
    except TimeoutError:
        stuck = Order.model_validate(await handle.query("snapshot"))
        message = f"{stuck.stage}: unmatched {stuck.unmatched}, running {[each.key for each in stuck.running]}"
        raise AssertionError(message) from None
    return Order.model_validate(await handle.query("snapshot"))


def ended(order: Order) -> dict[str, Any]:
    """Everything that must be the same, however often an order was reset; times apart."""
    return {
        "stage": order.stage,
        "content": (order.version, order.corrections, order.content),
        "goods": order.lines,
        "shipments": [(each.number, each.warehouse, each.state, each.lines) for each in order.shipments],
        "parcels": {each.id: (each.shipment, each.tracking_number, each.state, each.lines) for each in order.packages},
        "money": (order.payment.receipts, [(back.key, back.amount, back.done) for back in order.payment.refunds]),
        "coupons": sorted((coupon.key, coupon.amount) for coupon in order.coupons),
        "changes": [(each.change, each.state, each.row) for each in order.change_requests],
        "answers": [
            (each.template, each.fields, each.chosen, each.correction) for each in order.questions if each.chosen
        ],
        "cases": sorted((case.kind, case.subject, case.status, case.outcome) for case in order.cases),
        "holds": sorted((hold.reason, hold.released_at is not None) for hold in order.holds),
        "tasks": sorted((task.kind, task.role, task.done_at is not None) for task in order.tasks),
        "clocks": verdicts(order),
        "left over": [each.id for each in (*order.early, *order.unmatched) if not each.id.startswith(order.number)],
    }


def verdicts(order: Order) -> dict[tuple[str, str], list[str]]:
    """What came of every clock, by its kind and subject, in the order of their starts."""
    assert order.closed_at is not None
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in sorted(promises(order, order.closed_at), key=lambda row: row.start_at):
        found[row.kind, row.subject].append(row.verdict)
    return dict(found)


def first_asked(book: Book) -> dict[str, Any]:
    """Every effect's first request."""
    found: dict[str, Any] = {}
    for request in book.requests:
        found.setdefault(request.key, request)
    return found


def balance(book: Book, order: Order) -> dict[str, Any]:
    """The departments' own books: units that are still reserved of each line, and the money that is still here.

    An effect counts once, by its key, as in the effect ledger. The audit of a version gives back what one before held.
    """
    units: Counter[str] = Counter()
    for key, outcome in book.answers.items():
        if key.split("/")[1] in {"audit", "release_stock"}:
            units.clear()
        units.update({each.line: each.quantity for each in getattr(outcome, "allocations", ())})
    for package in order.packages:
        if package.out:
            units.subtract({each.line: each.quantity for each in package.lines})
    paid = sum(receipt.amount for receipt in order.payment.receipts)
    back = sum(request.amount for request in first_asked(book).values() if isinstance(request, RefundRequest))
    return {"reserved": {line: count for line, count in units.items() if count}, "money": paid - back}
