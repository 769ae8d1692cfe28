"""The table of rules, and only the affected ones again after a correction (SR-019, A-07)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audit.papers import KnownSku, Papers, changed_paths, touches
from domain.audit.rules import RULES, TAKEN, audit_again, audit_all, rules_of
from domain.audit_policy import Condition
from domain.catalogue.labels_of_work import FINDINGS
from domain.findings import Finding, Severity
from domain.policy import AuditPolicy
from domain.posted import content_of, corrected
from domain.price_lists import PriceBook
from tests.rules.audited import GOOD, SKUS, papers, with_
from tests.rules.test_audit_prices import LISTED

LARGE = Condition(code="LARGE", when="total > 500.00", zh="大额", en="large")
ODD = Condition(code="ODD", when="total / freight > 1", zh="怪", en="odd", severity="notice")
POLICY: dict[str, Any] = {
    "check_divisions": True,
    "price_check": "exact",
    "conditions": (LARGE, ODD),
    "required_also": {"tmall": ("buyer_message",)},
}
PRICES = ("PRICE_UNKNOWN", "PRICE_MISMATCH", "PRICE_BELOW_FLOOR")


def again(before: dict[str, Any], now: dict[str, Any], book: PriceBook = LISTED) -> tuple[str, ...]:
    """Which rules ran again, after their findings were seen to be those of a full audit."""
    first = audit_all(papers(before, book, **POLICY))
    second = audit_again(papers(now, book, **POLICY), before, first.findings)
    assert second.findings == audit_all(papers(now, book, **POLICY)).findings
    return second.ran


@pytest.mark.clause("SR-019")
@pytest.mark.parametrize(
    ("patch", "ran"),
    [
        ({}, ()),
        ({"customer__phone": "1"}, ("FIELD_MISSING", "PHONE_MALFORMED")),
        ({"address__city": "宁波市"}, ("FIELD_MISSING", "ADDRESS_MISMATCH")),
        ({"address__street": "x"}, ("FIELD_MISSING", "PHONE_MALFORMED")),
        ({"buyer_message": "x"}, ("FIELD_MISSING",)),
        ({"seller_memo": "x"}, ()),
        ({"freight": 0}, ("AMOUNT_MISMATCH", "ODD")),
        ({"total": 1}, ("AMOUNT_MISMATCH", "PAYMENT_INCONSISTENT", "LARGE", "ODD")),
        ({"payment__paid_amount": 1}, ("PAYMENT_INCONSISTENT",)),
        ({"lines__2__specification": "x"}, ("SPECIFICATION_MISMATCH",)),
        (
            {"lines__2__quantity": 2},
            ("QUANTITY_INVALID", "LINE_DISCOUNT_MISMATCH", "AMOUNT_MISMATCH", *PRICES),
        ),
        (
            {"lines__1__sku": "POT"},
            ("FIELD_MISSING", "SKU_UNKNOWN", "SKU_NOT_SELLABLE", "SPECIFICATION_MISMATCH", *PRICES),
        ),
        ({"customer__buyer_key": "b-2"}, ("FIELD_MISSING", *PRICES)),
    ],
)
def test_only_the_rules_whose_fields_changed_run_again(patch: dict[str, object], ran: tuple[str, ...]) -> None:
    good = with_(buyer_message="好")
    assert again(good, corrected(good, [{path.replace("__", "."): value for path, value in patch.items()}])) == ran


@pytest.mark.clause("SR-019")
def test_the_others_findings_are_carried_over_and_a_rule_that_failed_is_carried_by_its_name() -> None:
    wrong = with_(customer__phone="1", lines__2__quantity=0, freight=0)
    codes = [finding.code for finding in audit_all(papers(wrong, LISTED, **POLICY)).findings]
    assert codes == ["FIELD_MISSING", "PHONE_MALFORMED", "QUANTITY_INVALID", "AMOUNT_MISMATCH", "RULE_FAILED"]
    assert again(wrong, corrected(wrong, [{"customer.phone": "13800138000"}])) == ("FIELD_MISSING", "PHONE_MALFORMED")
    assert "ODD" in again(wrong, corrected(wrong, [{"freight": 800}]))


@pytest.mark.clause("SR-019")
def test_what_others_keep_is_looked_up_again_where_something_was_found() -> None:
    unknown = with_(lines__2__sku="POT", customer__phone="1")
    first = audit_all(papers(unknown))
    mended = corrected(unknown, [{"customer.phone": "13800138000"}])
    skus = {**SKUS, "POT": KnownSku(sku="POT")}
    second = audit_again(Papers(mended, content_of(mended), skus, AuditPolicy()), unknown, first.findings)
    assert second.findings == ()
    assert second.ran == ("FIELD_MISSING", "PHONE_MALFORMED", "SKU_UNKNOWN")


def test_findings_of_nobody_such_as_a_shortage_are_not_carried() -> None:
    short = Finding(code="STOCK_SHORT", field="lines.1.quantity", severity=Severity.NOTICE)
    assert audit_again(papers(), GOOD, [short]).findings == ()


PATCHES = st.dictionaries(
    st.sampled_from(
        [
            *("customer.name", "customer.phone", "customer.buyer_key", "address.province", "address.city"),
            *("address.district", "address.street", "delivery_method", "buyer_message", "channel"),
            *("lines.1.sku", "lines.2.specification", "lines.1.quantity", "lines.2.unit_price", "lines.1.discount"),
            *("discount", "freight", "total", "platform_discount", "payment.paid_amount"),
        ]
    ),
    st.integers(0, 5),
    max_size=6,
)
WORDS = {
    "customer.phone": ("13800138000", "138****8000", "1", "", None, "+85291234567"),
    "customer.name": ("王小明", "王**", "", None, " ", "李"),
    "address.province": ("浙江省", "浙江", "折江省", "", "上海市", "江苏省"),
    "address.city": ("杭州市", "杭洲市", "宁波市", "", "上海市", "南京市"),
    "address.district": ("西湖区", "西胡区", "鄞州区", "", "浦东新区", "玄武区"),
    "address.street": ("文三路 90 号", "文*", "", None, "x", "y"),
    "delivery_method": ("express", "pickup", "virtual", "own_fleet", "express", "express"),
    "channel": ("tmall", "shop", "store", "douyin", "tmall", "tmall"),
    "lines.1.sku": ("TEA", "CUP", "POT", "", "TEA", "OLD"),
    "customer.buyer_key": ("b-1001", "", None, "b-2", "b-3", " "),
}
FIGURES = (0, 1, 600, 3000, 16800, -1)


def _patch(drawn: dict[str, int]) -> dict[str, Any]:
    texts = ("buyer_message", "lines.2.specification")
    other = dict.fromkeys(texts, ("", "250g", "x", " ", "y", "z"))
    return {path: ({**WORDS, **other}.get(path) or FIGURES)[number] for path, number in drawn.items()}


@pytest.mark.clause("SR-019")
@settings(max_examples=120, deadline=None)
@given(first=PATCHES, second=PATCHES, third=PATCHES)
def test_rules_run_again_find_what_a_full_audit_finds(
    first: dict[str, int], second: dict[str, int], third: dict[str, int]
) -> None:
    skus = {**SKUS, "OLD": KnownSku(sku="OLD", sellable=False)}

    def desk(raw: dict[str, Any]) -> Papers:
        return Papers(raw, content_of(raw), skus, AuditPolicy(**POLICY), LISTED)

    version = corrected(GOOD, [_patch(first)])
    found_before = audit_all(desk(version)).findings
    for patch in (second, third):
        before, version = version, corrected(version, [_patch(patch)])
        found_before = audit_again(desk(version), before, found_before).findings
        assert found_before == audit_all(desk(version)).findings


# -- the table -------------------------------------------------------------------------------------------------------


def test_each_rule_stands_once_and_its_findings_have_words() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert set(FINDINGS) >= TAKEN > set(codes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_finds_its_own_code_and_nothing_graver_than_its_severity(rule: Any) -> None:
    wrong = with_(
        customer__name="",
        customer__phone="1",
        address__city="杭洲市",
        lines__1__sku="POT",
        lines__2__specification="x",
        total=-1,
        discount=-5,
    )
    skus = {"CUP": KnownSku(sku="CUP", specification="white", sellable=False)}
    desk = Papers(wrong, content_of(wrong), skus, AuditPolicy(**POLICY), LISTED)
    grave = [Severity.NOTICE, Severity.BLOCKING, Severity.CRITICAL]
    for finding in rule.judge(desk):
        assert finding.code == rule.code
        assert grave.index(finding.severity) <= grave.index(rule.severity)


def test_an_editions_conditions_stand_behind_the_houses_own() -> None:
    rules = rules_of(AuditPolicy(**POLICY))
    assert [rule.code for rule in rules] == [*(rule.code for rule in RULES), "LARGE", "ODD"]
    assert [rule.severity for rule in rules[-2:]] == [Severity.BLOCKING, Severity.NOTICE]
    assert {"customer.name", "buyer_message", "channel"} <= set(rules[0].reads)


# -- which fields changed --------------------------------------------------------------------------------------------


def test_changed_fields_are_named_by_their_paths_and_lines_by_their_ids() -> None:
    now = with_(customer__phone="1", lines__2__quantity=9, total=5, seller_memo="x")
    assert changed_paths(GOOD, now) == {"customer.phone", "lines.2.quantity", "total", "seller_memo"}
    assert changed_paths(GOOD, GOOD) == frozenset()
    assert changed_paths({"lines": []}, {"lines": [{"line": "1", "sku": "A"}]}) == {"lines.1.line", "lines.1.sku"}
    assert changed_paths({"tags": ["a"]}, {"tags": ["b"]}) == {"tags"}


@pytest.mark.parametrize(
    ("reads", "path", "touched"),
    [
        ("total", "total", True),
        ("total", "tax", False),
        ("address", "address.city", True),
        ("address.city", "address.district", False),
        ("address.city", "address", False),
        ("lines.*.sku", "lines.2.sku", True),
        ("lines.*.sku", "lines.a.b.sku", True),
        ("lines.*.sku", "lines.2.quantity", False),
        ("lines.*.sku", "sku", False),
        ("lines.*", "lines.2.sku", True),
        ("lines", "lines.2.sku", True),
        ("lines", "line", False),
        ("*", "total", True),
        ("payment", "payment.method", True),
    ],
)
def test_a_change_touches_who_reads_it(reads: str, path: str, *, touched: bool) -> None:
    assert touches(reads, path) is touched
