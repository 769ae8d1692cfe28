"""A late parcel's coupon, from the clock to the customer: its code is in the message and is kept nowhere (SR-132c)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.policy import STANDARD
from tests.web.counter import NUMBERS, order
from tests.web.living import CODES, Life, now, until

SOON = timedelta(milliseconds=300)


async def is_late(life: Life) -> str:
    """An order that left and is late at once, by rules in which nobody waits long for the cause; its number."""
    policy = STANDARD.having(
        edition=f"hasty-{next(NUMBERS)}",
        transit=SOON,
        transit_whole_days=False,
        carriage="none",
        compensation=STANDARD.compensation.having(unknown_after=SOON),
    )
    edition = {"body": policy.model_dump(mode="json"), "valid_from": "2026-01-01T00:00:00Z", "reason": "a scene"}
    put = await life.counter.send("PUT", f"/v1/policies/{policy.edition}", edition, role="supervisor")
    assert put.is_success, put.text
    at = now().isoformat()
    body = order(placed_at=at, payment={"method": "prepaid", "paid_amount": 13600, "paid_at": at})
    number = await life.counter.places(body)
    await life.reaches(number, "READY_TO_SHIP")
    await life.counter.tells("outbound", "warehouse", order_no=number)
    return number


@pytest.mark.clause("AC-33", "SR-132")
async def test_the_code_reaches_the_customer_and_stands_in_no_table_and_in_no_history(relayed: Life) -> None:
    number = await is_late(relayed)
    coupon = f"{number}/coupon/package/1/1"
    key, code = f"{number}/message/COUPON/package/1/1", CODES.code(coupon)

    async def told() -> Any:
        return relayed.parties.taken.get(key)

    await until(told, "the customer was told of no coupon")
    [message] = relayed.parties.taken[key]
    assert code in message.text
    assert "5.00元" in message.text

    async def shown() -> bool:
        page = await relayed.counter.reads(f"/v1/orders/{number}")
        coupons = [row for case in page["cases"] for row in case["coupons"]]
        return [(row["amount"], row["issued"], row["edition"][:5]) for row in coupons] == [(500, True, "hasty")]

    await until(shown, "the case does not show its coupon")
    story = await relayed.counter.reads(f"/v1/orders/{number}/timeline", lang="en")
    assert any("A coupon of CNY 5.00 was issued for package 1" in line["text"] for line in story["timeline"])
    costs = (await relayed.counter.reads("/v1/service-costs"))["costs"]
    assert [(row["currency"], row["incidents"], row["coupons"], row["borne_by_us"], row["net"]) for row in costs] == [
        ("CNY", 1, 500, 500, 500)
    ]
    kept = "SELECT (SELECT json_agg(o) FROM {0} AS o)::text AS kept"
    for table in ("outbox", "order_event", "orders", "effect", "coupon", "coupon_share"):
        [row] = await relayed.counter.rows(kept.format(table))
        assert code not in (row["kept"] or "")
    assert code not in str(await relayed.history(number))
