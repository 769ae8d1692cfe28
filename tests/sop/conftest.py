"""Fixtures of the scenes: one worker with recording departments, one desk a scene."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Callable

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from tests.sop.departments import Departments
from tests.sop.desk import Desk
from tests.sop.history import OUTSIDE, SANDBOX, history_of, replays
from tests.sop.patience import until
from workflows.order import OrderWorkflow

STAMP = f"{os.getpid() % 10_000:04d}"

SHARE = 4


@pytest.fixture(scope="session")
async def house(client: Client) -> AsyncIterator[tuple[Client, Departments, str]]:
    """A running worker: the real workflow, recording departments."""
    departments, queue = Departments(), f"sop-{uuid.uuid4()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[OrderWorkflow],
        activities=departments.activities,
        workflow_runner=OUTSIDE,
        debug_mode=True,  # a busy machine may take the two seconds that count as a deadlock
    ):
        yield client, departments, queue


@pytest.fixture(scope="module")
async def lived() -> AsyncIterator[list[Desk]]:
    """The desks of a file: the order of every fourth stands in the books as it is, and replays in the sandbox."""
    desks: list[Desk] = []
    yield desks
    for desk in desks[::SHARE]:
        await until(desk.is_in_the_books)
    await replays(*[await history_of(desk.handle) for desk in desks[::SHARE]], runner=SANDBOX)


@pytest.fixture
async def new_desk(house: tuple[Client, Departments, str], lived: list[Desk]) -> AsyncIterator[Callable[[], Desk]]:
    """Makes a desk, for scenes with several orders."""
    client, departments, queue = house
    desks: list[Desk] = []

    def make() -> Desk:
        desks.append(Desk(client, departments, queue, STAMP))
        return desks[-1]

    yield make
    lived += [desk for desk in desks if desk.has_an_order]


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    """A desk with no order yet."""
    return new_desk()
