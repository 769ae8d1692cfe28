"""Free conditions of an edition: exact decimals, refused where they cannot be judged, never no answer as a pass."""

from __future__ import annotations

import re
import runpy
from decimal import Decimal
from typing import Any

import pytest

from domain.audit import conditions
from domain.audit.conditions import SYMBOLS, UnfitCondition, compiled, reads, unfit
from domain.audit.rules import TAKEN
from domain.audit_policy import Condition
from domain.catalogue.text import finding_text, sentence
from domain.findings import Finding, Severity
from tests.rules.audited import found, papers, with_


def condition(when: str, **more: Any) -> Condition:
    return Condition(**{"code": "OF_THE_HOUSE", "when": when, "zh": "不合规定", "en": "against our rules", **more})


def holds(when: str, **patch: object) -> bool:
    findings = found(with_(**patch), conditions=(condition(when, severity="notice"),))
    assert "RULE_FAILED" not in {finding.code for finding in findings}
    return "OF_THE_HOUSE" in {finding.code for finding in findings}


@pytest.mark.clause("SR-110")
def test_a_condition_that_holds_is_a_finding_with_its_own_words() -> None:
    rule = condition("total >= 168.00 and channel == 'tmall'", field="total", severity="critical")
    (finding,) = found(conditions=(rule,))
    assert finding == Finding(
        code="OF_THE_HOUSE",
        field="total",
        severity=Severity.CRITICAL,
        params={"zh": "不合规定", "en": "against our rules"},
    )
    assert found(conditions=(condition("total > 168.00"),)) == ()
    assert finding_text(finding.model_dump(), "zh-Hans") == "不合规定"
    assert finding_text(finding.model_dump(), "en") == "against our rules"
    said = sentence("effect_done", "zh-Hans", {"effect": "audit_order", "findings": [finding.model_dump()]})
    assert said == "完成：审核订单，发现：不合规定 (total)。"


@pytest.mark.parametrize(
    ("when", "patch"),
    [
        ("total == 168", {}),
        ("freight == 8.00 and discount == 6 and tax == 0 and platform_discount == 0", {}),
        ("receivable == 168.00", {}),
        ("receivable == 168.01", {"tax": 1}),
        ("paid == 168.00", {}),
        ("paid == 0", {"payment__paid_amount": None}),
        ("channel == 'tmall' and currency == 'CNY'", {}),
        ("province == '浙江省' and city == '杭州市' and district == '西湖区'", {}),
        ("payment_method == 'prepaid' and delivery_method == 'express'", {}),
        ("delivery_method == 'express'", {"delivery_method": None}),
        ("buyer_message == ''", {}),
        ("'急' in buyer_message", {"buyer_message": "很急"}),
        ("'TEA' in skus and not ('POT' in skus)", {}),
        ("[sku for sku in skus if sku.starts_with('TE')].length == 1", {}),
        ("specifications[0] == '250g'", {}),
        ("line_count == 2 and units == 3 and largest_quantity == 2", {}),
        ("dearest_unit_price == 68.00 and cheapest_unit_price == 30", {}),
        ("dearest_unit_price == 6800", {"currency": "JPY"}),
        ("total / units > 55.99 and total / units < 56.01", {}),
    ],
)
def test_every_name_says_what_the_order_says(when: str, patch: dict[str, object]) -> None:
    assert holds(when, **patch)
    assert not holds(f"not ({when})", **patch)


PRICES = ("lines.*.unit_price", "currency")
NAMES = {
    "total": ("number", ("total", "currency"), Decimal("168.00")),
    "freight": ("number", ("freight", "currency"), Decimal("8.00")),
    "discount": ("number", ("discount", "currency"), Decimal("6.00")),
    "platform_discount": ("number", ("platform_discount", "currency"), Decimal(0)),
    "tax": ("number", ("tax", "currency"), Decimal(0)),
    "receivable": ("number", ("lines", "discount", "freight", "tax", "currency"), Decimal("168.00")),
    "paid": ("number", ("payment.paid_amount", "currency"), Decimal("168.00")),
    "channel": ("word", ("channel",), "tmall"),
    "currency": ("word", ("currency",), "CNY"),
    "province": ("word", ("address.province",), "浙江省"),
    "city": ("word", ("address.city",), "杭州市"),
    "district": ("word", ("address.district",), "西湖区"),
    "payment_method": ("word", ("payment.method",), "prepaid"),
    "delivery_method": ("word", ("delivery_method",), "express"),
    "buyer_message": ("word", ("buyer_message",), ""),
    "skus": ("words", ("lines.*.sku",), ("TEA", "CUP")),
    "specifications": ("words", ("lines.*.specification",), ("250g", "")),
    "line_count": ("number", ("lines",), Decimal(2)),
    "units": ("number", ("lines.*.quantity",), Decimal(3)),
    "largest_quantity": ("number", ("lines.*.quantity",), Decimal(2)),
    "dearest_unit_price": ("number", PRICES, Decimal("68.00")),
    "cheapest_unit_price": ("number", PRICES, Decimal("30.00")),
}
"""Every name a condition may use: its type, what it is read from, and what it says of the good order."""


def test_the_names_are_these_and_each_is_read_from_these_fields() -> None:
    """The table is made anew, not taken from the loaded module: this is what `make mutants` changes."""
    made = runpy.run_path(conditions.__file__, run_name=conditions.__name__)["SYMBOLS"]
    good = papers()
    assert {name: (symbol.kind, symbol.reads, symbol.of(good)) for name, symbol in made.items()} == NAMES


CALLABLE = "$abs, $all, $any, $max, $min, $sum"
NO_POWERS = "powers and patterns are not allowed; use == in starts_with(…) ends_with(…)"


def test_amounts_are_exact() -> None:
    assert holds("total == 0.1 + 0.2", total=30)
    assert not holds("total > 0.1 + 0.2", total=30)
    values = [symbol.of(papers()) for symbol in SYMBOLS.values()]
    assert not [value for value in values if isinstance(value, float)]
    assert SYMBOLS["total"].of(papers()) == Decimal("168.00")


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("totl > 3", "unknown symbol: 'totl'; did you mean total?"),
        ("total >", "syntax error at: EOF"),
        ("total", "it answers no yes or no; compare it with something"),
        ("total + channel > 3", "data type mismatch"),
        ("$now > $now", f"$now is not allowed; only {CALLABLE}"),
        ("$random(3) > $now", f"$now is not allowed; only {CALLABLE}"),
        ("$random(3) > 1", f"$random is not allowed; only {CALLABLE}"),
        ("total ** 9 > 1", NO_POWERS),
        ("channel =~ 'a+'", NO_POWERS),
        ("channel !~ 'a+'", NO_POWERS),
    ],
)
def test_a_condition_that_cannot_be_judged_is_refused_with_what_is_wrong(when: str, reason: str) -> None:
    with pytest.raises(UnfitCondition, match=f"^{re.escape(reason)}$"):
        compiled(when)
    assert list(unfit([condition("total > 1", code="GOOD"), condition(when)], TAKEN)) == [(1, "when", reason)]


def test_a_code_stands_for_one_rule() -> None:
    twice = [condition("total > 1"), condition("total > 2")]
    taken = [condition("total > 1", code="STOCK_SHORT"), condition("total > 1", code="FIELD_MISSING")]
    assert [(place, field) for place, field, _ in unfit(twice, TAKEN)] == [(1, "code")]
    assert [(place, field) for place, field, _ in unfit(taken, TAKEN)] == [(0, "code"), (1, "code")]
    assert list(unfit([condition("total > 1")], TAKEN)) == []


@pytest.mark.clause("SR-110")
@pytest.mark.parametrize(
    ("when", "error"),
    [
        ("total / tax > 1", "ArithmeticError"),
        ("totl > 1", "UnfitCondition"),
        ("specifications[7] == 'x'", "LookupError"),
    ],
)
def test_a_condition_that_fails_is_no_pass(when: str, error: str) -> None:
    (finding,) = found(conditions=(condition(when, severity="notice"),))
    assert (finding.code, finding.field, finding.severity) == ("RULE_FAILED", "total", Severity.BLOCKING)
    assert finding.params == {"rule": "OF_THE_HOUSE", "error": error}


def test_a_condition_depends_on_the_fields_of_its_names() -> None:
    assert reads(condition("total > 1 and 'TEA' in skus")) == ("lines.*.sku", "total", "currency")
    assert reads(condition("[s for s in skus if s == 'A'].length > 0")) == ("lines.*.sku",)
    assert reads(condition("nobody > 1")) == ("*",)
