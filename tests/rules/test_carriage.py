"""Who carries a parcel, when it goes and when it arrives (SR-052, SR-148, SR-173, SR-174; edge case 58)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.carriage import (
    CarrierService,
    Chosen,
    CutOff,
    NoCarrier,
    Obstacle,
    Offer,
    Parcel,
    Route,
    Suspension,
    choose_carrier,
)
from domain.money import shared
from domain.regions import around, plain_region, region_of

ZONE = "Asia/Shanghai"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""Noon in the business zone, a Monday."""


def parcel(**changes: Any) -> Parcel:
    return Parcel(**{"warehouse": "SH", "warehouse_region": "上海", "region": "浙江/杭州/西湖", **changes})


def carrier(name: str, *routes: Route, **changes: Any) -> CarrierService:
    return CarrierService(carrier=name, routes=routes or (Route(days=3),), **changes)


def choose(of: Parcel, *services: CarrierService, at: datetime = NOON) -> Chosen | NoCarrier:
    return choose_carrier(of, services, at, ZONE)


def chosen(of: Parcel, *services: CarrierService, at: datetime = NOON) -> Offer:
    choice = choose(of, *services, at=at)
    assert isinstance(choice, Chosen), choice
    return choice.offer


def obstacles(of: Parcel, service: CarrierService) -> tuple[Obstacle, ...]:
    choice = choose(of, service)
    return choice.refused[0].obstacles if choice.refused else ()


@pytest.mark.clause("SR-173")
@pytest.mark.parametrize(
    ("hour", "minute", "second", "goes"),
    [(16, 29, 59, 23), (16, 30, 0, 23), (16, 30, 1, 24), (16, 31, 0, 24), (0, 0, 0, 23), (23, 59, 59, 24)],
)
def test_the_cut_off_decides_whether_it_goes_today(hour: int, minute: int, second: int, goes: int) -> None:
    at = datetime(2026, 11, 23, hour, minute, second, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    offer = chosen(parcel(), carrier("SF", Route(days=1), cut_offs=(CutOff(at=time(16, 30)),)), at=at)
    assert (offer.ships_on, offer.delivered_by) == (date(2026, 11, goes), date(2026, 11, goes + 1))


@pytest.mark.clause("SR-173")
def test_the_cut_off_is_that_of_the_warehouse_and_in_business_time() -> None:
    service = carrier("SF", cut_offs=(CutOff(at=time(18)), CutOff(warehouse="SH", at=time(11, 59))))
    assert chosen(parcel(), service).ships_on == date(2026, 11, 24)
    assert chosen(parcel(warehouse="BJ"), service).ships_on == date(2026, 11, 23)
    late_in_utc = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert chosen(parcel(), service, at=late_in_utc).ships_on == date(2026, 11, 23), "seven in the morning there"
    assert chosen(parcel(), carrier("SF")).ships_on == date(2026, 11, 23), "no cut-off: today"


@pytest.mark.clause("SR-148")
def test_the_days_are_those_of_the_smallest_region_and_the_nearest_origin() -> None:
    service = carrier(
        "SF",
        Route(days=9),
        Route(region="浙江", days=3),
        Route(region="浙江/杭州", days=2),
        Route(region="浙江/杭州", from_region="上海", days=1),
        Route(region="浙江/杭州", warehouse="BJ", days=4),
        Route(region="浙江/宁波", days=7),
    )
    assert chosen(parcel(), service).days == 1
    assert chosen(parcel(warehouse="BJ", warehouse_region="北京"), service).days == 4
    assert chosen(parcel(warehouse="GZ", warehouse_region="广东"), service).days == 2
    assert chosen(parcel(region="浙江/温州"), service).days == 3
    assert chosen(parcel(region="西藏/拉萨"), service).days == 9


@pytest.mark.clause("SR-148")
def test_a_region_inside_a_served_one_may_be_left_out() -> None:
    service = carrier("SF", Route(days=3), Route(region="新疆", served=False), Route(region="新疆/乌鲁木齐", days=6))
    assert obstacles(parcel(region="新疆/喀什"), service) == (Obstacle.NOT_SERVED,)
    assert chosen(parcel(region="新疆/乌鲁木齐/天山"), service).days == 6
    assert obstacles(parcel(region="新疆"), carrier("SF", Route(region="浙江"))) == (Obstacle.NOT_SERVED,)


@pytest.mark.clause("SR-052", "SR-148")
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"weight_g": 10_000, "pieces": 3}, ()),
        ({"weight_g": 10_001}, (Obstacle.TOO_HEAVY,)),
        ({"pieces": 4}, (Obstacle.TOO_MANY_PIECES,)),
        ({"weight_g": 10_001, "pieces": 4}, (Obstacle.TOO_HEAVY, Obstacle.TOO_MANY_PIECES)),
    ],
)
def test_a_remote_area_has_limits_a_surcharge_and_a_transfer(
    changes: dict[str, Any], found: tuple[Obstacle, ...]
) -> None:
    remote = Route(region="西藏", days=7, max_weight_g=10_000, max_pieces=3, surcharge=1_500, via="CD")
    service = carrier("SF", Route(days=2), remote, max_weight_g=30_000)
    assert obstacles(parcel(region="西藏/拉萨", **changes), service) == found
    if not found:
        offer = chosen(parcel(region="西藏/拉萨", **changes), service)
        assert (offer.via, offer.surcharge, offer.delivered_by) == ("CD", 1_500, date(2026, 11, 30))
    assert obstacles(parcel(weight_g=30_000, pieces=99), service) == (), "elsewhere only the carrier's own limit"
    assert obstacles(parcel(weight_g=30_001), service) == (Obstacle.TOO_HEAVY,)


@pytest.mark.clause("SR-174")
@pytest.mark.parametrize(("day", "open_"), [(22, True), (23, False), (24, False), (25, False), (26, True)])
def test_a_suspended_area_is_closed_from_its_first_to_its_last_day(day: int, open_: bool) -> None:
    closed = Suspension(region="浙江/杭州", since=date(2026, 11, 23), until=date(2026, 11, 25))
    service = carrier("SF", suspensions=(closed,))
    choice = choose(parcel(), service, at=NOON.replace(day=day))
    assert isinstance(choice, Chosen) is open_
    if isinstance(choice, NoCarrier):
        assert [(no.obstacles, no.until) for no in choice.refused] == [((Obstacle.SUSPENDED,), date(2026, 11, 25))]
    assert isinstance(choose(parcel(region="浙江/宁波"), service, at=NOON.replace(day=day)), Chosen)


@pytest.mark.clause("SR-173", "SR-174")
def test_the_day_that_counts_is_the_day_it_goes() -> None:
    closed = Suspension(since=date(2026, 11, 24), until=date(2026, 11, 24))
    service = carrier("SF", cut_offs=(CutOff(at=time(12)),), suspensions=(closed,))
    assert isinstance(choose(parcel(), service), Chosen)
    assert isinstance(choose(parcel(), service, at=NOON.replace(minute=1)), NoCarrier), "it would go tomorrow"


@pytest.mark.clause("SR-052")
@pytest.mark.parametrize(
    ("service", "cash", "found"),
    [
        ({"cash_on_delivery": False}, 1, (Obstacle.NO_CASH_ON_DELIVERY,)),
        ({"cash_on_delivery": False}, 0, ()),
        ({"cash_on_delivery": True}, 10**9, ()),
        ({"cash_on_delivery": True, "cod_limit": 500_000}, 500_000, ()),
        ({"cash_on_delivery": True, "cod_limit": 500_000}, 500_001, (Obstacle.TOO_MUCH_CASH,)),
    ],
)
def test_cash_on_delivery_needs_a_carrier_who_collects_so_much(
    service: dict[str, Any], cash: int, found: tuple[Obstacle, ...]
) -> None:
    assert obstacles(parcel(cash=cash), carrier("SF", **service)) == found


@pytest.mark.clause("SR-147", "SR-174")
def test_goods_go_with_who_takes_them_and_in_time() -> None:
    cold, slow = carrier("SF", Route(days=1), goods=("cold_chain",)), carrier("ZTO", Route(days=3), priority=1)
    assert chosen(parcel(goods=("cold_chain",)), slow, cold).carrier == "SF"
    assert chosen(parcel(), slow, cold).carrier == "ZTO"
    assert chosen(parcel(within_days=1), slow, cold).carrier == "SF"
    choice = choose(parcel(within_days=1), slow)
    assert (choice.refused[0].obstacles, choice.others) == ((Obstacle.TOO_SLOW,), ())


@pytest.mark.clause("SR-174")
def test_the_wish_comes_first_then_priority_cost_days_and_name() -> None:
    first = carrier("ZTO", priority=1, cost=9_000)
    cheap, dear = carrier("YTO", cost=500), carrier("STO", cost=800)
    quick = carrier("JT", Route(days=1), cost=800)
    assert [offer.carrier for offer in _offers(parcel(), dear, quick, first, cheap)] == ["ZTO", "YTO", "JT", "STO"]
    wished = choose(parcel(preferred="STO"), first, cheap, dear)
    assert isinstance(wished, Chosen)
    assert (wished.offer.carrier, wished.why) == ("STO", "PREFERRED")


def _offers(of: Parcel, *services: CarrierService) -> tuple[Offer, ...]:
    choice = choose(of, *services)
    assert isinstance(choice, Chosen)
    return choice.offers


@pytest.mark.clause("SR-174", "SR-148", "EC-58")
def test_a_wish_that_cannot_be_granted_goes_with_another_and_says_why() -> None:
    choice = choose(parcel(preferred="SF"), carrier("SF", Route(region="上海")), carrier("ZTO"))
    assert isinstance(choice, Chosen)
    assert (choice.offer.carrier, choice.why) == ("ZTO", "PREFERRED_NOT_POSSIBLE")
    assert [(no.carrier, no.obstacles) for no in choice.refused] == [("SF", (Obstacle.NOT_SERVED,))]


@pytest.mark.clause("SR-148", "SR-174", "EC-58")
def test_where_nobody_drives_there_is_no_carrier_but_what_a_person_may_settle() -> None:
    heavy = carrier("SF", max_weight_g=1_000)
    away = carrier("ZTO", Route(region="上海"))
    spoils = carrier("YTO", Route(days=9))
    choice = choose(parcel(weight_g=1_001, within_days=5), heavy, away, spoils)
    assert isinstance(choice, NoCarrier)
    assert {no.carrier: no.obstacles for no in choice.refused} == {
        "SF": (Obstacle.TOO_HEAVY,),
        "ZTO": (Obstacle.NOT_SERVED,),
        "YTO": (Obstacle.TOO_SLOW,),
    }
    assert [offer.carrier for offer in choice.offers] == ["SF"]
    assert choose(parcel()) == NoCarrier()


@pytest.mark.clause("SR-173")
def test_an_offer_that_is_taken_later_has_later_days() -> None:
    offer = chosen(parcel(), carrier("SF", Route(days=2), cut_offs=(CutOff(at=time(16)),)))
    assert offer.leaving(NOON.replace(day=24, hour=9), ZONE).delivered_by == date(2026, 11, 27)
    assert Offer(carrier="SF").leaving(NOON, ZONE).delivered_by is None


@pytest.mark.clause("SR-148")
@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("浙江省/杭州市/西湖区", "浙江/杭州/西湖"),
        ("新疆维吾尔自治区", "新疆"),
        ("上海市／上海市", "上海/上海"),
        (" 内蒙古自治区 / 锡林郭勒盟 ", "内蒙古/锡林郭勒"),
        ("河北省/唐山市/矿区", "河北/唐山/矿区"),
        ("", ""),
        ("//", ""),
    ],
)
def test_regions_are_known_however_they_are_written(written: str, known: str) -> None:
    assert plain_region(written) == known


def test_a_region_lies_in_what_is_around_it() -> None:
    assert around("浙江/杭州") == ("", "浙江", "浙江/杭州")
    assert around("") == ("",)
    assert region_of(["浙江省", " ", "西湖区"]) == "浙江"
    assert region_of([None]) == ""


@pytest.mark.clause("SR-052", "SR-170")
@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, (1, 1, 1), (34, 33, 33)),
        (100, (0, 0), (50, 50)),
        (7, (5, 3, 2), (4, 2, 1)),
        (0, (3, 4), (0, 0)),
        (10, (0, 1), (0, 10)),
        (5, (), ()),
    ],
)
def test_a_sum_is_shared_to_the_last_unit(total: int, weights: tuple[int, ...], parts: tuple[int, ...]) -> None:
    assert shared(total, weights) == parts
