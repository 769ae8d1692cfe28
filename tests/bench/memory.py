"""Memory of a waiting order at 5,000: what server and worker take in RAM for each (performance.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.bench.house import House
from tests.bench.processes import resident_bytes, wait_until_idle
from tests.bench.rows import Row
from tests.bench.story import samples

ORDERS = 5_000
WARM_UP = 30
WITHIN = 330.0
"""Seconds within which all must have recorded their first turn."""
SETTLES = 5.0
"""Seconds of rest before memory is read."""
KILO = 1000


async def memory(house: House, share: float, say: Callable[[str], None]) -> list[Row]:
    """Post the orders, wait until each waits for its payment and nobody is busy, and look."""
    count = round(ORDERS * share)
    await _place(house, WARM_UP)
    before = await _resident(house)
    seconds = await _place(house, count)
    after = await _resident(house)
    say(f"{count} orders began in {seconds:.0f} s; RAM {before} before, {after} after")
    server, worker = ((after[name] - before[name]) / count / KILO for name in ("temporal", "worker"))
    return [
        Row(f"memory per waiting order at {count}, server", server, "kB"),
        Row(f"memory per waiting order at {count}, worker", worker, "kB"),
        Row(f"memory per waiting order at {count}, server and worker", server + worker, "kB", limit=150),
        Row("orders begun per second by inbox and relay", count / seconds, "orders/s"),
    ]


async def _place(house: House, count: int) -> float:
    """So many orders through inbox and relay; the seconds until all wait for their payment."""
    loop = asyncio.get_running_loop()
    began, orders = loop.time(), samples("waiting", count)
    await house.place_all(orders)
    await house.began(orders, within=WITHIN)
    return loop.time() - began


async def _resident(house: House) -> dict[str, int]:
    await wait_until_idle(house.measured.values(), within=30)
    await asyncio.sleep(SETTLES)
    return {name: resident_bytes(house.stack.pids[name]) for name in ("temporal", "worker")}
