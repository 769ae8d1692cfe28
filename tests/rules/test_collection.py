"""When offline documents are collected (SR-101, A-01), and what a day on paper means for the clocks (M7, SR-145)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import next_collection
from domain.paper import document_numbers, place_of
from tests.rules.story import PLACED, Story, an_input

SHANGHAI = "Asia/Shanghai"


def local(day: int, *clock: int, zone: str = SHANGHAI, month: int = 11) -> datetime:
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    return datetime(2026, month, day, hour, minute, second, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.clause("AC-42", "SR-101")
@pytest.mark.parametrize(
    ("submitted", "collected"),
    [
        (local(23, 0), local(23, 9)),
        (local(23, 9), local(23, 9)),
        (local(23, 9, 0, 1), local(23, 14)),
        (local(23, 14), local(23, 14)),
        (local(23, 14, 0, 1), local(23, 17)),
        (local(23, 14, 1), local(23, 17)),
        (local(23, 17), local(23, 17)),
        (local(23, 17, 0, 1), local(24, 9)),
        (local(30, 23, 59), local(1, 9, month=12)),
        (local(28, 17, 1), local(29, 9)),  # a Saturday evening: every day is a day
    ],
)
def test_an_offline_document_waits_for_the_next_slot(submitted: datetime, collected: datetime) -> None:
    found = next_collection(submitted, SHANGHAI)
    assert (found, found.tzinfo) == (collected, UTC)


@pytest.mark.clause("SR-101")
def test_slots_keep_their_local_hour_when_the_clocks_change() -> None:
    zone = "Europe/Berlin"
    assert next_collection(local(24, 18, zone=zone, month=10), zone) == local(25, 9, zone=zone, month=10)
    assert next_collection(local(24, 18, zone=zone, month=10), zone) == datetime(2026, 10, 25, 8, tzinfo=UTC)
    assert next_collection(datetime(2026, 3, 28, 18, tzinfo=UTC), zone) == datetime(2026, 3, 29, 7, tzinfo=UTC)


def test_a_house_may_have_other_slots() -> None:
    assert next_collection(local(23, 12), SHANGHAI, (time(20), time(8))) == local(23, 20)


def test_the_numbers_of_forms_are_read_as_they_are_written() -> None:
    day = date(2026, 11, 23)
    assert document_numbers(day, 9, 3) == ["OFF-20261123-0009", "OFF-20261123-0010", "OFF-20261123-0011"]
    assert place_of("OFF-20261123-0010") == (day, 10)
    assert [place_of(other) for other in ("", "OFF-20261323-0001", "OFF-20261123-1", "X-OFF-20261123-0001")] == [
        None
    ] * 4


def clocks_of(story: Story) -> list[tuple[str, str, datetime, datetime | None, str]]:
    return [(row.kind, row.subject, row.start_at, row.due_at, row.verdict) for row in story.rows("C1", "C4")]


def entered(at: datetime, source_kind: str = "") -> Story:
    """An order placed at nine and paid then, entered ``at``, and looked at three days later."""
    story = Story(an_input(received_at=at, source_kind=source_kind))
    story.says("paid", payment_no="P1", amount=2_000, currency="CNY", ago=story.now - PLACED)
    story.passes(hours=(PLACED + timedelta(days=3) - story.now) / timedelta(hours=1))
    return story


@pytest.mark.clause("SR-145")
def test_a_late_paper_order_is_breached_and_the_outage_is_blamed() -> None:
    paper, file = entered(PLACED + timedelta(hours=50), "paper"), entered(PLACED + timedelta(hours=50))
    assert [(row.kind, row.verdict, row.responsible) for row in paper.rows("C1", "C4")] == [
        ("C1", "breached", "SYSTEM_OUTAGE"),
        ("C4", "breached", "SYSTEM_OUTAGE"),
    ]
    assert [row.responsible for row in file.rows("C1", "C4")] == ["channel", "payment"]


@pytest.mark.clause("SR-145")
def test_the_clocks_of_a_paper_order_are_those_of_one_entered_live() -> None:
    live, paper = entered(PLACED), entered(PLACED + timedelta(hours=5), "paper")
    assert [clock[:4] for clock in clocks_of(paper)] == [clock[:4] for clock in clocks_of(live)]
    assert {row.responsible for row in paper.rows("C4")} == {row.responsible for row in live.rows("C4")}


@pytest.mark.clause("SR-145")
def test_what_begins_after_the_import_is_the_desks_own() -> None:
    story = Story(an_input(received_at=PLACED + timedelta(hours=1), source_kind="paper"))
    story.passes(hours=2)
    (confirm,) = story.rows("C1")
    assert (confirm.verdict, confirm.responsible) == ("breached", "payment")
