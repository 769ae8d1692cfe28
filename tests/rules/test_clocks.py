"""The clocks of §1.3 to the second: bounds, pauses, warnings, late news, and who is responsible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.effects import AuditOutcome, EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.stage import Stage
from tests.rules.story import PLACED, Story, a_content, an_input, delivered, promised, shipped, the_party_does_it

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
Told = tuple[str, str]


def nothing_on_the_shelf(order: Order, effect: EffectState) -> Outcome | None:
    """An audit that finds no stock."""
    if effect.kind == EffectKind.AUDIT:
        return AuditOutcome(version=order.version, content=order.content)
    return None if effect.kind == EffectKind.RESERVE else the_party_does_it(order, effect)


# -- bounds ----------------------------------------------------------------------------------------------------------


def _paid_after(span: timedelta) -> Told:
    story = Story()
    story.passes(seconds=span.total_seconds())
    story.is_paid()
    return story.clock("C1").verdict, " ".join(str(case.kind) for case in story.order.cases)


def _numbered_after(span: timedelta) -> Told:
    story = Story()
    story.is_paid()
    story.says("outbound")
    story.passes(seconds=span.total_seconds())
    story.says("tracking_number", tracking_number="SF1", carrier="SF")
    story.says("tracking_accepted", tracking_number="SF1")
    return story.clock("C2").verdict, " ".join(str(case.kind) for case in story.order.cases)


def _completed_after(span: timedelta) -> Told:
    story = delivered()
    story.asks("place_hold", reason="MANUAL", blocks=("complete",), note="n", review_at=PLACED + 900 * HOUR)
    story.passes(seconds=span.total_seconds())
    story.asks("release_hold", hold="H1")
    return story.clock("C3").verdict, " ".join(str(case.kind) for case in story.order.cases)


def _outbound_after(span: timedelta) -> Told:
    story = Story()
    story.is_paid()
    story.passes(seconds=span.total_seconds())
    story.ships()
    return story.clock("C4", "shipment").verdict, " ".join(str(case.kind) for case in story.order.cases)


def _scanned_after(span: timedelta) -> Told:
    story = shipped()
    story.passes(seconds=span.total_seconds())
    story.is_scanned("IN_TRANSIT")
    return story.rows("C5")[0].verdict, " ".join(str(case.kind) for case in story.order.cases)


def _delivered_after(span: timedelta) -> Told:
    story = shipped(promised_delivery_date=promised(23))
    story.is_scanned("PICKED_UP")
    story.passes(seconds=span.total_seconds())
    story.is_scanned("DELIVERED")
    return story.clock("C6").verdict, " ".join(str(case.kind) for case in story.order.cases)


def _accepted_after(span: timedelta) -> Told:
    story = Story(an_input(latest_ship_at=PLACED + 30 * HOUR))
    story.is_paid()
    story.passes(seconds=span.total_seconds())
    story.ships()
    return story.clock("C8").verdict, " ".join(str(case.kind) for case in story.order.cases)


@pytest.mark.clause("AC-02", "AC-05", "AC-10", "SR-120", "SR-121", "SR-122", "SR-123", "SR-124", "SR-132")
@pytest.mark.parametrize(
    ("happens_after", "within", "case"),
    [
        (_paid_after, 2 * HOUR, "CONFIRM_OVERDUE"),
        (_numbered_after, HOUR, "TRACKING_MISSING"),
        (_completed_after, 24 * HOUR, "COMPLETION_BLOCKED"),
        (_outbound_after, 48 * HOUR, "OUTBOUND_OVERDUE"),
        (_scanned_after, 24 * HOUR, "LOGISTICS_STALLED"),
        (_delivered_after, 15 * HOUR - timedelta(microseconds=1), "LOGISTICS_DELAY"),
        (_accepted_after, 30 * HOUR, "SHIP_BY_MISSED"),
    ],
)
def test_at_the_due_is_met_and_after_it_is_breached(
    happens_after: Callable[[timedelta], Told], within: timedelta, case: str
) -> None:
    assert happens_after(within - SECOND) == ("met", "")
    assert happens_after(within) == ("met", "")
    assert happens_after(within + SECOND) == ("breached", case)


@pytest.mark.clause("AC-10", "SR-123")
def test_the_breach_itself_starts_the_flow_without_any_fact() -> None:
    story = Story()
    story.is_paid()
    story.passes(hours=48)
    assert story.open_cases == []
    story.passes(seconds=1)
    assert story.open_cases == ["OUTBOUND_OVERDUE"]
    assert story.order.effect("ask_warehouse/1/1/shipment/1") is not None
    assert "OUTBOUND_LATE" in story.told


@pytest.mark.clause("AC-03", "SR-120")
def test_c1_stops_at_the_later_gate() -> None:
    story = Story(answers=nothing_on_the_shelf)
    story.passes(hours=1)
    story.is_paid()
    assert story.clock("C1").verdict == "open"
    story.passes(hours=1, seconds=1)
    assert (story.clock("C1").cause, story.clock("C1").responsible) == ("stock", "us")


# -- pauses ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-17", "AC-16")
def test_a_pause_at_80_percent_skips_and_repeats_no_threshold() -> None:
    story = Story()
    story.passes(minutes=96)
    assert story.noted.count("clock_warned") == 1
    story.asks("place_hold", reason="CUSTOMER_ANSWER", note="which color")
    story.passes(hours=20)
    assert story.clock("C1").due_at is None
    story.asks("release_hold", hold="H1")
    story.passes(minutes=24)
    assert (story.clock("C1").verdict, story.noted.count("clock_breached")) == ("open", 0)
    story.passes(seconds=1)
    assert (story.clock("C1").verdict, story.noted.count("clock_breached")) == ("breached", 1)
    assert story.noted.count("clock_warned") == 1


@pytest.mark.clause("AC-17")
def test_a_pause_before_75_percent_moves_the_warning_by_itself() -> None:
    story = Story()
    story.passes(minutes=80)
    story.asks("place_hold", reason="CUSTOMER_ANSWER", note="which color")
    story.passes(hours=20)
    story.asks("release_hold", hold="H1")
    assert story.noted.count("clock_warned") == 0
    story.passes(minutes=10)
    assert story.noted.count("clock_warned") == 1


@pytest.mark.clause("AC-11", "SR-123")
def test_a_customers_wait_of_20_hours_moves_c4_by_exactly_20_hours() -> None:
    story = Story()
    story.is_paid()
    story.passes(hours=10)
    story.asks("place_hold", reason="CUSTOMER_ANSWER", note="which color")
    story.passes(hours=20)
    story.asks("release_hold", hold="H1")
    assert story.clock("C4").due_at == PLACED + 68 * HOUR
    story.passes(hours=30)
    story.ships()
    row = story.clock("C4", "shipment")
    assert (row.verdict, row.gross_s, row.net_s) == ("met", 60 * 3600, 40 * 3600)


@pytest.mark.clause("SR-120", "SR-123")
def test_an_agreed_later_date_pauses_c1_and_c4_until_then_and_a_shortage_does_not() -> None:
    story = Story(answers=nothing_on_the_shelf)
    story.is_paid()
    assert (story.clock("C1").due_at, story.clock("C4").due_at) == (PLACED + 2 * HOUR, PLACED + 48 * HOUR)
    story.passes(hours=1)
    story.says("ship_date_agreed", ship_at=PLACED + 97 * HOUR)
    assert (story.clock("C1").due_at, story.clock("C4").due_at) == (PLACED + 98 * HOUR, PLACED + 144 * HOUR)


@pytest.mark.clause("AC-09", "SR-122")
def test_a_dispute_pauses_c3_and_the_completion() -> None:
    story = delivered()
    story.passes(hours=2)
    story.asks("place_hold", reason="DISPUTE", note="not received")
    story.passes(hours=30)
    assert story.order.stage is Stage.DELIVERED
    story.asks("release_hold", hold="H1")
    story.passes(hours=21)
    row = story.clock("C3")
    assert (story.order.stage, row.verdict, row.net_s) == (Stage.COMPLETED, "met", 23 * 3600)


@pytest.mark.clause("AC-70")
def test_c8_does_not_pause_and_warns_12_and_4_hours_before() -> None:
    story = Story(an_input(latest_ship_at=PLACED + 30 * HOUR))
    story.is_paid()
    story.asks("place_hold", reason="CUSTOMER_ANSWER", note="which color")
    story.passes(hours=20)
    story.asks("release_hold", hold="H1")
    assert story.clock("C4").due_at == PLACED + 68 * HOUR
    story.passes(hours=10, seconds=1)
    warned = [entry.at for entry in story.entries if entry.code == "clock_warned" and entry.params["clock"] == "C8"]
    assert warned == [PLACED + 18 * HOUR, PLACED + 26 * HOUR]
    assert (story.clock("C8").verdict, story.open_cases) == ("breached", ["SHIP_BY_MISSED"])


# -- who is responsible, and what has no clock -----------------------------------------------------------------------


@pytest.mark.clause("AC-63", "SR-123")
@pytest.mark.parametrize("trouble", ["stock", "hold", "erp", "warehouse"])
def test_c4_fires_whatever_the_goods_wait_for(trouble: str) -> None:
    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if trouble == "stock":
            return nothing_on_the_shelf(order, effect)
        silent = trouble == "erp" and effect.kind == EffectKind.ENTER
        return None if silent else the_party_does_it(order, effect)

    story = Story(answers=answers)
    if trouble == "hold":
        story.asks("place_hold", reason="MANUAL", blocks=("release",), note="n", review_at=PLACED + 900 * HOUR)
    story.is_paid()
    story.passes(hours=48, seconds=1)
    row = story.clock("C4", "shipment" if trouble == "warehouse" else "order")
    responsible = "warehouse" if trouble == "warehouse" else "us"
    assert (row.verdict, row.cause, row.responsible) == ("breached", trouble, responsible)


@pytest.mark.clause("AC-62", "SR-121")
def test_a_number_accepted_before_outbound_is_met_with_net_nothing() -> None:
    story = Story()
    story.is_paid()
    story.says("tracking_number", tracking_number="SF1", carrier="SF")
    story.says("tracking_accepted", tracking_number="SF1")
    story.passes(hours=2)
    story.says("outbound")
    row = story.clock("C2")
    assert (row.verdict, row.net_s, row.stop_at) == ("met", 0, row.start_at)


@pytest.mark.clause("AC-62")
@pytest.mark.parametrize("method", ["pickup", "own_fleet", "virtual"])
def test_without_a_carrier_there_is_no_c2_c5_c6(method: str) -> None:
    story = Story(an_input(a_content(delivery_method=method)))
    story.is_paid()
    story.says("outbound")
    story.passes(hours=100)
    assert story.rows("C2", "C5", "C6") == []


@pytest.mark.clause("AC-06", "SR-121", "EC-08")
def test_two_parcels_have_two_numbers_and_two_verdicts() -> None:
    story = Story()
    story.is_paid()
    story.says("outbound", package="1", lines=[{"line": "1", "quantity": 1}], tracking_number="SF1")
    story.says("tracking_accepted", tracking_number="SF1")
    story.says("outbound", package="2", lines=[{"line": "1", "quantity": 1}])
    story.passes(hours=1, seconds=1)
    assert {row.subject: row.verdict for row in story.rows("C2")} == {"package/1": "met", "package/2": "breached"}


@pytest.mark.clause("AC-07", "SR-121", "EC-37")
def test_a_number_the_channel_refuses_is_the_channels_breach() -> None:
    story = Story()
    story.is_paid()
    story.says("outbound", tracking_number="SF1")
    story.says("tracking_refused", tracking_number="SF1", reason="unknown carrier")
    story.passes(hours=3)
    row = story.clock("C2")
    assert (row.verdict, row.cause, row.responsible) == ("breached", "channel", "channel")
    assert (story.order.stage, story.order.packages[0].refused) == (Stage.SHIPPED, "unknown carrier")


@pytest.mark.clause("SR-161")
def test_the_desk_looks_again_after_the_clock_that_is_due_next() -> None:
    story = Story()
    assert story.next_due == (PLACED + timedelta(minutes=90), "C1 order warning")
