"""The composition root: settings → adapters → departments → worker and relay; nothing else.

`python -P -m worker` runs until SIGTERM or Ctrl-C. Nobody imports this module.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

import structlog
import uvloop
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from activities.audit import AuditActivities
from activities.carriage import CarriageActivities
from activities.carrier import CarrierActivities
from activities.compensation import CompensationActivities
from activities.erp import ErpActivities
from activities.intake import IntakeActivities
from activities.late import LateActivities
from activities.ledger import LedgerActivities
from activities.payment import PaymentActivities
from activities.polling import PollingActivities
from activities.purchasing import PurchasingActivities
from activities.reconcile import ReconcileActivities
from activities.returns import ReturnActivities
from activities.stock import StockActivities
from activities.transfer import TransferActivities
from activities.warehouse import WarehouseActivities
from api.linked import as_linked
from api.shapes import as_posted
from domain.answer_code import AnswerCodes
from domain.coupon_code import CouponCodes
from infra.collecting import Collecting
from infra.connectors.carriers.plain import PlainCarrier
from infra.connectors.coupon_issuers import issuers
from infra.connectors.erps.plain import PlainErp
from infra.connectors.invoicers.plain import PlainInvoicer
from infra.connectors.messengers.plain import PlainMessenger
from infra.connectors.payments.plain import PlainGateway
from infra.connectors.plain_protocol import PlainClient, plain_client
from infra.connectors.purchasers.plain import PlainPurchasing
from infra.connectors.shops.plain import PlainOrderSource, PlainShop
from infra.connectors.warehouses.plain import PlainWarehouse
from infra.coupon_secret import coupon_secret
from infra.db.connections import Connections, open_connections
from infra.db.engine import open_engine, single_statements
from infra.db.fact_inbox import FactInbox
from infra.db.inbox import Inbox
from infra.db.ledger import Ledger
from infra.db.transactions import Direct
from infra.draining import Drain
from infra.kept_secret import kept_secret
from infra.logging import set_up_logging
from infra.polling import Polling
from infra.pulling import Pulling
from infra.relay import Connectors, Relay, metrics
from infra.schedules import Schedules
from infra.settings import Settings
from infra.temporal import connect, prometheus_runtime
from infra.trouble import Trouble
from workflows.intake import ChannelPull, OfflineCollection, PromoMonitor
from workflows.late import LateFactWorkflow
from workflows.order import OrderWorkflow
from workflows.polling import CarrierPoll
from workflows.reconcile import Reconcile
from workflows.returns import ReturnWorkflow

log = structlog.get_logger(__name__)
RARELY = (50_000, 2, 2)
"""Garbage is looked for less often than by default, for 3 % of this process; all of it after some 900 orders.

An order that leaves the cache is garbage that only the search through all finds, some 220 objects.
"""
PATIENCE = timedelta(seconds=60)
"""How long a start waits for PostgreSQL and for Temporal."""
OF_ORDERS = (OrderWorkflow, LateFactWorkflow, ReturnWorkflow)
WORKFLOWS = (*OF_ORDERS, ChannelPull, OfflineCollection, PromoMonitor, Reconcile, CarrierPoll)


def acts(*departments: object) -> list[Any]:
    """Every activity of these departments."""
    return [
        getattr(each, name)
        for each in departments
        for name in dir(type(each))
        if hasattr(getattr(type(each), name), "__temporal_activity_definition")
    ]


@dataclass(frozen=True)
class House:
    """What the departments are built of."""

    engine: AsyncEngine
    connections: Connections
    parties: PlainClient
    codes: CouponCodes
    answers: AnswerCodes
    backlog: Drain = field(default_factory=Drain)

    def departments(self) -> Sequence[Any]:
        """Every activity of every department."""
        engine, single, now = self.engine, single_statements(self.engine), watch
        direct = Direct(self.connections)  # for the steps of every order
        audit, stock = AuditActivities(direct, now), StockActivities(engine, now)
        erp = ErpActivities(PlainErp(self.parties), direct, now, self.backlog)
        warehouse = WarehouseActivities(PlainWarehouse(self.parties), direct, now)
        carrier = CarrierActivities(PlainCarrier(self.parties), single, now)
        payment = PaymentActivities(PlainGateway(self.parties), single, now)
        compensation = CompensationActivities(issuers(self.parties), self.codes, single, now)
        transfer = TransferActivities(PlainWarehouse(self.parties), engine, now)
        bought = PurchasingActivities(PlainPurchasing(self.parties), single)
        ours = (
            LedgerActivities(Ledger(self.connections, direct)),
            LateActivities(engine, Inbox(self.connections), as_linked, now),
            ReconcileActivities(engine, now),
        )
        parties = (erp, warehouse, carrier, payment, compensation, transfer, bought)
        return [*acts(audit, stock, CarriageActivities(engine, now), *parties, *ours), *self.intake(), *self.returns()]

    def intake(self) -> Sequence[Any]:
        """The activities of the scheduled ways in, and of the carriers' poll."""
        inbox, facts = Inbox(self.connections), FactInbox(self.connections)
        pulling = Pulling(PlainOrderSource(self.parties), inbox, facts, self.engine, as_posted, watch)
        intake = IntakeActivities(pulling, Collecting(inbox, self.engine, watch), self.engine, watch)
        polling = PollingActivities(Polling(PlainCarrier(self.parties), facts, self.engine, watch))
        return [intake.pull_channel, intake.collect_offline, intake.watch_volume, polling.poll_carriers]

    def returns(self) -> Sequence[Any]:
        """The activities of goods that come back."""
        returns = ReturnActivities(self.engine, Inbox(self.connections), as_linked, watch)
        return [
            returns.record_return,
            returns.keep_exchange,
            returns.give_back_exchange,
            returns.ship_exchange,
            returns.restock_return,
            returns.claim_refund,
        ]

    def worker(self, client: Client, task_queue: str) -> Worker:
        """The worker of the order workflows (temporal.md R33, R43)."""
        release = WorkerDeploymentVersion(deployment_name="orders", build_id=version("order-orchestrator"))
        return Worker(
            client,
            task_queue=task_queue,
            workflows=[*WORKFLOWS],
            activities=self.departments(),
            # The sandbox costs a third of this process. Every fourth scene of tests/sop is replayed in it.
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_concurrent_workflow_tasks=16,  # more at once finish later, and past ten seconds they count as lost
            max_concurrent_activities=100,
            max_concurrent_local_activities=100,
            max_cached_workflows=1_500,
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
            graceful_shutdown_timeout=timedelta(seconds=30),
            deployment_config=WorkerDeploymentConfig(version=release, use_worker_versioning=False),
            workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
            activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        )

    def relay(self, client: Client, task_queue: str) -> Relay:
        """The relay, on the worker's own client."""
        parties = self.parties
        connectors = Connectors(
            channel=PlainShop(parties),
            carrier=PlainCarrier(parties),
            messenger=PlainMessenger(parties),
            erp=PlainErp(parties),
            codes=self.codes,
            invoicer=PlainInvoicer(parties),
            answers=self.answers,
        )
        return Relay(self.engine, client, task_queue, connectors, watch)


def watch() -> datetime:
    """The clock of this process."""
    return datetime.now(UTC)  # noqa: TID251 - the one watch of the worker


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Work until told to stop, then finish what is under way.

    Raises:
        Trouble: PostgreSQL or Temporal did not answer in time.
    """
    url = _database_url(settings)
    async with AsyncExitStack() as opened:
        engine = open_engine(url, pool=settings.database_pool, application="orders-worker", few_statements=True)
        opened.push_async_callback(engine.dispose)
        await answer(engine)
        client = await connect(settings, runtime=prometheus_runtime(settings.worker_metrics_port), patience=PATIENCE)
        metrics.serve(settings.relay_metrics_port)
        ledger = open_connections(url, most=2 * settings.database_pool, application="orders-ledger")
        connections = await opened.enter_async_context(ledger)
        parties = await opened.enter_async_context(plain_client(settings.url_of_simulators))
        house = House(
            engine, connections, parties, _codes(settings), _answers(settings), Drain(settings.erp_backlog_rate)
        )
        worker, relay = house.worker(client, settings.task_queue), house.relay(client, settings.task_queue)
        log.info("worker runs", task_queue=settings.task_queue, namespace=client.namespace)
        gc.freeze()  # what is loaded now stays
        gc.set_threshold(*RARELY)
        schedules = Schedules(engine, client, settings.task_queue, watch)
        await run_all(worker, [relay.run(stop), schedules.run(stop)], stop)
    log.info("worker stopped")


async def run_all(worker: Worker, beside: Sequence[Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Run the worker and what works beside it until ``stop``, or until one of them fails; then stop all."""
    every = [asyncio.create_task(worker.run(), name="worker"), *map(asyncio.create_task, beside)]
    told = asyncio.create_task(stop.wait())
    await asyncio.wait([*every, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    stop.set()
    if not every[0].done():
        await worker.shutdown()
    await asyncio.gather(*every)


async def answer(engine: AsyncEngine, patience: timedelta = PATIENCE) -> None:
    """Return when PostgreSQL answers. Trouble where it does not in time."""
    until, pause = time.monotonic() + patience.total_seconds(), 0.1
    while True:
        try:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except OperationalError as error:
            if time.monotonic() + pause > until:
                where = engine.url.render_as_string()
                todo = "Start it with `orders up`, or set ORDERS_DATABASE_URL to one that runs."
                raise Trouble(f"PostgreSQL does not answer at {where}: {error.orig}", todo) from error
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, 1.0)


def _codes(settings: Settings) -> CouponCodes:
    given = settings.coupon_secret
    return CouponCodes(coupon_secret(given.get_secret_value() if given else None, settings.data))


def _answers(settings: Settings) -> AnswerCodes:
    given = settings.answer_secret
    secret = kept_secret("answer", given.get_secret_value() if given else None, settings.data)
    return AnswerCodes(secret, settings.url_of_answers)


def _database_url(settings: Settings) -> str:
    if settings.database_url is None:
        raise Trouble("The worker knows no database.", "Run `orders up`, which starts it, or set ORDERS_DATABASE_URL.")
    return settings.database_url


async def _until_told(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await serve(settings, stop)


def main() -> int:
    """Run; the answer is the exit status."""
    settings = Settings()
    set_up_logging(settings.log_format, settings.log_level)

    try:
        uvloop.run(_until_told(settings))
    except Trouble as trouble:
        log.error("worker cannot run", what=trouble.what, todo=trouble.todo)  # noqa: TRY400 - it says what to do
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    sys.stderr.flush()
    os._exit(status)  # the Temporal SDK's threads abort an ordinary exit now and then (temporal.md §9)
