"""Reset at every workflow task: the same end, and no effect under another key or with another request (AC-36, M12).

The effect ledger answers a key's second asking (its own tests prove that); here every asking is compared with the
first. Facts come at once, and the clocks that have to run out are short: a run after a Reset needs no skipped time.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client

from domain.books import promises
from domain.inquiries import CarrierAnswer
from domain.order import Order
from domain.policy import STANDARD, ClockKind
from domain.stage import Stage
from infra.db.effects import fingerprint
from tests.replay.lives import short_of_stock
from tests.sop.changing import asks as asks_for
from tests.sop.desk import Desk
from tests.sop.history import events_of, name_of
from tests.sop.patience import until

SOON = timedelta(milliseconds=300)
QUICK = STANDARD.having(
    clocks=tuple(rule.having(within=SOON) if rule.kind is ClockKind.STAGNATION else rule for rule in STANDARD.clocks),
    transit=SOON,
    transit_whole_days=False,
    recheck_after=timedelta(seconds=1),
)
"""Standard, but a parcel is silent and late after 300 ms."""


async def all_goes_well(desk: Desk) -> None:
    await desk.is_delivered()
    await desk.hears("confirmed")


async def late_on_the_way(desk: Desk) -> None:
    """Without a query: where clocks are so short, the time it takes to answer one decides what is due.

    The carrier names a cause, and is asked for priority.
    """
    desk.book.carrier_answer = CarrierAnswer(reason="HUB_OVERLOAD")
    await desk.places(policy=QUICK, settles=False)
    await desk.is_paid(settles=False)
    await desk.shows(stage=Stage.READY_TO_SHIP)
    await desk.hears("outbound", settles=False)
    await desk.hears("tracking_number", tracking_number="SF1", carrier="SF", settles=False)
    await desk.shows(stage=Stage.SHIPPED)
    await until(lambda: desk.steps.count("ask_carrier") >= 2 and "request_priority" in desk.steps)
    await desk.carrier_scans("DELIVERED", settles=False)
    await desk.hears("confirmed", settles=False)


async def cancelled_in_the_erp(desk: Desk) -> None:
    desk.book.differences = ()
    await desk.places()
    await desk.asks("place_hold", blocks=["release"], note="wait", review_at="2099-01-01T00:00:00Z")
    await desk.is_paid(amount=38_000)
    await desk.asks("cancel", reason="changed my mind")


async def wrong_address(desk: Desk) -> None:
    """E1: the warehouse rejects the label, the goods are stopped, nobody answers, and the order is given up."""
    questions = STANDARD.questions.compressed(lambda span: span / 500_000)
    await desk.places(policy=STANDARD.having(questions=questions), settles=False)
    await desk.is_paid(settles=False)
    await desk.shows(stage=Stage.READY_TO_SHIP)
    await desk.hears("label_rejected", shipment=1, reason="no such street", settles=False)
    await desk.hears("message_delivered", message="message/NEED_INFO/question/1", settles=False)


async def changed_while_picked(desk: Desk) -> None:
    """A new address while the goods are picked: recalled, written, entered and released anew."""
    await desk.places()
    await desk.is_paid()
    await desk.hears("picked", shipment=1)
    await asks_for(desk, "ADDRESS", correction=7)
    await sent_anew(desk)


async def sent_anew(desk: Desk) -> None:
    """The latest shipment leaves and arrives."""
    shipment = (await desk.order()).live_shipments[-1].number
    await desk.ships(shipment=shipment)
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")


HAPPY = "AC-01"
LIVES: dict[str, tuple[Callable[[Desk], Awaitable[None]], Stage]] = {
    HAPPY: (all_goes_well, Stage.COMPLETED),
    "E1": (wrong_address, Stage.CANCELLED),
    "change": (changed_while_picked, Stage.COMPLETED),
    "E2": (short_of_stock, Stage.COMPLETED),
    "E3": (late_on_the_way, Stage.COMPLETED),
    "cancelled": (cancelled_in_the_erp, Stage.CANCELLED),
}


async def reset(client: Client, desk: Desk, run_id: str, event_id: int) -> None:
    """What the button of the Temporal UI does."""
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=desk.handle.id, run_id=run_id),
            reason="AC-36",
            workflow_task_finish_event_id=event_id,
            request_id=str(uuid.uuid4()),
        )
    )


async def end_of(client: Client, desk: Desk) -> tuple[str, Order]:
    """How the newest run ended, and what it knew."""
    handle = client.get_workflow_handle(desk.handle.id)
    async with asyncio.timeout(20):
        stage = await handle.result()
    return stage, Order.model_validate(await handle.query("snapshot"))


def verdicts(order: Order) -> dict[tuple[str, str, str], str]:
    """What came of every clock."""
    assert order.closed_at is not None
    rows = promises(order, order.closed_at)
    return {(row.kind, row.subject, row.start_at.isoformat()): row.verdict for row in rows}


def first_asked(desk: Desk) -> dict[str, Any]:
    """Every effect's first request."""
    found: dict[str, Any] = {}
    for request in desk.book.requests:
        found.setdefault(request.key, request)
    return found


@pytest.mark.clause("AC-36", "SR-001", "SR-163", "EC-41")
@pytest.mark.parametrize(
    "life", [name if name == HAPPY else pytest.param(name, marks=pytest.mark.reset) for name in LIVES]
)
async def test_a_reset_anywhere_leads_to_the_same_end_with_the_same_effects(
    desk: Desk, client: Client, life: str
) -> None:
    live, end = LIVES[life]
    await live(desk)
    await desk.ends_as(end)
    _, order = await end_of(client, desk)
    asked, letters, run_id = first_asked(desk), set(desk.book.letters), (await desk.handle.describe()).run_id
    tasks = [event.event_id for event in await events_of(desk.handle) if name_of(event) == "WORKFLOW_TASK_COMPLETED"]
    assert len(tasks) >= 5
    for event_id in tasks:
        await reset(client, desk, run_id, event_id)
        stage, again = await end_of(client, desk)
        assert stage == end
        assert again.lines == order.lines
        assert again.payment == order.payment
        assert {package.id: package.state for package in again.packages} == {
            package.id: package.state for package in order.packages
        }
        kept = {
            key: verdict
            for key, verdict in verdicts(again).items()
            if key in verdicts(order) and not (life == "change" and verdict == "void")
        }  # a shipment whose outbound is known before it is planned anew has no promise to keep
        assert {key: verdicts(order)[key] for key in kept} == kept
    assert {key: request for key, request in first_asked(desk).items() if key not in asked} == {}
    assert [each for each in desk.book.requests if fingerprint(each) != fingerprint(asked[each.key])] == []
    assert set(desk.book.letters) == letters


@pytest.mark.clause("AC-36", "SR-120", "EC-41")
async def test_what_was_confirmed_in_time_still_is_when_the_order_is_reset_too_late(desk: Desk, client: Client) -> None:
    within = timedelta(seconds=6)
    rules = [rule.having(within=within) if rule.kind is ClockKind.CONFIRM else rule for rule in STANDARD.clocks]
    desk.book.keeps_time = True
    await desk.places(policy=STANDARD.having(clocks=tuple(rules)))
    await desk.is_paid()
    await desk.ships()
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    await desk.ends_as(Stage.COMPLETED)
    _, order = await end_of(client, desk)
    met = [verdict for (kind, _, _), verdict in verdicts(order).items() if kind == ClockKind.CONFIRM]
    assert met == ["met"]
    await asyncio.sleep(within.total_seconds() + 0.5)
    first = next(
        event.event_id for event in await events_of(desk.handle) if name_of(event) == "WORKFLOW_TASK_COMPLETED"
    )
    await reset(client, desk, (await desk.handle.describe()).run_id, first)
    stage, again = await end_of(client, desk)
    assert stage == Stage.COMPLETED
    assert verdicts(again) == verdicts(order)
