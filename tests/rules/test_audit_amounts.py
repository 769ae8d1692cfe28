"""What it costs and what was paid, to the fen (SR-014, SR-015, SR-018, AC-66)."""

from __future__ import annotations

import pytest

from domain.findings import Severity
from tests.rules.audited import found, with_

TEN = {"lines__1__unit_price": 10000, "lines__1__quantity": 1, "lines__1__discount": 0, "lines__2__unit_price": 0}
HUNDRED = {**TEN, "discount": 0, "freight": 0, "total": 10000}


@pytest.mark.clause("AC-66", "SR-015")
def test_90_from_the_buyer_and_10_from_the_platform_are_100() -> None:
    assert found(with_(**HUNDRED, payment__paid_amount=9000, platform_discount=1000)) == ()


@pytest.mark.clause("AC-66", "SR-015")
@pytest.mark.parametrize("paid", [8999, 9001, 10000])
def test_a_fen_more_or_less_is_said_with_both_figures(paid: int) -> None:
    (finding,) = found(with_(**HUNDRED, payment__paid_amount=paid, platform_discount=1000))
    assert (finding.code, finding.severity) == ("PAYMENT_INCONSISTENT", Severity.BLOCKING)
    assert finding.params == {"expected": 9000, "actual": paid}


@pytest.mark.clause("SR-015")
@pytest.mark.parametrize(("borne", "fits"), [(10000, True), (10001, False)])
def test_the_platform_bears_no_more_than_there_is_to_pay(borne: int, *, fits: bool) -> None:
    findings = found(with_(**HUNDRED, payment__paid_amount=None, platform_discount=borne))
    told = [(finding.code, finding.field, finding.severity, finding.params) for finding in findings]
    params = {"expected": 10000, "actual": borne}
    assert told == ([] if fits else [("PAYMENT_INCONSISTENT", "platform_discount", Severity.CRITICAL, params)])


@pytest.mark.clause("SR-014")
@pytest.mark.parametrize("off", [-1, 1])
def test_the_total_is_exact(off: int) -> None:
    (finding,) = found(with_(**{**HUNDRED, "total": 10000 + off}, payment__paid_amount=None))
    assert (finding.code, finding.field, finding.severity) == ("AMOUNT_MISMATCH", "total", Severity.CRITICAL)
    assert finding.params == {"expected": 10000, "actual": 10000 + off}


@pytest.mark.clause("SR-014")
@pytest.mark.parametrize(("share", "fits"), [(598, False), (599, True), (601, True), (602, False)])
@pytest.mark.parametrize("rounding", [0, 1])
def test_shares_of_the_discount_may_be_off_by_the_rounding_of_the_edition(
    share: int, rounding: int, *, fits: bool
) -> None:
    findings = found(with_(lines__1__discount=share), rounding=rounding)
    told = [(finding.code, finding.field, finding.params) for finding in findings]
    wrong = [("LINE_DISCOUNT_MISMATCH", "discount", {"expected": share, "actual": 600})]
    assert told == ([] if fits and rounding else wrong)


@pytest.mark.clause("SR-018")
@pytest.mark.parametrize(
    ("patch", "field", "expected", "actual"),
    [
        ({"freight": -1, "total": 15999}, "freight", 0, -1),
        ({"tax": -1, "total": 16799}, "tax", 0, -1),
        ({"platform_discount": -1}, "platform_discount", 0, -1),
        ({"discount": -1, "lines__1__discount": 0, "total": 17401}, "discount", 0, -1),
        ({"lines__2__unit_price": -1, "total": 13799}, "lines.2.unit_price", 0, -1),
        ({"lines__2__discount": 3001, "discount": 3601, "total": 13799}, "lines.2.discount", 3000, 3001),
        ({"lines__2__discount": -1, "discount": 599, "total": 16801}, "lines.2.discount", 0, -1),
    ],
)
def test_no_amount_is_less_than_nothing_and_no_line_discounted_by_more_than_it_costs(
    patch: dict[str, object], field: str, expected: int, actual: int
) -> None:
    findings = found(with_(**patch, payment__paid_amount=None))
    assert [(finding.code, finding.field, finding.params) for finding in findings] == [
        ("AMOUNT_MISMATCH", field, {"expected": expected, "actual": actual})
    ]


@pytest.mark.clause("SR-018")
def test_a_line_may_be_discounted_by_all_it_costs_and_cost_nothing() -> None:
    free = {"lines__2__discount": 3000, "discount": 3600, "total": 13800, "payment__paid_amount": None}
    assert found(with_(**free)) == ()
    given = {"lines__2__unit_price": 0, "total": 13800, "freight": 0, "payment__paid_amount": None}
    assert found(with_(**{**given, "total": 13000})) == ()


@pytest.mark.clause("AC-18", "SR-016")
def test_no_phone_a_quantity_of_nothing_and_a_wrong_amount_are_three_findings_at_once() -> None:
    wrong = found(with_(customer__phone="", lines__2__quantity=0, total=1, payment__paid_amount=None))
    assert [(finding.code, finding.field) for finding in wrong] == [
        ("FIELD_MISSING", "customer.phone"),
        ("QUANTITY_INVALID", "lines.2.quantity"),
        ("AMOUNT_MISMATCH", "total"),
    ]


@pytest.mark.clause("SR-013", "SR-016")
def test_a_finding_says_what_was_expected_what_stands_there_and_whether_anybody_may_let_it_pass() -> None:
    bad = with_(lines__1__sku="NOPE", lines__2__quantity=0, customer__phone="12")
    told = {finding.code: (finding.severity, finding.params) for finding in found(bad)}
    assert told["SKU_UNKNOWN"] == (Severity.CRITICAL, {"sku": "NOPE"})
    assert told["QUANTITY_INVALID"] == (Severity.CRITICAL, {"quantity": 0, "most": 9_999})
    assert told["PHONE_MALFORMED"] == (Severity.CRITICAL, {})
    [other] = found(with_(lines__1__specification="500g"))
    assert (other.severity, other.params) == (Severity.BLOCKING, {"expected": "250g", "actual": "500g"})
