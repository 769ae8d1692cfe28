"""The relay's pace and patience (architecture §3.10, R52): who goes first, and what an outage does. No server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from temporalio.service import RPCError, RPCStatusCode

from domain.facts import AT_ONCE
from infra.relay import lane
from infra.relay.door import Door, is_closed
from infra.relay.lane import Lane
from infra.relay.starting import Pace, Starting
from tests.web.counter import Counter, order
from tests.web.living import now, until

if TYPE_CHECKING:
    from temporalio.client import Client


class SlowDoor:
    """A door that remembers who went through, in what order, and how many at once."""

    def __init__(self, fails: Callable[[str], Exception | None] = lambda _order_no: None) -> None:
        self.started: list[str] = []
        self.at_once = self.most = 0
        self._fails = fails

    async def start(self, given: Any) -> bool:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        trouble = self._fails(given.order_no)
        if trouble:
            raise trouble
        self.started.append(given.order_no)
        return True


def starting(counter: Counter, door: SlowDoor, **pace: Any) -> Starting:
    def nobody(_order_nos: Sequence[str]) -> None:
        """Nobody listens."""

    anything: Any = door
    return Starting(counter.engine, anything, now, started=nobody, pace=Pace(**pace))


@pytest.fixture
async def burst(counter: Counter) -> list[str]:
    """Forty orders at once; what earlier scenes left is started already."""
    await counter.rows_changed("UPDATE inbound_order SET started_at = received_at WHERE started_at IS NULL")
    answers = await asyncio.gather(*(counter.posts(order()) for _ in range(40)))
    return [answer.json()["order_no"] for answer in answers]


async def rounds(work: Starting, times: int) -> None:
    for _ in range(times):
        pause = await work.work()
        await asyncio.sleep(min(pause or 0, 0.05))


async def test_so_many_orders_are_in_their_first_turn_and_no_more(counter: Counter, burst: list[str]) -> None:
    door = SlowDoor()
    work = starting(counter, door, at_once=10, bite=4, a_second=1000)
    await rounds(work, 8)
    assert len(door.started) == 10
    assert door.most <= 4
    await counter.rows_changed("UPDATE orders SET sequence = 1 WHERE order_no = ANY(:numbers)", numbers=door.started)
    await rounds(work, 8)
    assert len(door.started) == 20
    assert set(door.started) <= set(burst)


async def test_orders_whose_first_turn_never_comes_are_not_waited_for_for_ever(
    counter: Counter, burst: list[str]
) -> None:
    door = SlowDoor()
    work = starting(counter, door, at_once=4, bite=4, a_second=1000, forget_after=timedelta(seconds=0.1))
    await rounds(work, 2)
    await asyncio.sleep(0.15)
    await rounds(work, 2)
    assert len(door.started) == 8
    assert len(burst) == 40


async def test_an_order_that_a_fact_waits_for_goes_first(counter: Counter, burst: list[str]) -> None:
    numbers = [row["order_no"] for row in await counter.rows(BY_AGE, numbers=burst)]
    door = SlowDoor()
    work = starting(counter, door, bite=3, a_second=1000)
    work.urgent.update(numbers[-2:])
    await work.work()
    assert set(door.started) == {*numbers[-2:], numbers[0]}


BY_AGE = "SELECT order_no FROM inbound_order WHERE order_no = ANY(:numbers) ORDER BY id"


async def test_an_order_that_cannot_be_started_holds_up_no_other(counter: Counter, burst: list[str]) -> None:
    numbers = [row["order_no"] for row in await counter.rows(BY_AGE, numbers=burst)]
    refused = RPCError("bad search attribute", RPCStatusCode.INVALID_ARGUMENT, b"")
    door = SlowDoor(lambda order_no: refused if order_no == numbers[0] else None)
    work = starting(counter, door, bite=5, at_once=24, a_second=1000)
    await rounds(work, 4)
    assert numbers[0] not in door.started
    assert set(numbers[1:10]) <= set(door.started)
    [row] = await counter.rows("SELECT started_at FROM inbound_order WHERE order_no = :no", no=numbers[0])
    assert row["started_at"] is None


async def test_an_outage_keeps_what_was_started_and_says_so(counter: Counter, burst: list[str]) -> None:
    numbers = [row["order_no"] for row in await counter.rows(BY_AGE, numbers=burst)]
    down = RPCError("connection refused", RPCStatusCode.UNAVAILABLE, b"")
    door = SlowDoor(lambda order_no: down if order_no == numbers[1] else None)
    work = starting(counter, door, bite=3, a_second=1000)
    with pytest.raises(RPCError):
        await work.work()
    query = "SELECT order_no FROM inbound_order WHERE order_no = ANY(:numbers) AND started_at IS NOT NULL"
    kept = {row["order_no"] for row in await counter.rows(query, numbers=burst)}
    assert kept == {numbers[0], numbers[2]}


async def test_starts_keep_their_pace(counter: Counter, burst: list[str]) -> None:
    door = SlowDoor()
    work = starting(counter, door, bite=4, at_once=100, a_second=0.5)
    pause = await work.work()
    assert pause is not None
    assert 4 < pause <= 8, "four orders at one in two seconds"
    assert len(burst) == 40


async def test_a_lane_outlives_an_outage_and_says_it_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lane, "SHORTEST", 0.001)
    rounds_done = 0

    async def work() -> float | None:
        nonlocal rounds_done
        rounds_done += 1
        if rounds_done < 5:
            raise ConnectionError("the database is down")
        return None

    stop = asyncio.Event()
    running_lane = Lane("test", work, every=0.01)
    running = asyncio.create_task(running_lane.run(stop))

    async def goes_on() -> bool:
        return rounds_done > 6

    await until(goes_on, "the lane did not go on")
    stop.set()
    await running
    said = capsys.readouterr().out + caplog.text
    assert said.count("relay waits") == 1
    assert said.count("relay goes on") == 1


@pytest.mark.parametrize(
    ("status", "message", "closed"),
    [
        (RPCStatusCode.NOT_FOUND, "workflow execution already completed", True),
        (RPCStatusCode.NOT_FOUND, "workflow not found for ID: order/SO1", True),
        (RPCStatusCode.NOT_FOUND, "Namespace orders is not found.", False),
        (RPCStatusCode.UNAVAILABLE, "connection refused", False),
    ],
)
def test_only_temporal_can_say_that_an_order_is_closed(status: RPCStatusCode, message: str, *, closed: bool) -> None:
    assert is_closed(RPCError(message, status, b"")) is closed


class Pieces:
    """Stands where Temporal's client stands, and counts the facts of each signal."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def get_workflow_handle(self, _workflow_id: str) -> Pieces:
        return self

    async def signal(self, name: str, facts: list[dict[str, Any]], **_how: Any) -> None:
        self.told.append((name, len(facts)))


async def test_more_facts_than_an_order_takes_in_at_once_come_in_pieces() -> None:
    client = Pieces()
    facts = [{"kind": "carrier_scan"}] * AT_ONCE + [{"kind": "outbound"}]
    assert await Door(cast("Client", client), "orders").tell("SO1", facts)
    assert client.told == [("carrier_event", AT_ONCE), ("warehouse_event", 1)]
