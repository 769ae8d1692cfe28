"""PostgreSQL stops at each transition of an order and comes back: nothing is lost, and the books are equal (AC-39).

A server of its own, the real departments, relay and API, and the simulated parties over HTTP. Ten minutes of outage at
each transition, on skipped time, stand in `tests/sop/test_outages.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections import Counter as Counted
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity, client
from temporalio.common import RawValue
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import worker as composition
from domain.answer_code import AnswerCodes
from domain.coupon_code import CouponCodes
from domain.order import Order
from domain.recording import Recording
from domain.snapshots import snapshot_text
from infra.db.migrate import upgrade
from infra.relay.door import workflow_id
from infra.stack.postgres import Postgres
from infra.stack.programs import Child
from infra.whereabouts import load_settings
from tests.parties import Parties, free_port
from tests.servers import QUICK
from tests.web.conftest import opened
from tests.web.counter import NUMBERS, Counter, order
from tests.web.living import RealWatch, now

DOWN_FOR = 0.3
"""Seconds of each outage beside the stop and the start."""
PLACES = ("audit_order", "enter_order", "release_shipment", *(f"record_order/{turn}" for turn in range(1, 6)))
SOME = ("record_order/1", "enter_order", "record_order/4")
"""Each outage takes three seconds, most of them until every pool has found the server again: all are for `thorough`."""


@dataclass
class Plug(client.Interceptor, Interceptor):
    """Pulls the plug of PostgreSQL when an activity begins at one of the places, once each."""

    server: Postgres
    child: Child
    left: set[str]
    outages: list[str] = field(default_factory=list)
    _back: asyncio.Task[None] | None = None

    def intercept_activity(self, following: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand around every activity, local ones too."""
        return _Step(following, self)

    async def pull(self, place: str) -> None:
        """PostgreSQL stops here, and starts again a while later."""
        if place not in self.left:
            return
        self.left.discard(place)
        await self.is_back()
        self.outages.append(place)
        await self.child.stop()
        self._back = asyncio.create_task(self._start_again())

    async def is_back(self) -> None:
        """Wait for the end of the outage."""
        if self._back is not None:
            await self._back

    async def _start_again(self) -> None:
        await asyncio.sleep(DOWN_FOR)
        self.child = Child(self.server.program(), lambda _said: None, lambda: None)
        await self.child.start()


class _Step(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, plug: Plug) -> None:
        super().__init__(following)
        self._plug = plug

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's own name
        """Do the activity, perhaps without a database."""
        place = activity.info().activity_type
        if isinstance(input.args[0], RawValue):
            place += f"/{Recording.model_validate_json(input.args[0].payload.data).sequence}"
        await self._plug.pull(place)
        return await super().execute_activity(input)


@contextlib.asynccontextmanager
async def own_server(folder: Path, places: Iterable[str]) -> AsyncIterator[Plug]:
    """A PostgreSQL that may be stopped."""
    server = Postgres(folder / "postgres", free_port(), folder / "postgres.log", QUICK)
    await asyncio.to_thread(server.prepare)
    plug = Plug(server, Child(server.program(), lambda _said: None, lambda: None), set(places))
    await plug.child.start()
    await server.create_database()
    await asyncio.to_thread(upgrade, server.url)
    yield plug
    await plug.is_back()
    await plug.child.stop()


@contextlib.asynccontextmanager
async def house(plug: Plug, temporal: client.Client, market: Parties) -> AsyncIterator[Counter]:
    """The API, the worker and the relay on that server."""
    queue, stop = f"outage-{uuid.uuid4()}", asyncio.Event()
    settings = load_settings(database_url=plug.server.url, task_queue=queue)
    config = temporal.config()
    config["interceptors"] = [plug]
    async with opened(settings, RealWatch(), temporal) as counter, market.client() as line:
        codes = CouponCodes(b"the secret of an outage"), AnswerCodes(b"the secret of an outage")
        parts = composition.House(counter.engine, counter.connections, line, *codes)
        async with parts.worker(client.Client(**config), queue):
            relay = asyncio.create_task(parts.relay(temporal, queue).run(stop))
            yield counter
            stop.set()
            await relay


async def until(holds: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    """Wait until something holds; a database that does not answer says nothing."""
    end = time.monotonic() + 30
    while True:
        with contextlib.suppress(SQLAlchemyError, psycopg.Error):
            if await holds():
                return
        assert time.monotonic() < end, otherwise
        await asyncio.sleep(0.05)


async def tells(counter: Counter, kind: str, role: str, **about: Any) -> None:
    """A party reports a fact, under one id, until it is taken: an outage refuses it and loses nothing."""
    fact = {"event_id": f"e{next(NUMBERS)}", "occurred_at": now().isoformat(), **about}

    async def taken() -> bool:
        return (await counter.tells(kind, role, **fact)).status_code in {200, 202}

    await until(taken, f"{kind} was never taken")


@pytest.mark.clause("AC-39")
@pytest.mark.parametrize("places", [SOME, pytest.param(PLACES, marks=pytest.mark.thorough)])
async def test_the_database_stops_at_each_transition_and_nothing_is_lost(
    client: client.Client, market: Parties, tmp_path: Path, places: tuple[str, ...]
) -> None:
    async with own_server(tmp_path, places) as plug, house(plug, client, market) as counter:
        parcel, at = f"SF{next(NUMBERS)}", now().isoformat()
        external_id = f"OUT{next(NUMBERS)}"
        await market.behave(external_id, warehouse={"outbound": "never"})
        payment = {"method": "prepaid", "paid_amount": 13600, "paid_at": at}
        number = await counter.places(order(external_id, placed_at=at, payment=payment))

        async def reaches(stage: str) -> None:
            async def there() -> bool:
                [row] = await counter.rows("SELECT stage, snapshot FROM orders WHERE order_no = :no", no=number)
                return bool(row["stage"] == stage)

            await until(there, f"{number} never was {stage}")
            await plug.is_back()
            await until(there, f"{number} is not {stage} any more")
            await equal(counter, client, number)

        await reaches("READY_TO_SHIP")
        await tells(counter, "outbound", "warehouse", data={"tracking_number": parcel}, order_no=number)
        await reaches("SHIPPED")
        scan = {"state": "DELIVERED", "by_recipient": True}
        await tells(counter, "carrier_scan", "carrier", data=scan, tracking_number=parcel)
        await reaches("DELIVERED")
        await tells(counter, "confirmed", "channel", order_no=number)
        await reaches("COMPLETED")
        assert plug.left == set(), "at every place"
        effects = (await market.log(external_id))["effects"]
        times = Counted((effect["party"], effect["key"]) for effect in effects)
        assert [what for what, count in times.items() if count > 1] == []
        assert [effect["party"] for effect in effects].count("warehouse") == 1
        facts = await counter.rows("SELECT kind, state FROM inbound_fact WHERE order_no = :no", no=number)
        assert {row["state"] for row in facts} == {"delivered"}
        verified = await counter.send("GET", f"/v1/orders/{number}/trail", role="operator")
        assert verified.json()["verified"]["ok"] is True


async def equal(counter: Counter, temporal: client.Client, number: str) -> None:
    """What the books show is what the workflow knows: the projection is equal to the snapshot."""

    async def same() -> bool:
        handle = temporal.get_workflow_handle(workflow_id(number))
        known = Order.model_validate(await handle.query("snapshot"))
        [row] = await counter.rows("SELECT * FROM orders WHERE order_no = :no", no=number)
        kept = None if known.final else json.loads(snapshot_text(known))
        effects = [(effect["key"], effect["status"]) for effect in row["effects"]]
        return bool(
            row["snapshot"] == kept
            and (row["stage"], row["version"], row["payment_state"])
            == (known.stage, known.version, known.payment.state)
            and effects == [(effect.key, effect.status) for effect in known.effects]
        )

    await until(same, f"the books of {number} are not what its workflow knows")
