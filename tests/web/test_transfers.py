"""A stock transfer from the API to the books: a central store that sends no parcels has the goods (AC-24, AC-25)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.counter import NUMBERS, order
from tests.web.living import Life, now, until


async def is_short(life: Life, *stores: str) -> tuple[str, str]:
    """A paid order of two units that only these stores have; its number and their SKU."""
    send, sku = life.counter.send, f"RARE-{next(NUMBERS)}"
    assert (await send("PUT", f"/v1/skus/{sku}", {}, role="supervisor")).is_success
    for store in stores:
        put = await send("PUT", f"/v1/warehouses/{store}", {"priority": 900, "sends": False}, role="supervisor")
        assert put.json()["sends"] is False
        assert (await send("PUT", f"/v1/stock/{store}/{sku}", {"on_hand": 5}, role="supervisor")).is_success
    line = {"line": "1", "sku": sku, "specification": "", "quantity": 2, "unit_price": 6800, "discount": 0}
    at = now().isoformat()
    paid = {"method": "prepaid", "paid_amount": 13600, "paid_at": at}
    number = await life.counter.places(order(placed_at=at, payment=paid, lines=[line], total=13600))
    await life.reaches(number, "AWAITING_CONFIRMATION")
    return number, sku


async def transfers(life: Life, number: str) -> list[dict[str, Any]]:
    return await life.counter.rows(
        "SELECT * FROM stock_transfer WHERE order_no = :number ORDER BY transfer", number=number
    )


async def level(life: Life, sku: str, place: str) -> tuple[int, int]:
    found = "SELECT on_hand, reserved FROM stock_level WHERE (sku, warehouse) = (:sku, :place)"
    [row] = await life.counter.rows(found, sku=sku, place=place)
    return row["on_hand"], row["reserved"]


async def becomes(life: Life, number: str, *states: str) -> list[dict[str, Any]]:
    """Wait until the order's transfers are so."""

    async def so() -> bool:
        return [row["state"] for row in await transfers(life, number)] == list(states)

    await until(so, f"the transfers of {number} were never {states}")
    return await transfers(life, number)


@pytest.mark.clause("AC-24", "SR-131a", "SR-162")
async def test_a_store_brings_it_and_the_order_is_released_from_where_it_arrived(relayed: Life) -> None:
    number, sku = await is_short(relayed, "STORE-1")
    [transfer] = await becomes(relayed, number, "requested")
    assert (transfer["source"], await level(relayed, sku, "STORE-1")) == ("STORE-1", (5, 2))
    target = transfer["target"]
    await relayed.counter.tells("transfer_shipped", "warehouse", order_no=number, data={"transfer": 1})
    await becomes(relayed, number, "in_transit")
    assert await level(relayed, sku, "STORE-1") == (3, 0)
    await relayed.counter.tells("transfer_received", "warehouse", order_no=number, data={"transfer": 1})
    await relayed.reaches(number, "READY_TO_SHIP")
    assert await level(relayed, sku, target) == (2, 2)
    page = await relayed.counter.reads(f"/v1/orders/{number}")
    assert [shipment["warehouse"] for shipment in page["shipments"]] == [target]
    assert [(case["kind"], case["outcome"]) for case in page["cases"]] == [("STOCK_SHORTAGE", "TRANSFERRED")]
    assert page["tasks"] == []
    story = await relayed.counter.reads(f"/v1/orders/{number}/timeline", lang="en")
    told = [line["text"] for line in story["timeline"]]
    assert f"Done: ask for a stock transfer from STORE-1 to {target}: 2 of line 1." in told
    assert "Transfer 1 arrived." in told
    assert "Step 1/transfer-1 ended: transfer stock from another warehouse, arrived." in told


@pytest.mark.clause("AC-25", "SR-131a")
async def test_a_transfer_that_fails_gives_its_stock_back_and_the_next_store_is_asked(relayed: Life) -> None:
    number, sku = await is_short(relayed, "STORE-2", "STORE-3")
    await becomes(relayed, number, "requested")
    failed = {"transfer": 1, "reason": "broken"}
    await relayed.counter.tells("transfer_failed", "warehouse", order_no=number, data=failed)
    first, second = await becomes(relayed, number, "failed", "requested")
    assert (first["source"], second["source"]) == ("STORE-2", "STORE-3")
    assert (await level(relayed, sku, "STORE-2"), await level(relayed, sku, "STORE-3")) == ((5, 0), (5, 2))
    assert (await relayed.asks(number, "cancel", reason="n")).is_success
    await relayed.reaches(number, "CANCELLED")
    await becomes(relayed, number, "failed", "called_off")
    assert await level(relayed, sku, "STORE-3") == (5, 0)
