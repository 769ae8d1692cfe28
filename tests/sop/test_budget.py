"""What an order may cost: events, workflow tasks and actions of the standard happy order (performance.md, Budgets)."""

from __future__ import annotations

import asyncio
from typing import Any

from domain.decisive import is_decisive
from domain.facts import SIGNAL_OF, parse
from domain.stage import Stage
from tests.sop.desk import Desk
from tests.sop.history import events_of, figures
from tests.sop.patience import until

JOURNEY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("paid", {"payment_no": "P1", "amount": 39_000, "currency": "CNY"}),
    ("picked", {}),
    ("packed", {}),
    ("outbound", {}),
    ("tracking_number", {"tracking_number": "SF1", "carrier": "SF"}),
    ("tracking_accepted", {"tracking_number": "SF1"}),
    ("carrier_scan", {"tracking_number": "SF1", "state": "PICKED_UP"}),
    ("carrier_scan", {"tracking_number": "SF1", "state": "IN_TRANSIT", "location": "上海"}),
    ("carrier_scan", {"tracking_number": "SF1", "state": "IN_TRANSIT", "location": "南京"}),
    ("carrier_scan", {"tracking_number": "SF1", "state": "IN_TRANSIT", "location": "北京"}),
    ("carrier_scan", {"tracking_number": "SF1", "state": "OUT_FOR_DELIVERY"}),
    ("carrier_scan", {"tracking_number": "SF1", "state": "DELIVERED"}),
    ("confirmed", {}),
)


async def bring(desk: Desk) -> None:
    """The facts as the relay brings them: what is not decisive rides along with the next decisive one."""
    riding: list[dict[str, Any]] = []
    for number, (kind, data) in enumerate(JOURNEY):
        moment = desk.now.isoformat()
        fact = {"id": f"x:{number}", "kind": kind, "source": "x", "occurred_at": moment, "received_at": moment, **data}
        riding.append(fact)
        if is_decisive(parse(fact), watched=False):
            await desk.handle.signal(SIGNAL_OF[kind], riding)
            await taken_in(desk, f"x:{number}")
            riding = []


async def taken_in(desk: Desk, fact: str) -> None:
    """Until the fact is in the books and the steps that follow are done; no query wakes the order."""

    def known_and_done() -> bool:
        known = any(fact in recording.fact_ids for recording in desk.book.recordings)
        return known and all(effect["status"] == "DONE" for effect in desk.book.recordings[-1].projection.effects)

    await until(known_and_done)
    await asyncio.sleep(0.1)


async def test_the_standard_happy_order_keeps_to_its_budget(desk: Desk) -> None:
    await desk.places(settles=False)
    await asyncio.sleep(0.3)
    await bring(desk)
    await desk.ends_as(Stage.COMPLETED)
    cost = figures(await events_of(desk.handle))
    print(f"history events: {cost.events}\nworkflow tasks: {cost.workflow_tasks}\nactions: {cost.actions}")  # noqa: T201
    assert cost.events <= 75
    assert cost.workflow_tasks <= 12
    assert cost.actions <= 30
    assert await desk.cases() == []
