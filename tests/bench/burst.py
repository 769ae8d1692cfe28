"""Paid orders during a burst: how long from the acknowledged payment to the next step, against quiet times.

The next step is the order's entry in the ERP, as the simulated ERP saw it. The burst is ten times as many new orders a
second as the machine carries through their whole life in one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from tests.bench.house import House, TooSlow
from tests.bench.processes import wait_until_idle
from tests.bench.rows import Row, at_share
from tests.bench.story import PAID, Sample, samples

PAYMENTS = 240
"""In quiet times, and as many again in the burst."""
A_SECOND = 8.0
TIMES = 10
CAPACITY = 12.0
"""Orders a second, where the section about cost did not measure them."""
WITHIN = 60.0
MILLI = 1000


async def burst(house: House, share: float, capacity: float | None, say: Callable[[str], None]) -> list[Row]:
    """Pay for waiting orders one after another, first with nothing else to do, then while new orders pour in."""
    count = max(8, round(PAYMENTS * share))
    waiting = samples("payer", 2 * count)
    await house.place_all(waiting)
    await house.began(waiting, within=WITHIN)
    await wait_until_idle(house.measured.values(), within=20)
    quiet = await _pay(house, waiting[:count])
    await wait_until_idle(house.measured.values(), within=20)
    pouring = asyncio.create_task(_pour(house, TIMES * (capacity or CAPACITY)))
    await asyncio.sleep(2)
    busy = await _pay(house, waiting[count:])
    pouring.cancel()
    poured = (await asyncio.gather(pouring, return_exceptions=True))[0]
    if isinstance(poured, Exception):
        raise poured
    say(f"quiet: p50 {at_share(quiet, 0.5):.0f} ms; in the burst: p50 {at_share(busy, 0.5):.0f} ms")
    return _rows(quiet, busy)


async def _pay(house: House, orders: Sequence[Sample]) -> list[float]:
    """Pay for these orders, so many a second; milliseconds from each acknowledgement to the ERP's entry."""
    loop = asyncio.get_running_loop()
    began, acknowledged = loop.time(), {}

    async def pay_one(number: int, sample: Sample) -> None:
        await asyncio.sleep(began + number / A_SECOND - loop.time())
        acknowledged[sample.external_id] = (await house.tell(sample, PAID, 0)).at

    await asyncio.gather(*(pay_one(number, sample) for number, sample in enumerate(orders)))
    await house.sees(
        "SELECT count(*) FROM orders WHERE order_no = ANY(%(order_nos)s) AND stage = 'READY_TO_SHIP'",
        len(orders),
        {"order_nos": [sample.order_no for sample in orders]},
        within=WITHIN,
    )
    entered = await house.erp_calls(orders)
    if len(entered) < len(orders):
        raise TooSlow(f"The ERP saw only {len(entered)} of {len(orders)} paid orders")
    return [(entered[external_id] - at) * MILLI for external_id, at in acknowledged.items()]


async def _pour(house: House, a_second: float) -> None:
    """New orders, so many a second, until cancelled."""
    loop = asyncio.get_running_loop()
    began, number = loop.time(), 0
    async with asyncio.TaskGroup() as posting:
        while True:
            number += 1
            await asyncio.sleep(max(0.0, began + number / a_second - loop.time()))
            posting.create_task(house.place(samples("burst", 1)[0]))


def _rows(quiet: Sequence[float], busy: Sequence[float]) -> list[Row]:
    calm, hectic = (at_share(times, 0.99) for times in (quiet, busy))
    return [
        Row("paid to next step, quiet, p50", at_share(quiet, 0.5), "ms"),
        Row("paid to next step, quiet, p99", calm, "ms"),
        Row("paid to next step, in a burst of 10 x capacity, p50", at_share(busy, 0.5), "ms"),
        Row("paid to next step, in a burst of 10 x capacity, p99", hectic, "ms"),
        Row("paid to next step, p99 in the burst against quiet", hectic / calm, "x", limit=5),
    ]
