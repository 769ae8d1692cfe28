"""Taking over a shop's finished orders: 4,000 with all their past, told in batches of 500 (the takeover's budget)."""

from __future__ import annotations

import time
from collections import Counter as Count
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.bench.house import House, now
from tests.bench.rows import Row
from tests.rules.lives_before import ENDED, Life

ORDERS = 4_000
PIECE = 500
SECONDS = 60
FINISHED = tuple(state for state in ENDED if state != "CANCELLING")


async def takeover(house: House, share: float, say: Callable[[str], None]) -> list[Row]:
    """Tell them, and time how long it takes until all are in the books."""
    count = round(ORDERS * share)
    at = datetime.fromisoformat(now()) - timedelta(days=1)
    bodies, stages = [], Count[str]()
    for begin in range(0, count, PIECE):
        lives = [Life(seed, states=FINISHED, at=at) for seed in range(begin, min(begin + PIECE, count))]
        bodies.append({"orders": [life.posted() for life in lives]})
        stages.update(life.stage for life in lives)
    began, told = time.monotonic(), Count[str]()
    for body in bodies:
        answer = await house.wire.post("/v1/takeovers", body, house.keys["operator"])
        told.update(answer.json()["stages"])
    took = time.monotonic() - began
    assert told == stages, "each order stands in the stage that its life led to"
    say(f"takeover: {told.total()} finished orders in {took:.1f} s")
    return [Row(f"takeover of {count} finished orders", took, "s", limit=SECONDS)]
