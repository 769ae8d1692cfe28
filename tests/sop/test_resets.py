"""Reset at every workflow task: the same end, and no effect under another key or with another request (AC-36, M12).

The effect ledger answers a key's second asking (its own tests prove that); here every asking is compared with the
first, and the whole order with what it was. Facts come at once, and the clocks that have to run out are short: a run
after a Reset needs no skipped time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from temporalio.client import Client

from domain.inquiries import CarrierAnswer
from domain.policy import STANDARD, ClockKind
from domain.stage import Stage
from infra.db.effects import fingerprint
from tests.replay.lives import all_goes_well, short_of_stock
from tests.replay.playbooks import (
    address_set_right,
    brought_by_another_warehouse,
    changed_as_quoted,
    changed_while_picked,
    pulled_back_at_the_dock,
    the_rest_is_sent,
)
from tests.sop.desk import Desk
from tests.sop.patience import until
from tests.sop.resetting import balance, end_of, ended, first_asked, reset, tasks_of, verdicts

SOON = timedelta(milliseconds=300)
QUICK = STANDARD.having(
    clocks=tuple(rule.having(within=SOON) if rule.kind is ClockKind.STAGNATION else rule for rule in STANDARD.clocks),
    transit=SOON,
    transit_whole_days=False,
    recheck_after=timedelta(seconds=1),
)
"""Standard, but a parcel is silent and late after 300 ms."""


async def late_on_the_way(desk: Desk) -> None:
    """Without a query: where clocks are so short, the time it takes to answer one decides what is due.

    The carrier names a cause, and is asked for priority.
    """
    desk.book.carrier_answer = CarrierAnswer(reason="HUB_OVERLOAD")
    await desk.places(policy=QUICK, settles=False)
    await desk.is_paid(settles=False)
    await desk.shows(stage=Stage.READY_TO_SHIP)
    await desk.hears("outbound", settles=False)
    await desk.hears("tracking_number", tracking_number="SF1", carrier="SF", settles=False)
    await desk.shows(stage=Stage.SHIPPED)
    await until(lambda: desk.steps.count("ask_carrier") >= 2 and "request_priority" in desk.steps)
    await desk.carrier_scans("DELIVERED", settles=False)
    await desk.hears("confirmed", settles=False)


async def cancelled_in_the_erp(desk: Desk) -> None:
    desk.book.differences = ()
    await desk.places()
    await desk.asks("place_hold", blocks=["release"], note="wait", review_at="2099-01-01T00:00:00Z")
    await desk.is_paid(amount=38_000)
    await desk.asks("cancel", reason="changed my mind")


async def wrong_address(desk: Desk) -> None:
    """E1: the warehouse rejects the label, the goods are stopped, nobody answers, and the order is given up.

    Nobody telephones meanwhile: whether the goods are stopped before or after that time is the machine's matter.
    """
    questions = STANDARD.questions.compressed(lambda span: span / 500_000).having(call_after=timedelta(hours=1))
    await desk.places(policy=STANDARD.having(questions=questions), settles=False)
    await desk.is_paid(settles=False)
    await desk.shows(stage=Stage.READY_TO_SHIP)
    await desk.hears("label_rejected", shipment=1, reason="no such street", settles=False)
    await desk.hears("message_delivered", message="message/NEED_INFO/question/1", settles=False)


HAPPY = "AC-01"
LIVES: dict[str, tuple[Callable[[Desk], Awaitable[None]], Stage, int]] = {
    HAPPY: (all_goes_well, Stage.COMPLETED, 39_000),
    "E1": (wrong_address, Stage.CANCELLED, 0),
    "E1 answered": (address_set_right, Stage.COMPLETED, 39_000),
    "change": (changed_while_picked, Stage.COMPLETED, 39_000),
    "change as quoted": (changed_as_quoted, Stage.COMPLETED, 39_000),
    "cancel at the dock": (pulled_back_at_the_dock, Stage.CANCELLED, 0),
    "E2": (short_of_stock, Stage.COMPLETED, 39_000),
    "E2 chosen": (the_rest_is_sent, Stage.COMPLETED, 13_000),
    "E2 brought": (brought_by_another_warehouse, Stage.COMPLETED, 39_000),
    "E3": (late_on_the_way, Stage.COMPLETED, 39_000),
    "cancelled": (cancelled_in_the_erp, Stage.CANCELLED, 0),
}
"""How each lives, ends, and what is kept of the money."""
BY_TIME = {"E3": ("cases", "coupons", "tasks")}
"""What came of waiting: a run that is told at once how it ended is as late, but opens, gives and escalates no more."""


@pytest.mark.clause("AC-36", "SR-001", "SR-163", "EC-41")
@pytest.mark.parametrize(
    "life", [name if name == HAPPY else pytest.param(name, marks=pytest.mark.reset) for name in LIVES]
)
async def test_a_reset_anywhere_leads_to_the_same_end_with_the_same_effects(
    desk: Desk, client: Client, life: str
) -> None:
    live, end, kept = LIVES[life]
    await live(desk)
    await desk.ends_as(end)
    order = await end_of(client, desk.handle.id)
    asked, letters, run_id = first_asked(desk.book), Counter(desk.book.letters), (await desk.handle.describe()).run_id
    assert set(letters.values()) == {1}
    wanted = ended(order)
    by_time = {name: wanted.pop(name) for name in BY_TIME.get(life, ())}
    assert wanted["left over"] == []
    assert balance(desk.book, order) == {"reserved": {}, "money": kept}
    tasks = await tasks_of(desk.handle)
    assert len(tasks) >= 5
    for event_id in tasks:
        await reset(client, desk.handle.id, run_id, event_id)
        again = await end_of(client, desk.handle.id)
        assert {name: ended(again)[name] for name in wanted} == wanted, f"reset at event {event_id}"
        assert [(name, each) for name in by_time for each in ended(again)[name] if each not in by_time[name]] == []
        assert balance(desk.book, again) == balance(desk.book, order)
    assert {key: request for key, request in first_asked(desk.book).items() if key not in asked} == {}
    assert [each for each in desk.book.requests if fingerprint(each) != fingerprint(asked[each.key])] == []
    assert set(desk.book.letters) == set(letters)


@pytest.mark.clause("AC-36", "SR-120", "EC-41")
async def test_what_was_confirmed_in_time_still_is_when_the_order_is_reset_too_late(desk: Desk, client: Client) -> None:
    within = timedelta(seconds=6)
    rules = [rule.having(within=within) if rule.kind is ClockKind.CONFIRM else rule for rule in STANDARD.clocks]
    desk.book.keeps_time = True
    await desk.places(policy=STANDARD.having(clocks=tuple(rules)))
    await desk.is_paid()
    await desk.ships()
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    await desk.ends_as(Stage.COMPLETED)
    order = await end_of(client, desk.handle.id)
    assert verdicts(order)[ClockKind.CONFIRM, "order"] == ["met"]
    await asyncio.sleep(within.total_seconds() + 0.5)
    first, *_ = await tasks_of(desk.handle)
    await reset(client, desk.handle.id, (await desk.handle.describe()).run_id, first)
    again = await end_of(client, desk.handle.id)
    assert again.stage is Stage.COMPLETED
    assert verdicts(again) == verdicts(order)
