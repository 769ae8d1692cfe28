"""Edge cases that no other rule of the manual tells in full: parcels of one order, clocks of the future, lost stock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.books import label_code
from domain.catalogue.text import label
from domain.stage import Stage
from tests.rules.story import PLACED, Story, a_content, a_line, an_input
from tests.rules.test_carried_orders import GOES, Table, in_two_places
from tests.rules.test_keeping import empty_shelves
from tests.rules.test_lost_reservations import loses

HOUR = timedelta(hours=1)
ONE = [{"line": "1", "quantity": 1}]


@pytest.mark.clause("EC-08")
def test_an_order_that_left_in_part_says_so_and_each_parcel_has_its_own_clocks() -> None:
    story = Story()
    story.is_paid()
    story.ships(lines=ONE)
    assert label("stage", label_code(story.order), "zh-Hans") == "部分发货"
    story.passes(hours=5)
    story.ships(package="2", lines=ONE)
    for kind in ("C2", "C5", "C6"):
        starts = {row.subject: row.start_at for row in story.rows(kind)}
        assert starts == {"package/1": PLACED, "package/2": PLACED + 5 * HOUR}, kind
    story.passes(hours=10)
    story.is_scanned("DELIVERED")
    assert (story.order.stage, story.rows("C3")) == (Stage.PARTIALLY_DELIVERED, [])
    story.passes(hours=10)
    story.is_scanned("DELIVERED", package="2")
    assert (story.order.stage, story.clock("C3").start_at) == (Stage.DELIVERED, story.now)


@pytest.mark.clause("EC-09")
def test_an_order_from_two_warehouses_is_two_parcels_and_one_freight() -> None:
    content = a_content(a_line(), a_line("2"), freight=800, total=4_800)
    story = Story(an_input(content), in_two_places(Table({"SH": GOES, "BJ": GOES})))
    assert story.order.payment.due == 4_800
    story.is_paid()
    assert {row.subject for row in story.rows("C4") if row.verdict == "open"} == {"shipment/1", "shipment/2"}
    story.ships()
    story.ships(package="2", shipment=2)
    said = [letter.params for letter in story.letters if letter.template == "PARTIAL_SHIPPED"]
    assert [(params["i"], params["n"]) for params in said] == [(1, 2), (2, 2)]
    assert [row.verdict for row in story.rows("C4") if row.subject != "order"] == ["met", "met"]


@pytest.mark.clause("EC-17")
def test_news_of_a_time_to_come_counts_from_when_it_was_heard() -> None:
    story = Story()
    story.passes(hours=1)
    story.says("paid", ago=-3 * HOUR, payment_no="p1", amount=2_000, currency="CNY")
    assert (story.clock("C1").stop_at, story.clock("C1").verdict) == (PLACED + HOUR, "met")
    assert story.clock("C4").start_at == PLACED + HOUR
    [receipt] = story.order.payment.receipts
    assert receipt.at == PLACED + HOUR


@pytest.mark.clause("EC-23")
def test_parcels_whose_goods_nobody_told_are_taken_and_no_unit_counts_twice() -> None:
    story = Story()
    story.is_paid()
    story.ships()
    story.ships(package="2")
    assert [package.tracking_number for package in story.order.packages] == ["SF1", "SF2"]
    assert (story.order.stage, story.order.lines[0].shipped, story.open_cases) == (Stage.SHIPPED, 2, [])
    story.is_scanned("DELIVERED")
    assert story.order.delivered_at is None
    story.is_scanned("DELIVERED", package="2")
    assert story.order.stage is Stage.DELIVERED


@pytest.mark.clause("EC-62")
def test_a_paid_order_that_loses_its_stock_is_short_of_it_and_stays_paid() -> None:
    story = Story(answers=empty_shelves)
    story.asks("place_hold", reason="MANUAL", blocks=("release",), note="n", review_at=PLACED + 99 * HOUR)
    story.is_paid()
    loses(story, 2)
    assert (story.open_cases, story.order.lines[0].unallocated) == (["STOCK_SHORTAGE"], 2)
    assert (story.order.payment.state, story.order.payment.refunded("CNY")) == ("paid", 0)
