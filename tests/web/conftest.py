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
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.audit import AuditActivities
from activities.late import LateActivities
from activities.ledger import LedgerActivities
from activities.payment import PaymentActivities
from activities.returns import ReturnActivities
from activities.stock import StockActivities
from activities.transfer import TransferActivities
from api.app import create_app
from api.dependencies import open_parts
from api.linked import as_linked
from infra.connectors.payments.plain import PlainGateway
from infra.db.inbox import Inbox
from infra.db.ledger import Ledger
from infra.db.transactions import Direct
from infra.settings import Settings
from infra.whereabouts import load_settings
from tests.parties import Parties, listening, parties
from tests.web.counter import Counter, Watch, furnish
from tests.web.living import (
    SECRET,
    FarDepartments,
    Life,
    RealWatch,
    Willing,
    now,
)
from workflows.late import LateFactWorkflow
from workflows.order import OrderWorkflow
from workflows.returns import ReturnWorkflow


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
    given = {"temporal_address": "127.0.0.1:1", "answer_secret": SECRET}
    settings = load_settings(database_url=fresh_database(), **given)
    async with opened(settings, Watch()) as counter:
        yield counter


@pytest.fixture(scope="module")
async def life(fresh_database: Callable[[], str], client: Client) -> AsyncIterator[Life]:
    """The API and a worker on a database of their own; no relay runs but the one a scene starts."""
    async with lived(fresh_database(), client) as life:
        yield life


@asynccontextmanager
async def lived(database_url: str, client: Client, gateway: PlainGateway | None = None) -> AsyncIterator[Life]:
    """The API and a worker; parties outside always agree, but for the payment gateway where one is given."""
    queue = f"web-{uuid.uuid4()}"
    settings = load_settings(database_url=database_url, task_queue=queue, answer_secret=SECRET)
    async with opened(settings, RealWatch(), client) as counter:
        engine = counter.engine
        direct = Direct(counter.connections)
        audit, stock = AuditActivities(direct, now), StockActivities(engine, now)
        ledger = LedgerActivities(Ledger(counter.connections, direct))
        late = LateActivities(engine, Inbox(counter.connections), as_linked, now)
        nobody: Any = None
        transfer = TransferActivities(Willing(nobody), engine, now)
        near: list[Callable[..., Any]] = [
            transfer.request_transfer,
            transfer.call_off_transfer,
            transfer.book_transfer,
            audit.audit_order,
            stock.reserve_stock,
            stock.release_stock,
            ledger.record_order,
            ledger.look_for_facts,
            late.look_at_closed_order,
            late.record_late,
            late.record_claim,
            late.record_goods,
            late.record_choice,
            late.reinstate_order,
            *_of_returns(counter),
        ]
        far = FarDepartments().all if gateway is None else _paying(gateway, engine)
        async with Worker(
            client,
            task_queue=queue,
            workflows=[OrderWorkflow, LateFactWorkflow, ReturnWorkflow],
            activities=[*near, *far],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            yield Life(counter, client, queue)


def _of_returns(counter: Counter) -> list[Callable[..., Any]]:
    """The department of goods that come back."""
    returns = ReturnActivities(counter.engine, Inbox(counter.connections), as_linked, now)
    return [
        returns.record_return,
        returns.keep_exchange,
        returns.give_back_exchange,
        returns.ship_exchange,
        returns.restock_return,
        returns.claim_refund,
    ]


def _paying(gateway: PlainGateway, engine: AsyncEngine) -> list[Callable[..., Any]]:
    """The far departments, of which payment speaks to a gateway."""
    payment = PaymentActivities(gateway, engine, now)
    others = [act for act in FarDepartments().all if act.__name__ not in {"ask_payer", "refund_payment"}]
    return [*others, payment.ask_payer, payment.refund_payment]


@pytest.fixture(scope="session")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parties]:
    """The simulated outside parties, as a process of their own; nobody hears their news."""
    async with listening() as listener, parties(tmp_path_factory.mktemp("market"), listener.url) as running:
        yield running


@pytest.fixture(scope="module")
async def paying(fresh_database: Callable[[], str], client: Client, market: Parties) -> AsyncIterator[Life]:
    """Orders that live, a relay, and a payment gateway over HTTP that is given up soon."""
    stop = asyncio.Event()
    async with market.client(within=0.5) as line, lived(fresh_database(), client, PlainGateway(line)) as life:
        running = asyncio.create_task(life.relay().run(stop))
        yield life
        stop.set()
        await running


@pytest.fixture(scope="module")
async def relayed(life: Life) -> AsyncIterator[Life]:
    """The same, with a relay running."""
    stop = asyncio.Event()
    running = asyncio.create_task(life.relay().run(stop))
    yield life
    stop.set()
    await running
