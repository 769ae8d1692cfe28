"""The compensation department with a simulated coupon service over HTTP: one coupon a key (SR-132, AC-33, AC-34)."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.compensation import CompensationActivities
from domain.compensation_policy import Instrument
from domain.coupon_code import CouponCodes
from domain.coupon_effects import CouponRequest
from infra.connectors.coupon_issuers import issuers
from infra.connectors.coupons import IssuerUnreachable
from infra.connectors.plain_protocol import PlainClient
from infra.coupon_secret import coupon_secret
from infra.db import tables
from infra.settings import Settings
from tests.departments.desk import Desk
from tests.parties import Parties

CODES = CouponCodes(b"the secret of these scenes")
LADDER = {"1": 500, "2": 1_000, "3": 2_000}


@pytest.fixture
def department(desk: Desk, line: PlainClient) -> CompensationActivities:
    return at(desk, line)


def at(desk: Desk, line: PlainClient) -> CompensationActivities:
    """The department on one line to the service."""
    return CompensationActivities(issuers(line), CODES, desk.engine, desk.watch)


def coupon(order_no: str, step: str = "1", up_to: int | None = None) -> CouponRequest:
    incident = f"{order_no}/coupon/package/1"
    below = tuple(f"{incident}/{lower}" for lower in LADDER if lower < step)
    worth = LADDER[step] if up_to is None else up_to
    return CouponRequest(
        key=f"{incident}/{step}", order_no=order_no, up_to=worth, currency="CNY", below=below, valid_days=30
    )


async def issued(market: Parties, desk: Desk, order_no: str) -> list[dict[str, Any]]:
    effects = (await market.log(await desk.external_id(order_no)))["effects"]
    return [effect["body"] for effect in effects if effect["party"] == "coupons"]


@pytest.mark.clause("AC-33", "SR-132")
async def test_a_coupon_is_issued_once_however_often_it_is_asked(
    desk: Desk, department: CompensationActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    first = await department.issue_coupon(coupon(order_no))
    assert (first.amount, first.reference) == (500, f"YHQ-{order_no}/coupon/package/1/1")
    assert await department.issue_coupon(coupon(order_no)) == first
    [body] = await issued(market, desk, order_no)
    assert (body["amount"], body["valid_days"], body["code"]) == (500, 30, CODES.code(coupon(order_no).key))


@pytest.mark.clause("AC-33", "SR-132")
async def test_one_coupon_where_the_service_times_out_after_it_wrote(desk: Desk, market: Parties) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), coupons={"loses_answers": 1})
    async with market.client(within=0.3) as hasty:
        assert (await at(desk, hasty).issue_coupon(coupon(order_no))).amount == 500
    assert len(await issued(market, desk, order_no)) == 1


@pytest.mark.clause("AC-33", "SR-132")
async def test_five_failures_and_a_lost_ledger_are_one_coupon(
    desk: Desk, department: CompensationActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), coupons={"failing": 5})
    for _ in range(5):
        with pytest.raises(IssuerUnreachable):
            await department.issue_coupon(coupon(order_no))
    first = await department.issue_coupon(coupon(order_no))
    async with desk.engine.begin() as connection:
        await connection.execute(tables.effect.delete())
    again = await department.issue_coupon(coupon(order_no))
    assert again == first
    assert len(await issued(market, desk, order_no)) == 1


@pytest.mark.clause("AC-33")
async def test_attempts_at_once_are_one_coupon(desk: Desk, department: CompensationActivities, market: Parties) -> None:
    order_no = await desk.order_came_in()
    first, *others = await asyncio.gather(*(department.issue_coupon(coupon(order_no)) for _ in range(5)))
    assert others == [first] * 4
    assert len(await issued(market, desk, order_no)) == 1
    assert len(await desk.rows(tables.effect)) == 1


@pytest.mark.clause("AC-34", "SR-132")
async def test_a_higher_step_gives_what_lacks_whatever_came_before(
    desk: Desk, department: CompensationActivities, market: Parties
) -> None:
    climbed, jumped = await desk.order_came_in(), await desk.order_came_in()
    for step in LADDER:
        await department.issue_coupon(coupon(climbed, step))
    await department.issue_coupon(coupon(jumped, "3"))
    assert [body["amount"] for body in await issued(market, desk, climbed)] == [500, 500, 1_000]
    assert [body["amount"] for body in await issued(market, desk, jumped)] == [2_000]


@pytest.mark.clause("AC-34", "AC-36")
async def test_after_a_reset_that_asks_for_less_or_more_the_first_answer_stands(
    desk: Desk, department: CompensationActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    first = await department.issue_coupon(coupon(order_no))
    assert await department.issue_coupon(coupon(order_no, up_to=900)) == first
    async with desk.engine.begin() as connection:
        await connection.execute(tables.effect.delete())
    assert (await department.issue_coupon(coupon(order_no, "2"))).amount == 500, "the service knows of the first step"
    assert sum(body["amount"] for body in await issued(market, desk, order_no)) == 1_000


async def test_an_incident_that_has_it_all_gets_nothing_more(
    desk: Desk, department: CompensationActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await department.issue_coupon(coupon(order_no, up_to=1_000))
    assert (await department.issue_coupon(coupon(order_no, "2"))).amount == 0
    assert len(await issued(market, desk, order_no)) == 1


async def test_a_refused_coupon_waits_for_a_person(
    desk: Desk, department: CompensationActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), coupons={"refuses": "budget is spent"})
    with pytest.raises(ApplicationError, match="budget is spent") as refused:
        await department.issue_coupon(coupon(order_no))
    assert (refused.value.type, refused.value.non_retryable) == ("Business.CouponRefused", True)


def test_the_secret_is_made_once_for_its_owner_only_and_the_setting_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = coupon_secret(None, folder)
    assert len(first) == 64
    assert coupon_secret(None, folder) == first
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]
    assert coupon_secret(None, tmp_path / "other") != first
    assert coupon_secret("a secret from outside", folder) == b"a secret from outside"
    given = Settings.model_validate({"coupon_secret": "a secret from outside"})
    assert "a secret" not in repr(given)


# -- the day's budget --------------------------------------------------------------------------------------------------


def bound(order_no: str, budget: int, *, approved: bool = False) -> CouponRequest:
    """A coupon of 5.00 that counts for the day."""
    return coupon(order_no).having(budget=budget, zone="Asia/Shanghai", approved=approved)


async def spent(desk: Desk) -> dict[str, int]:
    return {str(row["day"]): row["spent"] for row in await desk.rows(tables.coupon_day)}


@pytest.mark.clause("SR-132")
async def test_of_orders_at_once_only_as_many_get_the_last_yuan_as_there_is(
    desk: Desk, department: CompensationActivities, market: Parties
) -> None:
    orders = [await desk.order_came_in() for _ in range(6)]
    answers = await asyncio.gather(*(department.issue_coupon(bound(order_no, 1_100)) for order_no in orders))
    assert sorted((answer.amount, answer.over_budget) for answer in answers) == [(0, True)] * 4 + [(500, False)] * 2
    assert await spent(desk) == {"2026-11-23": 1_000}
    assert sum([len(await issued(market, desk, order_no)) for order_no in orders]) == 2
    again = await asyncio.gather(*(department.issue_coupon(bound(order_no, 9_900)) for order_no in orders))
    assert again == answers, "the first answer stands, also after a Reset"
    refused = next(order_no for order_no, answer in zip(orders, answers, strict=True) if answer.over_budget)
    key = coupon(refused).key
    said_yes = bound(refused, 1_100, approved=True).having(key=f"{key}/approved", below=(key,))
    assert (await department.issue_coupon(said_yes)).amount == 500
    assert await spent(desk) == {"2026-11-23": 1_500}, "what a supervisor allows counts too"


@pytest.mark.clause("SR-132", "AC-33")
async def test_a_coupon_counts_once_however_often_it_is_tried_and_not_when_it_is_refused(
    desk: Desk, department: CompensationActivities, market: Parties
) -> None:
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), coupons={"failing": 3})
    for _ in range(3):
        with pytest.raises(IssuerUnreachable):
            await department.issue_coupon(bound(order_no, 500))
    assert await spent(desk) == {"2026-11-23": 500}, "it is kept for the coupon that is still tried"
    desk.now += timedelta(days=2)
    assert (await department.issue_coupon(bound(order_no, 500))).amount == 500, "though its day is over"
    assert await spent(desk) == {"2026-11-23": 500}
    other = await desk.order_came_in()
    await market.behave(await desk.external_id(other), coupons={"refuses": "no such shop"})
    with pytest.raises(ApplicationError, match="no such shop"):
        await department.issue_coupon(bound(other, 500))
    assert await spent(desk) == {"2026-11-23": 500, "2026-11-25": 0}


@pytest.mark.clause("SR-132")
async def test_a_day_of_the_budget_is_one_of_the_business_zone(desk: Desk, department: CompensationActivities) -> None:
    desk.now = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    assert (await department.issue_coupon(bound(await desk.order_came_in(), 500))).amount == 500
    assert (await department.issue_coupon(bound(await desk.order_came_in(), 500))).over_budget
    desk.now += timedelta(seconds=1)
    assert (await department.issue_coupon(bound(await desk.order_came_in(), 500))).amount == 500
    assert await spent(desk) == {"2026-11-23": 500, "2026-11-24": 500}


# -- other instruments -------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-132", "AC-33", "AC-34")
@pytest.mark.parametrize(
    ("instrument", "party", "told"),
    [
        (Instrument.PLATFORM, "shop", {"order", "amount", "currency", "valid_days"}),
        (Instrument.TRANSFER, "payments", {"order", "amount", "currency"}),
    ],
)
async def test_each_instrument_is_given_once_by_its_own_party_and_without_our_code(
    desk: Desk, market: Parties, instrument: Instrument, party: str, told: set[str]
) -> None:
    order_no = await desk.order_came_in()
    external_id = await desk.external_id(order_no)
    await market.behave(external_id, **{party: {"failing": 1, "loses_answers": 1}})
    first, second = coupon(order_no).having(instrument=instrument), coupon(order_no, "2").having(instrument=instrument)
    async with market.client(within=0.3) as hasty:
        with pytest.raises(IssuerUnreachable):
            await at(desk, hasty).issue_coupon(first)
        answer = await at(desk, hasty).issue_coupon(first)
        async with desk.engine.begin() as connection:
            await connection.execute(tables.effect.delete())
        assert await at(desk, hasty).issue_coupon(first) == answer, "the party answers by the key"
        assert (answer.amount, answer.reference.endswith(f"-{first.key}")) == (500, True)
        assert (await at(desk, hasty).issue_coupon(second)).amount == 500, "the difference"
    effects = [effect for effect in (await market.log(external_id))["effects"] if effect["party"] == party]
    assert [(effect["body"]["amount"], set(effect["body"])) for effect in effects] == [(500, told)] * 2
    assert await issued(market, desk, order_no) == [], "our own coupon service hears nothing of it"
