"""The schedules in a real Temporal, as the tables say (SR-100…102, AC-41, AC-43), and one run of each."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, ScheduleDescription, ScheduleOverlapPolicy, ScheduleUpdate
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.intake import IntakeActivities
from activities.polling import PollingActivities
from activities.reconcile import ReconcileActivities
from api.shapes import as_posted
from domain.cadence import PulledChannel
from domain.policy import STANDARD
from domain.polling_policy import PollingPolicy
from infra.collecting import Collecting
from infra.connectors.carriers.plain import PlainCarrier
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.shops.plain import PlainOrderSource
from infra.db import tables
from infra.db.cadence import put_channel
from infra.db.connections import open_connections
from infra.db.fact_inbox import FactInbox
from infra.db.inbox import Inbox
from infra.db.policies import put_edition
from infra.db.promotions import end_windows, open_window
from infra.polling import Polling
from infra.pulling import Pulling
from infra.relay.metrics import REGISTRY
from infra.schedules import Schedules
from tests.departments.desk import POSTED, Desk
from tests.parties import Parties
from workflows.intake import ChannelPull, OfflineCollection, PromoMonitor
from workflows.polling import CarrierPoll
from workflows.reconcile import Reconcile


class House:
    """A house of its own in the shared namespace: every schedule's id begins with its task queue."""

    def __init__(self, engine: AsyncEngine, client: Client) -> None:
        self.engine, self.client = engine, client
        self.queue = f"house-{uuid.uuid4()}"
        self.now = datetime.now(UTC)  # noqa: TID251 - schedules are computed by the server's clock
        self.schedules = Schedules(engine, client, self.queue, lambda: self.now)

    async def pulls(self, channel: str, *, pulled: bool = True) -> None:
        """A channel is pulled, or no longer."""
        async with self.engine.begin() as connection:
            name = PulledChannel(channel=channel)
            await put_channel(connection, name, pulled=pulled, now=self.now - timedelta(hours=1), pull_from=None)

    async def promotes(self, begins: timedelta, length: timedelta) -> int:
        """A promotion is planned."""
        starts_at = self.now + begins
        row = {"channel": "", "edition": "promotion-1", "starts_at": starts_at, "ends_at": starts_at + length}
        async with self.engine.begin() as connection:
            window = await open_window(connection, {**row, "reason": "11.11", "actor": "x", "created_at": self.now})
        return int(window["id"])

    async def schedule(self, name: str) -> ScheduleDescription:
        """A schedule as Temporal has it."""
        return await self.client.get_schedule_handle(f"{self.queue}/{name}").describe()

    async def is_gone(self, name: str) -> bool:
        """Whether Temporal has no such schedule."""
        try:
            await self.schedule(name)
        except RPCError:
            return True
        return False

    async def leaves(self) -> None:
        """The scene is over: what it made is taken away."""
        for name in [*self.schedules._kept]:
            await self.schedules._drop(name)


@pytest.fixture
async def house(engine: AsyncEngine, client: Client) -> AsyncIterator[House]:
    house = House(engine, client)
    yield house
    await house.leaves()


def minutes(description: ScheduleDescription) -> set[int]:
    return {moment.minute for moment in description.info.next_action_times}


@pytest.mark.clause("AC-41", "SR-100")
async def test_a_pulled_channel_has_a_schedule_of_30_minutes_that_catches_up_once(house: House) -> None:
    await house.pulls("tmall")
    await house.schedules.work()
    pull = await house.schedule("pull/default/tmall")
    assert minutes(pull) == {0, 30}
    assert {moment.second for moment in pull.info.next_action_times} == {0}
    assert pull.schedule.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert pull.schedule.policy.catchup_window == timedelta(minutes=29, seconds=59), "3 h down: the last is made up"
    action: Any = pull.schedule.action
    assert (action.workflow, action.task_queue) == ("ChannelPull", house.queue)
    assert action.execution_timeout == timedelta(minutes=14), "a stuck run must not block the next ones"


@pytest.mark.clause("SR-101", "AC-42")
async def test_documents_are_collected_at_9_14_and_17_local_time_every_day(house: House) -> None:
    await house.schedules.work()
    collection = await house.schedule("collection")
    local = [moment.astimezone(ZoneInfo("Asia/Shanghai")) for moment in collection.info.next_action_times]
    assert {(moment.hour, moment.minute) for moment in local} == {(9, 0), (14, 0), (17, 0)}
    days = sorted({moment.date() for moment in local})
    assert all(late - early == timedelta(days=1) for early, late in pairwise(days))
    assert collection.schedule.policy.overlap is ScheduleOverlapPolicy.BUFFER_ONE
    assert collection.schedule.policy.catchup_window == timedelta(hours=12)


@pytest.mark.clause("AC-41", "SR-032")
async def test_carriers_are_polled_every_quarter_as_the_house_says(house: House) -> None:
    await house.schedules.work()
    poll = await house.schedule("poll")
    assert minutes(poll) == {3, 18, 33, 48}
    assert poll.schedule.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert poll.schedule.policy.catchup_window == timedelta(minutes=14, seconds=59)
    quiet = STANDARD.having(edition="quiet", polling=PollingPolicy())
    async with house.engine.begin() as connection:
        await put_edition(connection, quiet, house.now - timedelta(seconds=1))
    await house.schedules.work()
    assert await house.is_gone("poll")


@pytest.mark.clause("AC-43", "SR-102")
async def test_a_promotion_doubles_the_pace_and_ends_by_itself(house: House) -> None:
    await house.pulls("tmall")
    no = await house.promotes(timedelta(hours=1), timedelta(hours=4))
    await house.schedules.work()
    extra = await house.schedule(f"pull/default/tmall/promotion/{no}")
    monitor = await house.schedule(f"volume/promotion/{no}")
    assert (minutes(extra), minutes(monitor)) == ({15, 45}, {0, 15, 30, 45})
    begins, ends = house.now + timedelta(hours=1), house.now + timedelta(hours=5)
    for schedule in (extra, monitor):
        assert schedule.info.next_action_times
        assert all(begins <= moment <= ends for moment in schedule.info.next_action_times)
    assert len(extra.info.next_action_times) == 8, "two an hour beside the two that run always; then no more"
    assert minutes(await house.schedule("pull/default/tmall")) == {0, 30}, "what runs otherwise runs on"


@pytest.mark.clause("AC-43", "SR-102")
async def test_a_promotion_ended_by_hand_leaves_what_was_before(house: House) -> None:
    await house.pulls("tmall")
    no = await house.promotes(timedelta(hours=-1), timedelta(hours=4))
    await house.schedules.work()
    async with house.engine.begin() as connection:
        assert await end_windows(connection, house.now, "supervisor") == [no]
    await house.schedules.work()
    assert await house.is_gone(f"pull/default/tmall/promotion/{no}")
    assert await house.is_gone(f"volume/promotion/{no}")
    assert minutes(await house.schedule("pull/default/tmall")) == {0, 30}


@pytest.mark.clause("SR-100")
async def test_asked_again_it_changes_nothing_and_a_paused_schedule_stays_paused(house: House) -> None:
    await house.pulls("tmall")
    await house.schedules.work()
    handle = house.client.get_schedule_handle(f"{house.queue}/pull/default/tmall")
    await handle.pause(note="platform asked us to")

    def slower(known: Any) -> ScheduleUpdate:
        known.description.schedule.spec.intervals[0].every = timedelta(hours=7)
        return ScheduleUpdate(known.description.schedule)

    await handle.update(slower)
    another_worker = Schedules(house.engine, house.client, house.queue, lambda: house.now)
    await another_worker.work()
    pull = await house.schedule("pull/default/tmall")
    assert (pull.schedule.state.paused, pull.schedule.state.note) == (True, "platform asked us to")
    assert minutes(pull) == {0, 30}
    await house.pulls("tmall", pulled=False)
    await house.schedules.work()
    assert await house.is_gone("pull/default/tmall")


@pytest.mark.clause("AC-41", "SR-100", "SR-101", "SR-102")
async def test_a_run_of_each_does_its_work(
    house: House, database_url: str, desk: Desk, market: Parties, line: PlainClient
) -> None:
    channel = f"run-{uuid.uuid4().hex[:8]}"
    await house.pulls(channel)
    async with market.by_hand() as http:
        await http.put(f"/channel/{channel}/orders/T1", json={"content": POSTED, "state": {}})
    desk.now = house.now + timedelta(minutes=1)
    async with open_connections(database_url) as connections:
        inbox = Inbox(connections)
        pulling = Pulling(PlainOrderSource(line), inbox, FactInbox(connections), house.engine, as_posted, desk.watch)
        polling = Polling(PlainCarrier(line), FactInbox(connections), house.engine, desk.watch)
        intake = IntakeActivities(pulling, Collecting(inbox, house.engine, desk.watch), house.engine, desk.watch)
        async with Worker(
            house.client,
            task_queue=house.queue,
            workflows=[ChannelPull, OfflineCollection, PromoMonitor, Reconcile, CarrierPoll],
            activities=[
                intake.pull_channel,
                intake.collect_offline,
                intake.watch_volume,
                ReconcileActivities(house.engine, desk.watch).reconcile_orders,
                PollingActivities(polling).poll_carriers,
            ],
        ):
            await house.schedules.work()
            for name in (f"pull/default/{channel}", "collection", "volume", "reconcile", "poll"):
                reported = await _runs(house, name)
                assert reported, name
    assert [row["external_id"] for row in await desk.rows(tables.inbound_order, channel=channel)] == ["T1"]
    await house.schedules.work()
    shown = REGISTRY.get_sample_value("relay_last_good_pull_timestamp_seconds", {"channel": channel})
    assert shown == desk.now.timestamp()


async def _runs(house: House, name: str) -> Any:
    """Trigger a schedule and wait for its run's report."""
    handle = house.client.get_schedule_handle(f"{house.queue}/{name}")
    await handle.trigger()
    while not (actions := (await handle.describe()).info.recent_actions):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.1)
    started: Any = actions[-1].action
    return await house.client.get_workflow_handle(started.workflow_id).result()
