"""What the standard happy order costs in its history, and a journey of three days beside it (performance.md)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from domain.policy import STANDARD, Policy, compressed
from infra.db.engine import open_engine
from infra.db.policies import put_edition
from infra.relay.door import workflow_id
from tests.bench.house import House, TooSlow
from tests.bench.rows import Row
from tests.bench.story import (
    CONFIRMED,
    HAPPY,
    MOVEMENTS,
    OUT_FOR_DELIVERY,
    OUTBOUND,
    PACKED,
    PAID,
    PICKED,
    PICKED_UP,
    SIGNED,
    TRACKING,
    Message,
    Sample,
    samples,
)
from tests.sop.history import Figures, events_of, figures

GAP = 2.0
"""Seconds between two messages."""
JOURNEY_CHANNEL = "three-days"
HOUR = 0.5
"""Seconds of the journey's hour."""
LEAST = timedelta(seconds=10)
JOURNEY: tuple[tuple[float, Message], ...] = (
    *((0, PAID), (2, PICKED), (3, PACKED), (4, OUTBOUND), (4.5, TRACKING)),
    *((16, PICKED_UP), (28, MOVEMENTS[0]), (40, MOVEMENTS[1]), (52, MOVEMENTS[2])),
    *((64, OUT_FOR_DELIVERY), (76, SIGNED), (80, CONFIRMED)),
)
"""Hours from the order's first turn to each message: a scan every 12 h, three days from outbound to the signature."""


async def happy(house: House) -> list[Row]:
    """One order of each kind, from the post to the closed workflow."""
    await _put_journey_policy(house)
    (standard,), (journey,) = samples("happy", 1), samples("journey", 1, JOURNEY_CHANNEL)
    plain = [(GAP * number, message) for number, message in enumerate(HAPPY)]
    slow = [(HOUR * hours, message) for hours, message in JOURNEY]
    cost, long = await asyncio.gather(_live(house, standard, plain), _live(house, journey, slow))
    return [
        Row("history events", cost.events, limit=75),
        Row("workflow tasks", cost.workflow_tasks, limit=12),
        Row("actions", cost.actions, limit=30),
        Row("history events of a 3-day journey", long.events, "events"),
        Row("workflow tasks of a 3-day journey", long.workflow_tasks, "tasks"),
        Row("actions of a 3-day journey", long.actions, "actions"),
    ]


async def _live(house: House, sample: Sample, messages: list[tuple[float, Message]]) -> Figures:
    """Tell an order its messages, each so many seconds after its first turn, and count its history."""
    await house.place(sample)
    await house.began([sample], within=30)
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number, (after, message) in enumerate(messages):
        await asyncio.sleep(began + after - loop.time())
        await house.tell(sample, message, number)
    handle = house.client.get_workflow_handle(workflow_id(sample.order_no))
    stage = await asyncio.wait_for(handle.result(), timeout=30)
    if stage != "COMPLETED":
        raise TooSlow(f"The order of {sample.external_id} ended as {stage}, not COMPLETED")
    return figures(await events_of(handle))


async def _put_journey_policy(house: House) -> None:
    """The manual's rules with an hour of half a second, and three and a half days of transit."""
    hour = timedelta(seconds=HOUR)
    policy: Policy = compressed(STANDARD, hour=hour, least=LEAST, edition="bench-three-days")
    policy = policy.having(transit=hour * 24 * 3.5)
    engine = open_engine(house.stack.database_url, pool=1)
    async with engine.begin() as connection:
        await put_edition(connection, policy, datetime(2000, 1, 1, tzinfo=UTC), JOURNEY_CHANNEL)
    await engine.dispose()
