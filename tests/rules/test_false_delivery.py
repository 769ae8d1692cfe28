"""A carrier's "delivered" that cannot be true opens a check and completes nothing (M13, §4.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.manual.doubted_delivery import province_of
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.story import Story, a_content, shipped

HOUR = timedelta(hours=1)
OLD = STANDARD.having(logistics=STANDARD.logistics.having(doubts_deliveries=False))


def signed(place: str = "", *, region: str = "浙江省", ago: timedelta = timedelta(), **fields: Any) -> Story:
    """An order that left, and 20 h later its carrier says that it was delivered ``ago``, and where."""
    story = shipped(
        content=a_content(region=region, delivery_method=fields.pop("delivery_method", "express")), **fields
    )
    story.passes(hours=20)
    story.is_scanned("DELIVERED", ago=ago, location=place)
    return story


@pytest.mark.clause("SR-031", "SR-122")
@pytest.mark.parametrize(
    ("place", "ago", "cause"),
    [
        ("", 21 * HOUR, "before_outbound"),
        ("广东省深圳市", 0 * HOUR, "elsewhere"),
        ("浙江省", 21 * HOUR, "before_outbound"),
    ],
)
def test_a_delivery_that_cannot_be_true_is_checked_and_completes_nothing(
    place: str, ago: timedelta, cause: str
) -> None:
    story = signed(place, ago=ago)
    [case] = story.order.open_cases
    assert (case.kind, case.cause, case.responsible, case.subject) == (
        "FALSE_DELIVERY",
        cause,
        "carrier",
        "package/1",
    )
    assert [task.kind for task in story.order.tasks if task.case_no == case.no] == ["DECIDE"]
    story.passes(hours=40)
    assert (story.order.stage, story.clock("C3").verdict) == (Stage.DELIVERED, "open")
    assert story.asks("confirm_completion") == "DELIVERY_IN_DOUBT"
    assert "COMPLETED" not in story.told
    assert story.asks("resolve_case", case=case.no, outcome="SIGNED_AFTER_ALL") == ""
    story.passes(hours=24)
    assert story.order.stage is Stage.COMPLETED
    assert [case.kind for case in story.order.cases] == ["FALSE_DELIVERY"], "once settled it is doubted no more"


@pytest.mark.clause("SR-031", "SR-122")
@pytest.mark.parametrize(
    ("place", "region"),
    [
        ("", "浙江省"),
        ("浙江省杭州市", "浙江"),
        ("【浙江】杭州西湖站", "浙江省"),
        ("杭州市", "浙江省"),
        ("西藏路营业部", "上海市"),
        ("海南州共和县", "青海省"),
        ("广东省深圳市", ""),
        ("广东省深圳市", "杭州"),
    ],
)
def test_a_place_that_agrees_or_cannot_be_read_is_not_doubted(place: str, region: str) -> None:
    story = signed(place, region=region)
    assert story.open_cases == []
    story.passes(hours=24)
    assert story.order.stage is Stage.COMPLETED


@pytest.mark.clause("SR-031")
def test_of_two_reports_of_one_signature_the_one_that_agrees_counts() -> None:
    story = shipped(content=a_content(region="浙江省"))
    story.passes(hours=20)
    at = story.fact("carrier_scan", tracking_number="SF1", state="DELIVERED", location="浙江省杭州市")
    story.hears(at, at.having(id="from the poll", location="广东省"))
    assert story.open_cases == []


@pytest.mark.clause("SR-031")
def test_a_scan_elsewhere_on_the_way_is_how_parcels_travel() -> None:
    story = shipped(content=a_content(region="浙江省"))
    story.passes(hours=10)
    story.is_scanned("IN_TRANSIT", location="广东省深圳市")
    story.passes(hours=10)
    story.is_scanned("DELIVERED", location="浙江省杭州市")
    assert story.open_cases == []


@pytest.mark.clause("SR-031")
def test_a_parcel_to_be_fetched_may_be_signed_for_anywhere() -> None:
    assert signed("广东省", delivery_method="pickup").open_cases == []


@pytest.mark.clause("SR-031")
def test_an_address_that_changes_on_the_way_is_not_compared() -> None:
    story = shipped(content=a_content(region="浙江省"))
    story.passes(hours=2)
    story.is_scanned("IN_TRANSIT")
    first: dict[str, Any] = {"correction": 7, "expected_version": 1}
    assert story.asks("submit_change_request", change="ADDRESS", params={"region": "广东省"}, **first) == ""
    story.passes(hours=1)
    story.is_scanned("DELIVERED", location="广东省深圳市")
    assert "FALSE_DELIVERY" not in [case.kind for case in story.order.cases]


@pytest.mark.clause("SR-031")
def test_a_delivery_in_doubt_that_moves_again_is_one_case() -> None:
    story = signed("广东省")
    story.passes(hours=2)
    story.is_scanned("IN_TRANSIT")
    assert story.open_cases == ["FALSE_DELIVERY"]


@pytest.mark.clause("SR-031")
@pytest.mark.parametrize(("place", "ago"), [("广东省", 0 * HOUR), ("", 21 * HOUR)])
def test_an_old_edition_takes_the_carrier_at_its_word(place: str, ago: timedelta) -> None:
    assert signed(place, ago=ago, policy=OLD).open_cases == []


@pytest.mark.clause("SR-031")
@pytest.mark.parametrize(
    ("place", "province"),
    [("广西壮族自治区南宁市", "广西"), ("北京", "北京"), ("浙江/杭州", "浙江"), ("上海转运中心", ""), ("", "")],
)
def test_a_province_is_read_only_where_it_is_named_whole(place: str, province: str) -> None:
    assert province_of(place) == province
