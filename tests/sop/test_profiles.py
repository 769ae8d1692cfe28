"""Cold chain by data alone: out within 12 hours, no silence over 6, nobody is asked to wait (SR-147, AC-61)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.inquiries import Answer
from domain.policy import STANDARD, Policy
from domain.profiles import APPAREL, COLD_CHAIN
from tests.sop.desk import NOT_ASKED, Desk, a_content


@pytest.mark.clause("SR-147", "AC-61", "EC-49")
async def test_fresh_goods_are_late_after_12_hours(desk: Desk) -> None:
    await desk.places(policy=COLD_CHAIN)
    await desk.is_paid()
    due = (await desk.clock("C4", "shipment/1")).due_at
    assert due == desk.now + timedelta(hours=12)
    await desk.passes(hours=11.9)
    assert await desk.open_cases() == []
    await desk.passes(hours=0.2)
    assert await desk.open_cases() == ["OUTBOUND_OVERDUE"]


@pytest.mark.clause("SR-147", "AC-61", "EC-49")
async def test_a_parcel_of_fresh_goods_is_silent_after_6_hours(desk: Desk) -> None:
    await desk.is_on_its_way(policy=COLD_CHAIN)
    assert (await desk.clock("C5", "package/1")).due_at == desk.now + timedelta(hours=6)
    await desk.passes(hours=5.9)
    await desk.carrier_scans("IN_TRANSIT")
    await desk.passes(hours=5.9)
    assert await desk.open_cases() == []
    await desk.passes(hours=0.2)
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]


@pytest.mark.clause("AC-61", "SR-147")
@pytest.mark.parametrize(("policy", "offered"), [(COLD_CHAIN, []), (STANDARD, ["wait_until"])])
async def test_the_buyer_of_fresh_goods_is_not_asked_to_wait(desk: Desk, policy: Policy, offered: list[str]) -> None:
    desk.book.stock = {"MUG-RED": 1}
    desk.book.purchase_answer = Answer(promised_at=desk.now + timedelta(days=9))
    await desk.places(policy=policy)
    await desk.is_paid()
    [question] = (await desk.order()).questions
    assert [option.word for option in question.options] == [*offered, "ship_rest", "cancel"]
    assert desk.messages == ["SHORTAGE_CHOICE/question/1"]
    assert (await desk.order()).tasks == ()


@pytest.mark.clause("AC-61", "SR-147")
@pytest.mark.parametrize(
    ("policy", "may_wait", "may_exchange"), [(COLD_CHAIN, False, False), (STANDARD, True, False), (APPAREL, True, True)]
)
async def test_whoever_finds_stock_sees_what_the_customer_may_be_offered(
    desk: Desk, policy: Policy, may_wait: bool, may_exchange: bool
) -> None:
    """Nobody asks the buyer of fresh goods to wait; the size of a shirt may be another one."""
    desk.book.stock = {"MUG-RED": 1}
    [line] = a_content().lines
    policy = policy.having(shortage=NOT_ASKED.shortage)
    await desk.places(policy=policy, content=a_content(lines=(line.having(specification="L"),)))
    await desk.is_paid()
    assert await desk.open_cases() == ["STOCK_SHORTAGE"]
    [task] = (await desk.order()).tasks
    assert (task.kind, task.role) == ("FIND_STOCK", "purchasing")
    assert task.params == {"lines": {"1": 1}, "may_wait": may_wait, "may_exchange": may_exchange}
    assert desk.messages == [], "what is offered is for a person to say"
