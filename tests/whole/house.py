"""A whole house for tests: worker, API and simulated parties as children, on the test run's servers, in quick time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import time
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from temporalio.client import Client

from domain.policy import STANDARD, Policy, compressed
from infra.demo.desk import Desk, Detail
from infra.local import EVERYTHING, Extras, Stack
from infra.settings import Settings
from infra.temporal import connect
from tests import servers
from tests.evidence import Evidence, Log

CHANNEL = "whole-shop"
HOUR = timedelta(seconds=0.1)
"""How long the parties' hour takes: an order lives for two and a half seconds."""
LONG = timedelta(minutes=5)
"""No clock of these orders runs out by itself, however busy the machine is."""
RECEIVER = {
    "customer": {"name": "欧阳拾光", "phone": "19911112222", "buyer_key": "buyer-of-whole"},
    "address": {"province": "浙江省", "city": "杭州市", "district": "余杭区", "street": "未来科技城海曙路 7788 号"},
}
BUYERS = itertools.count(1)
"""Every order is another buyer's, so that no two of them look like one."""
PERSONAL = ("欧阳拾光", "19911112222", "buyer-of-whole", "未来科技城海曙路", "19911113333", "请轻放勿压谢谢")
"""What must stand nowhere but in PostgreSQL and at the parties."""


TOLD = ["ORDER_CONFIRMED", "SHIPPED_WITH_ETA", "DELIVERED", "COMPLETED"]
"""What the customer of an order hears when all goes well."""
UNSENT = """SELECT key FROM outbox JOIN inbound_order USING (order_no)
    WHERE external_id = %(external_id)s AND sent_at IS NULL AND last_error <> 'overtaken by a later letter'"""


def now() -> datetime:
    """The time of the test."""
    return datetime.now(UTC)  # noqa: TID251 - the tests' watch


def policy(edition: str) -> Policy:
    """The manual's rules in quick time, with clocks that nobody breaches."""
    quick = compressed(STANDARD, hour=HOUR, least=LONG, edition=edition)
    patient = quick.change.having(recall_within=LONG)
    return quick.having(transit=LONG, auto_complete_after=LONG, change=patient)


def order(external_id: str, **changes: Any) -> dict[str, Any]:
    """An order of two units, paid when it was placed."""
    at = now().isoformat()
    line = {"line": "1", "sku": "TEA-250", "specification": "250g", "quantity": 2, "unit_price": 6800}
    return {
        "channel": CHANNEL,
        "external_id": external_id,
        "placed_at": at,
        **RECEIVER,
        "customer": RECEIVER["customer"] | {"buyer_key": f"buyer-of-whole-{next(BUYERS)}"},
        "lines": [line],
        "currency": "CNY",
        "total": 13600,
        "payment": {"method": "prepaid", "paid_amount": 13600, "paid_at": at},
        "buyer_message": "请轻放勿压谢谢",
        **changes,
    }


@dataclass
class House:
    """Everything that is up, and how one talks to it."""

    stack: Stack
    desk: Desk
    temporal: Client
    evidence: Evidence
    said: list[str]
    began: datetime = field(default_factory=now)

    async def posts(self, body: dict[str, Any]) -> httpx2.Response:
        """Post an order, once, whatever the answer."""
        headers = {"Authorization": f"Bearer {self.desk.keys['channel']}"}
        return await self.desk.client.post(f"{self.stack.api_url}/v1/orders", json=body, headers=headers)

    async def asks(self, path: str, role: str = "viewer") -> Any:
        """The answer to a GET."""
        headers = {"Authorization": f"Bearer {self.desk.keys[role]}"}
        answer = await self.desk.client.get(f"{self.stack.api_url}/v1{path}", headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def see_ended(self, order_nos: Iterable[str], *, within: float = 30) -> list[Detail]:
        """Wait until these orders are over; how they ended. Where one is not, the error tells what it waits for."""
        wanted, until = sorted(set(order_nos)), time.monotonic() + within
        while True:
            seen = {order.order_no: order for order in await self.desk.orders(self.began, (CHANNEL,))}
            left = [no for no in wanted if no not in seen or not seen[no].final]
            if not left:
                return [await self.desk.detail(no) for no in wanted]
            assert time.monotonic() < until, [await self.asks(f"/orders/{no}/explanation") for no in left]
            await asyncio.sleep(0.1)

    async def log(self, external_id: str) -> Log:
        """What the parties did for an order, once none of its letters waits any more."""

        async def all_sent() -> bool:
            return not self.evidence.rows(UNSENT, external_id=external_id)

        await eventually(all_sent, f"letters of {external_id} still wait")
        return (await self.evidence.logs([external_id]))[external_id]

    async def counted(self, name: str) -> float:
        """A figure of the relay's metrics."""
        lines = (await self.metrics("relay")).splitlines()
        return next((float(line.split()[-1]) for line in lines if line.split(" ")[0] == name), 0.0)

    async def metrics(self, service: str) -> str:
        """The metrics of `worker`, `relay` or `api`, as Prometheus reads them."""
        port = getattr(self.stack.settings, f"{service}_metrics_port")
        answer = await self.desk.client.get(f"http://127.0.0.1:{port}/metrics")
        return answer.text

    async def figures(self) -> list[tuple[str, bytes]]:
        """All metrics."""
        return [(f"metrics of {name}", (await self.metrics(name)).encode()) for name in ("worker", "relay", "api")]

    def logs(self) -> list[tuple[str, bytes]]:
        """The logs of all children, and of the test run's servers where they are ours."""
        folders = [self.stack.folder.logs, Path(os.environ.get(servers.FOLDER, "")) / "data" / "logs"]
        return [(str(file), file.read_bytes()) for folder in folders for file in sorted(folder.glob("*.log"))]

    async def seen_by_temporal(self) -> AsyncIterator[tuple[str, bytes]]:
        """Everything Temporal knows of each order: id, memo, attributes, summary, every event with its payloads."""
        for row in self.evidence.rows("SELECT order_no FROM inbound_order WHERE started_at IS NOT NULL"):
            handle = self.temporal.get_workflow_handle(f"order/{row['order_no']}")
            described = (await handle.describe()).raw_description
            yield f"description of {handle.id}", described.SerializeToString()
            async for event in handle.fetch_history_events():
                yield f"event {event.event_id} of {handle.id}", event.SerializeToString()

    def kill(self, name: str) -> int:
        """Kill a child with -9, and answer its process id; the stack will start it again."""
        killed = self.stack.pids[name]
        os.kill(killed, signal.SIGKILL)
        return killed


async def eventually(holds: Callable[[], Awaitable[bool]], otherwise: str, *, within: float = 30) -> None:
    """Wait until something holds."""
    until = time.monotonic() + within
    while not await holds():
        assert time.monotonic() < until, otherwise
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def open_house(
    settings: Settings, *, hour: timedelta = HOUR, services: frozenset[str] = EVERYTHING
) -> AsyncIterator[House]:
    """Everything up on the servers that ``settings`` name, with the quick policy in force."""
    said: list[str] = []
    extras = Extras(environment={"ORDERS_SIMULATORS_HOUR": str(hour.total_seconds())})
    async with (
        Stack(settings, services=services, extras=extras, say=said.append) as stack,
        httpx2.AsyncClient(timeout=30) as client,
    ):
        desk = Desk(client, stack.api_url, stack.simulators_url, keys_of(stack.settings.keys_file))
        await desk.put_policy(policy(f"whole-{int(time.time())}"), CHANNEL)
        evidence = Evidence(stack.simulators_url, stack.database_url)
        yield House(stack, desk, await connect(stack.settings), evidence, said)


def keys_of(file: Path) -> dict[str, str]:
    """Role → key."""
    keys: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))["keys"]
    return keys
