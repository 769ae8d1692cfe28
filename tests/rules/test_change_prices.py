"""What other goods, or another number of them, cost by line and price list (SR-054, SR-112, M5)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.change_prices import completed, new_skus, price_of_new, says_its_money, wished
from domain.change_requests import ChangeParams
from domain.money import receivable, shared_discount
from domain.posted import content_of, corrected
from domain.price_lists import Offer, PriceKind
from domain.quotes import Priced
from tests.rules.story import PLACED


def offer(sku: str, unit_price: int, kind: PriceKind = PriceKind.LIST) -> Offer:
    return Offer(sku=sku, unit_price=unit_price, edition=f"{kind}-1", number=1, kind=kind, valid_from=PLACED)


OFFERS = (offer("B", 1_500), offer("B", 1_300, PriceKind.CONTRACT))


def raw(**fields: Any) -> dict[str, Any]:
    """Three of A at 10.00 less 3.00, one of C at 5.00, and 8.00 for the way."""
    lines = [
        {"line": "1", "sku": "A", "quantity": 3, "unit_price": 1_000, "discount": 300},
        {"line": "2", "sku": "C", "quantity": 1, "unit_price": 500},
    ]
    order = {"lines": lines, "currency": "CNY", "freight": 800, "discount": 300, "total": 4_000}
    return {**order, "payment": {"method": "prepaid"}, **fields}


def after(fields: dict[str, Any], order: dict[str, Any] | None = None) -> dict[str, Any]:
    """What is added to the fields; the order with them adds up."""
    given = order or raw()
    found = completed(given, fields, OFFERS)
    content = content_of(corrected(given, [found]))
    if found != fields:
        assert content.total == receivable(content)
        assert content.discount == shared_discount(content)
    return {path: value for path, value in found.items() if path not in fields}


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(
    ("fields", "more"),
    [
        ({"lines.1.quantity": 1}, {"lines.1.discount": 100, "discount": 100, "total": 2_200}),
        ({"lines.1.quantity": 5}, {"total": 6_000}),
        ({"lines.2.sku": "B"}, {"lines.2.unit_price": 1_300, "total": 4_800}),
        ({"lines.1.sku": "B"}, {"lines.1.unit_price": 1_300, "lines.1.discount": 0, "discount": 0, "total": 5_200}),
        ({"lines.2.sku": "B", "lines.2.quantity": 2}, {"lines.2.unit_price": 1_300, "total": 6_100}),
        ({"lines.1.quantity": 3}, {}),
        ({"lines.1.specification": "blue"}, {"total": 4_000}),
        ({"lines.1.sku": "UNKNOWN"}, {}),
    ],
    ids=["fewer", "more", "other", "other for discounted", "other and more", "the same", "a colour", "no price"],
)
def test_the_amounts_follow_from_the_goods(fields: dict[str, Any], more: dict[str, Any]) -> None:
    assert after(fields) == more


@pytest.mark.clause("SR-054")
def test_tax_and_the_platforms_share_follow_the_goods() -> None:
    order = raw(tax=320, platform_discount=160, total=4_320)
    assert after({"lines.1.quantity": 0}, order)["total"] == 500 + 800 + 50
    fewer = after({"lines.1.quantity": 1}, order)
    assert (fewer["tax"], fewer["platform_discount"]) == (140, 70)


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("path", ["total", "freight", "discount", "tax", "lines.1.unit_price", "lines.2.discount"])
def test_who_names_an_amount_names_them_all(path: str) -> None:
    assert says_its_money({"lines.1.quantity": 1, path: 1})
    assert not says_its_money({"lines.1.quantity": 1, "lines.1.sku": "B"})


@pytest.mark.clause("SR-054")
def test_parameters_alone_are_priced_too() -> None:
    other = ChangeParams(line="2", sku="B", quantity=2)
    assert wished(other) == {"lines.2.sku": "B", "lines.2.quantity": 2}
    assert new_skus(raw(), wished(other), other) == ("B",)
    added = ChangeParams(sku="B", quantity=3)
    assert (wished(added), new_skus(raw(), {}, added)) == ({}, ("B",))
    assert price_of_new(raw(), added, OFFERS) == Priced(goods=3_900, freight=0)
    assert price_of_new(raw(), ChangeParams(sku="UNKNOWN", quantity=3), OFFERS) is None
    assert price_of_new(raw(), other, OFFERS) is None
    assert new_skus(raw(), {"lines.1.quantity": 1}, ChangeParams(line="1", quantity=1)) == ()
