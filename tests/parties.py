"""The simulated outside parties as a process of their own, and a product that only listens to their news."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI, Request, Response

from domain.effects import Content, LineContent
from infra.connectors.erp import ErpEntry
from infra.connectors.plain_protocol import PlainClient, plain_client
from infra.connectors.reference import OrderReference
from infra.connectors.warehouse import Receiver, Release, ReleasedLine

ROOT = Path(__file__).parent.parent
ROLES = ("channel", "warehouse", "carrier", "payment")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Listener:
    """Stands where the product's API stands: takes every fact, or answers ``status`` instead."""

    url: str = ""
    status: int = 202
    facts: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The facts of one kind, in the order in which they came."""
        return [fact for fact in self.facts if fact["kind"] == kind]

    async def hears(self, kind: str, *, times: int = 1, within: float = 5) -> list[dict[str, Any]]:
        """Wait for so many facts of a kind."""
        until = time.monotonic() + within
        while len(self.of_kind(kind)) < times:
            assert time.monotonic() < until, f"No {times} {kind} in {within} s, only {self.facts}"
            await asyncio.sleep(0.02)
        return self.of_kind(kind)


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """A product that only listens."""
    listener = Listener()
    app = FastAPI()

    @app.post("/v1/facts")
    async def take(request: Request, response: Response) -> None:
        response.status_code = listener.status
        if listener.status == httpx2.codes.ACCEPTED:
            listener.facts.append(await request.json())
            listener.keys.append(request.headers["Authorization"])

    server = uvicorn.Server(uvicorn.Config(app, port=free_port(), log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    listener.url = f"http://127.0.0.1:{server.config.port}"
    yield listener
    server.should_exit = True
    await serving


@dataclass
class Parties:
    """The simulators' process on a data folder; it can be killed and started again."""

    folder: Path
    product_url: str
    hour: float = 0.05
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where they listen."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, within: float = 5) -> PlainClient:
        """A client as the departments use it, that waits so many seconds for an answer."""
        return plain_client(self.url, within=within)

    def by_hand(self) -> httpx2.AsyncClient:
        """A client for what a person does to them."""
        return httpx2.AsyncClient(base_url=self.url)

    async def start(self) -> None:
        """Start them and wait until they answer."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "infra.simulators"),
            cwd=ROOT,
            env={
                **os.environ,
                "ORDERS_DATA": str(self.folder),
                "ORDERS_SIMULATORS_PORT": str(self.port),
                "ORDERS_SIMULATORS_HOUR": str(self.hour),
                "ORDERS_API_URL": self.product_url,
                "ORDERS_KEYS_FILE": str(self.folder / "keys.toml"),
            },
        )
        async with self.by_hand() as client:
            for _ in range(500):
                with contextlib.suppress(httpx2.RequestError):
                    await client.get("/health")
                    return
                await asyncio.sleep(0.02)
        raise TimeoutError("The simulated parties did not start")

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop them, or kill them."""
        if self.process and self.process.returncode is None:
            self.process.send_signal(how)
            await self.process.wait()

    async def behave(self, external_id: str, **behavior: object) -> None:
        """Set the parties' behavior for an order."""
        async with self.by_hand() as client:
            answer = await client.put(f"/behavior/{external_id}", json=behavior)
            assert answer.is_success, answer.text

    async def log(self, external_id: str) -> dict[str, Any]:
        """What they were asked and did for an order."""
        async with self.by_hand() as client:
            answer: dict[str, Any] = (await client.get("/log", params={"external_id": external_id})).json()
            return answer


@contextlib.asynccontextmanager
async def parties(folder: Path, product_url: str, *, hour: float = 0.05) -> AsyncIterator[Parties]:
    """All simulated parties, in a process of their own; their keys are the names of their roles."""
    (folder / "keys.toml").write_text("[keys]\n" + "".join(f'{role} = "key-of-{role}"\n' for role in ROLES))
    town = Parties(folder, product_url, hour)
    await town.start()
    try:
        yield town
    finally:
        await town.stop()


def entry(order: OrderReference) -> ErpEntry:
    """An order of two units of tea, as the ERP is given it."""
    line = LineContent(line="1", sku="TEA-250", quantity=2, unit_price=6800)
    content = Content(lines=(line,), currency="CNY", total=13600, payment_method="prepaid")
    return ErpEntry(order=order, version=1, content=content)


def release(order: OrderReference, *, quantity: int = 2, delivery_method: str = "express") -> Release:
    """A shipment of tea, as the warehouse is given it."""
    return Release(
        order=order,
        shipment=1,
        warehouse="HZ",
        lines=(ReleasedLine(line="1", sku="TEA-250", quantity=quantity),),
        receiver=Receiver(name="王小明", phone="13800138000", province="浙江省", city="杭州市", district="", street=""),
        delivery_method=delivery_method,
    )
