"""Price lists over the API: kept once, shown, refused where they make no sense (SR-112)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.counter import NOON, NUMBERS, Counter


def a_list(**changes: Any) -> dict[str, Any]:
    prices = [{"sku": "TEA-250", "unit_price": 6800, "floor": 6000}, {"sku": "CUP", "unit_price": 3000}]
    return {"kind": "list", "valid_from": NOON.isoformat(), "prices": prices, **changes}


@pytest.mark.clause("SR-112")
async def test_a_price_list_is_kept_once_and_shown_with_who_put_it(counter: Counter) -> None:
    name = f"prices-{next(NUMBERS)}"
    first = await counter.send("PUT", f"/v1/price-lists/{name}", a_list())
    assert (first.status_code, first.json()) == (201, {"edition": name, "prices": 2, "added": True})
    again = await counter.send("PUT", f"/v1/price-lists/{name}", a_list(), role="supervisor")
    assert (again.status_code, again.json()["added"]) == (201, False)
    other = await counter.send("PUT", f"/v1/price-lists/{name}", a_list(currency="USD"))
    assert (other.status_code, other.json()["code"]) == (409, "price_list_taken")
    assert "new name" in other.json()["todo"]
    shown = await counter.reads(f"/v1/price-lists/{name}", role="viewer")
    assert (shown["kind"], shown["currency"], shown["valid_until"]) == ("list", "CNY", None)
    assert shown["prices"] == [
        {"sku": "CUP", "unit_price": 3000, "floor": None},
        {"sku": "TEA-250", "unit_price": 6800, "floor": 6000},
    ]
    [row] = [each for each in (await counter.reads("/v1/price-lists"))["price_lists"] if each["edition"] == name]
    assert row["owner"] == "operator 1"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "contract"}, "names its buyer_key"),
        ({"buyer_key": "b-1"}, "names its buyer_key"),
        ({"valid_until": NOON.isoformat()}, "after valid_from"),
        ({"prices": [{"sku": "CUP", "unit_price": 1}, {"sku": "CUP", "unit_price": 2}]}, "one price"),
        ({"prices": [{"sku": "CUP", "unit_price": 1, "floor": 2}]}, "not above"),
        ({"prices": [{"sku": "CUP", "unit_price": -1}]}, "greater than or equal to 0"),
        ({"prices": [{"sku": "CUP", "unit_price": 1.5}]}, "valid integer"),
        ({"prices": []}, "at least 1"),
        ({"colour": 1}, "no such field"),
    ],
)
async def test_a_price_list_that_makes_no_sense_is_refused(counter: Counter, changes: Any, said: str) -> None:
    answer = await counter.send("PUT", "/v1/price-lists/odd", a_list(**changes))
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_shape")
    assert said in str(answer.json()["errors"])
    missing = await counter.send("GET", "/v1/price-lists/odd")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_price_list")


async def test_a_channel_does_not_set_prices(counter: Counter) -> None:
    answer = await counter.send("PUT", "/v1/price-lists/theirs", a_list(), role="channel")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
