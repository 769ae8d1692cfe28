"""How fast a change that can be made at once is answered (§4.7 rule 3: verdict within a second for direct answers)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.bench.house import House
from tests.bench.processes import wait_until_idle
from tests.bench.rows import Row, at_share
from tests.bench.story import Sample, samples

REQUESTS = 50
WISHES: tuple[Mapping[str, Any], ...] = (
    {"change": "EXPEDITE"},
    {"change": "CONTACT", "fields": {"customer": {"phone": "13900139000"}}},
)
"""Of an order that waits for its payment both are made at once; the second is a new version with data of its own."""
MILLI = 1000


class NotDirect(Exception):
    """A change was not accepted at once, so nothing was measured."""


async def verdicts(house: House, share: float) -> list[Row]:
    """Ask so many waiting orders for one change each, one after the other."""
    count = max(10, round(REQUESTS * share))
    waiting = samples("wish", count)
    await house.place_all(waiting)
    await house.began(waiting, within=60)
    await wait_until_idle(house.measured.values(), within=20)
    took = [await _ask(house, sample, WISHES[number % len(WISHES)]) for number, sample in enumerate(waiting)]
    return [
        Row("verdict on a change made at once, p50", at_share(took, 0.5), "ms"),
        Row("verdict on a change made at once, p99", at_share(took, 0.99), "ms", limit=MILLI),
    ]


async def _ask(house: House, sample: Sample, wish: Mapping[str, Any]) -> float:
    """Milliseconds from the request to its verdict."""
    body = {**wish, "expected_version": 1, "request_id": f"{sample.external_id}-wish"}
    path = f"/v1/orders/{sample.order_no}/submit_change_request"
    answer = await house.wire.post(path, body, house.keys["operator"])
    verdict = answer.json()["change"]["verdict"]
    if verdict != "ACCEPTED":
        raise NotDirect(f"{wish['change']} of {sample.order_no}: {verdict}")
    return answer.seconds * MILLI
