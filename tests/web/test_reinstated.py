"""Money soon after the cancel: the customer lets the order live on as a new one, and no money moves twice (EC-03)."""

from __future__ import annotations

import pytest

from tests.parties import Parties
from tests.web.counter import NUMBERS
from tests.web.living import Life, until
from tests.web.test_late_payments import cancelled, cases, is_over, page, pays, refunds, reset, tasks


@pytest.mark.clause("EC-03", "AC-32")
async def test_money_soon_after_the_cancel_is_the_customers_to_decide_and_lives_on_in_a_new_order(
    paying: Life, market: Parties
) -> None:
    number, payment_no = await cancelled(paying, units=2), f"P{next(NUMBERS)}"
    await pays(paying, number, payment_no)

    async def asked() -> object:
        return (await page(paying, number))["open_cases"]

    await until(asked, "nobody asked the customer")
    assert await refunds(paying, market, number) == [], "the money waits for the answer"
    answer = await paying.asks(number, "customer_choice", question=1, option="reinstate")
    assert answer.status_code == 200, answer.text
    handle = await is_over(paying, number, runs=1)
    shown = await page(paying, number)
    assert cases(shown) == [("LATE_PAYMENT", f"payment/{payment_no}", "RESOLVED", "REINSTATED")]
    assert (shown["stage"], shown["captured"], shown["payment_state"]) == ("CANCELLED", 0, "unpaid")
    [linked] = shown["linked_orders"]
    assert (linked["kind"], linked["reason"], bool(shown["tasks"][0]["done_at"])) == ("reinstated", payment_no, True)
    await paying.reaches(linked["order_no"], "READY_TO_SHIP")
    alive = await page(paying, linked["order_no"])
    assert (alive["original"]["order_no"], alive["captured"], alive["payment_state"]) == (number, 13600, "paid")
    await pays(paying, number, payment_no)
    await is_over(paying, number, runs=2)
    await reset(paying, number, (await handle.describe()).run_id, (await tasks(handle))[0])
    await is_over(paying, number, runs=3)
    assert await refunds(paying, market, number) == [], "never both"
    assert len((await page(paying, number))["linked_orders"]) == 1
