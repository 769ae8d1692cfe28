"""Every text a person reads stands once in every language, and none leaves with a blank (SR-055, §4.13)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from domain.catalogue.labels_of_work import KINDS
from domain.catalogue.messages import MESSAGES
from domain.catalogue.sentences import SENTENCES
from domain.catalogue.text import (
    PLACEHOLDER,
    UNSAID,
    UnfilledPlaceholder,
    UnknownText,
    label,
    language_of,
    placeholders,
    render,
    sentence,
)
from domain.catalogue.words import LANGUAGES
from domain.effects import EffectKind
from domain.facts import SIGNAL_OF
from domain.findings import Severity
from domain.holds import CaseStatus, EffectStatus, HoldReason
from domain.packages import PackageState
from domain.payment import PaymentState
from domain.policy import CaseKind, ClockKind
from domain.requests import ASKS
from domain.shipments import ShipmentState

ROOT = Path(__file__).parents[2]
NOTED = re.compile(r'note\(\s*[^,()]+,\s*"([a-z_]+)"')
SHANGHAI = "Asia/Shanghai"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ALL = {"no": "SO1", "date": "2026-11-25", "carrier": "SF", "tracking": "SF1", "n": 2, "i": 1, "window": 7} | {
    "notice": "x",
    "amount": 39000,
    "currency": "CNY",
    "days": 3,
    "reason": "地址不详",
    "change": "ADDRESS_SAME_REGION",
    "party": "warehouse",
    "deadline": "2026-11-25T02:30:00+00:00",
    "stage": "SHIPPED",
    "alternatives": ["refuse_parcel", "new_order"],
    "code": "ABCD-EFGH",
    "cause": "HUB_OVERLOAD",
    "action": "priority",
    "address": "https://shop.example/a",
    "fields": ["customer.phone", "lines.2.specification"],
    "goods": "here",
    "item": "SKU-1 × 2",
    "options": ["ship_rest", "cancel"],
    "default": "ship_rest",
}


@pytest.mark.parametrize("code", [*MESSAGES, *SENTENCES])
def test_both_languages_say_the_same_things(code: str) -> None:
    for chinese, english in (MESSAGES | SENTENCES)[code]:
        assert sorted(PLACEHOLDER.findall(chinese)) == sorted(PLACEHOLDER.findall(english))
        assert CHINESE.search(chinese)
        assert not CHINESE.search(english)


@pytest.mark.parametrize("code", [*MESSAGES, *SENTENCES])
def test_the_fullest_variant_stands_first(code: str) -> None:
    counts = [len(placeholders(chinese)) for chinese, _ in (MESSAGES | SENTENCES)[code]]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("kind", KINDS)
def test_every_label_has_both_words(kind: str) -> None:
    for chinese, english in KINDS[kind].values():
        assert chinese
        assert english
        assert not CHINESE.search(english)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("case", CaseKind),
        ("clock", ClockKind),
        ("package", PackageState),
        ("shipment", ShipmentState),
        ("payment", PaymentState),
        ("hold", HoldReason),
        ("case_state", CaseStatus),
        ("effect", EffectKind),
        ("effect_state", EffectStatus),
        ("severity", Severity),
        ("request", ASKS),
    ],
)
def test_every_word_of_the_house_has_a_label(kind: str, values: Iterable[str]) -> None:
    assert [value for value in values if value not in KINDS[kind]] == []


def test_every_fact_and_every_request_has_a_sentence() -> None:
    assert [code for code in (*SIGNAL_OF, *ASKS) if code not in SENTENCES] == []


def test_every_line_the_house_writes_has_a_sentence() -> None:
    """Codes stand as the second argument of ``note`` and ``_note``."""
    sources = (file.read_text() for folder in ("domain", "workflows") for file in (ROOT / folder).rglob("*.py"))
    written = {code for source in sources for code in NOTED.findall(source)}
    assert "stage_reached" in written
    assert written - SENTENCES.keys() == set()


@pytest.mark.clause("SR-055")
def test_the_manuals_own_sentence_is_filled() -> None:
    assert render("SHIPPED_WITH_ETA", "zh-Hans", {"date": "2026-11-25"}, SHANGHAI) == (
        "您的订单已出库，预计11月25日送达。"
    )


@pytest.mark.clause("SR-055")
@pytest.mark.parametrize(
    ("template", "params", "text"),
    [
        (
            "SHIPPED_WITH_ETA",
            {"date": "2026-11-25", "carrier": "SF", "tracking": "SF123"},
            "您的订单已出库，预计11月25日送达，由顺丰速运承运，单号SF123。",
        ),
        ("SHIPPED_NO_ETA", {}, "您的订单已出库；物流单号和预计送达时间确定后会再通知您。"),
        (
            "ORDER_CONFIRMED",
            {"no": "SO1", "date": "2026-11-24T16:00:00+00:00"},
            "您的订单SO1已确认，最晚11月25日发出。",
        ),
        ("CANCELLED_REFUND", {"no": "SO1"}, "订单SO1已取消。"),
        (
            "CANCELLED_REFUND",
            {"no": "SO1", "amount": 39000, "currency": "CNY", "days": 3},
            "订单SO1已取消，退款390.00元已原路退回，预计3个工作日内到账。",
        ),
        ("DELIVERED", {"window": 7}, "您的订单已签收。如有问题请在7天内联系我们。"),
        (
            "PARTIAL_SHIPPED",
            {"n": 2, "i": 1, "date": "2026-11-25"},
            "您的订单分2个包裹发出，第1个已出库，预计11月25日送达。",
        ),
        ("TRACKING_ADDED", {"carrier": "YTO", "tracking": "YT1"}, "您的订单已由圆通速递承运，单号YT1。"),
    ],
)
def test_the_messages_read_as_the_table_says(template: str, params: dict[str, Any], text: str) -> None:
    assert render(template, "zh-Hans", params, SHANGHAI) == text


@pytest.mark.clause("SR-055")
@pytest.mark.parametrize(
    ("template", "params"),
    [
        ("SHIPPED_WITH_ETA", {}),
        ("SHIPPED_WITH_ETA", {"date": ""}),
        ("ORDER_CONFIRMED", {"no": "SO1", "date": None}),
        ("CANCELLED_REFUND", {"no": "SO1", "amount": 39000}),
        ("DELIVERED", {}),
    ],
)
def test_a_message_with_a_blank_is_not_said(template: str, params: dict[str, Any]) -> None:
    with pytest.raises(UnfilledPlaceholder):
        render(template, "zh-Hans", params, SHANGHAI)


def test_a_message_nobody_wrote_is_an_error() -> None:
    with pytest.raises(UnknownText):
        render("NO_SUCH_MESSAGE", "en", {}, SHANGHAI)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MESSAGES)
def test_every_message_can_be_said_in_full(template: str, language: str) -> None:
    text = render(template, language, ALL, SHANGHAI)
    assert "{" not in text
    assert UNSAID not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_of_the_timeline_never_fails(code: str, language: str) -> None:
    assert "{" not in sentence(code, language, {})


def test_sentences_localise_their_figures() -> None:
    paid = {"amount": 123456, "currency": "CNY", "payment_no": "P-1"}
    assert sentence("paid", "zh-Hans", paid) == "收到付款1234.56元，流水号P-1。"
    assert sentence("paid", "en", paid) == "CNY 1234.56 was paid, payment P-1."
    assert sentence("no_such_code", "en", {}) == "no_such_code"


def test_what_an_effect_answered_is_said() -> None:
    finding = {"code": "FIELD_MISSING", "field": "customer.phone", "severity": "critical", "params": {}}
    audited = {"effect": "audit_order", "key": "SO1/audit/1", "version": 1, "findings": [finding], "short": []}
    reserved = {"effect": "reserve_stock", "short": [{"line": "1", "quantity": 2}]}
    promised = {"effect": "ask_warehouse", "reason": "爆仓", "promised_at": "2026-11-25T02:00:00Z"}
    assert sentence("effect_done", "zh-Hans", audited) == "完成：审核订单，发现：必填信息缺失 (customer.phone)。"
    assert sentence("effect_done", "en", reserved) == "Done: reserve stock; still short: 2 of line 1."
    assert sentence("effect_done", "zh-Hans", promised) == "完成：询问仓库，答复：爆仓，预计11月25日 10:00:00。"
    assert (
        sentence("effect_done", "en", {"effect": "refund_payment", "reference": "TK-1"}) == "Done: refund, number TK-1."
    )


def test_a_label_of_an_unknown_value_is_the_value() -> None:
    assert label("stage", "READY_TO_SHIP", "zh-Hans") == "待发货"
    assert label("carrier", "NEW-CARRIER", "zh-Hans") == "NEW-CARRIER"


def test_a_wish_for_a_language_finds_the_nearest() -> None:
    assert [language_of(wish) for wish in ("en-US,en;q=0.9", "zh-CN", "fr", "")] == [
        "en",
        "zh-Hans",
        "zh-Hans",
        "zh-Hans",
    ]
