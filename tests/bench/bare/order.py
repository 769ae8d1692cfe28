"""The bare reference's workflow: the same decisive messages, the same timers, regular activities that insert a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

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
"""One timed wait per clock: C1, C4, C2, C5, C3."""


@dataclass
class Step:
    """One thing that happened to an order."""

    order_no: str
    name: str


@workflow.defn
class BareOrder:
    """Receive an order; after each message insert a row."""

    def __init__(self) -> None:
        self._heard: set[str] = set()

    @workflow.run
    async def run(self, order_no: str) -> str:
        """Live the order."""
        await self._insert(order_no, "received")
        for name in STEPS:
            await workflow.wait_condition(lambda name=name: name in self._heard, timeout=CLOCKS[name])  # type: ignore[misc]
            await self._insert(order_no, name)
        return "completed"

    @workflow.signal
    def paid(self) -> None:
        self._heard.add("paid")

    @workflow.signal
    def outbound(self) -> None:
        self._heard.add("outbound")

    @workflow.signal
    def tracking(self) -> None:
        self._heard.add("tracking")

    @workflow.signal
    def signed(self) -> None:
        self._heard.add("signed")

    @workflow.signal
    def confirmed(self) -> None:
        self._heard.add("confirmed")

    async def _insert(self, order_no: str, name: str) -> None:
        await workflow.execute_activity(
            "insert_step", Step(order_no, name), start_to_close_timeout=timedelta(seconds=10)
        )
