"""The order list over 10,000 orders, with every filter it has (performance.md, "order list with filters")."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from urllib.parse import quote

from tests.bench.house import House
from tests.bench.rows import Row, at_share
from tests.bench.wire import Answer

ORDERS = 10_000
REQUESTS = 600
READERS = 4
"""People who look at once."""
FILL = """
INSERT INTO orders (order_no, channel, external_id, region, total, placed_at, received_at, search, stage, label,
    payment_state, needs_attention, waiting_for, next_due_at, next_due_clock, open_cases, hold_reasons, breaches,
    warehouse, captured, final, explanation, effects, run_id, run_started_at, sequence, updated_at)
SELECT 'SO20261123' || lpad(n::text, 8, '0'), (ARRAY['tmall', 'jd', 'douyin', 'own-shop', 'store'])[1 + n %% 5],
    'list-' || n, (ARRAY['浙江省', '江苏省', '上海市', '广东省', '四川省', '北京市', '湖北省'])[1 + n %% 7],
    n %% 90000, placed, placed, 'SO20261123' || lpad(n::text, 8, '0') || ' list-' || n || ' SF' || n * 7919,
    stage, stage, 'paid', n %% 40 = 0, 'warehouse', placed + interval '2 days', 'C4',
    CASE WHEN n %% 25 = 0 THEN ARRAY['LOGISTICS_STALLED'] WHEN n %% 60 = 1 THEN ARRAY['OUTBOUND_OVERDUE'] ELSE '{}' END,
    CASE WHEN n %% 80 = 0 THEN ARRAY['DISPUTE'] ELSE '{}' END,
    CASE WHEN n %% 25 = 0 THEN ARRAY['C5'] WHEN n %% 60 = 1 THEN ARRAY['C4'] ELSE '{}' END,
    (ARRAY['WH-SH', 'WH-GZ'])[1 + n %% 2], n %% 90000, stage = 'COMPLETED',
    jsonb_build_object('waiting', jsonb_build_array(repeat('a reason, ' || n || ' ', 30))),
    jsonb_build_array(jsonb_build_object('key', 'SO20261123' || n || '/audit/1', 'outcome', repeat('x' || n, 60))),
    'run-' || n, placed, 9, placed
FROM generate_series(1, %(count)s) AS n, LATERAL (SELECT timestamptz '2026-11-01' + n * interval '3 minutes',
    (ARRAY['AWAITING_CONFIRMATION', 'READY_TO_SHIP', 'SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED', 'COMPLETED',
        'COMPLETED', 'COMPLETED', 'CANCELLED'])[1 + n * 7 %% 10]) AS its(placed, stage)"""
SINCE, UNTIL = quote("2026-11-10T00:00:00+08:00"), quote("2026-11-12T00:00:00+08:00")
FILTERS = (
    "",
    "stage=READY_TO_SHIP",
    "stage=READY_TO_SHIP&stage=SHIPPED",
    "channel=douyin",
    f"region={quote('浙江省')}",
    f"channel=jd&stage=SHIPPED&region={quote('上海市')}",
    "needs_attention=true",
    "open_case=LOGISTICS_STALLED",
    "hold=DISPUTE",
    "breach=C4",
    f"placed_at[gte]={SINCE}&placed_at[lt]={UNTIL}",
    "q=list-4711",
    "q=SF7919",
    "q=nothing-of-this-name",
)
EMPTY = (
    "ALTER TABLE order_event DISABLE TRIGGER kept_whole",
    "TRUNCATE orders CASCADE",
    "ALTER TABLE order_event ENABLE TRIGGER kept_whole",
)
"""The trail keeps its rows from everybody else."""


async def lists(house: House, share: float) -> list[Row]:
    """Ask for pages of 20 with each filter in turn, first pages and those after them, several readers at once."""
    count = round(ORDERS * share)
    for statement in EMPTY:
        await house.database.ask(statement)
    await house.database.ask(FILL, {"count": count})
    await house.database.ask("ANALYZE orders")
    asked, took = itertools.cycle(FILTERS), []
    total = round(REQUESTS * share)

    async def look_on(numbers: Iterator[int]) -> None:
        for _ in numbers:
            took.extend(await _two_pages(house, next(asked)))

    numbers = iter(range(total // 2))
    await _two_pages(house, "")
    await asyncio.gather(*(look_on(numbers) for _ in range(READERS)))
    return [
        Row(f"order list over {count} orders, p50", at_share(took, 0.5), "ms"),
        Row(f"order list over {count} orders, p99", at_share(took, 0.99), "ms", limit=50),
    ]


async def _two_pages(house: House, filters: str) -> list[float]:
    """Milliseconds of the first page, and of the one after it if there is one."""
    first = await _page(house, filters)
    cursor = first.json().get("next_cursor")
    pages = [first, await _page(house, f"{filters}&cursor={quote(cursor)}")] if cursor else [first]
    return [page.seconds * 1000 for page in pages]


async def _page(house: House, filters: str) -> Answer:
    return await house.wire.get(f"/v1/orders?{filters}", house.keys["viewer"])
