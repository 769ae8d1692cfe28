"""Who receives it: required fields by channel, phones, masked data (SR-012, SR-110, AC-65)."""

from __future__ import annotations

import pytest

from domain.audit.customer import demanded, is_phone, required
from domain.audit.papers import is_masked
from domain.audit.rules import not_checkable
from domain.findings import Severity
from domain.policy import AuditPolicy
from tests.rules.audited import found, papers, with_

MASKED = {"customer__name": "王**", "customer__phone": "138****8000", "address__street": "文三路****"}


@pytest.mark.clause("AC-65", "SR-012")
def test_a_masked_marketplace_order_passes_and_a_direct_order_without_phone_does_not() -> None:
    assert found(with_(**MASKED)) == ()
    assert found(with_(customer__phone="~AbCdEf0123456789==~1~")) == ()
    (finding,) = found(with_(channel="shop", customer__phone=""))
    assert (finding.code, finding.field, finding.severity) == ("FIELD_MISSING", "customer.phone", Severity.CRITICAL)


@pytest.mark.clause("SR-012")
def test_where_the_channel_masks_the_phone_is_not_checkable() -> None:
    assert not_checkable(papers(with_(**MASKED))) == ("PHONE_MALFORMED",)
    assert not_checkable(papers()) == ()
    assert found(with_(customer__name="王**", customer__phone="1")) == ()


@pytest.mark.clause("SR-012")
def test_a_masked_order_still_says_who_and_roughly_where() -> None:
    blank = {"customer__buyer_key": "", "address__province": "", "address__city": "", "address__district": ""}
    gaps = [finding.field for finding in found(with_(**MASKED, **blank), required=())]
    assert gaps == ["customer.buyer_key", "address.province", "address.city", "address.district"]
    assert found(with_(**blank), required=()) == ()


@pytest.mark.parametrize(
    ("told", "masked"),
    [
        ({"customer__phone": "138****8000"}, True),
        ({"customer__name": "王＊＊"}, True),
        ({"address__street": "文*路"}, True),
        ({"customer__phone": "AbCdEf0123456789"}, True),
        ({"customer__phone": "AbCdEf012345678"}, False),
        ({"customer__phone": "0123456789012345"}, False),
        ({}, False),
    ],
)
def test_masked_is_what_holds_a_star_or_a_token(told: dict[str, object], *, masked: bool) -> None:
    assert is_masked(with_(**told)) is masked


@pytest.mark.clause("SR-012")
@pytest.mark.parametrize(
    "number",
    [
        *("13800138000", "19212345678", "+86 166 1234 5678", "138.0013.8000", "010-88886666", "0755-88886666"),
        *("4008008820", "800-820-8820", "95013123456", "18877771111-123", "18877771111转123", "18877771111分机9"),
        *("010-88886666,8001", "18877771111ext.12", "18877771111EXT12", "18877771111x1", "18877771111#1"),
        *("+85291234567", "+1 415 555 2671", "+81 3-1234-5678", "+44 20 7946 0958"),
    ],
)
def test_numbers_one_can_call(number: str) -> None:
    assert is_phone(number)


@pytest.mark.clause("SR-012")
@pytest.mark.parametrize(
    "number",
    [
        *("1380013800", "12812345678", "138001380001", "13800138000-1234567", "-123", "95588"),
        *("+999123456", "+1 000 000 0000", "+85212", "88886666", "abc", "1380013800O", "0755-8888", "++8613800138000"),
    ],
)
def test_numbers_nobody_can_call(number: str) -> None:
    assert not is_phone(number)


@pytest.mark.clause("SR-110")
def test_an_edition_may_demand_more_of_one_channel() -> None:
    policy = AuditPolicy(required=("customer.name",), required_also={"douyin": ("buyer_message", "customer.name")})
    assert required(policy, "douyin") == ["customer.name", "buyer_message"]
    assert required(policy, "tmall") == ["customer.name"]
    also = {"douyin": ("buyer_message",)}
    (finding,) = found(with_(channel="douyin", buyer_message="  "), required_also=also)
    assert (finding.code, finding.field, finding.severity) == ("FIELD_MISSING", "buyer_message", Severity.BLOCKING)
    assert finding.params == {"field": "buyer_message"}
    assert found(with_(channel="douyin", buyer_message="冷藏"), required_also=also) == ()
    assert found(required_also=also) == ()


@pytest.mark.clause("SR-110")
def test_what_is_demanded_depends_on_how_the_goods_travel() -> None:
    assert "customer.phone" in demanded(papers(with_(delivery_method="pickup")))
    assert demanded(papers(with_(delivery_method="virtual"))) == ["customer.name"]
    assert [path for path in demanded(papers(with_(delivery_method="pickup"))) if path.startswith("address")] == []
    assert demanded(papers(required=("buyer_message",))) == ["buyer_message"]


def test_a_line_without_a_sku_is_named() -> None:
    (finding,) = found(with_(lines__2__sku=" "))
    assert (finding.code, finding.field, finding.severity) == ("FIELD_MISSING", "lines.2.sku", Severity.CRITICAL)
