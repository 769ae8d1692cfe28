"""Prices agree with contract, promotion or list, or do not fall below the floor (SR-112, edge case 30)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.audit.prices import check_of, judged_prices
from domain.findings import Severity
from domain.policy import STANDARD, AuditPolicy
from domain.price_lists import JudgedPrice, Offer, PriceBook, PriceKind, best
from tests.rules.audited import SKUS, found, papers, with_

EARLY = datetime(2026, 1, 1, tzinfo=UTC)


def offer(sku: str, unit_price: int, kind: str = "list", **more: Any) -> Offer:
    given = {"edition": f"{kind}-1", "number": 1, "valid_from": EARLY, **more}
    return Offer(sku=sku, unit_price=unit_price, kind=PriceKind(kind), **given)


def book(*offers: Offer) -> PriceBook:
    return PriceBook(number=max((each.number for each in offers), default=1), offers=offers)


LISTED = book(offer("TEA", 6800, floor=6000), offer("CUP", 3000))


def said(check: str, prices: PriceBook = LISTED, **patch: object) -> list[tuple[str, str]]:
    total = {"total": None} if "total" in patch else {}
    findings = found(with_(**patch, **total), prices, price_check=check)
    return [(finding.code, finding.field) for finding in findings if finding.code.startswith("PRICE")]


@pytest.mark.clause("SR-112")
def test_the_agreed_prices_pass_and_are_kept() -> None:
    assert found(None, LISTED, price_check="exact") == ()
    assert judged_prices(papers(None, LISTED, price_check="exact")) == (
        JudgedPrice(line="1", sku="TEA", edition="list-1", kind=PriceKind.LIST, unit_price=6800, floor=6000),
        JudgedPrice(line="2", sku="CUP", edition="list-1", kind=PriceKind.LIST, unit_price=3000),
    )


@pytest.mark.clause("SR-112", "SR-177")
def test_goods_sent_again_are_judged_by_no_price() -> None:
    free: dict[str, Any] = {"lines__1__unit_price": 0, "lines__2__unit_price": 0}
    assert ("PRICE_MISMATCH", "lines.1.unit_price") in said("exact", **free)
    assert said("none", **free) == []
    assert said("exact", **free, original={"order_no": "SO2026112300000001", "kind": "resend"}) == []


@pytest.mark.clause("SR-112")
def test_another_price_than_the_agreed_one_names_its_line_both_figures_and_the_edition() -> None:
    findings = found(
        with_(lines__2__unit_price=3001, total=16801, payment__paid_amount=16801), LISTED, price_check="exact"
    )
    (finding,) = findings
    assert (finding.code, finding.field, finding.severity) == (
        "PRICE_MISMATCH",
        "lines.2.unit_price",
        Severity.BLOCKING,
    )
    assert finding.params == {"sku": "CUP", "expected": 3000, "actual": 3001, "edition": "list-1", "kind": "list"}


@pytest.mark.clause("SR-112")
@pytest.mark.parametrize(
    ("quantity", "unit_price", "discount", "fits"),
    [
        (2, 6800, 0, True),
        (2, 6799, 0, False),
        (2, 7000, 400, True),
        (2, 7000, 399, True),
        (2, 7000, 401, True),
        (2, 7000, 398, False),
        (2, 7000, 402, False),
        (3, 7000, 600, True),
        (2, 6800, 600, True),
    ],
)
def test_a_lower_price_may_be_told_as_a_discount(quantity: int, unit_price: int, discount: int, *, fits: bool) -> None:
    line: dict[str, Any] = {
        "lines__1__quantity": quantity,
        "lines__1__unit_price": unit_price,
        "lines__1__discount": discount,
    }
    assert said("exact", **line) == ([] if fits else [("PRICE_MISMATCH", "lines.1.unit_price")])


@pytest.mark.clause("SR-112")
@pytest.mark.parametrize("check", ["floor", "exact"])
@pytest.mark.parametrize(("discount", "fits"), [(1600, True), (1601, False), (1599, True)])
def test_the_net_unit_price_does_not_fall_below_the_floor(check: str, discount: int, *, fits: bool) -> None:
    assert said(check, lines__1__discount=discount) == ([] if fits else [("PRICE_BELOW_FLOOR", "lines.1.unit_price")])


@pytest.mark.clause("SR-112")
def test_a_floor_that_is_broken_says_what_is_left_a_unit() -> None:
    findings = found(with_(lines__1__discount=1601), LISTED, price_check="floor")
    (finding,) = [each for each in findings if each.code == "PRICE_BELOW_FLOOR"]
    assert finding.severity is Severity.BLOCKING
    assert finding.params == {"sku": "TEA", "expected": 6000, "actual": 5999, "edition": "list-1", "kind": "list"}


@pytest.mark.clause("SR-112")
def test_on_a_marketplace_only_the_floor_counts() -> None:
    assert said("floor", lines__1__unit_price=9900, lines__2__unit_price=1) == []


@pytest.mark.clause("SR-112")
def test_a_discount_that_the_platform_bears_lowers_nothing() -> None:
    assert found(with_(platform_discount=9000, payment__paid_amount=7800), LISTED, price_check="floor") == ()


@pytest.mark.clause("SR-112")
def test_goods_without_an_agreed_price_are_said_only_where_one_is_needed() -> None:
    tea = book(offer("TEA", 6800))
    assert said("exact", tea) == [("PRICE_UNKNOWN", "lines.2.unit_price")]
    assert said("floor", tea) == []
    assert said("none", tea) == []
    (finding,) = found(None, tea, price_check="exact")
    assert (finding.severity, finding.params) == (Severity.BLOCKING, {"sku": "CUP"})


@pytest.mark.clause("SR-112")
def test_a_house_that_keeps_no_price_list_is_judged_by_none() -> None:
    assert found(None, PriceBook(), price_check="exact") == ()
    assert judged_prices(papers(None, PriceBook(), price_check="exact")) == ()
    assert said("exact", PriceBook(number=3)) == [
        ("PRICE_UNKNOWN", "lines.1.unit_price"),
        ("PRICE_UNKNOWN", "lines.2.unit_price"),
    ]


def test_what_has_a_finding_of_its_own_has_none_of_its_price() -> None:
    assert said("exact", book(offer("NONE", 1)), lines__1__quantity=0, lines__2__sku="NONE") == []
    assert "NONE" not in SKUS


@pytest.mark.clause("SR-112")
def test_contract_beats_promotion_beats_list() -> None:
    contract, promotion, listed = (
        offer("TEA", price, kind) for price, kind in ((1, "contract"), (2, "promotion"), (3, "list"))
    )
    assert best((listed, promotion, contract), "TEA") == contract
    assert best((listed, promotion), "TEA") == promotion
    assert best((listed,), "TEA") == listed
    assert best((contract,), "CUP") is None


@pytest.mark.clause("SR-112")
def test_of_two_lists_the_channels_own_counts_then_the_newer() -> None:
    general = offer("TEA", 1, valid_from=EARLY + timedelta(days=9), number=9)
    own = offer("TEA", 2, channel="tmall")
    later = offer("TEA", 3, channel="tmall", valid_from=EARLY + timedelta(days=1))
    added_later = offer("TEA", 4, channel="tmall", valid_from=EARLY + timedelta(days=1), number=2)
    assert best((general, own), "TEA") == own
    assert best((general, own, later), "TEA") == later
    assert best((added_later, general, own, later), "TEA") == added_later


@pytest.mark.clause("SR-112")
def test_the_channel_says_how_prices_are_checked() -> None:
    policy = AuditPolicy(price_check="floor", price_checks={"store": "exact", "test": "none"})
    assert [check_of(policy, channel) for channel in ("store", "test", "tmall")] == ["exact", "none", "floor"]
    assert check_of(AuditPolicy(), "tmall") == "none", "an old edition checks nothing"
    assert [check_of(STANDARD.audit, channel) for channel in ("sales_rep", "tmall")] == ["exact", "floor"]
    own = {"price_check": "none", "price_checks": {"tmall": "exact"}}
    assert [finding.code for finding in found(with_(lines__2__unit_price=1), LISTED, **own)][-1] == "PRICE_MISMATCH"
