"""The list and the page of an order: filters, a keyset that stays true, words (SR-023, conventions "HTTP APIs")."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.web.counter import NOON, Counter, order


@pytest.fixture(scope="module")
async def shelf(counter: Counter) -> list[str]:
    """Twelve orders: six at the same moment, half of another channel, some in other states."""
    numbers = []
    for place in range(12):
        placed = NOON - timedelta(hours=0 if place < 6 else place)
        channel = "tmall" if place % 2 else "jd"
        numbers.append(await counter.places(order(f"shelf-{place}", channel=channel, placed_at=placed.isoformat())))
    await counter.rows_changed(
        "UPDATE orders SET needs_attention = true, open_cases = ARRAY['LOGISTICS_STALLED'], stage = 'SHIPPED',"
        " label = 'SHIPPED', breaches = ARRAY['C5'], hold_reasons = ARRAY['DISPUTE'],"
        " search = search || ' SF1234567' WHERE order_no = :no",
        no=numbers[3],
    )
    return numbers


async def listed(counter: Counter, **params: Any) -> list[str]:
    page = await counter.reads("/v1/orders", **{"limit": 200, **params})
    return [row["order_no"] for row in page["orders"]]


async def test_pages_follow_each_other_without_gap_or_repetition_while_orders_come_in(
    counter: Counter, shelf: list[str]
) -> None:
    whole = await listed(counter)
    assert set(shelf) <= set(whole)
    found, cursor = [], None
    while True:
        page = await counter.reads("/v1/orders", limit=5, **({"cursor": cursor} if cursor else {}))
        found += [row["order_no"] for row in page["orders"]]
        if not cursor:
            await counter.places(order(placed_at=(NOON + timedelta(hours=9)).isoformat()))
        cursor = page["next_cursor"]
        assert page["has_more"] is (cursor is not None)
        if cursor is None:
            break
    assert found == whole


@pytest.mark.parametrize(
    ("params", "places"),
    [
        ({"channel": "jd"}, {0, 2, 4, 6, 8, 10}),
        ({"needs_attention": True}, {3}),
        ({"needs_attention": False, "channel": "tmall"}, {1, 5, 7, 9, 11}),
        ({"open_case": "LOGISTICS_STALLED"}, {3}),
        ({"hold": "DISPUTE"}, {3}),
        ({"breach": "C5"}, {3}),
        ({"stage": ["SHIPPED", "DELIVERED"]}, {3}),
        ({"region": "浙江省", "q": "shelf-1"}, {1, 10, 11}),
        ({"region": "上海市"}, set()),
        ({"q": "sf1234"}, {3}),
        ({"q": "100%"}, set()),
        ({"placed_at[gte]": NOON.isoformat()}, {0, 1, 2, 3, 4, 5}),
        ({"placed_at[lt]": (NOON - timedelta(hours=9)).isoformat()}, {10, 11}),
    ],
    ids=str,
)
async def test_filters(counter: Counter, shelf: list[str], params: dict[str, Any], places: set[int]) -> None:
    found = set(await listed(counter, **params))
    assert {place for place, number in enumerate(shelf) if number in found} == places


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": 201}, "query.limit"),
        ({"colour": "red"}, "query.colour"),
        ({"placed_at[gte]": "2026-11-23T00:00:00"}, "query.placed_at[gte]"),
    ],
)
async def test_a_filter_that_does_not_exist_is_refused(counter: Counter, params: dict[str, Any], field: str) -> None:
    answer = await counter.http.get("/v1/orders", params=params, headers=counter.key("viewer"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_cursor_is_good_only_for_its_own_list(counter: Counter, shelf: list[str]) -> None:
    assert shelf
    page = await counter.reads("/v1/orders", limit=2, channel="jd")
    for params in (
        {"cursor": page["next_cursor"], "channel": "tmall"},
        {"cursor": page["next_cursor"][:-2] + "AA", "channel": "jd"},
        {"cursor": "guess"},
        {"cursor": "长"},
    ):
        answer = await counter.http.get("/v1/orders", params=params, headers=counter.key("viewer"))
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_cursor")


@pytest.mark.clause("SR-023")
async def test_words_come_in_the_readers_language(counter: Counter, shelf: list[str]) -> None:
    path = f"/v1/orders/{shelf[3]}"
    assert (await counter.reads(path))["label_text"] == "已发货"
    assert (await counter.reads(path, lang="en"))["label_text"] == "shipped"
    english = await counter.http.get(path, headers={**counter.key("viewer"), "Accept-Language": "en-GB,en;q=0.9"})
    assert english.json()["label_text"] == "shipped"


async def test_whom_an_order_is_for_is_shown_to_the_desk_only(counter: Counter, shelf: list[str]) -> None:
    desk = await counter.reads(f"/v1/orders/{shelf[0]}", role="operator")
    assert desk["posted"]["customer"]["phone"] == "13800138000"
    viewer = await counter.reads(f"/v1/orders/{shelf[0]}", role="viewer")
    assert viewer["posted"] is None
    assert "13800138000" not in str(viewer)


async def test_the_parties_do_not_read_orders(counter: Counter, shelf: list[str]) -> None:
    for role in ("channel", "warehouse", "carrier", "payment"):
        assert (await counter.send("GET", f"/v1/orders/{shelf[0]}", role=role)).status_code == 403


@pytest.mark.parametrize("path", ["", "/timeline", "/clocks", "/explanation"])
async def test_an_unknown_order_is_said(counter: Counter, path: str) -> None:
    answer = await counter.send("GET", f"/v1/orders/SO2026112300000000{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_order")


@pytest.mark.clause("SR-023")
async def test_facts_stand_in_the_timeline_from_the_moment_they_are_acknowledged(counter: Counter) -> None:
    number = await counter.places()
    await counter.send("POST", "/v1/facts", counter.payment(number), role="payment")
    story = await counter.reads(f"/v1/orders/{number}/timeline", lang="en")
    assert [line["code"] for line in story["timeline"]] == ["order_placed", "order_received", "paid"]
    assert story["timeline"][2]["text"].startswith("CNY 136.00 was paid")
    assert story["timeline"][2]["state"] == "waiting"
    assert (await counter.reads(f"/v1/orders/{number}/explanation"))["waiting_facts"] == 1


async def test_an_order_that_has_not_begun_says_what_it_waits_for(counter: Counter) -> None:
    answer = await counter.reads(f"/v1/orders/{await counter.places()}/explanation")
    assert answer["explanation"]["waiting"][0]["what"] == "its start"
    assert answer["as_of"]


async def test_alive_and_ready_without_temporal(counter: Counter) -> None:
    assert (await counter.http.get("/healthz")).json() == {"status": "ok"}
    ready = await counter.http.get("/readyz")
    assert (ready.status_code, ready.json()["temporal"]) == (200, "does not answer")


async def test_a_request_of_an_order_says_when_temporal_is_down(counter: Counter) -> None:
    number = await counter.places()
    answer = await counter.send("POST", f"/v1/orders/{number}/cancel", {"reason": "不要了"})
    assert (answer.status_code, answer.json()["code"]) == (503, "temporal_unavailable")
    assert answer.headers["retry-after"]
