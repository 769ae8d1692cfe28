"""Goods that leave although their order is cancelled and closed: a case, the carrier, one task, true books (AC-31)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.parties import Parties
from tests.web.counter import NUMBERS
from tests.web.living import Life, until
from tests.web.test_late_claims import shows
from tests.web.test_late_payments import cancelled, cases, is_over, page, refunds

ON_HAND = "SELECT sum(on_hand - reserved) AS free, sum(on_hand) AS there FROM stock_level WHERE sku = 'TEA-250'"
CASE = ("CANCEL_AFTER_SHIP", "package/1")


async def shelf(life: Life) -> tuple[int, int]:
    [row] = await life.counter.rows(ON_HAND)
    return int(row["free"]), int(row["there"])


async def leaves(life: Life, order_no: str, parcel: str) -> None:
    answer = await life.counter.tells("outbound", "warehouse", data={"tracking_number": parcel}, order_no=order_no)
    assert answer.status_code == 202


async def scan(life: Life, parcel: str, state: str) -> None:
    await life.counter.tells("carrier_scan", "carrier", data={"state": state}, tracking_number=parcel)


async def lines(life: Life, order_no: str) -> list[str]:
    story = await life.counter.reads(f"/v1/orders/{order_no}/timeline", lang="en")
    return [line["code"] for line in story["timeline"]]


def units(shown: dict[str, Any]) -> list[tuple[int, ...]]:
    names = ("cancelled", "shipped", "delivered", "returned")
    return [tuple(line[name] for name in names) for line in shown["lines"]]


@pytest.mark.clause("AC-31", "EC-20", "EC-19")
async def test_goods_of_a_closed_order_are_stopped_and_come_back(paying: Life, market: Parties) -> None:
    number, parcel = await cancelled(paying, 2), f"SF{next(NUMBERS)}"
    free, there = await shelf(paying)
    await leaves(paying, number, parcel)
    await shows(paying, number, (*CASE, "OPEN", ""))
    await leaves(paying, number, parcel)

    async def stopped() -> bool:
        return "effect_done" in (await lines(paying, number))[-3:]

    await until(stopped, "the carrier was not asked")
    shown = await page(paying, number)
    assert (shown["stage"], shown["attention_reason"], units(shown)) == ("CANCELLED", CASE[0], [(0, 2, 0, 0)])
    assert [(task["kind"], task["role"]) for task in shown["tasks"] if not task["done_at"]] == [
        ("DECIDE", "customer_service")
    ]
    assert await shelf(paying) == (free - 2, there - 2), "the ledger follows what left, once"
    key = f"{number}/message/CANCELLED_BUT_SENT/package/1"

    async def told() -> object:
        return paying.parties.taken.get(key)

    await until(told, "the customer was not asked to refuse it")
    await scan(paying, parcel, "RETURNED_TO_SENDER")
    await is_over(paying, number, runs=1)
    shown = await page(paying, number)
    assert cases(shown) == [(*CASE, "RESOLVED", "RETURNED")]
    assert (units(shown), shown["open_cases"], shown["needs_attention"]) == ([(0, 2, 0, 2)], [], False)
    assert all(task["done_at"] for task in shown["tasks"])
    codes = await lines(paying, number)
    assert [codes.count(code) for code in ("outbound", "case_opened", "effect_done", "case_resolved")][1] == 1
    assert len(paying.parties.taken[key]) == 1
    assert await refunds(paying, market, number) == []
    await leaves(paying, number, parcel)
    await is_over(paying, number, runs=2)
    assert cases(await page(paying, number)) == cases(shown)
    assert await shelf(paying) == (free - 2, there - 2)


@pytest.mark.clause("AC-31", "EC-20")
async def test_delivered_all_the_same_a_person_gets_the_goods_or_the_money(paying: Life) -> None:
    number, parcel = await cancelled(paying, 2), f"SF{next(NUMBERS)}"
    await leaves(paying, number, parcel)
    await shows(paying, number, (*CASE, "OPEN", ""))
    await scan(paying, parcel, "DELIVERED")

    async def arrived() -> bool:
        return units(await page(paying, number)) == [(0, 2, 2, 0)]

    await until(arrived, "the books do not know that it was delivered")
    shown = await page(paying, number)
    assert [task["kind"] for task in shown["tasks"]] == ["DECIDE", "RECOVER_GOODS"]
    wrong = await paying.asks(number, "resolve_case", case=1, outcome="WHATEVER")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "OUTCOME_UNKNOWN")
    await paying.asks(number, "resolve_case", case=1, outcome="CHARGED", note="paid at the door")
    await is_over(paying, number, runs=1)
    shown = await page(paying, number)
    assert (cases(shown), shown["stage"]) == ([(*CASE, "RESOLVED", "CHARGED")], "CANCELLED")
    assert all(task["done_at"] for task in shown["tasks"])
