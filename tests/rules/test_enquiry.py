"""Where is my order? A sentence and the same as data, without anything personal (SR-053)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.catalogue.enquiries import ENQUIRIES
from domain.catalogue.labels import STAGES
from domain.enquiry import status_of

ZONE = "Asia/Shanghai"
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)


def row(label: str = "READY_TO_SHIP", **fields: Any) -> dict[str, Any]:
    return {
        "order_no": "SO1",
        "external_id": "T1",
        "stage": label,
        "label": label,
        "shipments": [],
        "packages": [],
        "updated_at": AT,
        **fields,
    }


def a_shipment(**fields: Any) -> dict[str, Any]:
    known = {"state": "RELEASED", "outbound_at": None, "promised_outbound_at": None}
    return {**known, "ships_on": date(2026, 11, 23), "delivered_by": date(2026, 11, 25), **fields}


def a_package(**fields: Any) -> dict[str, Any]:
    known = {"package": "1", "state": "IN_TRANSIT", "carrier": "SF", "tracking_number": "SF1", "outbound_at": AT}
    return {**known, "promised_at": AT.replace(day=25, hour=15), "delivered_at": None, **fields}


@pytest.mark.clause("SR-053")
def test_every_label_has_its_sentence() -> None:
    assert sorted(f"status_{name}" for name in STAGES) == sorted(ENQUIRIES)


@pytest.mark.clause("SR-053")
@pytest.mark.parametrize(
    ("order", "chinese", "english"),
    [
        (
            row(shipments=[a_shipment()]),
            "您的订单T1待发货，仓库预计11月23日发出，预计11月25日送达。",
            "Your order T1 is ready to ship: it should leave on 23 November and arrive by 25 November.",
        ),
        (
            row(shipments=[a_shipment(), a_shipment(ships_on=None, delivered_by=None)]),
            "您的订单T1待发货。",
            "Your order T1 is ready to ship.",
        ),
        (
            row("SHIPPED", packages=[a_package()]),
            "您的订单T1已出库，预计11月25日送达，由顺丰速运承运，单号SF1。",
            "Your order T1 is on its way and should arrive by 25 November, by SF Express, number SF1.",
        ),
        (
            row("SHIPPED", packages=[a_package(), a_package(package="2", promised_at=AT.replace(day=27))]),
            "您的订单T1已出库，预计11月27日送达。",
            "Your order T1 is on its way and should arrive by 27 November.",
        ),
        (row("SHIPPED", packages=[a_package(promised_at=None)]), "您的订单T1已出库。", "Your order T1 is on its way."),
        (
            row("PARTIALLY_DELIVERED", packages=[a_package(), a_package(package="2", delivered_at=AT)]),
            "您的订单T1共2个包裹，已签收1个。",
            "Of the 2 packages of your order T1, 1 were delivered.",
        ),
        (row("AWAITING_PAYMENT"), "您的订单T1尚未付款。", "Your order T1 is not paid yet."),
    ],
)
def test_the_sentence_says_what_is_known(order: dict[str, Any], chinese: str, english: str) -> None:
    assert status_of(order, "zh-Hans", ZONE).sentence == chinese
    assert status_of(order, "en", ZONE).sentence == english


@pytest.mark.clause("SR-053", "SR-051")
def test_the_warehouses_word_goes_before_the_tables() -> None:
    promised = a_shipment(promised_outbound_at=datetime(2026, 11, 23, 17, tzinfo=UTC))
    answer = status_of(row(shipments=[promised]), "en", ZONE)
    assert (answer.ships_on, answer.expected_on) == (date(2026, 11, 24), date(2026, 11, 25))


@pytest.mark.clause("SR-053")
def test_the_data_says_what_the_sentence_says() -> None:
    delivered = a_package(package="2", delivered_at=AT, state="DELIVERED")
    answer = status_of(row("PARTIALLY_DELIVERED", packages=[a_package(), delivered]), "zh-Hans", ZONE)
    assert (answer.label, answer.expected_on) == ("PARTIALLY_DELIVERED", date(2026, 11, 25))
    assert [(each.package, each.state_text) for each in answer.packages] == [("1", "运输中"), ("2", "已签收")]
