"""Sending again, and gifts (SR-177): an order of nothing to pay, linked to its original, with reason and cost."""

from __future__ import annotations

from typing import Any

import pytest

from domain.manual.decide import decide
from domain.promotion import BUILT_IN
from domain.taking.opening import open_order
from infra.db.waiting.orders import next_orders
from infra.relay.opening import order_input
from tests.web.counter import Counter, order


async def resends(counter: Counter, order_no: str, role: str = "operator", **body: Any) -> Any:
    asked = {"reason": "运输破损", "cost": 7300, "lines": [{"line": "1", "quantity": 1}], **body}
    return await counter.send("POST", f"/v1/orders/{order_no}/resends", asked, role=role)


@pytest.mark.clause("SR-177")
async def test_a_resend_is_an_order_of_nothing_to_pay_shown_on_both(counter: Counter) -> None:
    original = await counter.places(order("R-1"))
    answer = await resends(counter, original, request_id="broken-1")
    assert answer.status_code == 201, answer.text
    number = answer.json()["order_no"]
    page, first = await counter.reads(f"/v1/orders/{number}"), await counter.reads(f"/v1/orders/{original}")
    assert (page["total"], page["external_id"]) == (0, "R-1/resend/broken-1")
    assert {name: page["original"][name] for name in ("order_no", "kind", "reason", "cost", "actor")} == {
        "order_no": original,
        "kind": "resend",
        "reason": "运输破损",
        "cost": 7300,
        "actor": "operator 1",
    }
    assert [(linked["order_no"], linked["kind"], linked["cost"]) for linked in first["linked_orders"]] == [
        (number, "resend", 7300)
    ]
    assert (first["original"], page["linked_orders"]) == (None, [])
    assert page["posted"]["address"]["street"] == "文三路 90 号", "it goes to the original's receiver"
    assert [(line["sku"], line["quantity"], line["unit_price"]) for line in page["lines"]] == [("TEA-250", 1, 0)]


@pytest.mark.clause("SR-177")
async def test_its_payment_gate_is_closed_and_its_channel_is_told_no_number(counter: Counter) -> None:
    original = await counter.places(order("R-2"))
    number = (await resends(counter, original)).json()["order_no"]
    async with counter.engine.begin() as connection:
        [waiting] = await next_orders(connection, 1, first=[number])
        given = order_input(waiting, BUILT_IN[waiting.policy_edition], ())
    made = decide(open_order(given), given.received_at).order
    assert made.original_order_no == original
    assert (made.payment.due, made.payment.needed, made.payment.gate_closed) == (0, False, True)
    assert (made.takes_numbers, made.channel_takes_numbers) == (True, False)


@pytest.mark.clause("SR-177")
async def test_the_same_request_again_makes_no_second_order_and_another_one_does(counter: Counter) -> None:
    original = await counter.places(order("R-3"))
    answers = [await resends(counter, original, request_id="same") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({answer.json()["order_no"] for answer in answers}) == 1
    other = await resends(counter, original, request_id="same", lines=[{"line": "1", "quantity": 2}])
    assert other.status_code == 409
    assert (await resends(counter, original)).status_code == 201
    counted = "SELECT kind, count(*), sum(cost) AS cost FROM order_link WHERE original_order_no = :no GROUP BY kind"
    assert await counter.rows(counted, no=original) == [{"kind": "resend", "count": 2, "cost": 14600}]


@pytest.mark.clause("SR-177")
async def test_a_gift_may_be_of_other_goods_and_is_counted_apart(counter: Counter) -> None:
    original = await counter.places(order("R-4"))
    gift = await resends(
        counter, original, kind="gift", reason="客户生日", cost=0, lines=[{"sku": "CUP", "quantity": 1}]
    )
    page = await counter.reads(f"/v1/orders/{gift.json()['order_no']}")
    assert (page["original"]["kind"], page["lines"][0]["sku"]) == ("gift", "CUP")
    assert (await resends(counter, original)).status_code == 201
    counted = "SELECT kind, count(*), sum(cost) AS cost FROM order_link WHERE original_order_no = :no GROUP BY kind"
    assert await counter.rows(f"{counted} ORDER BY kind", no=original) == [
        {"kind": "gift", "count": 1, "cost": 0},
        {"kind": "resend", "count": 1, "cost": 7300},
    ]
    assert (await resends(counter, original, cost=-1)).status_code == 422


@pytest.mark.clause("SR-177")
async def test_what_cannot_be_sent_again_is_told_with_what_to_do(counter: Counter) -> None:
    original = await counter.places(order("R-5"))
    assert (await resends(counter, "SO2026112399999999")).status_code == 404
    line = await resends(counter, original, lines=[{"line": "9", "quantity": 1}])
    assert (line.status_code, line.json()["errors"][0]["field"]) == (422, "lines.0.line")
    nothing = await resends(counter, original, lines=[{"line": "1", "quantity": 0}])
    assert nothing.status_code == 422
    assert (await resends(counter, original, reason="")).status_code == 422
    assert (await resends(counter, original, role="channel")).status_code == 403
    made = (await resends(counter, original)).json()["order_no"]
    chain = await resends(counter, made)
    assert (chain.status_code, chain.json()["code"], chain.json()["order_no"]) == (409, "linked_itself", original)


@pytest.mark.clause("SR-177", "SR-010")
async def test_nobody_links_an_order_by_posting_it(counter: Counter) -> None:
    answer = await counter.posts(order("R-6", original={"order_no": "SO1", "kind": "gift", "reason": "x", "cost": 0}))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "original"
