"""The editions: the manual's own figures, and the demo's, in which an hour is a second (§6.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.policy import STANDARD, ClockKind, ClockRule, Policy, compressed

LEAST = timedelta(seconds=10)
DEMO = compressed(STANDARD, hour=timedelta(seconds=1), least=LEAST, edition="demo-1")
HOURS = {ClockKind.CONFIRM: 2, ClockKind.TRACKING: 1, ClockKind.COMPLETE: 24, ClockKind.OUTBOUND: 48} | {
    ClockKind.STAGNATION: 24
}


@pytest.mark.clause("SR-120", "SR-121", "SR-122", "SR-123", "SR-124")
@pytest.mark.parametrize(("kind", "hours"), HOURS.items())
def test_the_manuals_hours_stand_in_the_standard_edition(kind: ClockKind, hours: int) -> None:
    assert STANDARD.rule(kind).within == timedelta(hours=hours)


def test_every_clock_has_one_rule_and_every_rule_a_case_of_its_own() -> None:
    kinds = [kind for kind in ClockKind if kind is not ClockKind.ANSWER]  # its rule is the question's own
    assert [rule.kind for rule in STANDARD.clocks] == kinds
    assert len({rule.opens for rule in STANDARD.clocks}) == len(kinds)


@pytest.mark.parametrize(("kind", "hours"), HOURS.items())
def test_in_the_demo_an_hour_is_a_second_and_no_clock_is_under_ten(kind: ClockKind, hours: int) -> None:
    assert DEMO.rule(kind).within == max(timedelta(seconds=hours), LEAST)


def test_the_demo_keeps_what_is_no_span_of_time() -> None:
    assert DEMO.edition == "demo-1"
    assert DEMO.rule(ClockKind.SHIP_BY).warn_before == (timedelta(seconds=12), timedelta(seconds=4))
    assert DEMO.rule(ClockKind.STAGNATION).warn_at is None
    assert (DEMO.transit, DEMO.transit_whole_days) == (timedelta(seconds=24), False)
    assert DEMO.auto_complete_after == timedelta(seconds=23) < DEMO.rule(ClockKind.COMPLETE).within
    assert (DEMO.zone, DEMO.language) == (STANDARD.zone, STANDARD.language)
    assert STANDARD.audit.having(debt_within=timedelta(seconds=24)) == DEMO.audit


def test_an_edition_is_the_same_after_its_way_through_the_database() -> None:
    assert Policy.model_validate_json(DEMO.model_dump_json()) == DEMO


def test_an_edition_without_a_clock_says_so() -> None:
    rule: ClockRule = STANDARD.clocks[0]
    with pytest.raises(KeyError):
        STANDARD.having(clocks=(rule,)).rule(ClockKind.DELAY)
