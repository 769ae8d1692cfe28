"""Taking over a running shop: true stages, verdicts by the original times, nothing done again (M19, AC-72)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.books import promises
from domain.effects import Allocation
from domain.facts import Moved, parse
from domain.manual.decide import decide
from domain.order import Order
from domain.order_input import OrderInput
from domain.packages import PackageState
from domain.policy import STANDARD
from domain.posted import content_of
from domain.takeover.checks import contradictions
from domain.takeover.filling import filled
from domain.takeover.goods import Found
from domain.takeover.history import History, PackageBefore, PaidBefore, RefundBefore, ScanBefore, ShipmentBefore
from domain.takeover.replay import TakenOver, Takeover, take_over
from domain.taking.after import after
from tests.rules.independent_verdicts import Judged, verdicts
from tests.rules.lives_before import SECOND, TAKEN, Life
from tests.rules.owed import decided, owed
from tests.rules.story import a_content, a_line, an_input

LIVES = 4_000
FEWER = 250
"""So many of them each time, all in `make thorough`."""
CHUNK = 250
DECIDED = 5
"""Of so many lives one is decided too, to keep the time: it has no divisor in common with states and moments."""


def taken(life: Life) -> TakenOver:
    """The house takes a life over."""
    posted = life.posted()
    content = content_of(posted)
    history = History.model_validate(posted["history"])
    assert contradictions(content, history, life.at) == ()
    given = OrderInput(
        order_no="SO2026122000000001",
        channel=life.channel,
        external_id=posted["external_id"],
        placed_at=life.placed,
        received_at=life.placed,
        content=content,
        policy=STANDARD,
        latest_ship_at=life.ship_by,
        promised_delivery_date=life.day,
    )
    return take_over(given, filled(content, history, life.at), Takeover(at=life.at, house="WH-1"))


@pytest.mark.clause("AC-72")
@pytest.mark.parametrize(
    "first",
    [
        *range(0, FEWER, CHUNK),
        *(pytest.param(first, marks=pytest.mark.thorough) for first in range(FEWER, LIVES, CHUNK)),
    ],
)
def test_stages_and_verdicts_equal_an_independent_computation(first: int) -> None:
    for seed in range(first, first + CHUNK):
        life = Life(seed, at=TAKEN + (seed % 3 - 1) * SECOND)
        found = taken(life)
        assert (found.order.stage, found.order.unmatched) == (life.stage, ()), f"life {seed} {life.state}"
        rows = promises(found.order, life.at)
        judged = {
            (row.kind, row.subject, row.start_at): Judged(row.stop_at, row.due_at, row.verdict, False, row.net_s)
            for row in rows
        }
        assert judged == verdicts(life.raw, life.at), f"life {seed} {life.state}"
        assert all(row.before_takeover == (row.verdict != "open") for row in rows), f"life {seed}"
        if seed % DECIDED == 0 and not found.order.final:
            nothing_for_the_past(life, found.order)


def nothing_for_the_past(life: Life, order: Order) -> None:
    """No case, no step, no letter and no line but what is owed still; and the desk looks again ahead, not behind.

    One that is over has no workflow, so that nothing is decided for it (``tests/web/test_taken_over_lives.py``).
    """
    decision = decide(order, life.at)
    assert decided(order, decision) == owed(life), f"life {life.seed} {life.state}"
    assert all(entry.at == life.at for entry in decision.entries), f"life {life.seed}"
    assert decision.next_due is None or decision.next_due.at >= life.at, f"life {life.seed}"


@pytest.mark.clause("AC-72")
def test_thousands_of_time_stamps_lie_beside_the_limits() -> None:
    """The figures that the tests of a takeover rest on: one second before, and one second after."""
    beside: Counter[tuple[str, str, int]] = Counter()
    for seed in range(LIVES):
        life = Life(seed, at=TAKEN + (seed % 3 - 1) * SECOND)
        for (kind, *_), found in verdicts(life.raw, life.at).items():
            off = round(((found.stop or life.at) - found.due) / SECOND) if found.due else 99
            if abs(off) == 1 or (kind == "C6" and off == 0):
                beside[kind, "stopped" if found.stop else "runs", off] += 1
    for kind in ("C1", "C2", "C3", "C4", "C5", "C6", "C8"):
        for side in (-1, 1):
            assert beside[kind, "stopped", side] >= 30, (kind, side, beside)
    for kind in ("C1", "C3", "C4", "C5"):
        assert beside[kind, "runs", -1] >= 10, beside
        assert beside[kind, "runs", 1] >= 10, beside
    assert sum(beside.values()) > 4_000


# -- what is missing -------------------------------------------------------------------------------------------------

PLACED = TAKEN - timedelta(days=20)
CONTENT = a_content(a_line("1", 2))


def at(hours: float) -> datetime:
    return PLACED + timedelta(hours=hours)


def replayed(history: History, moment: datetime = TAKEN, found: Found | None = None) -> TakenOver:
    """Two mugs with this history."""
    given = an_input(CONTENT, placed_at=PLACED, received_at=PLACED)
    takeover = Takeover(at=moment, house="WH-1", found=found or Found())
    return take_over(given, filled(CONTENT, history, moment), takeover)


def gone(**changes: Any) -> PackageBefore:
    return PackageBefore.model_validate({"outbound_at": at(30), "tracking_number": "SF1", **changes})


@pytest.mark.clause("AC-72")
def test_a_later_step_implies_the_earlier_ones_at_its_own_time() -> None:
    order = replayed(History(completed_at=at(90))).order
    assert order.stage == "COMPLETED"
    assert order.payment.captured("CNY") == CONTENT.total
    times = [order.payment.confirmed_at, order.stock_confirmed_at, order.entered and order.entered.at]
    times += [order.shipments[0].outbound_at, order.packages[0].delivered_at]
    assert times == [at(90)] * 5
    assert order.entered
    assert order.entered.document == "taken over"


def test_a_parcel_that_moved_had_left_and_one_that_was_only_labelled_had_not() -> None:
    moved = ScanBefore(state=PackageState.IN_TRANSIT, at=at(40))
    labelled = ScanBefore(state=PackageState.LABELLED, at=at(20))
    left = replayed(History(packages=(PackageBefore(tracking_number="SF1", scans=(labelled, moved)),)))
    there = replayed(History(packages=(PackageBefore(tracking_number="SF1", scans=(labelled,)),), entered_at=at(2)))
    assert (left.order.stage, left.order.packages[0].outbound_at) == ("SHIPPED", at(40))
    assert (there.order.stage, there.order.packages[0].out) == ("AWAITING_CONFIRMATION", False)


def test_money_is_not_invented_for_what_no_warehouse_has_begun() -> None:
    found = replayed(History(stock_confirmed_at=at(1)))
    assert (found.order.payment.receipts, found.assumed) == ((), ("audited_at",))
    begun = replayed(History(shipments=(ShipmentBefore(released_at=at(5)),)))
    assert [receipt.at for receipt in begun.order.payment.receipts] == [at(5)]
    assert "payments" in begun.assumed


def test_the_channel_has_the_number_of_a_parcel_that_arrived_and_is_owed_that_of_one_that_has_not() -> None:
    arrived = replayed(History(packages=(gone(signed_at=at(60)),))).order
    under_way = replayed(History(packages=(gone(),))).order
    assert arrived.packages[0].accepted_at == at(30)
    assert "push_tracking/1/SF1" in arrived.said
    assert under_way.packages[0].accepted_at is None
    assert "push_tracking/1/SF1" not in under_way.said


# -- what cannot be, and what is kept as it was told -----------------------------------------------------------------

NEVER = TAKEN + SECOND


@pytest.mark.clause("AC-72")
@pytest.mark.parametrize(
    ("history", "path", "code"),
    [
        (History(completed_at=NEVER), "history.completed_at", "lies_ahead"),
        (History(packages=(gone(signed_at=NEVER),)), "history.packages.0.signed_at", "lies_ahead"),
        (History(packages=(gone(), gone(tracking_number="SF2"))), "history.packages.package", "named_twice"),
        (History(packages=(gone(), gone(package="2"))), "history.packages.tracking_number", "named_twice"),
        (History(shipments=(ShipmentBefore(shipment=2),)), "history.shipments", "shipment_numbers"),
        (
            History(packages=(PackageBefore(accepted_at=at(3)),)),
            "history.packages.0.accepted_at",
            "number_missing",
        ),
        (History(packages=(gone(lines=[{"line": "9", "quantity": 1}]),)), "history.packages.0.lines", "unknown_line"),
        (History(completed_at=at(9), cancelled_at=at(9)), "history.cancelled_at", "two_ends"),
        (History(packages=(gone(),), cancelled_at=at(40)), "history.cancelled_at", "ended_after_outbound"),
        (History(entered_at=at(2), rejected_at=at(3)), "history.rejected_at", "rejected_after_audit"),
        (History(refunds=(RefundBefore(amount=9_999, at=at(3)),)), "history.refunds", "refunded_too_much"),
        (History(payments=(PaidBefore(amount=9_999, at=at(3)),)), "history.payments", "paid_too_much"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(history: History, path: str, code: str) -> None:
    assert [(each.path, each.code) for each in contradictions(CONTENT, history, TAKEN)] == [(path, code)]


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (History(completed_at=at(90), packages=(gone(lines=[{"line": "1", "quantity": 1}]),)), "Units of line 1"),
        (History(completed_at=at(90), payments=(PaidBefore(amount=1, at=at(1)),)), "Paid was not what is due"),
        (History(completed_at=at(90), packages=(gone(scans=[{"state": "LOST", "at": at(50)}]),)), "By its parcels"),
    ],
)
def test_an_end_that_the_history_does_not_carry_is_refused(history: History, reason: str) -> None:
    [wrong] = replayed(history).contradictions
    assert (wrong.path, wrong.code) == ("history.completed_at", "not_completed")
    assert wrong.reason.startswith(reason)


def test_a_signature_before_outbound_is_kept_and_a_stop_before_its_start_counts_as_at_the_start() -> None:
    found = replayed(History(packages=(gone(signed_at=at(20)),)))
    assert (found.order.stage, found.order.unmatched) == ("DELIVERED", ())
    rows = {row.kind: row for row in promises(found.order, TAKEN)}
    assert (rows["C6"].stop_at, rows["C6"].verdict) == (at(30), "met")


def test_units_beyond_the_order_are_a_mis_shipment_of_an_order_that_goes_on() -> None:
    found = replayed(History(packages=(gone(lines=[{"line": "1", "quantity": 3}]),)))
    assert found.order.stage == "SHIPPED"
    assert [str(case.kind) for case in decide(found.order, TAKEN).order.cases] == ["MIS_SHIPMENT"]


# -- what follows ----------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-72")
def test_nothing_is_said_started_or_opened_for_the_past_of_a_parcel_under_way() -> None:
    order = replayed(History(packages=(gone(accepted_at=at(31)),))).order
    decision = decide(order, TAKEN + timedelta(hours=1))
    assert [letter.key.partition("/")[2] for letter in decision.letters] == ["subscribe/1/SF1"]
    assert (decision.entries, decision.order.effects, decision.order.cases, decision.order.tasks) == ((), (), (), ())


def test_news_of_a_start_that_is_told_after_the_takeover_is_watched_like_any() -> None:
    order = replayed(History(packages=(gone(accepted_at=at(31)),))).order
    told = TAKEN + timedelta(hours=1)
    scan = {"id": "c:1", "kind": "carrier_scan", "state": "IN_TRANSIT", "tracking_number": "SF1"}
    order = after(order, parse({**scan, "occurred_at": TAKEN - timedelta(hours=40), "received_at": told}))
    [before, silence] = [row for row in promises(order, told) if row.kind == "C5"]
    assert (before.before_takeover, silence.before_takeover, silence.cause) == (True, False, "LATE_FACT")


def test_late_news_of_the_past_corrects_a_verdict_of_the_past() -> None:
    order = replayed(History(packages=(gone(),))).order
    [late] = [row for row in promises(order, TAKEN) if row.kind == "C2"]
    told = {"id": "c:1", "kind": "tracking_accepted", "tracking_number": "SF1"}
    order = after(order, parse({**told, "occurred_at": at(30.5), "received_at": TAKEN + timedelta(hours=1)}))
    [met] = [row for row in promises(order, TAKEN) if row.kind == "C2"]
    assert [(row.verdict, row.before_takeover) for row in (late, met)] == [("breached", True), ("met", True)]


def test_stock_that_the_books_lack_is_unallocated_again_and_the_old_verdict_stands() -> None:
    history = History(payments=(PaidBefore(at=at(1)),), entered_at=at(1.5))
    some = Found(
        allocations=(Allocation(line="1", warehouse="WH-2", quantity=1),), missing=(Moved(line="1", quantity=1),)
    )
    order = replayed(history, found=some).order
    assert (order.lines[0].unallocated, order.lines[0].reserved) == (1, 1)
    assert [(each.warehouse, each.lines[0].quantity) for each in order.shipments] == [("WH-2", 1)]
    [row] = [row for row in promises(order, TAKEN) if row.kind == "C1"]
    assert (row.verdict, row.stop_at) == ("met", at(1.5))
