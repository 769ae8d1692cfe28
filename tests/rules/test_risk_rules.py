"""What a person has to look at before an order goes on (SR-050, SR-113, SR-114; edge cases 55 and 63)."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from pydantic import ValidationError

from domain.findings import Finding, Severity
from domain.policy import STANDARD, Policy
from domain.risk_policy import RiskPolicy
from domain.risk_rules import Known, Papers, risks

POSTED: dict[str, Any] = {
    "channel": "tmall",
    "external_id": "T1",
    "customer": {"name": "王小明", "phone": "13800138000", "buyer_key": "b-1"},
    "address": {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 90 号"},
    "lines": [{"line": "1", "sku": "MUG", "quantity": 2, "unit_price": 1_000, "discount": 0}],
    "currency": "CNY",
    "total": 2_000,
    "payment": {"method": "prepaid"},
}
SOMEBODY_ELSE = {"customer.name": "李雷", "customer.phone": "13900139000", "address.street": "长安街 1 号"}


def found(
    *patches: dict[str, Any], known: Known | None = None, policy: RiskPolicy = STANDARD.risk, **changes: Any
) -> list[Finding]:
    posted = copy.deepcopy(POSTED) | changes
    return list(risks(Papers(posted=posted, patches=patches), known or Known(), policy))


def codes(findings: list[Finding]) -> list[tuple[str, str]]:
    assert all(finding.severity is Severity.HOLD for finding in findings)
    return [(finding.code, finding.field) for finding in findings]


def test_an_ordinary_order_needs_nobody() -> None:
    assert found() == []


# -- vouchers --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-20", "SR-113")
@pytest.mark.parametrize(
    ("total", "completed", "held"),
    [(500_000, 0, True), (499_999, 0, False), (500_001, 0, True), (500_000, 1, False), (0, 0, False)],
)
def test_a_new_customers_large_order_needs_a_voucher(total: int, completed: int, held: bool) -> None:
    policy = STANDARD.risk.having(zero_amount=False)
    assert codes(found(known=Known(completed=completed), policy=policy, total=total)) == (
        [("VOUCHER_REQUIRED", "total")] if held else []
    )


@pytest.mark.clause("SR-113")
def test_what_is_large_and_who_is_new_are_policy() -> None:
    policy = RiskPolicy(large_amounts={"CNY": 100}, new_below=3)
    assert codes(found(known=Known(completed=2), policy=policy)) == [("VOUCHER_REQUIRED", "total")]
    assert found(known=Known(completed=3), policy=policy) == []
    assert found(policy=policy, currency="USD") == []


@pytest.mark.clause("SR-113")
def test_a_corrected_amount_is_another_content() -> None:
    (first,), (second,) = found(total=600_000), found({"total": 700_000}, total=600_000)
    assert (first.params["mark"], second.params["mark"]) == (600_000, 700_000)


@pytest.mark.clause("SR-113", "SR-177")
def test_each_says_what_it_is_about_and_what_is_sent_again_may_cost_nothing() -> None:
    [voucher] = found(total=600_000)
    assert voucher.params == {"mark": 600_000, "amount": 600_000, "currency": "CNY"}
    [free] = found(total=0)
    assert (free.code, free.field, free.params) == ("HIGH_RISK", "total", {"mark": 0})
    assert found(total=0, original={"order_no": "SO2026112300000001", "kind": "gift"}) == []
    [design] = found(known=Known(custom_skus=("MUG",)))
    assert design.params == {"mark": "MUG"}


# -- designs ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-21", "SR-114")
@pytest.mark.parametrize(
    ("line", "custom_skus", "held"),
    [
        ({}, (), False),
        ({}, ("MUG",), True),
        ({"custom": True}, (), True),
        ({"custom": False}, ("MUG",), True),
        ({"custom": True, "design_id": "D-7", "design_version": "3"}, (), False),
        ({"custom": True, "design_id": "D-7"}, (), True),
        ({"custom": True, "design_id": " ", "design_version": "3"}, (), True),
    ],
)
def test_a_line_made_to_order_needs_a_final_design(
    line: dict[str, Any], custom_skus: tuple[str, ...], held: bool
) -> None:
    findings = found(known=Known(custom_skus=custom_skus), lines=[POSTED["lines"][0] | line])
    assert codes(findings) == ([("DESIGN_NOT_FINAL", "lines.1.design_id")] if held else [])


@pytest.mark.clause("SR-114")
def test_a_correction_may_name_the_design() -> None:
    design = {"lines.1.design_id": "D-7", "lines.1.design_version": "1"}
    assert found(design, lines=[POSTED["lines"][0] | {"custom": True}]) == []


# -- risks -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-113", "EC-55")
def test_an_order_that_costs_nothing_is_checked_where_the_edition_says_so() -> None:
    assert codes(found(total=0)) == [("HIGH_RISK", "total")]
    assert found(total=0, policy=RiskPolicy()) == []


@pytest.mark.clause("SR-019", "EC-63")
def test_a_correction_to_another_receiver_is_checked_and_stays_so() -> None:
    assert codes(found(SOMEBODY_ELSE)) == [("HIGH_RISK", "customer")]
    again = found(SOMEBODY_ELSE, {"lines.1.quantity": 1})
    assert [finding.params["mark"] for finding in again] == [1]
    back = found(SOMEBODY_ELSE, {"customer.name": "韩梅梅", "customer.phone": "13700137000", "address.city": "北京"})
    assert [finding.params["mark"] for finding in back] == [2]


@pytest.mark.clause("SR-019", "EC-63")
@pytest.mark.parametrize("kept", list(SOMEBODY_ELSE))
def test_a_correction_that_keeps_a_part_of_the_receiver_is_not(kept: str) -> None:
    assert found({path: value for path, value in SOMEBODY_ELSE.items() if path != kept}) == []


@pytest.mark.clause("SR-019")
def test_to_fill_in_what_was_missing_replaces_nobody() -> None:
    assert found(SOMEBODY_ELSE, customer={"name": "", "phone": "13800138000"}) == []


# -- messages --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-050")
@pytest.mark.parametrize(
    ("message", "held"),
    [
        (None, False),
        ("", False),
        (" \u200b\n", False),
        ("。。。", False),
        ("无", False),
        ("谢谢！", False),
        ("Thank you, thanks", False),
        ("轻拿轻放，谢谢", False),
        ("请尽快发货", True),
        ("谢谢，换成蓝色", True),
        ("😀", True),
    ],
)
def test_a_message_that_asks_for_something_is_read(message: str | None, held: bool) -> None:
    assert codes(found(buyer_message=message)) == ([("BUYER_MESSAGE", "buyer_message")] if held else [])
    assert codes(found(seller_memo=message)) == ([("BUYER_MESSAGE", "seller_memo")] if held else [])


@pytest.mark.clause("SR-050")
def test_a_finding_says_no_word_of_the_message_and_marks_the_correction_that_changed_it() -> None:
    findings = found({"buyer_message": "改发顺丰"}, {"total": 1_000}, buyer_message="尽快", seller_memo="老客户")
    assert [(one.field, one.params) for one in findings] == [
        ("buyer_message", {"mark": 1}),
        ("seller_memo", {"mark": 0}),
    ]
    assert not any(word in json.dumps([one.model_dump(mode="json") for one in findings]) for word in ("顺丰", "老客户"))


# -- editions --------------------------------------------------------------------------------------------------------


def test_an_older_edition_looks_at_nothing() -> None:
    older = Policy(edition="old", clocks=STANDARD.clocks).risk
    lines = [POSTED["lines"][0] | {"custom": True}]
    assert found(SOMEBODY_ELSE, policy=older, lines=lines, total=0, buyer_message="急") == []


def test_an_edition_with_a_pattern_nobody_can_read_is_refused() -> None:
    with pytest.raises(ValidationError, match="not a pattern"):
        RiskPolicy(ignored_messages=("(",))
