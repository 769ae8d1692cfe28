"""Claims that come after an order's completion: a case in the books, 售后中 beside the stage, decided there (EC-24)."""

from __future__ import annotations

import pytest

from infra.relay.door import late_id
from tests.parties import Parties
from tests.web.living import Life, until
from tests.web.test_late_payments import cases, completed, is_over, page, refunds


async def claims(life: Life, order_no: str, kind: str, **data: object) -> None:
    """The customer's claim is reported, as an event of its own."""
    answer = await life.counter.tells(kind, "channel", data=data, order_no=order_no)
    assert answer.status_code == 202


async def shows(life: Life, order_no: str, *wanted: tuple[str, ...]) -> None:
    async def there() -> bool:
        return cases(await page(life, order_no)) == list(wanted)

    await until(there, f"{order_no} has not the cases {wanted}")


@pytest.mark.clause("EC-24", "EC-19", "AC-71")
async def test_not_received_after_the_completion_is_decided_and_paid_back_once(paying: Life, market: Parties) -> None:
    number = await completed(paying)
    await claims(paying, number, "not_received_claim", claim="C1")
    await claims(paying, number, "wrong_goods_claim", claim="C2")
    first = ("NOT_RECEIVED_CLAIM", "late/C1", "OPEN", "")
    await shows(paying, number, first, ("MIS_SHIPMENT", "late/C2", "OPEN", ""))
    shown = await page(paying, number)
    parcel = {"tracking_number": shown["packages"][0]["tracking_number"]}
    assert (shown["stage"], shown["overlays"]) == ("COMPLETED", ["return"])
    assert [task["kind"] for task in shown["tasks"] if task["case_no"]] == ["DECIDE_CLAIM", "DECIDE_CLAIM"]
    wrong = await paying.asks(number, "resolve_case", case=1, outcome="WHATEVER")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "OUTCOME_UNKNOWN")
    for _ in range(2):
        await paying.asks(number, "resolve_case", case=1, outcome="REFUNDED", request_id="once")
    await shows(paying, number, (*first[:2], "RESOLVED", "REFUNDED"), ("MIS_SHIPMENT", "late/C2", "OPEN", ""))
    for state in ("IN_TRANSIT", "OUT_FOR_DELIVERY"):
        await paying.counter.tells("carrier_scan", "carrier", data={"state": state}, **parcel)
    paid, wrong_goods = (*first[:2], "RESOLVED", "REFUNDED"), ("MIS_SHIPMENT", "late/C2", "OPEN", "")
    await shows(paying, number, paid, wrong_goods, ("FALSE_DELIVERY", "late/delivery/1", "OPEN", ""))
    await claims(paying, number, "claim_withdrawn", claim="C2")
    await paying.asks(number, "resolve_case", case=3, outcome="RECEIVED")
    await is_over(paying, number, 1)
    shown = await page(paying, number)
    assert (shown["stage"], shown["overlays"], shown["open_cases"]) == ("COMPLETED", [], [])
    assert [status for _, _, status, _ in cases(shown)] == ["RESOLVED", "WITHDRAWN", "RESOLVED"]
    assert await refunds(paying, market, number) == [f"{number}/refund/claim/C1"]
    closed = await paying.asks(number, "resolve_case", case=1, outcome="RESENT")
    assert (closed.status_code, closed.json()["code"]) == (409, "CLOSED")


@pytest.mark.clause("EC-39", "EC-24")
async def test_a_refund_of_a_late_claim_that_is_refused_is_paid_by_hand(paying: Life, market: Parties) -> None:
    number = await completed(paying)
    shown = await page(paying, number)
    await market.behave(shown["external_id"], payments={"refuses": "card closed"})
    await claims(paying, number, "refund_requested", application="AS1", amount=600)
    await shows(paying, number, ("REFUND_REPLY_DUE", "late/AS1", "OPEN", ""))
    await paying.asks(number, "resolve_case", case=1, outcome="REFUNDED")

    async def asked() -> bool:
        return "PAY_BACK" in [task["kind"] for task in (await page(paying, number))["tasks"]]

    await until(asked, "finance was not asked")
    await paying.asks(number, "resolve_case", case=1, outcome="PAID_BACK")
    await is_over(paying, number, 1)
    assert cases(await page(paying, number)) == [("REFUND_REPLY_DUE", "late/AS1", "RESOLVED", "PAID_BACK")]
    assert await refunds(paying, market, number) == []
    assert late_id(number) == f"late/{number}"
