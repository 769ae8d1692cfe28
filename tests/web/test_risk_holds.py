"""Held orders at the counter (SR-010, SR-019, SR-050, SR-113, SR-114): like orders, vouchers, designs, versions."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from domain.policy import STANDARD
from infra.db.waiting.duplicates import Suspicion, suspects
from tests.web.counter import NUMBERS, order
from tests.web.living import Life, now, until

HALF_AN_HOUR = timedelta(minutes=30)


def like(buyer: str, *, ago: timedelta = timedelta(), **changes: Any) -> dict[str, Any]:
    """An order of one buyer, the same goods every time, under an id of its own."""
    customer = {"name": "王小明", "phone": "13800138000", "buyer_key": buyer}
    return order(placed_at=(now() - ago).isoformat(), customer=customer, **changes)


def a_buyer() -> str:
    return f"returning-{next(NUMBERS)}"


async def starts(life: Life, body: dict[str, Any]) -> str:
    """Place an order, have it started, and wait for its first turn."""
    number = await life.counter.places(body)
    await life.relay().bring_up_to_date(number)
    await until(lambda: recorded(life, number), f"{number} recorded no turn")
    return number


async def recorded(life: Life, number: str) -> bool:
    rows = await life.counter.rows("SELECT FROM orders WHERE order_no = :no AND sequence > 0", no=number)
    return bool(rows)


async def page(life: Life, number: str, role: str = "operator") -> Any:
    return await life.counter.reads(f"/v1/orders/{number}", role=role)


async def suspected(life: Life, number: str) -> str:
    """The order that this one is held for repeating; empty where it is not held."""
    held = [hold for hold in (await page(life, number))["holds"] if hold["reason"] == "SUSPECTED_DUPLICATE"]
    return held[0]["about"]["order_no"] if held else ""


# -- like orders -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-010", "EC-34")
async def test_the_same_order_under_another_id_waits_for_a_person(life: Life) -> None:
    buyer = a_buyer()
    first = await starts(life, like(buyer, ago=timedelta(minutes=29)))
    second = await starts(life, like(buyer))
    assert (await suspected(life, first), await suspected(life, second)) == ("", first)
    shown = await page(life, second)
    assert (shown["stage"], shown["hold_reasons"]) == ("RECEIVED", ["SUSPECTED_DUPLICATE"])
    [task] = shown["tasks"]
    assert (task["kind"], task["role"], task["params"]) == (
        "CHECK_DUPLICATE",
        "order_administrator",
        {"order_no": first},
    )
    assert (await life.asks(second, "release_hold", hold="H1")).status_code == 200
    await life.reaches(second, "AWAITING_CONFIRMATION")


@pytest.mark.clause("SR-010")
@pytest.mark.parametrize(
    "changes",
    [{"ago": HALF_AN_HOUR * 2}, {"total": 13_601}, {"channel": "jd"}],
    ids=["an hour before", "another amount", "another shop"],
)
async def test_an_order_that_is_not_quite_the_same_goes_on(life: Life, changes: dict[str, Any]) -> None:
    buyer = a_buyer()
    await starts(life, like(buyer, **changes))
    assert await suspected(life, await starts(life, like(buyer))) == ""


@pytest.mark.clause("SR-010")
@pytest.mark.parametrize("turned", [False, True], ids=["the earlier one started first", "the later one started first"])
@pytest.mark.parametrize(
    ("apart", "within"),
    [(HALF_AN_HOUR, True), (HALF_AN_HOUR + timedelta(seconds=1), False), (HALF_AN_HOUR + timedelta.resolution, False)],
    ids=["30:00", "30:01", "a microsecond more"],
)
async def test_just_half_an_hour_apart_is_within_half_an_hour(
    life: Life, apart: timedelta, *, within: bool, turned: bool
) -> None:
    assert STANDARD.risk.duplicate_within == HALF_AN_HOUR
    buyer, at = a_buyer(), now() - 2 * HALF_AN_HOUR
    moments = [at, at - apart] if turned else [at - apart, at]
    first, second = [await life.counter.places({**like(buyer), "placed_at": moment.isoformat()}) for moment in moments]
    found = [
        await _starts_alone(life, Suspicion(number, by_key=True, within=HALF_AN_HOUR)) for number in (first, second)
    ]
    one_of_them = [second, ""] if turned else ["", first]
    assert found == (one_of_them if within else ["", ""])


@pytest.mark.clause("SR-010", "EC-34")
async def test_an_offline_document_collected_twice_under_two_numbers_is_found_by_the_phone(life: Life) -> None:
    customer = {"name": "王小明", "phone": f"139{next(NUMBERS) % 10**8:08}"}
    at = now().isoformat()
    first = await starts(life, order(channel="store", customer=customer, placed_at=at))
    second = await starts(life, order(channel="store", customer=customer, placed_at=at))
    assert (await suspected(life, first), await suspected(life, second)) == ("", first)


@pytest.mark.clause("SR-010")
async def test_an_order_that_was_given_up_is_not_repeated(life: Life) -> None:
    buyer = a_buyer()
    first = await starts(life, like(buyer))
    await life.asks(first, "cancel", reason="不要了")
    await life.reaches(first, "CANCELLED")
    assert await suspected(life, await starts(life, like(buyer))) == ""


@pytest.mark.clause("SR-010")
async def test_of_two_that_start_at_one_instant_exactly_one_is_suspected(life: Life) -> None:
    """Whoever starts first, and whether two relays do it at once: the two are never both held, and never neither."""
    for turned in (False, True):
        buyer, at = a_buyer(), now().isoformat()
        pair = [await life.counter.places({**like(buyer), "placed_at": at}) for _ in range(2)]
        asked = [Suspicion(number, by_key=True, within=HALF_AN_HOUR) for number in (pair[::-1] if turned else pair)]
        found = await asyncio.gather(*(_starts_alone(life, one) for one in asked))
        assert len([other for other in found if other]) == 1


async def _starts_alone(life: Life, asked: Suspicion) -> str:
    """What a relay of its own finds when it starts this order."""
    async with life.counter.engine.begin() as connection:
        found = await suspects(connection, [asked])
        await asyncio.sleep(0.05)
    await life.counter.rows_changed(
        "UPDATE inbound_order SET started_at = received_at WHERE order_no = :no", no=asked.order_no
    )
    return found.get(asked.order_no, "")


@pytest.mark.clause("SR-010")
async def test_of_three_together_the_later_two_are_held(life: Life) -> None:
    buyer, at = a_buyer(), now().isoformat()
    numbers = [await life.counter.places({**like(buyer), "placed_at": at}) for _ in range(3)]
    asked = [Suspicion(number, by_key=True, within=HALF_AN_HOUR) for number in numbers]
    async with life.counter.engine.begin() as connection:
        assert await suspects(connection, asked) == {numbers[1]: numbers[0], numbers[2]: numbers[0]}


@pytest.mark.clause("EC-57")
async def test_two_unaudited_orders_of_one_buyer_to_one_address_give_a_suggestion_and_nothing_more(
    life: Life,
) -> None:
    buyer = {"name": "王小明", "phone": "1", "buyer_key": a_buyer()}
    first = await starts(life, order(customer=buyer))
    second = await starts(life, order(customer=buyer, total=0))
    rows = await life.counter.rows(
        "SELECT order_no, role, params, done_at FROM task WHERE kind = 'SUGGEST_MERGE' AND order_no = ANY(:nos)",
        nos=[first, second],
    )
    assert [(row["order_no"], row["role"], row["params"]["order_no"], row["done_at"]) for row in rows] == [
        (second, "customer_service", first, None)
    ]
    assert (await page(life, second))["stage"] == (await page(life, first))["stage"] == "NEEDS_CORRECTION"


# -- vouchers, messages, designs -------------------------------------------------------------------------------------


@pytest.mark.clause("AC-20", "SR-113")
async def test_the_key_says_who_submits_and_who_verifies_a_voucher(life: Life) -> None:
    line = {"line": "1", "sku": "CUP", "quantity": 5, "unit_price": 100_000}
    number = await starts(life, like(a_buyer(), lines=[line], total=500_000))
    assert (await page(life, number))["hold_reasons"] == ["VOUCHER_REQUIRED"]
    named = await life.asks(number, "submit_voucher", reference="BANK-77", actor="somebody else")
    assert (named.status_code, named.json()["code"]) == (422, "wrong_shape")
    assert (await life.asks(number, "submit_voucher", role="finance", reference="BANK-77")).status_code == 200
    mine = await life.asks(number, "verify_voucher", role="finance", verdict="approve", reason="n")
    assert (mine.status_code, mine.json()["code"]) == (409, "SAME_PERSON")
    forbidden = await life.asks(number, "verify_voucher", verdict="approve", reason="n")
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "role_not_allowed")
    good = await life.asks(number, "verify_voucher", role="supervisor", verdict="approve", reason="seen")
    assert good.status_code == 200, good.text
    await life.reaches(number, "AWAITING_CONFIRMATION")


@pytest.mark.clause("SR-050")
async def test_a_message_is_read_on_the_orders_page_and_stands_nowhere_else(life: Life) -> None:
    body = like(a_buyer(), buyer_message="请换成蓝色的茶叶罐")
    number = await starts(life, body)
    assert (await page(life, number))["posted"]["buyer_message"] == "请换成蓝色的茶叶罐"
    assert (await page(life, number, role="viewer"))["posted"] is None
    assert "蓝色" not in (await life.history(number)).to_json()
    assert (await life.asks(number, "decide_message", choice="substitution")).status_code == 200
    answer = await life.asks(number, "sales_decision", hold="H2", verdict="decline", note="none left")
    assert answer.status_code == 200, answer.text
    again = await life.asks(number, "decide_message", choice="nothing")
    assert (again.status_code, again.json()["code"]) == (409, "NO_MESSAGE")


@pytest.mark.clause("AC-21", "SR-114")
async def test_a_line_made_to_order_waits_for_the_fact_of_its_design(life: Life) -> None:
    line = {"line": "1", "sku": "CUP", "quantity": 1, "unit_price": 13_600, "custom": True}
    number = await starts(life, like(a_buyer(), lines=[line]))
    assert (await page(life, number))["hold_reasons"] == ["DESIGN_NOT_FINAL"]
    design = {"design_id": "D-7", "design_version": "3", "line": "1"}
    assert (await life.counter.tells("design_approved", "operator", data=design, order_no=number)).status_code == 202
    await life.relay().bring_up_to_date(number)
    await life.reaches(number, "AWAITING_CONFIRMATION")
    assert (await page(life, number))["hold_reasons"] == []


@pytest.mark.clause("AC-21", "SR-114")
async def test_a_sku_is_made_to_order_by_its_master_data_and_an_order_may_name_the_design(life: Life) -> None:
    sku = f"BANNER-{next(NUMBERS)}"
    body = {"name": "横幅", "custom": True}
    assert (await life.counter.send("PUT", f"/v1/skus/{sku}", body)).json()["custom"] is True
    await life.counter.send("PUT", f"/v1/stock/SH/{sku}", {"on_hand": 9})
    assert (await life.counter.reads(f"/v1/skus/{sku}"))["custom"] is True
    line = {"line": "1", "sku": sku, "quantity": 1, "unit_price": 13_600}
    held = await starts(life, like(a_buyer(), lines=[line]))
    assert (await page(life, held))["hold_reasons"] == ["DESIGN_NOT_FINAL"]
    free = await starts(life, like(a_buyer(), lines=[line | {"design_id": "D-7", "design_version": "3"}]))
    assert (await page(life, free))["hold_reasons"] == []


# -- versions --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-019")
async def test_every_version_is_shown_with_what_it_changed(life: Life) -> None:
    body = like(a_buyer())
    number = await starts(life, {**body, "customer": body["customer"] | {"name": ""}, "total": 1})
    named = await life.asks(number, "correct_fields", expected_version=1, fields={"customer.name": "韩梅梅"})
    assert (named.status_code, named.json()["version"]) == (200, 2)
    await life.reaches(number, "NEEDS_CORRECTION")
    stale = await life.asks(number, "correct_fields", expected_version=1, fields={"total": 2})
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (409, "STALE_VERSION", 2)
    fields = {"lines.1.quantity": 1, "total": 6800}
    assert (await life.asks(number, "correct_fields", expected_version=2, fields=fields)).status_code == 200
    shown = await life.counter.reads(f"/v1/orders/{number}/versions")
    assert [(one["version"], one["actor"], one["changes"]) for one in shown["versions"]] == [
        (1, "channel 1", []),
        (2, "operator 1", [{"field": "customer.name", "before": "", "after": "韩梅梅"}]),
        (
            3,
            "operator 1",
            [
                {"field": "lines.1.quantity", "before": 2, "after": 1},
                {"field": "total", "before": 1, "after": 6800},
            ],
        ),
    ]


@pytest.mark.clause("SR-019")
async def test_a_viewer_sees_that_the_receiver_changed_and_not_to_whom(life: Life) -> None:
    body = like(a_buyer())
    number = await starts(life, {**body, "customer": body["customer"] | {"name": ""}})
    await life.asks(number, "correct_fields", expected_version=1, fields={"customer.name": "韩梅梅"})
    shown = await life.counter.reads(f"/v1/orders/{number}/versions", role="viewer")
    assert shown["versions"][1]["changes"] == [{"field": "customer.name", "before": "***", "after": "***"}]
    assert "韩梅梅" not in json.dumps(shown, ensure_ascii=False)
    gone = await life.counter.send("GET", "/v1/orders/SO0/versions")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_order")
