"""The bare reference's workflow: the same decisive messages, the same timers, regular activities that insert a row."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import workflow

STEPS = ("paid", "outbound", "tracking", "signed", "confirmed")
"""The decisive messages, in their order."""
CLOCKS = {
    "paid": timedelta(hours=2),
    "outbound": timedelta(hours=48),
    "tracking": timedelta(hours=1),
    "signed": timedelta(hours=24),
    "confirmed": timedelta(hours=24),
}
"""One timed wait per clock: C1, C4, C2, C5, C3; C6 runs beside C2 and C5."""
DELAY = timedelta(days=3)


@dataclass
class Placed:
    """The order as its channel posted it."""

    order_no: str
    body: dict[str, Any]


@dataclass
class Step:
    """One thing that happened to an order."""

    order_no: str
    name: str


@workflow.defn
class BareOrder:
    """Receive an order; after each message insert a row."""

    def __init__(self) -> None:
        self._heard: dict[str, dict[str, Any]] = {}

    @workflow.run
    async def run(self, placed: Placed) -> str:
        """Live the order."""
        await self._insert(placed.order_no, "received")
        delivery = None
        for name in STEPS:
            await self._hear(name, CLOCKS[name])
            if name == "outbound":
                delivery = asyncio.create_task(self._hear("signed", DELAY))
            await self._insert(placed.order_no, name)
        if delivery:
            await delivery
        return "completed"

    @workflow.signal
    def paid(self, fact: dict[str, Any]) -> None:
        self._heard["paid"] = fact

    @workflow.signal
    def outbound(self, fact: dict[str, Any]) -> None:
        self._heard["outbound"] = fact

    @workflow.signal
    def tracking(self, fact: dict[str, Any]) -> None:
        self._heard["tracking"] = fact

    @workflow.signal
    def signed(self, fact: dict[str, Any]) -> None:
        self._heard["signed"] = fact

    @workflow.signal
    def confirmed(self, fact: dict[str, Any]) -> None:
        self._heard["confirmed"] = fact

    async def _hear(self, name: str, within: timedelta) -> None:
        await workflow.wait_condition(lambda: name in self._heard, timeout=within)

    async def _insert(self, order_no: str, name: str) -> None:
        await workflow.execute_activity(
            "insert_step", Step(order_no, name), start_to_close_timeout=timedelta(seconds=10)
        )
