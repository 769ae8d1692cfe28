"""Taking over a shop's finished orders: 4,000 with all their past, told in batches of 500 (the takeover's budget)."""

from __future__ import annotations

import time
from collections import Counter as Count
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.bench.house import House, now
from tests.bench.rows import Row
from tests.rules.independent_verdicts import Judged, verdicts
from tests.rules.lives_before import ENDED, Life

ORDERS = 4_000
PIECE = 500
SECONDS = 60
FINISHED = tuple(state for state in ENDED if state != "CANCELLING")


async def takeover(house: House, share: float, say: Callable[[str], None]) -> list[Row]:
    """Tell them, and time how long it takes until all are in the books."""
    count = round(ORDERS * share)
    at = datetime.fromisoformat(now()) - timedelta(days=1)
    lives = [Life(seed, states=FINISHED, at=at) for seed in range(count)]
    bodies = [{"orders": [life.posted() for life in lives[begin : begin + PIECE]]} for begin in range(0, count, PIECE)]
    stages = Count(life.stage for life in lives)
    before = await _done_outside(house)
    began, told = time.monotonic(), Count[str]()
    for body in bodies:
        answer = await house.wire.post("/v1/takeovers", body, house.keys["operator"])
        told.update(answer.json()["stages"])
    took = time.monotonic() - began
    await _judged_alike(house, lives)
    assert told == stages, "each order stands in the stage that its life led to"
    say(f"takeover: {told.total()} finished orders in {took:.1f} s")
    return [
        Row(f"takeover of {count} finished orders", took, "s", limit=SECONDS),
        Row("sent, entered or opened for the past by the takeover", await _done_outside(house) - before, limit=0),
    ]


DONE_OUTSIDE = """SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM effect)
    + (SELECT count(*) FROM exception_case) + (SELECT count(*) FROM task) + (SELECT count(*) FROM alert)"""
CLOCKS = """SELECT o.external_id, c.kind, c.subject, c.start_at, c.stop_at, c.due_at, c.verdict, c.net_s
    FROM clock AS c JOIN inbound_order AS o USING (order_no) WHERE o.external_id = ANY(%(names)s)"""


async def _done_outside(house: House) -> int:
    ((count,),) = await house.database.ask(DONE_OUTSIDE)
    return int(count)


async def _judged_alike(house: House, lives: list[Life]) -> None:
    """Every clock in the books says what an independent judge says."""
    named = {f"OLD-{life.seed}": life for life in lives}
    found: dict[str, dict[tuple[str, str, datetime], Judged]] = {name: {} for name in named}
    for name, kind, subject, start, stop, due, verdict, net in await house.database.ask(CLOCKS, {"names": [*named]}):
        found[name][kind, subject, start] = Judged(stop, due, verdict, False, net)
    for name, life in named.items():
        assert found[name] == verdicts(life.raw, life.at), f"{name} {life.state}"
