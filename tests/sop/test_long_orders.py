"""An order whose history grows too long goes on in a new run (edge case 46)."""

from __future__ import annotations

import uuid

import pytest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.books import promises
from domain.stage import Stage
from tests.sop.conftest import STAMP
from tests.sop.departments import Departments
from tests.sop.desk import Desk
from workflows import order as of_orders

SHORT = 20
ALL = ("C1", "C2", "C3", "C4", "C5", "C6")


@pytest.mark.clause("EC-46")
async def test_a_long_order_goes_on_in_a_new_run_and_forgets_and_repeats_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_orders, "LONG_HISTORY", SHORT)
    departments, queue = Departments(), f"long-{uuid.uuid4()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[of_orders.OrderWorkflow],
        activities=departments.activities,
        workflow_runner=UnsandboxedWorkflowRunner(),
        debug_mode=True,
    ):
        desk = Desk(client, departments, queue, STAMP)
        await desk.is_delivered()
        described = await desk.handle.describe()
        assert described.run_id != desk.handle.result_run_id, "it is in a later run"
        assert described.raw_description.workflow_execution_info.history_length < 2 * SHORT
        await desk.is_paid()
        await desk.carrier_scans("DELIVERED")
        assert (await desk.order()).payment.captured("CNY") == 39_000
        await desk.hears("confirmed")
        await desk.ends_as(Stage.COMPLETED)
        assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
        # A turn that news keeps from being the last of a run is recorded again: the outbox knows a letter by its key.
        told = ("ORDER_CONFIRMED/order", "SHIPPED_WITH_ETA/package/1", "TRACKING_ADDED/package/1")
        assert set(desk.messages) == {*told, "DELIVERED/order", "COMPLETED/order"}
        known = promises(await desk.order(), desk.now)
        assert {row.kind: row.verdict for row in known if row.verdict != "void"} == dict.fromkeys(ALL, "met")
