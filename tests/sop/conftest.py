"""Fixtures of the scenes: one worker with recording departments, one desk a scene."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Callable

import pytest
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from tests.sop.departments import Departments
from tests.sop.desk import Desk
from workflows.order import OrderWorkflow

STAMP = f"{os.getpid() % 10_000:04d}"


@pytest.fixture(scope="session")
async def house(client: Client) -> AsyncIterator[tuple[Client, Departments, str]]:
    """A running worker: the real workflow, recording departments."""
    departments, queue = Departments(), f"sop-{uuid.uuid4()}"
    runner = SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules("domain", "pydantic", "pydantic_core")
    )
    async with Worker(
        client,
        task_queue=queue,
        workflows=[OrderWorkflow],
        activities=departments.activities,
        workflow_runner=runner,
    ):
        yield client, departments, queue


@pytest.fixture
def new_desk(house: tuple[Client, Departments, str]) -> Callable[[], Desk]:
    """Makes a desk, for scenes with several orders."""
    client, departments, queue = house
    return lambda: Desk(client, departments, queue, STAMP)


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    """A desk with no order yet."""
    return new_desk()
