"""Promotion mode (SR-102, A-06, AC-43, edge case 47): by hand and by calendar; it ends by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from domain.editions import PROMOTION
from infra.db.volume import watch_volume
from infra.db.waiting.orders import policy_of
from tests.web.counter import NOON, Counter, order


@pytest.fixture(autouse=True)
async def _no_promotion(counter: Counter) -> AsyncIterator[None]:
    yield
    counter.watch.time = NOON
    await counter.rows_changed("DELETE FROM promo_window")


async def begins(counter: Counter, role: str = "supervisor", **body: Any) -> Any:
    ends_at = (counter.watch() + timedelta(hours=2)).isoformat()
    return await counter.send("POST", "/v1/promotions", {"ends_at": ends_at, "reason": "双十一", **body}, role=role)


async def edition_of(counter: Counter, body: Any = None) -> str:
    number = await counter.places(body)
    [row] = await counter.rows("SELECT policy_edition FROM inbound_order WHERE order_no = :no", no=number)
    return str(row["policy_edition"])


@pytest.mark.clause("AC-43", "SR-102", "EC-47")
async def test_while_it_is_on_new_orders_come_in_under_its_edition_and_keep_it(counter: Counter) -> None:
    early = await counter.places()
    answer = await begins(counter)
    assert (answer.status_code, answer.json()["edition"]) == (201, PROMOTION.edition)
    during = await counter.places()
    counter.watch.passes(hours=2)  # it is over by itself, to the second
    after = await counter.places()
    found = await counter.rows(
        "SELECT order_no, policy_edition FROM inbound_order WHERE order_no = ANY(:some)", some=[early, during, after]
    )
    editions = {row["order_no"]: row["policy_edition"] for row in found}
    assert editions == {early: "standard-5", during: "promotion-1", after: "standard-5"}
    assert (await counter.reads("/v1/promotions"))["on"] is False
    async with counter.engine.begin() as connection:
        assert await policy_of(connection, "promotion-1") == PROMOTION


@pytest.mark.clause("SR-102")
async def test_it_may_be_planned_ahead_and_for_one_channel(counter: Counter) -> None:
    starts = NOON + timedelta(days=1)
    planned = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(days=1)).isoformat(), "channel": "jd"}
    assert (await begins(counter, **planned)).status_code == 201
    assert await edition_of(counter, order(channel="jd")) == "standard-5"
    counter.watch.time = starts
    assert await edition_of(counter, order(channel="jd")) == "promotion-1"
    assert await edition_of(counter, order(channel="tmall")) == "standard-5"


@pytest.mark.clause("SR-102")
async def test_it_ends_by_hand_at_once_and_says_by_whom(counter: Counter) -> None:
    no = (await begins(counter)).json()["id"]
    assert await edition_of(counter) == "promotion-1"
    counter.watch.passes(minutes=1)
    ended = await counter.send("POST", "/v1/promotions/end", role="supervisor")
    assert ended.json() == {"ended": [no]}
    assert await edition_of(counter) == "standard-5"
    [shown] = (await counter.reads("/v1/promotions"))["promotions"]
    assert (shown["ended_by"], shown["on"]) == ("supervisor 1", False)
    assert (await counter.send("POST", "/v1/promotions/end", role="supervisor")).json() == {"ended": []}


@pytest.mark.clause("SR-102")
async def test_a_window_that_makes_no_sense_is_refused_and_only_a_supervisor_opens_one(counter: Counter) -> None:
    past = await begins(counter, ends_at=(NOON - timedelta(hours=1)).isoformat())
    endless = await begins(counter, ends_at=(NOON + timedelta(days=32)).isoformat())
    assert [(answer.status_code, answer.json()["errors"][0]["field"]) for answer in (past, endless)] == [
        (422, "ends_at"),
        (422, "ends_at"),
    ]
    unknown = await begins(counter, edition="never-put")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_edition")
    assert (await begins(counter, role="operator")).status_code == 403
    assert (await counter.reads("/v1/promotions"))["promotions"] == []


@pytest.mark.clause("AC-43", "SR-102")
async def test_a_rush_is_suggested_once_a_day_and_switches_nothing(counter: Counter) -> None:
    counter.watch.time = NOON + timedelta(days=30)
    for minutes in (1, 16):
        placed_at = (counter.watch() - timedelta(minutes=minutes)).isoformat()
        for _ in range(25):
            await counter.places(order(placed_at=placed_at))
    async with counter.engine.begin() as connection:
        reports = [await watch_volume(connection, counter.watch()) for _ in range(2)]
    assert [(report.orders, report.usual, report.suggestion) for report in reports] == [(25, 0.0, "enter")] * 2
    [alert] = await counter.rows("SELECT * FROM alert WHERE kind = 'promotion_suggested'")
    assert alert["detail"] == {"suggestion": "enter", "orders": 25, "usual": 0}
    assert (await counter.reads("/v1/promotions"))["on"] is False
    assert await edition_of(counter) == "standard-5"


@pytest.mark.clause("SR-100")
async def test_which_channels_are_pulled_is_said_by_an_operator(counter: Counter) -> None:
    answer = await counter.send("PUT", "/v1/channels/douyin", {"pulled": True})
    assert (answer.status_code, answer.json()["pulled"]) == (200, True)
    assert answer.json()["last_good_pull"] is None
    assert (await counter.send("PUT", "/v1/channels/douyin", {"pulled": True}, role="viewer")).status_code == 403
    shown = await counter.reads("/v1/channels")
    assert [row["channel"] for row in shown["channels"]] == ["douyin"]
    again = await counter.send("PUT", "/v1/channels/douyin", {"pulled": False, "pull_from": NOON.isoformat()})
    assert again.json()["pulled"] is False
