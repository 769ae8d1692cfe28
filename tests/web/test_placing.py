"""Placing an order (SR-010, SR-016, SR-160, AC-44's first half): durable, once, and every problem at once."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from typing import Any

import pytest

from tests.web.counter import NOON, Counter, order


@pytest.mark.clause("SR-010", "SR-160")
async def test_a_new_order_is_durable_when_it_is_acknowledged(counter: Counter) -> None:
    answer = await counter.posts(order("first-1"))
    assert answer.status_code == 201
    said = answer.json()
    assert said["workflow_id"] == f"order/{said['order_no']}"
    assert answer.headers["location"] == f"/v1/orders/{said['order_no']}"
    [row] = await counter.rows("SELECT * FROM inbound_order WHERE external_id = 'first-1'")
    assert (row["order_no"], row["received_at"], row["started_at"]) == (said["order_no"], NOON, None)
    assert row["raw"]["customer"]["phone"] == "13800138000"
    [shown] = await counter.rows("SELECT * FROM orders WHERE order_no = :no", no=said["order_no"])
    assert (shown["stage"], shown["total"], shown["region"]) == ("RECEIVED", 13600, "浙江省")
    [line] = await counter.rows("SELECT * FROM order_line WHERE order_no = :no", no=said["order_no"])
    assert (line["sku"], line["quantity"], line["unallocated"]) == ("TEA-250", 2, 2)


@pytest.mark.clause("SR-160")
async def test_the_number_has_the_business_day_and_eight_digits(counter: Counter) -> None:
    counter.watch.passes(hours=13)
    number = await counter.places()
    counter.watch.passes(hours=-13)
    assert number.startswith("SO20261124")
    assert len(number) == len("SO20261124") + 8


@pytest.mark.clause("SR-010", "SR-160", "EC-33")
async def test_fifty_equal_posts_at_once_make_one_order(counter: Counter) -> None:
    body = order("fifty")
    answers = await asyncio.gather(*(counter.posts(body) for _ in range(50)))
    assert Tally(answer.status_code for answer in answers) == {201: 1, 200: 49}
    assert len({answer.json()["order_no"] for answer in answers}) == 1
    assert len(await counter.rows("SELECT 1 FROM inbound_order WHERE external_id = 'fifty'")) == 1


@pytest.mark.clause("SR-010", "EC-33")
async def test_what_differs_only_in_payment_and_memo_is_the_same_order(counter: Counter) -> None:
    number = await counter.places(order("same"))
    paid = {"method": "prepaid", "paid_amount": 13600, "paid_at": NOON.isoformat()}
    answer = await counter.posts(order("same", payment=paid, seller_memo="送小样"))
    assert (answer.status_code, answer.json()["order_no"]) == (200, number)
    [fact] = await counter.rows("SELECT * FROM inbound_fact WHERE order_no = :no", no=number)
    assert (fact["kind"], fact["fact_id"], fact["decisive"]) == ("paid", "tmall:intake-paid/same", True)
    assert (await counter.posts(order("same", payment=paid))).status_code == 200
    assert len(await counter.rows("SELECT 1 FROM inbound_fact WHERE order_no = :no", no=number)) == 1


@pytest.mark.clause("SR-015")
async def test_an_order_that_comes_paid_brings_the_fact_of_its_payment(counter: Counter) -> None:
    paid = {"method": "prepaid", "paid_amount": 13600, "paid_at": NOON.isoformat()}
    number = await counter.places(order("paid", payment=paid))
    [fact] = await counter.rows("SELECT * FROM inbound_fact WHERE order_no = :no", no=number)
    assert fact["body"]["data"] == {"payment_no": "paid", "amount": 13600, "currency": "CNY"}
    assert (fact["source"], fact["occurred_at"], fact["state"]) == ("tmall", NOON, "waiting")


@pytest.mark.parametrize(
    "change",
    [
        {"total": 13601},
        {"buyer_message": "请包装成礼盒"},
        {"customer": {"name": "李雷", "phone": "13800138000", "buyer_key": "buyer-of-tea"}},
        {"delivery_method": "pickup"},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.clause("SR-010")
async def test_other_content_under_a_known_id_is_answered_with_the_ways_to_change_it(
    counter: Counter, change: dict[str, Any]
) -> None:
    number = await counter.places(order("other"))
    answer = await counter.posts(order("other", **change))
    said = answer.json()
    assert (answer.status_code, said["code"], said["order_no"]) == (409, "other_content", number)
    assert said["correct_fields"] == f"/v1/orders/{number}/correct_fields"
    assert said["cancel"] == f"/v1/orders/{number}/cancel"
    assert len(await counter.rows("SELECT 1 FROM inbound_order WHERE external_id = 'other'")) == 1


@pytest.mark.clause("SR-016")
async def test_every_problem_of_the_shape_is_told_at_once_with_its_path(counter: Counter) -> None:
    body = order(
        channel=" ",
        external_id="y" * 201,
        placed_at="2026-11-23T12:00:00",
        lines=[{"line": "1", "quantity": "2", "unit_price": 6800.5, "colour": "red"}],
        currency="yuan",
        payment={"method": "cash"},
        surprise=1,
    )
    del body["total"]
    answer = await counter.posts(body)
    assert answer.status_code == 422
    said = answer.json()
    assert said["code"] == "wrong_shape"
    assert {(error["field"], error["code"]) for error in said["errors"]} == {
        ("channel", "id_blank"),
        ("external_id", "id_too_long"),
        ("placed_at", "timezone_aware"),
        ("lines.0.quantity", "int_type"),
        ("lines.0.unit_price", "int_type"),
        ("lines.0.colour", "extra_forbidden"),
        ("currency", "string_pattern_mismatch"),
        ("payment.method", "literal_error"),
        ("total", "missing"),
        ("surprise", "extra_forbidden"),
    }
    assert "yuan" not in answer.text, "what was sent may be personal and is not repeated"


@pytest.mark.parametrize(
    "change",
    [
        {"customer": {"name": " ", "phone": None}},
        {"customer": {}},
        {"address": {}},
        {"lines": [{"line": "1", "sku": "NO-SUCH", "quantity": 0, "unit_price": -1}]},
        {"total": 1},
        {"payment": {"method": "prepaid", "paid_amount": -5, "paid_at": NOON.isoformat()}},
    ],
    ids=["blank", "no customer", "no address", "quantity and SKU", "total", "payment"],
)
@pytest.mark.clause("SR-012", "SR-016")
async def test_what_an_order_says_is_the_audits_business(counter: Counter, change: dict[str, Any]) -> None:
    assert (await counter.posts(order(**change))).status_code == 201


@pytest.mark.parametrize(
    "external_id", ["", "  ", "a\nb", "\x7f", "字" * 67], ids=["empty", "blank", "line", "delete", "201 bytes"]
)
@pytest.mark.clause("SR-010")
async def test_an_id_is_1_to_200_bytes_without_control_characters(counter: Counter, external_id: str) -> None:
    body = order()
    body["external_id"] = external_id
    answer = await counter.posts(body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "external_id")


@pytest.mark.clause("SR-010")
async def test_an_id_is_trimmed_and_may_be_chinese(counter: Counter) -> None:
    first = await counter.posts(order("字" * 66))
    second = await counter.posts(order(f"  {'字' * 66} "))
    assert (first.status_code, second.status_code) == (201, 200)


@pytest.mark.parametrize(
    ("body", "field"),
    [(b"{", ""), (b'{"channel": "a\\u0000"}', ""), (b"[]", ""), (b'{"channel": "\\ud800"}', "")],
    ids=["not JSON", "NUL", "a list", "half a character"],
)
async def test_what_cannot_be_read_is_said(counter: Counter, body: bytes, field: str) -> None:
    answer = await counter.http.post("/v1/orders", content=body, headers=counter.key("channel"))
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("year", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "1999-12-31T00:00:00Z"])
async def test_a_time_out_of_all_reason_is_no_crash(counter: Counter, year: str) -> None:
    answer = await counter.posts(order(placed_at=year))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "placed_at")


async def test_a_caller_needs_a_key_that_may_place_orders(counter: Counter) -> None:
    nobody = await counter.http.post("/v1/orders", json=order())
    assert (nobody.status_code, nobody.json()["code"]) == (401, "key_missing")
    assert nobody.headers["www-authenticate"] == "Bearer"
    stranger = await counter.http.post("/v1/orders", json=order(), headers={"Authorization": "Bearer guess"})
    assert (stranger.status_code, stranger.json()["code"]) == (401, "key_unknown")
    for role in ("viewer", "carrier", "warehouse", "payment", "finance"):
        answer = await counter.posts(order(), role=role)
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


async def test_every_answer_has_its_request_id(counter: Counter) -> None:
    given = await counter.http.get("/healthz", headers={"Request-Id": "mine-1"})
    assert given.headers["request-id"] == "mine-1"
    wrong = await counter.http.get("/nowhere", headers={"Request-Id": "a b"})
    assert wrong.headers["request-id"].startswith("req-")
    assert wrong.json()["request_id"] == wrong.headers["request-id"]


@pytest.mark.clause("SR-010")
async def test_one_order_that_cannot_be_kept_harms_no_other(counter: Counter) -> None:
    await counter.places()
    async with counter.engine.begin() as connection:
        from sqlalchemy import text  # noqa: PLC0415

        check = "ALTER TABLE inbound_order ADD CONSTRAINT no_poison CHECK (external_id <> 'poison')"
        await connection.execute(text(check))
    answers = await asyncio.gather(*(counter.posts(order(name)) for name in ("good-1", "poison", "good-2")))
    assert [answer.status_code for answer in answers] == [201, 500, 201]
