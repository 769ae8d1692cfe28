"""One run of the demo: bring stock, place the planned orders over a minute, act as people do, see how they end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, zip_longest
from typing import Any

from domain.policy import STANDARD, Policy, compressed
from infra.demo import good, mishaps, playbooks, shortages, troubled
from infra.demo.desk import Desk, Detail, Happened, Seen
from infra.demo.goods import BY_SKU, SKUS, STOCK, STORE, STORE_NAME, WAREHOUSES
from infra.demo.plan import Act, Plan, lines, price, receiver

OVER_CASES = frozenset({"RESOLVED", "WITHDRAWN"})
HOUR, LEAST = timedelta(seconds=1), timedelta(seconds=10)
"""The demo's time: an hour is a second, and no clock is shorter than ten."""
CHANNELS = (good.SHOP, good.JD, good.DOUYIN, good.OWN, good.STORE, good.SALES)
OVER = 70.0
"""Seconds over which the orders are placed."""
PATIENCE = 150.0
"""Seconds after the last order within which every order must have ended."""
LOOK_EVERY = 1.0
EXCHANGED = "EXCHANGED"
"""How a return ends whose new goods an order of its own sends."""
LANGUAGE = "en"
"""Of the stories; the customers read their messages in the policy's language."""


def plans() -> tuple[Plan, ...]:
    """Every planned order with its time: the longest first, then the troubled among the good."""
    short = (*shortages.SHORTAGES, *mishaps.SHORT, *playbooks.SHORT, *troubled.THEN)
    mixed = [plan for pair in zip_longest(short, good.GOOD) for plan in pair if plan is not None]
    order = (*mishaps.LONG, *playbooks.LONG, *troubled.FIRST, *mixed)
    return tuple(plan.having(at=OVER * number / (len(order) - 1)) for number, plan in enumerate(order))


def edition(run: str) -> Policy:
    """The run's policy: the manual's rules in the demo's time; completion by itself keeps its distance from C3."""
    policy = compressed(STANDARD, hour=HOUR, least=LEAST, edition=f"demo-{run}")
    instead = BY_SKU[shortages.INSTEAD]
    others = shortages.substitutes(run, price(shortages.GONE) + shortages.MORE, instead.specification)
    return policy.having(
        channels_without_numbers=(good.STORE, good.SALES),
        auto_complete_after=HOUR * 18,
        change=policy.change.having(recall_within=LEAST),
        shortage=policy.shortage.having(substitutes=others),
        audit=policy.audit.having(relaxed=("INVOICE_TITLE_MISSING",)),
    )


@dataclass
class Story:
    """One planned order on its way: ``seen`` is how it stands, ``detail`` how it ended, ``told`` what happened to it.

    ``acting`` while somebody is still to do something to it.
    """

    plan: Plan
    external_id: str
    order_no: str = ""
    placed_at: datetime | None = None
    seen: Seen | None = None
    detail: Detail | None = None
    told: tuple[Happened, ...] = ()
    acting: bool = False
    trouble: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.over and not self.acting

    @property
    def over(self) -> bool:
        """Whether the order itself has its end; a return, or money that came late, may still be seen to."""
        return bool(self.seen and self.seen.final)


@dataclass
class Run:
    """A run named ``name``; ``now`` tells the time."""

    name: str
    desk: Desk
    now: Callable[[], datetime]
    stories: list[Story] = field(default_factory=list)
    _facts: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Give every plan its external id."""
        planned = enumerate(plans(), start=1)
        self.stories = [Story(plan, f"{self.name}-{number:03d}") for number, plan in planned]

    async def prepare(self) -> None:
        """The run's policy, master data and stock."""
        policy = edition(self.name)
        for channel in CHANNELS:
            await self.desk.put_policy(policy.having(edition=f"{policy.edition}-{channel}"), channel)
        for warehouse, name in WAREHOUSES.items():
            await self.desk.put(f"warehouses/{warehouse}", {"name": name})
        for sku in SKUS:
            await self._put_sku(sku.sku, sku.name, sku.specification)
            for warehouse in sku.warehouses:
                await self.desk.put(f"stock/{warehouse}/{sku.sku}", {"on_hand": STOCK})
        for own in (*troubled.OWN_SKUS, *shortages.OWN_SKUS):
            await self._put_sku(_named(own, self.name), "新品", "")
        await self.desk.put(f"warehouses/{STORE}", {"name": STORE_NAME, "sends": False})
        await self._put_sku(f"DEMO-RARE-{self.name}", "门店限定", "")
        await self.desk.put(f"stock/{STORE}/DEMO-RARE-{self.name}", {"on_hand": 5})

    async def live(self, progress: Callable[[Sequence[Story]], None]) -> None:
        """Place every order in its time, and watch until all have ended or patience has."""
        async with asyncio.TaskGroup() as tasks:
            living = [tasks.create_task(self._live_one(number, one)) for number, one in enumerate(self.stories)]
            watching = tasks.create_task(self._watch(progress))
            await self._all_ended()
            for task in (*living, watching):
                task.cancel()
        for story in self.stories:
            if story.order_no:
                story.detail = await self.desk.detail(story.order_no)
                story.told = await self.desk.story(story.order_no, LANGUAGE)
        progress(self.stories)

    async def _put_sku(self, sku: str, name: str, specification: str) -> None:
        body = {"name": name, "specification": specification, "sellable": True}
        await self.desk.put(f"skus/{sku}", body)

    async def _all_ended(self) -> None:
        for _ in range(int((OVER + PATIENCE) / LOOK_EVERY)):
            if all(story.ended or story.trouble for story in self.stories):
                return
            await asyncio.sleep(LOOK_EVERY)

    async def _watch(self, progress: Callable[[Sequence[Story]], None]) -> None:
        since = self.now() - timedelta(minutes=1)
        while True:
            seen = {order.external_id: order for order in await self.desk.orders(since, CHANNELS)}
            for story in self.stories:
                story.seen = seen.get(story.external_id, story.seen)
            progress(self.stories)
            await asyncio.sleep(LOOK_EVERY)

    # -- one order -----------------------------------------------------------------------------------------------

    async def _live_one(self, number: int, story: Story) -> None:
        await asyncio.sleep(story.plan.at)
        try:
            await self.desk.behave(story.external_id, behavior(story.plan))
            if story.plan.returned == EXCHANGED:
                await self.desk.behave(f"{story.external_id}/exchange/1", behavior(Plan(name="the new goods")))
            story.placed_at = self.now()
            order = self._order(number, story, story.placed_at)
            story.order_no = await self.desk.post_order(order)
            story.acting = True
            for act in story.plan.acts:
                await self._reach(story, act)
                await self._do(story, act, order)
            story.acting = False
        except Exception as error:  # noqa: BLE001 (one order's trouble is told in the summary)
            story.trouble = f"{type(error).__name__}: {error}"

    def _order(self, number: int, story: Story, now: datetime) -> dict[str, Any]:
        plan = story.plan
        person = receiver(number)
        for part, changes in plan.order.items():
            person[part] = {**person.get(part, {}), **changes}
        paid = {"paid_amount": plan.total, "paid_at": now.isoformat()}
        in_body = plan.payment == "prepaid" and plan.pays_in_body
        moments: dict[str, str] = {}
        if plan.ship_by is not None:
            moments["latest_ship_at"] = (now + timedelta(seconds=plan.ship_by)).isoformat()
        if plan.promised_days is not None:
            moments["promised_delivery_date"] = (now + timedelta(days=plan.promised_days)).date().isoformat()
        return {
            "channel": plan.channel,
            "external_id": story.external_id,
            "placed_at": now.isoformat(),
            **person,
            "lines": lines(plan, self.name),
            "currency": "CNY",
            "total": plan.total,
            "payment": {"method": plan.payment, **(paid if in_body else {})},
            "delivery_method": plan.delivery,
            **moments,
        }

    async def _reach(self, story: Story, act: Act) -> None:
        """Wait until the moment of an act has come."""
        while story.seen is None or not await self._has_come(story, story.seen, act):
            if story.over and not (act.settled or act.back):
                raise LookupError(f"it ended as {story.seen and story.seen.stage} before {act.what}")
            looks_closer = act.settled or act.back or act.told
            await asyncio.sleep(LOOK_EVERY if looks_closer else LOOK_EVERY / 4)
        await asyncio.sleep(act.wait)

    async def _has_come(self, story: Story, seen: Seen, act: Act) -> bool:
        if not await self._stands_so(story, seen, act):
            return False
        return not act.told or act.told in {one.code for one in await self.desk.story(story.order_no, LANGUAGE)}

    async def _stands_so(self, story: Story, seen: Seen, act: Act) -> bool:
        if act.settled or act.back:
            detail = await self.desk.detail(story.order_no)
            settled = [one.kind for one in detail.cases if one.status in OVER_CASES]
            return act.settled in settled or act.back in [one.state for one in detail.returns[:1]]
        if act.stage is not None:
            return seen.stage == act.stage
        return act.case is None or act.case in seen.open_cases

    async def _do(self, story: Story, act: Act, order: Mapping[str, Any]) -> None:
        body: dict[str, Any] = _named(act.body, story.external_id if act.what == "fact" else self.name)
        reference = {"channel": story.plan.channel, "external_id": story.external_id}
        match act.what:
            case "post_again":
                await self.desk.post_order(order)
            case "pay":
                await self.desk.pay({**reference, **body})
            case "look":
                pass
            case "restock":
                await self._restock(story)
            case "answer":
                await self.desk.answer(story.external_id, body)
            case "fact":
                await self.desk.tell(self._fact(body, reference))
            case _:
                await self._ask(story, act, body)

    def _fact(self, body: Mapping[str, Any], reference: Mapping[str, str]) -> dict[str, Any]:
        """A fact of this order, or of the parcel that it names; each is told once."""
        event_id = f"{reference['external_id']}/{body['kind']}/{next(self._facts)}"
        named = {} if "tracking_number" in body else reference
        return {"source": "channel", "event_id": event_id, "occurred_at": self.now().isoformat(), **named, **body}

    async def _restock(self, story: Story) -> None:
        (sku, quantity), *_ = story.plan.skus
        warehouse = next(iter(WAREHOUSES))
        await self.desk.put(f"stock/{warehouse}/{_named(sku, self.name)}", {"on_hand": quantity})

    async def _ask(self, story: Story, act: Act, body: dict[str, Any]) -> None:
        detail = await self.desk.detail(story.order_no)
        if "review_in" in body:
            body["review_at"] = (self.now() + timedelta(seconds=body.pop("review_in"))).isoformat()
        if act.what in {"resolve_case", "report_step"}:
            number = next(one.case_no for one in detail.cases if one.kind == act.case)
            body |= {"step": f"{number}/{body['step']}"} if "step" in body else {"case": number}
        if act.what == "release_hold":
            body["hold"] = detail.holds[-1]["id"]
        if act.what in {"correct_fields", "repay_debt"}:
            body = {"expected_version": detail.version, "fields": body}
        if act.what == "submit_change_request":
            body["expected_version"] = detail.version
        if act.what == "retry_step":
            body["step"] = next(one["key"] for one in detail.effects if one["status"] != "DONE")
        await self.desk.ask(story.order_no, act.what, body)


def behavior(plan: Plan) -> dict[str, Any]:
    """The parties' behavior for a planned order, in the demo's time."""
    planned: dict[str, Any] = {"hour": HOUR.total_seconds(), **plan.behavior}
    if plan.payment == "prepaid" and not plan.pays_in_body:
        planned["payments"] = {"channel": plan.channel, "amount": plan.total, **planned.get("payments", {})}
    return planned


def _named(value: Any, run: str) -> Any:
    if isinstance(value, dict):
        return {name: _named(each, run) for name, each in value.items()}
    return value.replace("*", run) if isinstance(value, str) else value
