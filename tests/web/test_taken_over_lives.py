"""Orders of a running shop live on here: real workflow, real books, a relay that starts them (M19, AC-72)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.web.counter import NUMBERS, order
from tests.web.living import Life, now, until

HOUR = timedelta(hours=1)


async def takes_over(life: Life, **history: Any) -> str:
    """An order of five days ago, taken over with this history; its number."""
    placed = now() - 120 * HOUR
    told = order(placed_at=placed.isoformat(), history=history)
    answer = await life.counter.send("POST", "/v1/takeovers", {"orders": [told]})
    assert answer.json()["problems"] == [], answer.text
    [row] = await life.counter.rows(
        "SELECT order_no FROM inbound_order WHERE external_id = :external_id", external_id=told["external_id"]
    )
    return str(row["order_no"])


def parcel(number: str, **changes: Any) -> dict[str, Any]:
    """It left four days ago, with a number that the channel took."""
    out = now() - 96 * HOUR
    return {
        "outbound_at": out.isoformat(),
        "tracking_number": number,
        "carrier": "SF",
        "accepted_at": (out + HOUR / 2).isoformat(),
        **changes,
    }


async def counted(life: Life, table: str, order_no: str) -> int:
    [row] = await life.counter.rows(f"SELECT count(*) AS n FROM {table} WHERE order_no = :no", no=order_no)  # noqa: S608
    return int(row["n"])


@pytest.mark.clause("AC-72")
async def test_a_shipped_order_hears_of_its_signature_and_completes_by_itself(relayed: Life) -> None:
    counter, number = relayed.counter, f"SFL{next(NUMBERS)}"
    [stood] = await counter.rows("SELECT sum(on_hand) AS units FROM stock_level")
    order_no = await takes_over(relayed, packages=[parcel(number)])
    begun = "SELECT 1 FROM orders WHERE order_no = :no AND sequence > 0"
    await until(lambda: counter.rows(begun, no=order_no), "it never began")
    assert await counted(relayed, "exception_case", order_no) == 0

    signed = (now() - 25 * HOUR).isoformat()
    data = {"state": "DELIVERED", "tracking_number": number}
    await counter.tells("carrier_scan", "carrier", data=data, tracking_number=number, occurred_at=signed)
    await relayed.reaches(order_no, "COMPLETED")

    page = await counter.reads(f"/v1/orders/{order_no}")
    verdicts = {clock["kind"]: (clock["verdict"], clock["before_takeover"]) for clock in page["clocks"]}
    assert verdicts["C3"] == ("breached", False), "what is told after the takeover is news, though it came late"
    assert (page["cases"], page["unmatched"]) == ([], [])
    letters = await counter.rows("SELECT key FROM outbox WHERE order_no = :no", no=order_no)
    assert {row["key"].removeprefix(f"{order_no}/") for row in letters} == {
        f"subscribe/1/{number}",
        "message/DELIVERED/order",
        "message/COMPLETED/order",
        "push_status/COMPLETED",
    }
    assert await counter.rows("SELECT 1 FROM effect WHERE key LIKE :key", key=f"{order_no}/%") == []
    assert await counter.rows("SELECT sum(on_hand) AS units FROM stock_level") == [stood]


@pytest.mark.clause("AC-72")
async def test_a_finished_order_is_in_the_books_and_nobody_wakes_it(relayed: Life) -> None:
    counter, number = relayed.counter, f"SFL{next(NUMBERS)}"
    done = {"signed_at": (now() - 60 * HOUR).isoformat()}
    order_no = await takes_over(
        relayed, packages=[parcel(number, **done)], completed_at=(now() - 50 * HOUR).isoformat()
    )
    again = await counter.tells("carrier_scan", "carrier", data={"state": "DELIVERED"}, tracking_number=number)
    assert again.json()["order_no"] == order_no
    unmatched = "SELECT state FROM inbound_fact WHERE order_no = :no AND state = 'unmatched'"
    await until(lambda: counter.rows(unmatched, no=order_no), "the late fact was not kept as unmatched")

    refused = await relayed.asks(order_no, "cancel", reason="too late")
    assert (refused.status_code, refused.json()["code"]) == (409, "CLOSED")
    assert await counted(relayed, "outbox", order_no) == 0
    assert (await counter.reads(f"/v1/orders/{order_no}"))["stage"] == "COMPLETED"


@pytest.mark.clause("AC-72")
async def test_stock_that_the_books_lack_opens_a_shortage_as_for_any_order(relayed: Life) -> None:
    line = {"line": "1", "sku": "RARE", "quantity": 1, "unit_price": 13600}
    placed = now() - 3 * HOUR
    at = (placed + HOUR).isoformat()
    told = order(placed_at=placed.isoformat(), lines=[line], history={"payments": [{"at": at}], "entered_at": at})
    answer = await relayed.counter.send("POST", "/v1/takeovers", {"orders": [told]})
    assert (answer.json()["short"], answer.json()["problems"]) == (1, [])
    kept = "SELECT kind, cause FROM exception_case JOIN orders USING (order_no) WHERE external_id = :name"
    await until(lambda: relayed.counter.rows(kept, name=told["external_id"]), "no shortage was opened")
    assert await relayed.counter.rows(kept, name=told["external_id"]) == [{"kind": "STOCK_SHORTAGE", "cause": "stock"}]
