"""Fixtures of the ways in."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx2
import pytest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.audit import AuditActivities
from activities.ledger import LedgerActivities
from activities.stock import StockActivities
from api.app import create_app
from api.dependencies import open_parts
from infra.db.ledger import Ledger
from infra.local import load_settings
from infra.settings import Settings
from tests.web.counter import Counter, Watch, furnish
from tests.web.living import FarDepartments, Life, RealWatch, now
from workflows.order import OrderWorkflow


@asynccontextmanager
async def opened(settings: Settings, watch: Watch, client: Client | None = None) -> AsyncIterator[Counter]:
    """The API on a database, with everything on its shelves."""
    app = create_app(partial(open_parts, settings, now=watch, client=client))
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://orders", timeout=30) as http:
            parts = app.state.parts
            yield Counter(http, await furnish(parts.engine), parts.engine, watch, parts.connections)


@pytest.fixture(scope="module")
async def counter(fresh_database: Callable[[], str]) -> AsyncIterator[Counter]:
    """The API on a database of its own, with Temporal out of reach."""
    settings = load_settings(database_url=fresh_database(), temporal_address="127.0.0.1:1")
    async with opened(settings, Watch()) as counter:
        yield counter


@pytest.fixture(scope="module")
async def life(fresh_database: Callable[[], str], client: Client) -> AsyncIterator[Life]:
    """The API and a worker on a database of their own; no relay runs but the one a scene starts."""
    queue = f"web-{uuid.uuid4()}"
    settings = load_settings(database_url=fresh_database(), task_queue=queue)
    async with opened(settings, RealWatch(), client) as counter:
        engine = counter.engine
        audit, stock = AuditActivities(engine, now), StockActivities(engine, now)
        ledger = LedgerActivities(Ledger(counter.connections, engine))
        near: list[Callable[..., Any]] = [
            audit.audit_order,
            stock.reserve_stock,
            stock.release_stock,
            ledger.record_order,
            ledger.look_for_facts,
        ]
        async with Worker(
            client,
            task_queue=queue,
            workflows=[OrderWorkflow],
            activities=[*near, *FarDepartments().all],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            yield Life(counter, client, queue)


@pytest.fixture(scope="module")
async def relayed(life: Life) -> AsyncIterator[Life]:
    """The same, with a relay running."""
    stop = asyncio.Event()
    running = asyncio.create_task(life.relay().run(stop))
    yield life
    stop.set()
    await running
