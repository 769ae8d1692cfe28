"""One run: a hundred orders placed over HTTP, one child killed with -9 in the middle, and everybody insists."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
import psycopg
from temporalio.client import Client
from temporalio.service import RPCError

from infra.demo.desk import Detail, Seen
from infra.stack.own_programs import api, worker
from infra.stack.ports import answers
from infra.trouble import Trouble
from tests.crash.plans import CALM, HOUR, SLOW, UNPAID, Plan, spread
from tests.whole.house import RECEIVER, House, now

PLACED_OVER, KILLED_AFTER = 36.0, 18.0
"""Seconds over which the orders are placed, and after which the child is killed."""
PATIENCE = 120.0
"""Seconds from the first order within which all must have ended."""
LOOK_EVERY = 0.5
CONFLICT, PRICE = 409, 6800


@dataclass
class Story:
    """One order on its way. ``promised`` is what was acknowledged to whoever placed it or asked something of it."""

    plan: Plan
    external_id: str
    order_no: str = ""
    promised: list[str] = field(default_factory=list)
    seen: Seen | None = None
    detail: Detail | None = None
    trouble: str = ""


@dataclass
class Siege:
    """A run of orders, in the middle of which ``victim`` is killed."""

    house: House
    victim: str
    orders: int = 100
    stories: list[Story] = field(default_factory=list)
    began: datetime = field(default_factory=now)
    killed_at: datetime | None = None
    back_at: datetime | None = None
    took: float = 0.0

    def __post_init__(self) -> None:
        """Give every order its plan and its id."""
        name = f"{self.victim}-{int(self.began.timestamp())}"
        self.stories = [Story(plan, f"{name}-{number:03d}") for number, plan in enumerate(spread(self.orders), 1)]

    async def run(self) -> None:
        """Place, kill, act, and wait until every order has ended or patience has."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            acting = [
                tasks.create_task(self._live(story, PLACED_OVER * number / len(self.stories)))
                for number, story in enumerate(self.stories)
            ]
            acting += [tasks.create_task(self._kill()), tasks.create_task(self._watch())]
            while time.monotonic() - began < PATIENCE and not all(map(_is_over, self.stories)):  # noqa: ASYNC110 - polled
                await asyncio.sleep(LOOK_EVERY)
            for task in acting:
                task.cancel()
        self.took = time.monotonic() - began
        for story in self.stories:
            if story.order_no:
                story.detail = await self.house.desk.detail(story.order_no)

    # -- the kill --------------------------------------------------------------------------------------------------

    async def _kill(self) -> None:
        await asyncio.sleep(KILLED_AFTER)
        self.killed_at = now()
        killed, works = self.house.kill(self.victim), self._works()
        while self.house.stack.pids.get(self.victim) == killed or not await works():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.1)
        self.back_at = now()

    def _works(self) -> Callable[[], Any]:
        """How one sees that the victim works again."""
        stack = self.house.stack
        settings, environment, logs = stack.settings, stack.environment, stack.folder.logs
        match self.victim:
            case "worker":
                return worker(environment, logs, self.house.temporal, settings.task_queue).is_ready
            case "api":
                return api(environment, logs, settings.api_host, settings.api_port).is_ready
            case "postgres":
                return lambda: _database_answers(stack.database_url)
            case _:
                return lambda: _temporal_answers(self.house.temporal, settings.temporal_port)

    # -- one order ---------------------------------------------------------------------------------------------------

    async def _live(self, story: Story, after: float) -> None:
        await asyncio.sleep(after)
        try:
            await self.house.desk.behave(story.external_id, {"hour": HOUR.total_seconds(), **story.plan.behavior})
            answer = await self._insist("/v1/orders", "channel", _body(story))
            story.order_no = answer["order_no"]
            story.promised.append("order")
            await self._act(story)
        except (Trouble, TimeoutError) as error:
            story.trouble = str(error)

    async def _act(self, story: Story) -> None:
        act = story.plan.act
        if act is None:
            return
        while not act.is_due(story.seen):  # noqa: ASYNC110 - polled
            await asyncio.sleep(LOOK_EVERY / 2)
        body = {"request_id": f"{story.external_id}/{act.what}", **act.body}
        await self._insist(f"/v1/orders/{story.order_no}/{act.what}", "supervisor", body)
        story.promised.append(act.what)

    async def _insist(self, path: str, role: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send it again and again, under the same id, until it is acknowledged."""
        headers = {"Authorization": f"Bearer {self.house.desk.keys[role]}"}
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    url = self.house.stack.api_url + path
                    answer = await self.house.desk.client.post(url, json=dict(body), headers=headers)
                except httpx2.RequestError:
                    await asyncio.sleep(LOOK_EVERY)
                    continue
                if answer.is_success:
                    acknowledged: dict[str, Any] = answer.json()
                    return acknowledged
                if answer.is_client_error and answer.status_code != CONFLICT:
                    raise Trouble(f"{path}: {answer.status_code} {answer.text[:300]}", "")
                await asyncio.sleep(LOOK_EVERY)

    async def _watch(self) -> None:
        while True:
            try:
                orders = await self.house.desk.orders(self.began, (CALM, UNPAID, SLOW))
                seen = {order.external_id: order for order in orders}
            except Trouble:
                continue
            for story in self.stories:
                story.seen = seen.get(story.external_id, story.seen)
            await asyncio.sleep(LOOK_EVERY)


def _is_over(story: Story) -> bool:
    return bool(story.trouble or (story.seen and story.seen.final))


def _body(story: Story) -> dict[str, Any]:
    plan, at = story.plan, now().isoformat()
    goods = [(sku, "250g" if sku == "TEA-250" else "", quantity) for sku, quantity in plan.lines]
    total = PRICE * sum(quantity for _, _, quantity in goods)
    return {
        "channel": plan.channel,
        "external_id": story.external_id,
        "placed_at": at,
        **RECEIVER,
        "customer": RECEIVER["customer"] | {"buyer_key": f"buyer-of-{story.external_id}"},
        "lines": [
            {"line": str(number), "sku": sku, "specification": kind, "quantity": quantity, "unit_price": PRICE}
            for number, (sku, kind, quantity) in enumerate(goods, 1)
        ],
        "currency": "CNY",
        "total": total,
        "payment": {"method": "prepaid", **({"paid_amount": total, "paid_at": at} if plan.paid else {})},
    }


async def _database_answers(url: str) -> bool:
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=2) as connection:
            await connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


async def _temporal_answers(client: Client, port: int) -> bool:
    try:
        return await answers(port) and await client.service_client.check_health()
    except RPCError:
        return False
