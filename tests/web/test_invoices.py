"""Invoices, and what a refund makes of them (EC-40, SR-149): the real API, workflows, relay and books."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.living import Life, until
from tests.web.test_late_payments import completed
from tests.web.test_returns import agrees, asks, stands


async def invoices(life: Life, order_no: str, state: str, count: int) -> list[dict[str, Any]]:
    """Wait until so many invoices are in this state; all of them."""
    path = f"/v1/orders/{order_no}/invoices"

    async def there() -> bool:
        found = (await life.counter.reads(path))["invoices"]
        return len([each for each in found if each["state"] == state]) == count

    await until(there, f"{count} invoices of {order_no} were not {state}")
    found: list[dict[str, Any]] = (await life.counter.reads(path))["invoices"]
    return found


@pytest.mark.clause("EC-40", "SR-149")
@pytest.mark.parametrize("used", [False, True])
async def test_a_refund_after_the_invoice_makes_it_red_beside_the_money(
    paying: Life,
    used: bool,
) -> None:
    number = await completed(paying)
    path, body = f"/v1/orders/{number}/invoices", {"title": "王小明", "request_id": "i1"}
    wrong = await paying.counter.send("POST", path, {**body, "tax_id": "123"})
    assert (wrong.status_code, wrong.json()["reasons"]) == (409, ["TAX_ID_MALFORMED"])
    assert (await paying.counter.send("POST", path, body)).status_code == 201
    assert (await paying.counter.send("POST", path, body)).status_code == 200
    [blue] = await invoices(paying, number, "ISSUED", 1)
    assert (blue["amount"], blue["reference"]) == (13600, f"FP-{number}/invoice/1")
    assert (await paying.counter.reads(path, role="viewer"))["invoices"][0]["title"] == "***"
    if used:
        await paying.counter.send("POST", f"{path}/1/used", {}, role="finance")
    await asks(paying, number, lines=[{"line": "1", "quantity": 1}])
    await agrees(paying, number, "approve")
    await agrees(paying, number, "inspect", lines=[{"line": "1", "good": 1}], warehouse="SH")
    assert (await stands(paying, number, "CLOSED"))["refunded"] == 6800, "the money waits for no paper"
    if used:
        [_, red] = await invoices(paying, number, "WAITING", 1)
        confirmed = {"confirmation_no": "QR-1"}
        assert (await paying.counter.send("POST", f"{path}/2/confirmed", confirmed, role="finance")).status_code == 200
    [_, red] = await invoices(paying, number, "ISSUED", 2)
    assert (red["kind"], red["amount"], red["red_of"], red["cause"]) == ("red", 6800, 1, "return/1/goods")
    [wish] = paying.parties.taken[f"{number}/invoice/2"]
    assert (wish.red_of, wish.confirmation_no) == (blue["reference"], "QR-1" if used else "")
    shown = await paying.counter.reads(f"/v1/orders/{number}")
    assert [task["kind"] for task in shown["tasks"] if not task["done_at"]] == []
