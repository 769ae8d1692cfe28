"""The composition root: every effect has its department, and the worker starts and stops as it should."""

import asyncio
import os
import signal
import sys
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from domain.answer_code import AnswerCodes
from domain.coupon_code import CouponCodes
from domain.effects import EffectKind
from domain.returning import Work
from infra.connectors.plain_protocol import PlainClient
from infra.db.connections import open_connections
from infra.db.engine import open_engine
from infra.trouble import Trouble
from tests.parties import ROOT, free_port
from worker import House, answer

NOWHERE = "postgresql://nobody:secret@127.0.0.1:1/orders"


async def test_every_effect_has_its_department(database_url: str, engine: AsyncEngine, line: PlainClient) -> None:
    house = House(engine, open_connections(database_url), line, CouponCodes(b"s"), AnswerCodes(b"s"))
    names = [done.__name__ for done in house.departments()]
    intake = {"pull_channel", "collect_offline", "watch_volume", "reconcile_orders", "poll_carriers"}
    ours = {"record_order", "look_for_facts", "look_at_closed_order", "record_late", "record_claim", "record_return"}
    ours |= {"record_goods", "record_choice", "reinstate_order"}
    assert set(names) == {*EffectKind, *Work} | ours | intake
    assert len(names) == len(set(names))


async def test_a_database_that_stays_away_is_named_without_its_password() -> None:
    engine = open_engine(NOWHERE)
    with pytest.raises(Trouble, match="does not answer at") as trouble:
        await answer(engine, timedelta(seconds=0.3))
    assert "secret" not in str(trouble.value)
    assert "ORDERS_DATABASE_URL" in trouble.value.todo


async def run_worker(**environment: str) -> asyncio.subprocess.Process:
    ports = ("WORKER_METRICS", "RELAY_METRICS", "SIMULATORS")
    quiet = {"ORDERS_LOG_FORMAT": "json", "PYTHONUNBUFFERED": "1"}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "worker"),
        cwd=ROOT,
        env={**os.environ, **quiet, **{f"ORDERS_{name}_PORT": str(free_port()) for name in ports}, **environment},
        stderr=asyncio.subprocess.PIPE,
    )


async def test_the_worker_runs_until_told_to_stop(database_url: str, temporal_address: str, client: Client) -> None:
    process = await run_worker(
        ORDERS_DATABASE_URL=database_url, TEMPORAL_ADDRESS=temporal_address, ORDERS_TASK_QUEUE="worker-test"
    )
    assert client.namespace == "orders"
    assert process.stderr
    async with asyncio.timeout(30):
        while b"worker runs" not in (said := await process.stderr.readline()):
            assert said, "the worker ended"
        process.send_signal(signal.SIGTERM)
        rest = await process.stderr.read()
        assert await process.wait() == 0
    assert b"worker stopped" in rest


async def test_a_worker_without_a_database_says_what_to_do() -> None:
    process = await run_worker(ORDERS_DATABASE_URL="")
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"orders up" in said
