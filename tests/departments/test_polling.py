"""Carriers polled by the clock, simulated ones over HTTP: what nobody told comes in, once (SR-032, M13, AC-41)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from api.reporting_facts import FACT, report_of
from domain.policy import STANDARD
from domain.polling_policy import PollingPolicy
from domain.sweeps import PollReport
from infra.connectors.carrier import Subscription
from infra.connectors.carriers.plain import PlainCarrier
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.reference import OrderReference
from infra.db import tables
from infra.db.connections import open_connections
from infra.db.fact_inbox import FactInbox, Receipt
from infra.db.keys import Holder, Role
from infra.db.policies import put_edition
from infra.doctor import check_polls
from infra.polling import SECOND, Polling
from tests.departments.desk import Desk
from tests.parties import Listener, Parties

EDITION = "standard-1"
HERE = [
    {"after": 0, "state": "PICKED_UP"},
    {"after": 0.01, "state": "IN_TRANSIT"},
    {"after": 0.02, "state": "DELIVERED"},
]


@dataclass
class Office:
    """Who polls: its parcels and the pauses it made."""

    desk: Desk
    market: Parties
    facts: FactInbox
    polling: Polling
    line: PlainClient
    rests: list[float] = field(default_factory=list)
    beats: int = 0

    async def sends(self, carrier: str, scans: list[dict[str, Any]], **conduct: object) -> str:
        """A parcel is on its way for seven hours, and its carrier knows these scans; answers its number."""
        order_no = await self.desk.order_came_in()
        external_id = await self.desk.external_id(order_no)
        number = f"{carrier}-{order_no}"
        await self.market.behave(external_id, carrier={"script": scans})
        order = OrderReference(order_no=order_no, channel="tmall", external_id=external_id)
        subscribed = Subscription(order=order, tracking_number=number, carrier=carrier)
        await PlainCarrier(self.line).subscribe(f"{order_no}/subscribe/1", subscribed)
        await self.market.behave(external_id, carrier={"script": scans, **conduct})
        row = {"order_no": order_no, "package": "1", "shipment": 1, "state": "LABELLED", "carrier": carrier}
        out = self.desk.now - timedelta(hours=7)
        async with self.desk.engine.begin() as connection:
            await connection.execute(
                insert(tables.package).values(**row, tracking_number=number, outbound_at=out, lines=[])
            )
        return number

    async def polls(self) -> PollReport:
        """One run."""
        return await self.polling.poll(self._beats)

    def _beats(self) -> None:
        self.beats += 1

    async def heard(self, number: str) -> list[tuple[str, bool, str]]:
        """What the inbox has of a parcel: state, whether it wakes its order, and what became of it."""
        rows = await self.desk.rows(tables.inbound_fact, tracking_number=number)
        return [(row["body"]["data"]["state"], row["decisive"], row["state"]) for row in rows]

    async def house_polls(self, policy: PollingPolicy) -> None:
        """The house's edition says so."""
        edition = STANDARD.having(edition=EDITION, polling=policy)
        async with self.desk.engine.begin() as connection:
            await connection.execute(tables.policy_edition.delete())
            await put_edition(connection, edition, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
async def office(desk: Desk, database_url: str, market: Parties, line: PlainClient) -> AsyncIterator[Office]:
    desk.now = datetime.now(UTC) + timedelta(minutes=1)  # noqa: TID251 - the simulated carrier has a watch of its own
    async with open_connections(database_url) as connections:
        facts = FactInbox(connections)
        office = Office(desk, market, facts, Polling(PlainCarrier(line), facts, desk.engine, desk.watch), line)

        async def rest(seconds: float) -> None:
            office.rests.append(seconds)

        office.polling = Polling(PlainCarrier(line), facts, desk.engine, desk.watch, rest)
        await office.house_polls(STANDARD.polling)
        yield office


@pytest.mark.clause("SR-032", "SR-031", "AC-41")
async def test_scans_that_nobody_told_come_in_once_and_only_the_decisive_ones_wake(office: Office) -> None:
    number = await office.sends("SF", HERE)
    assert await office.polls() == PollReport(due=1, asked=1, news=3)
    seen = [("PICKED_UP", False, "waiting"), ("IN_TRANSIT", False, "waiting"), ("DELIVERED", True, "waiting")]
    assert sorted(await office.heard(number)) == sorted(seen)
    assert await office.polls() == PollReport(), "it was asked for just now"
    office.desk.now += timedelta(hours=7)
    assert await office.polls() == PollReport(due=1, asked=1), "after an outage of hours: one question, nothing twice"
    assert len(await office.heard(number)) == 3
    async with office.desk.engine.begin() as connection:
        await connection.execute(update(tables.package).values(state="DELIVERED"))
    office.desk.now += timedelta(days=3)
    assert await office.polls() == PollReport(), "what was delivered is asked for no more"


@pytest.mark.clause("SR-032", "EC-13", "EC-14")
@pytest.mark.parametrize("polled_first", [True, False])
async def test_told_and_polled_is_one_fact_whichever_came_first(
    office: Office, news: Listener, polled_first: bool
) -> None:
    number = await office.sends("JD", HERE[:1])
    while not (pushed := [fact for fact in await news.hears("carrier_scan") if fact.get("tracking_number") == number]):
        await news.hears("carrier_scan", times=len(news.of_kind("carrier_scan")) + 1)
    told = report_of(FACT.validate_python(pushed[0]), Holder(Role.CARRIER), office.desk.now)
    if polled_first:
        assert (await office.polls()).news == 1
        assert (await office.facts.take(told)).receipt is Receipt.KNOWN
        elsewhere = {**pushed[0], "data": {**pushed[0]["data"], "state": "LOST"}}
        other = report_of(FACT.validate_python(elsewhere), Holder(Role.CARRIER), office.desk.now)
        assert (await office.facts.take(other)).receipt is Receipt.CONFLICT, "another state is another story"
    else:
        assert (await office.facts.take(told)).receipt is Receipt.NEW
        office.desk.now += timedelta(hours=7)
        assert await office.polls() == PollReport(due=1, asked=1)
    assert [state for state in await office.heard(number) if state[2] == "waiting"] == [("PICKED_UP", False, "waiting")]
    assert len(await office.desk.rows(tables.alert, kind="fact_conflict")) == int(polled_first)


@pytest.mark.clause("SR-032", "AC-41")
async def test_a_carrier_that_is_down_keeps_no_other_waiting_and_is_caught_up_with(
    office: Office, database_url: str
) -> None:
    numbers = [await office.sends("YTO", HERE[:1], failing=1) for _ in range(2)]
    well = await office.sends("EMS", HERE[:1])
    assert await office.polls() == PollReport(due=3, asked=1, news=1, silent=("YTO",))
    assert await office.heard(well)
    findings = {finding.subject: finding for finding in await check_polls(database_url)}
    assert {name: finding.state for name, finding in findings.items()} == {
        "poll of EMS": "ok",
        "poll of YTO": "problem",
    }
    office.desk.now += timedelta(minutes=15)
    assert await office.polls() == PollReport(due=2, asked=2, news=2), "what was not answered is due still, by itself"
    assert [len(await office.heard(number)) for number in numbers] == [1, 1]
    assert {finding.state for finding in await check_polls(database_url)} == {"ok"}


@pytest.mark.clause("SR-032")
async def test_questions_go_at_a_pace_and_stop_where_nobody_answers(office: Office) -> None:
    await office.house_polls(STANDARD.polling.having(at_once=2, gives_up_after=3))
    for _ in range(5):
        await office.sends("ZTO", HERE[:1])
    for _ in range(5):
        await office.sends("DB", HERE[:1], failing=1)
    assert await office.polls() == PollReport(due=10, asked=5, news=5, silent=("DB",))
    assert office.rests == [SECOND] * 3, "three batches of one carrier; the other was given up after its second"
    assert office.beats == 5


@pytest.mark.clause("SR-032")
async def test_a_number_that_its_carrier_does_not_know_is_put_off_like_any_other(office: Office) -> None:
    number = await office.sends("SF", HERE, unknown=True)
    assert await office.polls() == PollReport(due=1, unknown=1)
    assert (await office.polls(), await office.heard(number)) == (PollReport(), [])


@pytest.mark.clause("SR-032")
async def test_an_order_of_an_edition_from_before_is_not_polled(office: Office) -> None:
    number = await office.sends("SF", HERE)
    async with office.desk.engine.begin() as connection:
        await connection.execute(update(tables.inbound_order).values(policy_edition="standard-0"))
    assert (await office.polls(), await office.heard(number)) == (PollReport(), [])
