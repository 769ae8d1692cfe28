"""Fixtures of the scenes: one worker with recording departments, one desk a scene."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Callable

import pytest
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tests.sop.departments import Departments
from tests.sop.desk import Desk
from tests.sop.history import SANDBOX, history_of, replays
from workflows.order import OrderWorkflow

STAMP = f"{os.getpid() % 10_000:04d}"


@pytest.fixture(scope="session")
async def house(client: Client) -> AsyncIterator[tuple[Client, Departments, str]]:
    """A running worker: the real workflow, recording departments."""
    departments, queue = Departments(), f"sop-{uuid.uuid4()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[OrderWorkflow],
        activities=departments.activities,
        workflow_runner=UnsandboxedWorkflowRunner(),
        debug_mode=True,  # a busy machine may take the two seconds that count as a deadlock
    ):
        yield client, departments, queue


@pytest.fixture(scope="module")
async def lived() -> AsyncIterator[list[WorkflowHistory]]:
    """The histories of a file's orders: each must replay."""
    histories: list[WorkflowHistory] = []
    yield histories
    await replays(*histories)


@pytest.fixture
async def new_desk(
    house: tuple[Client, Departments, str], lived: list[WorkflowHistory]
) -> AsyncIterator[Callable[[], Desk]]:
    """Makes a desk, for scenes with several orders."""
    client, departments, queue = house
    desks: list[Desk] = []

    def make() -> Desk:
        desks.append(Desk(client, departments, queue, STAMP))
        return desks[-1]

    yield make
    lived += [await history_of(desk.handle) for desk in desks if desk.has_an_order]


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    """A desk with no order yet."""
    return new_desk()
