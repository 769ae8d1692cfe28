"""Pulling a channel over real HTTP into a real database (SR-010, SR-100, AC-41, AC-44, AC-67, P-03)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.shapes import as_posted
from domain.cadence import PulledChannel
from domain.sweeps import PullReport
from infra.connectors.channel import ChannelUnreachable
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.shops.plain import PlainOrderSource
from infra.db import tables
from infra.db.cadence import put_channel, show_channels
from infra.db.connections import open_connections
from infra.db.fact_inbox import FactInbox
from infra.db.inbox import Inbox, Intake, Posting, business_hash, payment_of
from infra.pulling import Pulling
from tests.departments.desk import POSTED, Desk
from tests.parties import Parties

NAMES = itertools.count(1)
START = datetime(2026, 11, 23, 1, tzinfo=UTC)


class Shop:
    """A channel of its own on the simulated platform, and the pulling of it."""

    def __init__(self, http: httpx2.AsyncClient, pulling: Pulling, desk: Desk) -> None:
        self.http, self.pulling, self.desk = http, pulling, desk
        self.channel = f"shop-{next(NAMES)}"

    async def puts(self, external_id: str, at: datetime, state: Any = None, **changes: Any) -> None:
        """An order is placed on the platform, or changed there."""
        body = {"content": POSTED | changes, "updated_at": at.isoformat(), "state": state or {}}
        answer = await self.http.put(f"/channel/{self.channel}/orders/{external_id}", json=body)
        assert answer.is_success, answer.text

    async def is_pulled(self, at: datetime | None = None) -> PullReport:
        """The desk pulls."""
        self.desk.now = at or self.desk.now
        return await self.pulling.pull("default", self.channel, heartbeat=lambda *_: None)

    async def opens(self, pull_from: datetime = START) -> None:
        """From now on the channel is pulled."""
        async with self.desk.engine.begin() as connection:
            name = PulledChannel(channel=self.channel)
            await put_channel(connection, name, pulled=True, now=START, pull_from=pull_from)

    async def is_down(self, seconds: float) -> None:
        """The platform answers 503."""
        await self.http.put("/channel/outage", json={"seconds": seconds})

    async def pushes(self, external_id: str, source_kind: str, **changes: Any) -> Intake:
        """The same order comes another way."""
        content = {**POSTED, "external_id": external_id, "channel": self.channel, **changes}
        raw = as_posted(content)
        taken = await self.pulling.inbox.take(
            Posting(
                tenant="default",
                channel=self.channel,
                external_id=external_id,
                raw=raw,
                business_hash=business_hash({**POSTED, "buyer_message": None, **changes}),
                received_at=self.desk.now,
                paid=payment_of(content),
                source_kind=source_kind,
            )
        )
        return taken.intake

    async def orders(self) -> list[str]:
        """The external ids that were taken in."""
        return [row["external_id"] for row in await self.desk.rows(tables.inbound_order, channel=self.channel)]

    async def facts(self, external_id: str) -> list[str]:
        """The kinds of the facts of an order, in the order in which they were kept."""
        found = await self.desk.rows(tables.inbound_fact, channel=self.channel, external_id=external_id)
        return [row["kind"] for row in found]

    async def shown(self) -> dict[str, Any]:
        """The channel's cursor and its last good pull."""
        async with self.desk.engine.begin() as connection:
            return next(row for row in await show_channels(connection) if row["channel"] == self.channel)


@pytest.fixture
async def shop(
    database_url: str, engine: AsyncEngine, desk: Desk, market: Parties, line: PlainClient
) -> AsyncIterator[Shop]:
    desk.now = START
    async with open_connections(database_url) as connections, market.by_hand() as http:
        source = PlainOrderSource(line, limit=3)
        pulling = Pulling(source, Inbox(connections), FactInbox(connections), engine, as_posted, desk.watch)
        yield Shop(http, pulling, desk)
        await http.put("/channel/outage", json={"seconds": 0})


def later(**span: float) -> datetime:
    return START + timedelta(**span)


@pytest.mark.clause("SR-100", "SR-010")
async def test_a_pull_brings_every_order_page_by_page_and_the_next_one_nothing(shop: Shop) -> None:
    await shop.opens()
    for number in range(8):
        await shop.puts(f"T{number}", later(minutes=number // 4))  # several changed at the very same time
    report = await shop.is_pulled(later(minutes=30))
    assert (report.pages, report.seen, report.created, report.unreadable) == (3, 8, 8, 0)
    assert await shop.orders() == [f"T{number}" for number in range(8)]
    again = await shop.is_pulled(later(minutes=60))
    assert (again.created, again.known, again.facts) == (0, 0, 0)
    assert again.since == later(minutes=1) - timedelta(minutes=5), "five minutes before what is durable"


@pytest.mark.clause("SR-100")
async def test_an_order_that_shows_up_a_little_late_is_not_skipped(shop: Shop) -> None:
    await shop.opens()
    await shop.puts("T1", later(minutes=20))
    await shop.is_pulled(later(minutes=30))
    await shop.puts("T2", later(minutes=16))  # the platform shows it only now
    assert (await shop.is_pulled(later(minutes=60))).created == 1
    assert await shop.orders() == ["T1", "T2"]


@pytest.mark.clause("AC-41", "SR-100")
async def test_after_three_hours_down_one_pull_catches_up_with_no_gap_and_nothing_twice(shop: Shop) -> None:
    await shop.opens()
    await shop.puts("before", later(minutes=10))
    await shop.is_pulled(later(minutes=30))
    good = (await shop.shown())["last_good_pull"]
    await shop.is_down(60)
    for number in range(7):
        await shop.puts(f"T{number}", later(minutes=35 + 25 * number))
    for minutes in range(60, 210, 30):  # every half hour the schedule tries
        with pytest.raises(ChannelUnreachable):
            await shop.is_pulled(later(minutes=minutes))
    assert await shop.orders() == ["before"]
    assert (await shop.shown())["last_good_pull"] == good == later(minutes=30)
    await shop.is_down(0)
    report = await shop.is_pulled(later(minutes=210))
    assert (report.since, report.created) == (later(minutes=5), 7), "the cursor stands where the last good pull left it"
    assert sorted(await shop.orders()) == ["T0", "T1", "T2", "T3", "T4", "T5", "T6", "before"]
    assert (await shop.is_pulled(later(minutes=240))).created == 0
    assert (await shop.shown())["last_good_pull"] == later(minutes=240)


@pytest.mark.clause("AC-41", "SR-100")
async def test_a_pull_that_dies_halfway_goes_on_from_its_last_durable_page(shop: Shop) -> None:
    await shop.opens()
    for number in range(7):
        await shop.puts(f"T{number}", later(minutes=10 * number))

    def dies(pages: int) -> None:
        if pages == 2:
            raise ConnectionError("the worker was killed")

    with pytest.raises(ConnectionError):
        await shop.pulling.pull("default", shop.channel, heartbeat=dies)
    assert (await shop.orders(), (await shop.shown())["cursor_at"]) == ([f"T{n}" for n in range(6)], later(minutes=50))
    assert (await shop.shown())["last_good_pull"] is None
    report = await shop.is_pulled()
    assert (report.since, report.created, report.known) == (later(minutes=45), 1, 0)


@pytest.mark.clause("AC-44", "SR-010", "EC-33")
async def test_the_same_order_pushed_pulled_and_from_a_file_is_one_order(shop: Shop) -> None:
    await shop.opens()
    await shop.puts("T1", later(minutes=1))
    assert [await shop.pushes("T1", "api") for _ in range(5)] == [Intake.NEW, *[Intake.KNOWN] * 4]
    report = await shop.is_pulled(later(minutes=30))
    assert (report.created, report.known) == (0, 1)
    assert await shop.pushes("T1", "file") is Intake.KNOWN
    assert await shop.orders() == ["T1"]
    assert await shop.facts("T1") == ["paid"]


@pytest.mark.clause("EC-33")
async def test_pushed_and_pulled_at_the_same_moment_is_one_order(shop: Shop) -> None:
    await shop.opens()
    for number in range(1, 6):
        await shop.puts(f"T{number}", later(minutes=1))
    shop.desk.now = later(minutes=30)
    pushes = asyncio.gather(*(shop.pushes(f"T{n}", "api") for n in range(1, 6)))
    report, pushed = await shop.is_pulled(), await pushes
    assert set(pushed) <= {Intake.NEW, Intake.KNOWN}
    assert (report.created + pushed.count(Intake.NEW), sorted(await shop.orders())) == (
        5,
        ["T1", "T2", "T3", "T4", "T5"],
    )
    assert [await shop.facts(f"T{n}") for n in range(1, 6)] == [["paid"]] * 5


@pytest.mark.clause("AC-44")
async def test_pulled_first_and_pushed_after_is_one_order_too(shop: Shop) -> None:
    await shop.opens()
    await shop.puts("T1", later(minutes=1))
    await shop.is_pulled(later(minutes=30))
    assert await shop.pushes("T1", "api") is Intake.KNOWN
    [row] = await shop.desk.rows(tables.inbound_order, channel=shop.channel)
    assert (row["source_kind"], row["received_at"]) == ("pull", later(minutes=30))


@pytest.mark.clause("AC-67", "SR-100")
async def test_another_status_memo_and_number_are_facts_only(shop: Shop) -> None:
    await shop.opens()
    await shop.puts("T1", later(minutes=1), payment={"method": "prepaid"})
    await shop.is_pulled(later(minutes=30))
    state = {"refund_status": "applied", "flag": "red", "tracking_numbers": ["SF1"]}
    await shop.puts("T1", later(minutes=31), state, seller_memo="先发一半")
    report = await shop.is_pulled(later(minutes=60))
    assert (report.created, report.known, report.facts) == (0, 1, 2)
    assert await shop.facts("T1") == ["channel_noted", "paid"] or await shop.facts("T1") == ["paid", "channel_noted"]
    found = await shop.desk.rows(tables.inbound_fact, channel=shop.channel, kind="channel_noted")
    assert found[0]["body"]["data"]["fields"] == ["seller_memo", "flag", "refund_status", "tracking_numbers"]
    assert "先发一半" not in str(found[0]["body"])
    assert not found[0]["decisive"], "nothing follows from it, so the order is not woken"


@pytest.mark.clause("AC-67")
async def test_another_address_is_a_change_from_the_channel_told_once(shop: Shop) -> None:
    await shop.opens()
    await shop.puts("T1", later(minutes=1))
    await shop.is_pulled(later(minutes=30))
    moved = POSTED["address"] | {"street": "另一条路 1 号"}
    await shop.puts("T1", later(minutes=31), address=moved)
    await shop.is_pulled(later(minutes=60))
    await shop.puts("T1", later(minutes=61), {"flag": "red"}, address=moved)  # a flag more, the same address
    await shop.is_pulled(later(minutes=90))
    assert await shop.facts("T1") == ["paid", "channel_changed", "channel_noted"]
    [fact] = await shop.desk.rows(tables.inbound_fact, channel=shop.channel, kind="channel_changed")
    assert fact["body"]["data"]["fields"] == ["address.street"]
    [correction] = await shop.desk.rows(tables.correction, order_no=fact["order_no"])
    assert (correction["actor"], correction["patch"]) == ("CHANNEL", {"address.street": "另一条路 1 号"})
    [edit] = fact["body"]["data"]["edits"]
    assert (edit["change"], edit["correction"]) == ("ADDRESS", correction["id"])
    assert "另一条路" not in str(fact["body"])
    [order] = await shop.desk.rows(tables.inbound_order, channel=shop.channel)
    assert order["raw"]["address"]["street"] == POSTED["address"]["street"], "the order itself stays as it is"
    await shop.puts("T1", later(minutes=91), {"flag": "red"})
    await shop.is_pulled(later(minutes=120))
    last = (await shop.desk.rows(tables.inbound_fact, channel=shop.channel, kind="channel_changed"))[-1]
    assert last["body"]["data"]["fields"] == [], "the buyer took it back"


@pytest.mark.clause("SR-100")
async def test_a_cancel_on_the_platform_and_a_later_payment_are_the_facts_we_know(shop: Shop) -> None:
    await shop.opens()
    for name in ("T1", "T2"):
        await shop.puts(name, later(minutes=1), payment={"method": "prepaid"})
    await shop.is_pulled(later(minutes=30))
    await shop.puts("T1", later(minutes=31), {"status": "cancelled", "reason": "close"}, payment={"method": "prepaid"})
    await shop.puts("T2", later(minutes=32))
    await shop.is_pulled(later(minutes=60))
    assert sorted(await shop.facts("T1")) == ["channel_closed", "channel_noted"]
    assert await shop.facts("T2") == ["paid"]


@pytest.mark.clause("SR-100")
async def test_what_was_over_before_we_saw_it_is_not_taken_in(shop: Shop) -> None:
    await shop.opens()
    await shop.puts("done", later(minutes=1), {"status": "completed"})
    await shop.puts("gone", later(minutes=2), {"status": "cancelled"})
    report = await shop.is_pulled(later(minutes=30))
    assert (report.over, report.created, await shop.orders()) == (2, 0, [])


@pytest.mark.clause("SR-100", "SR-016")
async def test_an_order_of_no_shape_is_told_and_keeps_no_other_out(shop: Shop) -> None:
    await shop.opens()
    await shop.puts("bad", later(minutes=1), total="一百")
    await shop.puts("good", later(minutes=2), test=True)
    report = await shop.is_pulled(later(minutes=30))
    assert (report.created, report.unreadable, await shop.orders()) == (1, 1, ["good"])
    [alert] = [row for row in await shop.desk.rows(tables.alert) if row["detail"]["channel"] == shop.channel]
    assert (alert["kind"], alert["detail"]["external_id"], alert["detail"]["fields"]) == (
        "pull_unreadable",
        "bad",
        "total",
    )


@pytest.mark.clause("SR-100")
async def test_a_channel_that_is_not_pulled_is_left_alone(shop: Shop) -> None:
    await shop.puts("T1", later(minutes=1))
    assert (await shop.is_pulled()).seen == 0
    await shop.opens(pull_from=later(hours=1))
    assert (await shop.is_pulled(later(hours=2))).created == 0, "what changed before is not asked for"
