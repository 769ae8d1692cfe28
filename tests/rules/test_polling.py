"""When a carrier is asked for a parcel by the clock, and what of its answer is news (SR-032, M13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.cadence import cadences
from domain.facts import CarrierScan, parse
from domain.inquiries import CarrierAnswer, ScanSeen
from domain.packages import PackageState
from domain.policy import STANDARD, compressed
from domain.polling import LiveParcel, as_told, next_poll, unheard
from domain.polling_policy import PollingPolicy

OUT = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
POLLING = STANDARD.polling
PARCEL = LiveParcel(order_no="SO1", package="1", tracking_number="SF1", outbound_at=OUT)
PICKED_UP = ScanSeen(event_id="e1", state=PackageState.PICKED_UP, occurred_at=OUT + HOUR, location="杭州")


def after(**changes: object) -> timedelta:
    """How long after outbound the parcel is due."""
    due = next_poll(POLLING, PARCEL.having(**changes))
    assert due is not None
    return due - OUT


@pytest.mark.clause("SR-032")
def test_news_and_a_question_put_a_parcel_off_for_six_hours() -> None:
    assert after() == 6 * HOUR
    assert after(told_at=OUT + 4 * HOUR) == 10 * HOUR
    assert after(silent_since=OUT + 5 * HOUR) == 11 * HOUR
    assert after(polled_at=OUT + 6 * HOUR) == 12 * HOUR
    assert after(told_at=OUT + 4 * HOUR, polled_at=OUT + 9 * HOUR) == 15 * HOUR, "the later of the two counts"


@pytest.mark.clause("SR-032")
@pytest.mark.parametrize(
    ("polled", "due"),
    [
        (18 * HOUR, 22 * HOUR),  # two hours before C5
        (21 * HOUR, 22 * HOUR),
        (22 * HOUR, 22 * HOUR + QUARTER),  # then every run
        (24 * HOUR - QUARTER, 24 * HOUR),  # up to the due itself
        (24 * HOUR - QUARTER + timedelta(seconds=1), 30 * HOUR - QUARTER + timedelta(seconds=1)),  # and not beyond it
        (25 * HOUR, 31 * HOUR),  # after it the order's own questions go on
    ],
)
def test_near_the_due_of_c5_every_run_asks(polled: timedelta, due: timedelta) -> None:
    asked = {"polled_at": OUT + polled, "silent_since": OUT, "stalls_at": OUT + 24 * HOUR}
    assert after(**asked) == due
    promised = {"polled_at": OUT + polled, "promised_at": OUT + 24 * HOUR}
    assert after(**promised) == due, "and near the promised day, C6, alike"


@pytest.mark.clause("SR-032")
def test_news_that_its_order_has_not_heard_of_yet_moves_c5_on() -> None:
    silent = {"silent_since": OUT, "stalls_at": OUT + 24 * HOUR}
    assert after(**silent, told_at=OUT + 20 * HOUR, polled_at=OUT + 20 * HOUR) == 26 * HOUR
    assert after(**silent, told_at=OUT + 20 * HOUR, polled_at=OUT + 38 * HOUR) == 42 * HOUR, "C5 is due at 44 hours now"


@pytest.mark.clause("SR-032")
def test_an_edition_from_before_polls_nothing_and_has_no_schedule() -> None:
    assert next_poll(PollingPolicy(), PARCEL) is None
    assert [each.name for each in cadences([], [], "UTC", PollingPolicy().every)] == [
        "collection",
        "volume",
        "reconcile",
    ]


@pytest.mark.clause("SR-032", "AC-41")
def test_the_poll_runs_every_quarter_aside_from_the_others_and_is_made_up_for_once() -> None:
    *_, reconcile, poll = cadences([], [], "UTC", POLLING.every)
    assert (poll.name, poll.workflow, poll.every, poll.offset) == ("poll", "CarrierPoll", QUARTER, QUARTER / 5)
    assert (poll.waits, poll.catch_up) == (False, QUARTER - timedelta(seconds=1)), "of runs missed the last, no other"
    assert poll.within < QUARTER
    assert poll.offset != reconcile.offset


@pytest.mark.clause("SR-032")
def test_a_demo_polls_in_its_own_time() -> None:
    second = timedelta(seconds=1)
    demo = compressed(STANDARD, hour=second, least=10 * second, edition="demo").polling
    assert (demo.every, demo.fresh_for, demo.near) == (10 * second, 10 * second, 2 * second)
    off = compressed(STANDARD.having(polling=PollingPolicy()), hour=second, least=10 * second, edition="demo").polling
    assert off.every is None
    [*_, poll] = cadences([], [], "UTC", demo.every)
    assert poll.offset < 10 * second
    assert poll.within < 10 * second


@pytest.mark.clause("SR-032", "SR-031")
def test_a_polled_scan_is_the_fact_that_the_carrier_would_have_told() -> None:
    told = as_told(PARCEL, PICKED_UP)
    fact = parse(
        {
            **told["data"],
            **{name: told[name] for name in ("kind", "source", "occurred_at")},
            "id": "carrier:e1",
            "received_at": OUT + 2 * HOUR,
        }
    )
    assert isinstance(fact, CarrierScan)
    assert (fact.id, fact.state, fact.at, fact.location) == ("carrier:e1", "PICKED_UP", OUT + HOUR, "杭州")
    assert fact.tracking_number == "SF1"


@pytest.mark.clause("SR-032")
def test_what_its_order_took_already_is_no_news() -> None:
    answer = CarrierAnswer(scans=(PICKED_UP, PICKED_UP.having(event_id="e2")))
    assert [scan.event_id for scan in unheard(PARCEL.having(known=("carrier:e1",)), answer)] == ["e2"]
