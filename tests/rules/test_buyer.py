"""By what a buyer and like orders are known (A-08, edge cases 34 and 57)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.buyer import KEY, PHONE, digest, marks_of, named_by
from domain.risk_policy import RiskPolicy


def order(**changes: Any) -> dict[str, Any]:
    return {
        "channel": "tmall",
        "external_id": "T20261123001",
        "customer": {"name": "王小明", "phone": "13800138000", "buyer_key": "b-7"},
        "lines": [{"line": "1", "sku": "MUG", "quantity": 2}, {"line": "2", "sku": "CUP", "quantity": 1}],
        "total": 2_000,
        "currency": "CNY",
        **changes,
    }


def who(**customer: Any) -> tuple[str, str]:
    return named_by(order(customer=customer), RiskPolicy(keys_of_one_order=("douyin",)))


@pytest.mark.clause("SR-113")
@pytest.mark.parametrize("key", ["", None, "b***7", "＊＊", "oaid-T20261123001-x"])
def test_a_key_that_is_masked_or_made_for_one_order_names_nobody(key: str | None) -> None:
    assert who(buyer_key=key, phone="13800138000") == (PHONE, digest("13800138000"))


@pytest.mark.clause("SR-113")
def test_the_shops_stable_key_goes_before_the_phone() -> None:
    assert who(buyer_key=" b-7 ", phone="13800138000") == (KEY, digest("tmall/b-7"))


@pytest.mark.clause("SR-113")
def test_where_the_channel_gives_each_order_a_key_the_phone_names_the_buyer() -> None:
    column, mark = named_by(order(channel="douyin"), RiskPolicy(keys_of_one_order=("douyin",)))
    assert (column, mark) == (PHONE, digest("13800138000"))


@pytest.mark.clause("SR-113")
@pytest.mark.parametrize(
    "phone", ["13800138000", "+86 138-0013-8000", "8613800138000", "138 0013 8000", "１３８００１３８０００"]
)
def test_one_phone_is_one_buyer_however_it_is_written(phone: str) -> None:
    assert who(phone=phone) == (PHONE, digest("13800138000"))


@pytest.mark.clause("SR-113")
@pytest.mark.parametrize(
    "phone", ["138****8000", "13800138000-1234", "13800138000转88", "AbCdEf0123456789xyz", "", None, "12"]
)
def test_a_phone_that_is_masked_lent_or_none_names_nobody(phone: str | None) -> None:
    assert who(phone=phone) == (PHONE, "")


@pytest.mark.parametrize(
    ("changes", "like"),
    [
        ({"external_id": "OTHER"}, True),
        ({"lines": [{"line": "a", "sku": "CUP", "quantity": 1}, {"line": "b", "sku": "MUG", "quantity": 2}]}, True),
        ({"total": 2_001}, False),
        ({"currency": "USD"}, False),
        ({"lines": [{"line": "1", "sku": "MUG", "quantity": 3}]}, False),
    ],
)
def test_like_orders_have_the_same_goods_and_the_same_amount(changes: dict[str, Any], like: bool) -> None:
    assert (marks_of(order(**changes)).goods == marks_of(order()).goods) is like
