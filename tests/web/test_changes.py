"""Change requests by the API (SR-054): answered in one call, their fields kept first, a dry run keeps nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.counter import order
from tests.web.living import Life, now
from tests.web.test_requests import paid, started

NAME = "submit_change_request"


async def kept(life: Life, number: str) -> list[str]:
    """What became of the order's corrections."""
    rows = await life.counter.rows("SELECT status FROM correction WHERE order_no = :no ORDER BY id", no=number)
    return [row["status"] for row in rows]


async def said(life: Life, number: str) -> int:
    """How many lines its timeline has."""
    return len((await life.counter.reads(f"/v1/orders/{number}/timeline"))["timeline"])


@pytest.mark.clause("SR-054")
async def test_a_contact_is_changed_and_nothing_personal_leaves_the_database(life: Life) -> None:
    number = await started(life, order(placed_at=now().isoformat()), "AWAITING_CONFIRMATION")
    fields = {"customer": {"phone": "13900139000"}}
    answer = await life.asks(number, NAME, change="CONTACT", fields=fields, expected_version=1)
    assert answer.status_code == 200, answer.text
    change = answer.json()["change"]
    assert (change["verdict"], change["cell"], change["column"], answer.json()["version"]) == (
        "ACCEPTED",
        "A",
        "CONFIRMED",
        2,
    )
    await life.reaches(number, "AWAITING_CONFIRMATION")
    assert await kept(life, number) == ["accepted"]
    assert (await life.counter.reads(f"/v1/orders/{number}"))["posted"]["customer"]["phone"] == "13900139000"
    events = await life.client.get_workflow_handle(f"order/{number}").fetch_history()
    assert "13900139000" not in events.to_json()


@pytest.mark.clause("SR-054")
async def test_a_released_order_is_recalled_first_and_says_whom_it_waits_for(life: Life) -> None:
    number = await started(life, paid(), "READY_TO_SHIP")
    body: dict[str, Any] = {"change": "ADDRESS", "fields": {"address.street": "文三路 91 号"}, "expected_version": 1}
    written = await said(life, number)
    seen = await life.asks(number, NAME, **body, dry_run=True)
    assert (seen.status_code, seen.json()["change"]["verdict"], seen.json()["change"]["dry_run"]) == (
        200,
        "PENDING",
        True,
    )
    assert (await said(life, number), await kept(life, number)) == (written, [])
    answer = await life.asks(number, NAME, **body)
    change = answer.json()["change"]
    assert (change["verdict"], change["waits_for"], change["cell"]) == ("PENDING", "warehouse", "R")
    assert change["until"]
    assert change["reason"]
    second = (await life.asks(number, NAME, change="EXPEDITE", expected_version=1)).json()["change"]
    assert (second["state"], second["behind"]) == ("QUEUED", answer.json()["request_id"])
    resolved = await life.asks(number, "resolve_case", case=change["case"], outcome="APPLIED")
    assert resolved.status_code == 200, resolved.text
    page = await life.counter.reads(f"/v1/orders/{number}")
    assert [hold for hold in page["holds"] if hold["released_at"] is None] == []


@pytest.mark.clause("SR-054")
async def test_a_refusal_tells_reason_and_alternatives(life: Life) -> None:
    number = await started(life, paid(), "READY_TO_SHIP")
    await life.counter.tells("outbound", "warehouse", order_no=number)
    answer = await life.asks(number, NAME, change="GIFT_NOTE", fields={"gift_note": "生日快乐"}, expected_version=1)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "CHANGE_REFUSED"), answer.text
    assert (problem["change"]["code"], problem["change"]["alternatives"]) == (
        "AT_DOCK",
        {"contact_service": "联系客服"},
    )
    assert "联系客服" in problem["todo"]
    assert await kept(life, number) == ["refused"]


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"change": "CONTACT", "fields": {"address.street": "x"}}, "fields.address.street"),
        ({"change": "CANCEL", "fields": {"total": 1}}, "fields.total"),
        ({"change": "ADDRESS", "fields": {"address.planet": "x"}}, "address.planet"),
        ({"change": "COLOUR"}, "change"),
        ({"change": "MERGE", "params": {"with": "SO1"}}, "params.with"),
    ],
    ids=["another change's field", "no fields", "unknown field", "unknown change", "unknown parameter"],
)
async def test_what_is_wrong_with_the_request_is_told_by_its_path(life: Life, body: dict[str, Any], where: str) -> None:
    number = await life.counter.places(paid())
    answer = await life.asks(number, NAME, **body, expected_version=1)
    assert answer.status_code == 422, answer.text
    assert where in {error["field"] for error in answer.json()["errors"]}


async def test_another_province_is_another_line_of_the_matrix(life: Life) -> None:
    number = await started(life, paid(), "READY_TO_SHIP")
    fields = {"address": {"province": "北京市", "city": "北京市", "district": "朝阳区", "street": "建国路 1 号"}}
    answer = await life.asks(number, NAME, change="ADDRESS", fields=fields, expected_version=1, dry_run=True)
    assert answer.json()["change"]["row"] == "ADDRESS_OTHER_REGION", answer.text


@pytest.mark.clause("SR-054")
async def test_a_change_is_made_as_it_was_quoted_or_refused_with_the_new_quote(life: Life) -> None:
    number = await started(life, order(placed_at=now().isoformat()), "AWAITING_CONFIRMATION")
    params = {"line": "1", "quantity": 1}
    body: dict[str, Any] = {"change": "QUANTITY", "params": params, "expected_version": 1}
    fewer = {"lines.1.quantity": 1, "total": 6800}
    unsaid = (await life.asks(number, NAME, **body, fields={"lines.1.quantity": 1}, dry_run=True)).json()
    assert unsaid["change"]["quote"]["goods"] == -6800, "the price of the line"
    other = {**body, "change": "SUBSTITUTE", "params": {"line": "1", "sku": "NOBODY-KNOWS"}}
    told = (await life.asks(number, NAME, **other, dry_run=True)).json()["change"]["quote"]
    assert (told["goods"], told["amount"], told["way"]) == (None, None, "UNKNOWN")
    seen = await life.asks(number, NAME, **body, fields=fewer, dry_run=True)
    assert seen.status_code == 200, seen.text
    quote = seen.json()["change"]["quote"]
    money = {name: quote[name] for name in ("goods", "freight", "fee", "currency", "way", "amount")}
    assert money == {"goods": -6800, "freight": 0, "fee": 0, "currency": "CNY", "way": "DUE_LESS", "amount": 6800}
    assert (quote["stops"], quote["verdict"]) == ([], "A")
    assert await kept(life, number) == []
    dearer = await life.asks(number, NAME, **body, fields=fewer | {"total": 7800, "freight": 1000}, quote=quote["id"])
    problem = dearer.json()
    assert (dearer.status_code, problem["code"]) == (409, "QUOTE_CHANGED"), dearer.text
    assert (problem["change"]["quote"]["goods"], problem["change"]["quote"]["freight"]) == (-6800, 1000)
    assert "change.quote" in problem["todo"]
    assert await kept(life, number) == ["refused"]
    made = await life.asks(number, NAME, **body, fields=fewer, quote=quote["id"])
    assert made.status_code == 200, made.text
    assert (made.json()["change"]["verdict"], made.json()["version"]) == ("ACCEPTED", 2)
    assert "quote" not in made.json()["change"] or made.json()["change"]["quote"] is None
    await life.reaches(number, "AWAITING_CONFIRMATION")
    assert await kept(life, number) == ["refused", "accepted"]
    page = await life.counter.reads(f"/v1/orders/{number}")
    assert [line["quantity"] for line in page["posted"]["lines"]] == [1]
