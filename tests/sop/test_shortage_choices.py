"""The customer chooses what becomes of goods that nobody has (E2; AC-26, AC-27, AC-28)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import LineContent, RefundRequest
from domain.entry_effects import EnterRequest
from domain.facts import Moved
from domain.policy import STANDARD
from domain.shortage_policy import Substitute
from domain.stage import Stage
from tests.sop.desk import Desk, a_content
from tests.sop.history import events_of, history_of, replays

THREE = a_content(lines=(LineContent(line="1", sku="MUG-RED", quantity=3, unit_price=13_000),))
LETTER = "message/SHORTAGE_CHOICE/question/1"
BLUE = Substitute(sku="MUG-RED", instead="MUG-BLUE", unit_price=15_000)
MOST_EVENTS = 300
"""What an order with one such case may write into its history."""


async def is_asked(desk: Desk) -> None:
    """A paid order of three mugs of which one is there; the question has arrived."""
    desk.book.stock = {"MUG-RED": 1, "MUG-BLUE": 5}
    policy = STANDARD.having(shortage=STANDARD.shortage.having(substitutes=(BLUE,)))
    await desk.places(policy=policy, content=THREE)
    await desk.is_paid()
    await desk.hears("message_delivered", message=LETTER)


def paid_back(desk: Desk) -> list[tuple[str, int]]:
    asked = {request.key: request for request in desk.book.requests if isinstance(request, RefundRequest)}
    return [(key.removeprefix(f"{desk.number}/"), request.amount) for key, request in asked.items()]


@pytest.mark.clause("AC-26", "SR-131b")
async def test_no_transfer_and_48_silent_hours_pay_back_what_is_missing_once_and_send_the_rest(desk: Desk) -> None:
    await is_asked(desk)
    order = await desk.order()
    [question] = order.questions
    assert [option.word for option in question.options] == ["substitute", "ship_rest", "cancel"]
    assert order.tasks == ()
    await desk.is_at(question.asked_at + timedelta(hours=47))
    assert paid_back(desk) == []
    await desk.is_at(question.asked_at + timedelta(hours=49))
    assert paid_back(desk) == [("refund/short/1", 26_000)]
    [entered] = [request for request in desk.book.requests if isinstance(request, EnterRequest)]
    assert [(line.sku, line.quantity) for line in entered.content.lines] == [("MUG-RED", 1)]
    order = await desk.order()
    assert [each.lines for each in order.shipments] == [(Moved(line="1", quantity=1),)]
    await desk.ships()
    await desk.hears("stock_arrived", sku="MUG-RED")
    await desk.carrier_scans("DELIVERED")
    assert await desk.stage() is Stage.DELIVERED
    await desk.passes(hours=23, seconds=1)
    await desk.ends_as(Stage.COMPLETED)
    order = await desk.order()
    assert (order.payment.state, [line.cancelled for line in order.lines]) == ("partially_refunded", [2])
    assert paid_back(desk) == [("refund/short/1", 26_000)]
    aside = [step for step in desk.steps if step in {"reserve_stock", "release_stock"}]
    assert aside == ["reserve_stock", "release_stock"], "the offer was set aside, and given back once"
    assert len(await events_of(desk.handle)) <= MOST_EVENTS
    await replays(await history_of(desk.handle))


@pytest.mark.clause("AC-27", "SR-131b")
async def test_dearer_goods_instead_leave_once_the_difference_is_paid(desk: Desk) -> None:
    await is_asked(desk)
    desk.book.stock = {"MUG-RED": 1, "MUG-BLUE": 5}  # the audit of a version gives back first
    await desk.asks("customer_choice", question=1, option="substitute")
    order = await desk.order()
    assert [(line.sku, line.quantity) for line in order.content.lines] == [("MUG-RED", 1), ("MUG-BLUE", 2)]
    assert (order.version, order.payment.due) == (2, 43_000)
    assert desk.messages[-1] == "PAY_DIFFERENCE/question/1"
    assert "enter_order" not in desk.steps
    await desk.is_paid(amount=4_000, payment_no="P2")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert paid_back(desk) == []
    assert desk.steps.count("release_shipment") == 1
    assert len(await events_of(desk.handle)) <= MOST_EVENTS


@pytest.mark.clause("AC-28", "SR-131b")
async def test_stock_that_appears_withdraws_the_question_and_the_order_goes_on(desk: Desk) -> None:
    await is_asked(desk)
    desk.book.stock = {"MUG-RED": 2}
    await desk.hears("stock_arrived", sku="MUG-RED")
    order = await desk.order()
    assert (order.questions[0].state, order.stage) == ("WITHDRAWN", Stage.READY_TO_SHIP)
    assert desk.messages[:2] == ["SHORTAGE_CHOICE/question/1", "SHORTAGE_FOUND/question/1"]
    assert (await desk.is_refused("customer_choice", question=1, option="cancel")).code == "QUESTION_MOOT"
    await desk.is_at(order.questions[0].asked_at + timedelta(hours=49))
    assert paid_back(desk) == []
