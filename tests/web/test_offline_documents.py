"""Offline documents (SR-101, A-01, AC-42): submitted at any time, taken in at 9:00, 14:00 and 17:00, each once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.policy import STANDARD
from domain.sweeps import CollectionReport
from infra.collecting import Collecting
from infra.db.inbox import Inbox
from tests.web.counter import NOON, Counter, order

SHANGHAI = ZoneInfo("Asia/Shanghai")
PATH = "/v1/offline-documents"


def local(clock: str, day: int = 23) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=SHANGHAI)


async def submits(counter: Counter, external_id: str, clock: str, **changes: Any) -> Any:
    counter.watch.time = local(clock)
    extra: dict[str, Any] = {name: changes.pop(name) for name in ("electronic", "submitter") if name in changes}
    body = {"order": order(external_id, channel="store", **changes), **extra}
    return await counter.send("POST", PATH, body)


async def collects(counter: Counter, at: datetime) -> CollectionReport:
    counter.watch.time = at
    collecting = Collecting(Inbox(counter.connections), counter.engine, counter.watch)
    return await collecting.collect(heartbeat=lambda *_: None)


async def order_of(counter: Counter, external_id: str) -> list[Any]:
    return await counter.rows("SELECT * FROM inbound_order WHERE external_id = :id", id=external_id)


@pytest.fixture(autouse=True)
def _noon_again(counter: Counter) -> Any:
    yield
    counter.watch.time = NOON


@pytest.mark.clause("AC-42", "SR-101")
async def test_submitted_at_14_00_it_is_collected_then_a_second_later_at_17_00(counter: Counter) -> None:
    on_time, late = await submits(counter, "S-1", "14:00:00"), await submits(counter, "S-2", "14:00:01")
    assert (on_time.status_code, late.status_code) == (202, 202)
    assert datetime.fromisoformat(on_time.json()["collect_at"]) == local("14:00:00")
    assert datetime.fromisoformat(late.json()["collect_at"]) == local("17:00:00")
    assert await order_of(counter, "S-1") == [], "until its slot it is no order"
    await collects(counter, local("14:00:05"))
    [row] = await order_of(counter, "S-1")
    assert (row["collected_at"], row["source_kind"]) == (local("14:00:00"), "offline"), "the desk's clock starts there"
    assert row["placed_at"] == NOON, "the paper's own date is kept"
    assert await order_of(counter, "S-2") == []
    await collects(counter, local("17:00:03"))
    [row] = await order_of(counter, "S-2")
    assert row["collected_at"] == local("17:00:00")


@pytest.mark.clause("SR-101", "AC-42")
async def test_after_17_00_it_waits_for_the_next_morning(counter: Counter) -> None:
    answer = await submits(counter, "S-3", "17:00:01")
    assert datetime.fromisoformat(answer.json()["collect_at"]) == local("09:00:00", 24)
    waiting = await counter.reads(PATH)
    [mine] = [one for one in waiting["documents"] if one["external_id"] == "S-3"]
    assert "customer" not in mine
    assert "13800138000" not in str(waiting)


@pytest.mark.clause("SR-101")
async def test_a_collection_that_was_missed_takes_in_everything_once_at_its_own_slot(counter: Counter) -> None:
    await submits(counter, "S-4", "08:00:00")
    await submits(counter, "S-5", "13:00:00")
    late = local("16:00:00")
    first, second = await asyncio.gather(collects(counter, late), collects(counter, late))
    assert first.collected + second.collected >= 2
    assert first.refused + second.refused == 0
    slots = [(await order_of(counter, name))[0]["collected_at"] for name in ("S-4", "S-5")]
    assert slots == [local("09:00:00"), local("14:00:00")]
    assert await collects(counter, late) == CollectionReport()


@pytest.mark.clause("SR-101", "AC-42")
async def test_after_two_missed_slots_the_second_collection_finds_nothing_left(counter: Counter) -> None:
    """Down from 8:30 to 15:00: the runs of 9:00 and 14:00 are made up for, one after the other."""
    for name, clock in (("S-21", "08:00:00"), ("S-22", "10:00:00"), ("S-23", "14:30:00")):
        await submits(counter, name, clock)
    first = await collects(counter, local("15:00:00"))
    taken = {name: await order_of(counter, name) for name in ("S-21", "S-22", "S-23")}
    assert (first.collected, first.known, first.refused) == (2, 0, 0)
    slots = {name: [row["collected_at"] for row in rows] for name, rows in taken.items()}
    assert slots == {"S-21": [local("09:00:00")], "S-22": [local("14:00:00")], "S-23": []}
    assert await collects(counter, local("15:00:20")) == CollectionReport()
    assert {name: await order_of(counter, name) for name in taken} == taken, "no order more, and no slot moved"
    assert (await collects(counter, local("17:00:00"))).collected == 1, "the third at its own slot"


@pytest.mark.clause("SR-101", "EC-34")
async def test_the_same_document_again_is_known_and_other_content_is_refused(counter: Counter) -> None:
    await submits(counter, "S-6", "10:00:00")
    again = await submits(counter, "S-6", "15:00:00")
    assert (again.status_code, again.json()["created"]) == (200, False)
    assert datetime.fromisoformat(again.json()["collect_at"]) == local("14:00:00"), "its slot does not move"
    other = await submits(counter, "S-6", "15:00:00", total=1)
    assert (other.status_code, other.json()["code"]) == (409, "other_content")
    assert len(await counter.rows("SELECT 1 FROM offline_document WHERE external_id = 'S-6'")) == 1
    await collects(counter, local("16:00:00"))
    collected = await submits(counter, "S-6", "16:30:00")
    assert collected.json()["order_no"] == (await order_of(counter, "S-6"))[0]["order_no"]


@pytest.mark.clause("AC-44", "SR-101")
async def test_what_came_another_way_meanwhile_is_one_order(counter: Counter) -> None:
    await submits(counter, "S-7", "10:00:00")
    number = await counter.places(order("S-7", channel="store"))
    report = await collects(counter, local("14:00:01"))
    assert (report.known, report.collected) == (1, 0)
    [row] = await counter.rows("SELECT order_no FROM offline_document WHERE external_id = 'S-7'")
    assert row["order_no"] == number


@pytest.mark.clause("SR-101")
async def test_only_offline_channels_are_collected(counter: Counter) -> None:
    answer = await counter.send("POST", PATH, {"order": order("S-8")})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "order"
    assert (
        await counter.send("POST", PATH, {"order": order("S-8", channel="store")}, role="viewer")
    ).status_code == 403


@pytest.mark.clause("SR-101")
async def test_the_order_shows_when_it_was_collected_and_the_lag(counter: Counter) -> None:
    await submits(counter, "S-9", "13:59:00")
    await collects(counter, local("14:00:00"))
    page = await counter.reads(f"/v1/orders/{(await order_of(counter, 'S-9'))[0]['order_no']}")
    assert page["collection"]["lag_s"] == timedelta(hours=2).total_seconds()
    assert datetime.fromisoformat(page["collection"]["document_at"]) == NOON


@pytest.mark.clause("SR-101")
async def test_a_complete_electronic_document_goes_at_once_where_the_policy_says_so(counter: Counter) -> None:
    rules = STANDARD.having(offline_immediate=True).model_dump(mode="json")
    body = {"body": rules, "channel": "store", "valid_from": datetime(2026, 11, 1, tzinfo=UTC).isoformat()}
    assert (await counter.send("PUT", "/v1/policies/store-1", body, role="supervisor")).status_code == 201
    at_once = await submits(counter, "S-10", "17:01:00", electronic=True)
    [row] = await order_of(counter, "S-10")
    assert (at_once.json()["order_no"], row["collected_at"]) == (row["order_no"], local("17:01:00"))
    paper = await submits(counter, "S-11", "17:01:00")
    blank = await submits(counter, "S-12", "17:01:00", electronic=True, customer={"name": " ", "phone": "13800138000"})
    assert [answer.json()["order_no"] for answer in (paper, blank)] == [None, None]
    assert await collects(counter, local("17:02:00")) == CollectionReport(), "nothing is taken in a second time"
