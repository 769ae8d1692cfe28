"""Carriers, platform codes and enquiries over HTTP (SR-053, SR-148, SR-170)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.profiles import COLD_CHAIN
from tests.web.counter import NUMBERS, Counter, order
from tests.web.living import Life

SF: dict[str, Any] = {
    "name": "顺丰速运",
    "priority": 1,
    "cash_on_delivery": True,
    "routes": [{"region": "浙江省/杭州市", "days": 1}, {"days": 3}],
    "cut_offs": [{"warehouse": "SH", "at": "16:30:00"}],
    "suspensions": [{"region": "北京市", "since": "2026-11-23", "until": "2026-11-24"}],
}


@pytest.mark.clause("SR-148", "SR-173")
async def test_a_carrier_is_put_listed_and_taken_out(counter: Counter) -> None:
    put = await counter.send("PUT", "/v1/carriers/SF-1", SF)
    assert put.status_code == 200, put.text
    assert [route["region"] for route in put.json()["routes"]] == ["浙江/杭州", ""]
    listed = (await counter.reads("/v1/carriers", role="viewer"))["carriers"]
    assert [each for each in listed if each["carrier"] == "SF-1"] == [put.json()]
    assert (await counter.send("DELETE", "/v1/carriers/SF-1")).json() == {"carrier": "SF-1", "dropped": True}
    gone = await counter.send("DELETE", "/v1/carriers/SF-1")
    assert (gone.status_code, gone.json()["code"], bool(gone.json()["todo"])) == (404, "unknown_carrier", True)


@pytest.mark.clause("SR-148")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cut_offs": [{"at": "16:30:00+08:00"}]}, "cut_offs.0"),
        ({"suspensions": [{"since": "2026-11-24", "until": "2026-11-23"}]}, "suspensions.0"),
        ({"routes": [{"days": -1}]}, "routes.0.days"),
        ({"routes": [{"regoin": "北京"}]}, "routes.0.regoin"),
        ({"cost": 1.5}, "cost"),
    ],
)
async def test_what_no_carrier_can_be_is_told_with_its_field(
    counter: Counter, change: dict[str, Any], field: str
) -> None:
    answer = await counter.send("PUT", "/v1/carriers/ODD", SF | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_shape")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await counter.send("PUT", "/v1/carriers/ODD", SF, role="viewer")).status_code == 403


@pytest.mark.clause("SR-170")
async def test_a_match_needs_skus_that_we_have_and_somebody_who_pays(counter: Counter) -> None:
    lacking = await counter.send("PUT", "/v1/code-matches/tmall/X/1", {"components": [{"sku": "NONE-SUCH"}]})
    assert (lacking.status_code, lacking.json()["code"]) == (404, "unknown_sku")
    gifts = await counter.send("PUT", "/v1/code-matches/tmall/X/1", {"components": [{"sku": "CUP", "gift": True}]})
    assert gifts.status_code == 422
    assert "carries the price" in str(gifts.json()["errors"])
    put = await counter.send("PUT", "/v1/code-matches/tmall/X/1", {"components": [{"sku": "CUP"}]})
    assert (put.json()["code"], put.json()["told"]) == ("X/1", 0)
    assert (await counter.reads("/v1/code-matches/tmall"))["matches"][0]["components"][0]["sku"] == "CUP"


@pytest.mark.clause("SR-053")
async def test_an_enquiry_is_answered_in_a_sentence_without_anything_personal(counter: Counter) -> None:
    number = await counter.places()
    path = f"/v1/orders/{number}/status"
    answer = await counter.reads(path, role="channel", lang="en")
    assert answer["sentence"] == f"Your order {answer['external_id']} was received and will be checked next."
    chinese = await counter.http.get(path, headers=counter.key("viewer"))
    assert "已收到" in chinese.json()["sentence"]
    for personal in ("王小明", "13800138000", "文三路", "杭州"):
        assert personal not in chinese.text
    assert (await counter.send("GET", path, role="carrier")).status_code == 403
    assert (await counter.send("GET", "/v1/orders/SO1/status")).json()["code"] == "unknown_order"


@pytest.mark.clause("SR-147", "AC-61")
async def test_a_profile_is_put_as_an_edition_by_its_name(counter: Counter) -> None:
    name = f"cold-{next(NUMBERS)}"
    body = {"profile": "cold_chain", "channel": f"fresh-{name}"}
    put = await counter.send("PUT", f"/v1/policies/{name}", body, role="supervisor")
    assert put.status_code == 201, put.text
    kept = (await counter.reads(f"/v1/policies/{name}"))["body"]
    assert kept == {**COLD_CHAIN.model_dump(mode="json"), "edition": name}
    both = {**body, "body": kept}
    for wrong in ({}, both, {"profile": "frozen"}):
        assert (await counter.send("PUT", "/v1/policies/odd", wrong, role="supervisor")).status_code == 422


@pytest.mark.clause("SR-170")
async def test_one_match_repairs_every_waiting_order_by_itself(relayed: Life) -> None:
    counter, code = relayed.counter, f"TM-{next(NUMBERS)}"
    line = {"line": "1", "sku": code, "quantity": 2, "unit_price": 6800}
    numbers = [await counter.places(order(lines=[line])) for _ in range(3)]
    await relayed.all_reach(numbers, "NEEDS_CORRECTION")
    queue = (await counter.reads("/v1/unmatched-codes"))["codes"]
    assert [(each["code"], each["orders"]) for each in queue if each["code"] == code] == [(code, 3)]
    components = [{"sku": "TEA-250", "share": 2}, {"sku": "CUP", "share": 1}, {"sku": "CUP", "gift": True}]
    put = await counter.send("PUT", f"/v1/code-matches/tmall/{code}", {"components": components})
    assert put.json()["told"] == 3
    await relayed.all_reach(numbers, "AWAITING_CONFIRMATION")
    page = await counter.reads(f"/v1/orders/{numbers[0]}")
    assert (page["version"], page["open_cases"]) == (2, [])
    lines = [(each["line"], each["sku"], each["unit_price"], each["added_by_rule"]) for each in page["lines"]]
    assert lines == [
        ("1", "TEA-250", 4533, "bundle"),
        ("1#2", "CUP", 2267, "bundle"),
        ("1#3", "CUP", 0, "gift"),
    ]
    assert page["posted"]["lines"][0]["sku"] == code, "what was posted stays as it is"
    assert [each for each in (await counter.reads("/v1/unmatched-codes"))["codes"] if each["code"] == code] == []
