"""Durable acknowledgements of `POST /v1/orders`, beside a plain API with one insert: same client, alternating."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from statistics import median

from infra.stack.own_programs import MODULE
from infra.stack.ports import LOOPBACK, Port, answers, take
from infra.stack.programs import Child, Program
from tests.bench.house import House, now
from tests.bench.plain_api import DATABASE
from tests.bench.rows import Row, at_share
from tests.bench.story import samples
from tests.bench.wire import Wire, open_wire, request

LINES = 32
"""Requests that are under way at once."""
SECONDS = 4.0
ROUNDS = 3
WARM_UP = 0.2
"""Share of a run before what counts."""
PLACE = b"EXTERNAL-ID"
MILLI = 1000


@dataclass(frozen=True)
class Run:
    """One run: acknowledgements per second, and how long each took in milliseconds."""

    rate: float
    took: list[float]


async def intake(house: House, seconds: float, say: Callable[[str], None]) -> list[Row]:
    """Post orders as fast as they are acknowledged, to the product and to the reference in turn."""
    runs: dict[str, list[Run]] = {"ours": [], "reference": []}
    async with _plain_api(house) as plain, open_wire(house.stack.api_url, LINES) as ours:
        doors = {"reference": (plain, "/orders"), "ours": (ours, "/v1/orders")}
        for wire, path in doors.values():
            await _post_for(wire, path, house.keys["channel"], seconds * WARM_UP)
        for _ in range(ROUNDS):
            for side, (wire, path) in doors.items():
                runs[side].append(await _post_for(wire, path, house.keys["channel"], seconds))
                say(f"{side}: {runs[side][-1].rate:.0f} acknowledgements/s")
    return _rows(runs["ours"], runs["reference"])


async def _post_for(wire: Wire, path: str, key: str, seconds: float) -> Run:
    """Post new orders for so long, each line the next as soon as the last is acknowledged."""
    (sample,) = samples("intake", 1)
    sample.external_id = PLACE.decode()
    body = json.dumps(sample.body(now()), ensure_ascii=False).encode()
    until, took = time.monotonic() + seconds, []

    async def post_on() -> None:
        while time.monotonic() < until:
            external_id = samples("intake", 1)[0].external_id.encode()
            asked = request("POST", path, key, body.replace(PLACE, external_id))
            took.append((await wire.send(asked)).seconds * MILLI)

    began = time.monotonic()
    await asyncio.gather(*(post_on() for _ in range(LINES)))
    return Run(len(took) / (time.monotonic() - began), took)


def _rows(ours: list[Run], plain: list[Run]) -> list[Row]:
    rate, bare_rate = (median(run.rate for run in runs) for runs in (ours, plain))
    times = {
        f"acknowledgement of an order{whose}, {name}": median(at_share(run.took, share) for run in runs)
        for whose, runs in (("", ours), (" by the reference", plain))
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }
    return [
        Row("durable acknowledgements per second", rate, "orders/s"),
        Row("durable acknowledgements per second of the reference", bare_rate, "orders/s"),
        Row("durable acknowledgements against the reference", 100 * rate / bare_rate, "%", limit=50, at_least=True),
        *(Row(name, value, "ms") for name, value in times.items()),
    ]


@contextlib.asynccontextmanager
async def _plain_api(house: House) -> AsyncIterator[Wire]:
    """The reference on the same PostgreSQL, started with the same flags as our API."""
    port = take([Port("the reference's API", "api_port", 0)])["api_port"]
    server = ["uvicorn", "tests.bench.plain_api:create_app", "--factory", "--host", LOOPBACK, "--port", str(port)]
    program = Program(
        name="the reference's API",
        command=[*MODULE, *server, "--no-access-log"],
        environment={**os.environ, DATABASE: house.stack.database_url},
        log=house.stack.folder.logs / "plain_api.log",
        is_ready=lambda: answers(port),
    )
    child = Child(program, lambda _sentence: None, lambda: None)
    await child.start()
    try:
        async with open_wire(f"http://{LOOPBACK}:{port}", LINES) as wire:
            yield wire
    finally:
        await child.stop()
