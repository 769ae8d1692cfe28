"""When things run by the clock: collection slots, pulls, the promotion's monitor (SR-100…102, A-05, A-19, A-23)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cadence import PromotionWindow, PulledChannel, cadences
from domain.calendar import next_collection
from domain.volume import Slot, full_slot, suggest

SHANGHAI = "Asia/Shanghai"
TMALL = PulledChannel(channel="tmall")
DAY = datetime(2026, 11, 11, tzinfo=UTC)
WINDOW = PromotionWindow(no=7, starts_at=DAY, ends_at=DAY + timedelta(days=1))


def at(clock: str, day: str = "2026-11-23", zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone))


@pytest.mark.clause("AC-42", "SR-101")
@pytest.mark.parametrize(
    ("submitted", "collected"),
    [
        (at("00:00:00"), at("09:00:00")),
        (at("09:00:00"), at("09:00:00")),
        (at("09:00:01"), at("14:00:00")),
        (at("14:00:00"), at("14:00:00")),
        (at("14:00:01"), at("17:00:00")),
        (at("17:00:00"), at("17:00:00")),
        (at("17:00:01"), at("09:00:00", "2026-11-24")),
        (at("23:59:59", "2026-12-31"), at("09:00:00", "2027-01-01")),  # a holiday counts as every day
        (at("17:01:00", "2026-11-21"), at("09:00:00", "2026-11-22")),  # and so does a Sunday
    ],
)
def test_a_document_is_collected_at_the_next_slot(submitted: datetime, collected: datetime) -> None:
    assert next_collection(submitted, SHANGHAI) == collected


@pytest.mark.clause("SR-101")
def test_slots_are_local_times_also_on_the_day_the_clocks_change() -> None:
    berlin = "Europe/Berlin"
    before, on = at("17:30:00", "2026-03-28", berlin), at("08:00:00", "2026-03-29", berlin)
    assert next_collection(before, berlin) == datetime(2026, 3, 29, 7, tzinfo=UTC)  # 9:00 in summer time
    assert next_collection(on, berlin) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    autumn = at("17:30:00", "2026-10-24", berlin)
    assert next_collection(autumn, berlin) == datetime(2026, 10, 25, 8, tzinfo=UTC)  # 9:00 in winter time


@pytest.mark.clause("SR-101")
@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - made aware
def test_nothing_waits_longer_than_the_night(submitted: datetime) -> None:
    slot = next_collection(submitted, SHANGHAI)
    assert timedelta() <= slot - submitted < timedelta(hours=16)
    assert slot.astimezone(ZoneInfo(SHANGHAI)).time() in {time(9), time(14), time(17)}
    assert next_collection(slot, SHANGHAI) == slot


@pytest.mark.clause("SR-100", "SR-101", "SR-102")
def test_a_house_has_its_pulls_its_collection_and_a_look_at_the_volume() -> None:
    plain = cadences([TMALL], [], SHANGHAI)
    assert [cadence.name for cadence in plain] == ["pull/default/tmall", "collection", "volume", "reconcile"]
    pull, collection, _, reconcile = plain
    assert (reconcile.every, reconcile.offset) == (timedelta(minutes=30), timedelta(minutes=7)), "aside from the pulls"
    assert (pull.every, pull.offset, pull.waits) == (timedelta(minutes=30), timedelta(), False)
    assert (collection.at, collection.zone, collection.waits) == ((time(9), time(14), time(17)), SHANGHAI, True)
    for cadence in plain:
        assert cadence.within < (cadence.every or timedelta(hours=3)), "a stuck run must not block the next one"
    assert pull.catch_up == timedelta(minutes=29, seconds=59), (
        "of all pulls missed in an outage the last is made up for"
    )
    assert collection.catch_up == timedelta(hours=12)


@pytest.mark.clause("AC-43", "SR-102")
def test_a_promotion_adds_a_pull_and_a_monitor_every_15_minutes_and_takes_them_along_at_its_end() -> None:
    plain, promoted = cadences([TMALL], [], SHANGHAI), cadences([TMALL], [WINDOW], SHANGHAI)
    assert [cadence for cadence in promoted if cadence in plain] == list(plain), "what runs otherwise runs on"
    pull, monitor = (cadence for cadence in promoted if cadence not in plain)
    assert (pull.name, pull.workflow) == ("pull/default/tmall/promotion/7", "ChannelPull")
    assert (pull.every, pull.offset) == (timedelta(minutes=30), timedelta(minutes=15)), "between two ordinary pulls"
    assert (monitor.name, monitor.workflow, monitor.every) == (
        "volume/promotion/7",
        "PromoMonitor",
        timedelta(minutes=15),
    )
    assert {(cadence.starts_at, cadence.ends_at) for cadence in (pull, monitor)} == {(WINDOW.starts_at, WINDOW.ends_at)}


# -- the volume ------------------------------------------------------------------------------------------------------


def slots(*orders: int, before: tuple[int, ...] = (10,) * 14) -> list[Slot]:
    return [Slot(orders=number, before=before) for number in orders]


@pytest.mark.clause("SR-102", "AC-43")
@pytest.mark.parametrize(
    ("orders", "promotion", "suggested"),
    [
        ((31, 31, 10, 10), False, "enter"),
        ((30, 31, 10, 10), False, ""),  # three times the usual is not more than that
        ((31, 10, 31, 31), False, ""),  # one busy quarter is no rush
        ((31, 31, 31, 31), True, ""),
        ((15, 15, 15, 15), True, "leave"),
        ((15, 15, 15, 25), True, ""),
        ((15, 15, 15), True, ""),  # too little is known
        ((15, 15, 15, 15), False, ""),
    ],
)
def test_it_suggests_and_never_switches(orders: tuple[int, ...], promotion: bool, suggested: str) -> None:
    assert suggest(slots(*orders), promotion=promotion) == suggested


@pytest.mark.clause("SR-102")
def test_a_few_orders_in_a_quiet_hour_are_no_rush_and_one_wild_day_moves_nothing() -> None:
    assert suggest(slots(19, 19, before=(0,) * 14), promotion=False) == ""
    assert suggest(slots(20, 20, before=(0,) * 14), promotion=False) == "enter"
    assert slots(0, before=(10,) * 13 + (100_000,))[0].usual == 10


@pytest.mark.clause("SR-102")
def test_only_a_quarter_that_is_over_is_counted() -> None:
    assert full_slot(DAY.replace(hour=10, minute=29, second=59)) == DAY.replace(hour=10)
    assert full_slot(DAY.replace(hour=10, minute=30)) == DAY.replace(hour=10, minute=15)
