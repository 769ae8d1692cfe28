"""CPU per order and orders per second, beside the bare reference: alternating runs, medians, divided by the pulse.

The outside world is closed-loop: an order's next decisive message comes 2 s after its last step was seen done, so no
two signals of an order ever meet in one workflow task. A new order comes when another is done, so that the machine is
busy and nothing queues: what a queue does is the burst's question.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

from tests.bench.bare.house import BareHouse, open_bare_house
from tests.bench.bare.order import STEPS, BareOrder, Placed
from tests.bench.bare.worker import QUEUE
from tests.bench.happy import GAP
from tests.bench.house import House, TooSlow, now
from tests.bench.processes import cpu_of, pulse, wait_until_idle
from tests.bench.rows import Row
from tests.bench.story import HAPPY, Message, Sample, samples

ORDERS = 240
UNDER_WAY = 120
"""At once: each takes more than 10 s by itself, so both cores are busy."""
ROUNDS = 5
LOOK_EVERY = 0.25
AT_ONCE = 32
WITHIN = 180.0
"""Seconds that one run may take."""
DONE = 6
MESSAGES: dict[int, tuple[int, ...]] = {1: (0,), 2: (1, 2, 3), 3: (4,), 4: (5, 6, 7, 8, 9, 10), 5: (11,)}
"""How far an order is → which of the happy order's messages come next; the last of each is decisive."""
PROGRESS = """
SELECT o.order_no, CASE WHEN o.final THEN 6 WHEN o.stage = 'DELIVERED' THEN 5 WHEN p.accepted_at IS NOT NULL THEN 4
    WHEN o.stage = 'SHIPPED' THEN 3 WHEN o.stage = 'READY_TO_SHIP' THEN 2 WHEN o.sequence > 0 THEN 1 ELSE 0 END
FROM orders AS o LEFT JOIN package AS p USING (order_no) WHERE o.order_no = ANY(%(order_nos)s)"""
BARE_PROGRESS = "SELECT order_no, count(*) FROM bare_step WHERE order_no = ANY(%(order_nos)s) GROUP BY order_no"


class Side(Protocol):
    """One of the two: how it takes orders and messages, and how far its orders are."""

    @property
    def name(self) -> str: ...

    @property
    def measured(self) -> dict[str, int]: ...

    async def place(self, sample: Sample) -> None: ...

    async def go_on(self, sample: Sample, progress: int) -> None: ...

    async def progress(self, order_nos: Sequence[str]) -> dict[str, int]: ...


@dataclass(frozen=True)
class Ours:
    """The product."""

    house: House
    name: str = "ours"

    @property
    def measured(self) -> dict[str, int]:
        return self.house.measured

    async def place(self, sample: Sample) -> None:
        await self.house.place(sample)

    async def go_on(self, sample: Sample, progress: int) -> None:
        for number in MESSAGES[progress]:
            message: Message = HAPPY[number]
            await self.house.tell(sample, message, number)

    async def progress(self, order_nos: Sequence[str]) -> dict[str, int]:
        return dict(await self.house.database.ask(PROGRESS, {"order_nos": list(order_nos)}))


@dataclass(frozen=True)
class Reference:
    """The plainest workflow."""

    house: BareHouse
    starts: asyncio.Semaphore
    name: str = "reference"

    @property
    def measured(self) -> dict[str, int]:
        return self.house.measured

    async def place(self, sample: Sample) -> None:
        sample.order_no = sample.external_id
        async with self.starts:
            placed = Placed(sample.order_no, sample.body(now()))
            await self.house.client.start_workflow(
                BareOrder.run, placed, id=f"bare/{sample.order_no}", task_queue=QUEUE
            )

    async def go_on(self, sample: Sample, progress: int) -> None:
        handle = self.house.client.get_workflow_handle(f"bare/{sample.order_no}")
        number = MESSAGES[progress][-1]
        fact = HAPPY[number].fact(sample, number, now())
        async with self.starts:
            await handle.signal(STEPS[progress - 1], fact)

    async def progress(self, order_nos: Sequence[str]) -> dict[str, int]:
        return dict(await self.house.database.ask(BARE_PROGRESS, {"order_nos": list(order_nos)}))


@dataclass(frozen=True)
class Run:
    """One run: CPU milliseconds per order by process, orders per second, milliseconds of the pulse around it."""

    side: str
    cpu: dict[str, float]
    rate: float
    pulse: float

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {ms:.1f}" for name, ms in self.cpu.items())
        total = sum(self.cpu.values())
        return (
            f"{self.side}: {total:.1f} ms CPU per order ({parts}), {self.rate:.2f} orders/s, pulse {self.pulse:.0f} ms"
        )


async def cost(house: House, data: Path, count: int, say: Callable[[str], None]) -> list[Row]:
    """Alternate between the product and the reference."""
    runs: list[Run] = []
    async with open_bare_house(data) as bare:
        sides: tuple[Side, ...] = (Reference(bare, asyncio.Semaphore(AT_ONCE)), Ours(house))
        for side in sides:
            await measure(side, max(2, count // 20), "warm-up")
        for number in range(ROUNDS):
            for side in sides:
                runs.append(await measure(side, count, f"{side.name}-{number}"))
                say(str(runs[-1]))
    return rows_of(runs)


async def measure(side: Side, count: int, name: str) -> Run:
    """So many orders through their whole life."""
    pids = side.measured
    beat, before, began = await _at_rest(pids), cpu_of(pids), time.monotonic()
    await _live_all(side, samples(name, count))
    seconds, after = time.monotonic() - began, cpu_of(pids)
    cpu = {part: (after[part] - before[part]) * 1000 / count for part in pids}
    return Run(side.name, cpu, count / seconds, (beat + await _at_rest(pids)) / 2)


async def _at_rest(pids: Mapping[str, int]) -> float:
    await wait_until_idle(pids.values(), calm=1, within=15)
    return pulse()


async def _live_all(side: Side, orders: list[Sample]) -> None:
    """Place the orders as others are done, and let each go on 2 s after its last step was seen done."""
    until, waiting = time.monotonic() + WITHIN, deque(orders)
    told: dict[str, int] = {}
    by_number: dict[str, Sample] = {}
    async with asyncio.TaskGroup() as telling:
        while waiting or told:
            new = [waiting.popleft() for _ in range(min(len(waiting), UNDER_WAY - len(told)))]
            await asyncio.gather(*map(side.place, new))
            told |= {order.order_no: 0 for order in new}
            by_number |= {order.order_no: order for order in new}
            seen = await side.progress(list(told))
            for order_no, progress in seen.items():
                if progress >= DONE:
                    del told[order_no]
                elif progress > told[order_no]:
                    told[order_no] = progress
                    telling.create_task(_go_on(side, by_number[order_no], progress))
            if time.monotonic() > until:
                raise TooSlow(f"{side.name}: {len(told)} of {len(orders)} orders not done in {WITHIN:.0f} s: {seen}")
            await asyncio.sleep(LOOK_EVERY)


async def _go_on(side: Side, sample: Sample, progress: int) -> None:
    await asyncio.sleep(GAP)
    await side.go_on(sample, progress)


def rows_of(runs: Sequence[Run]) -> list[Row]:
    """Medians of both, and their ratios with the pulse divided out."""
    ours, bare = ([run for run in runs if run.side == side] for side in ("ours", "reference"))
    cpu, rate = (_ratio(ours, bare, of) for of in (_cpu_by_pulse, _rate_by_pulse))
    parts = [
        Row(f"CPU per order, {part}", median(run.cpu[part] for run in ours), "ms")
        for part in ("temporal", "worker", "postgres")
    ]
    return [
        Row("CPU per order", median(sum(run.cpu.values()) for run in ours), "ms"),
        *parts,
        Row("CPU per order of the reference", median(sum(run.cpu.values()) for run in bare), "ms"),
        Row("CPU per order against the reference", cpu, "x", limit=1.0),
        Row("orders per second", median(run.rate for run in ours), "orders/s"),
        Row("orders per second of the reference", median(run.rate for run in bare), "orders/s"),
        Row("orders per second against the reference", rate, "x", limit=1.0, at_least=True),
        Row("CPU pulse", median(run.pulse for run in runs), "ms"),
        Row("CPU pulse, slowest against fastest", max(r.pulse for r in runs) / min(r.pulse for r in runs), "x"),
    ]


def _cpu_by_pulse(run: Run) -> float:
    return sum(run.cpu.values()) / run.pulse


def _rate_by_pulse(run: Run) -> float:
    return run.rate * run.pulse


def _ratio(ours: Sequence[Run], bare: Sequence[Run], of: Callable[[Run], float]) -> float:
    return median(map(of, ours)) / median(map(of, bare))
