"""An order of a running shop is taken over and goes on: what was done is not done again, what comes is (M19, AC-72)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.order_input import OrderInput
from domain.policy import STANDARD
from domain.stage import Stage
from domain.takeover.filling import filled
from domain.takeover.history import History
from domain.takeover.replay import Takeover, take_over
from tests.sop.desk import Desk, a_content

HOUR = timedelta(hours=1)


async def takes_over(desk: Desk, *, ago: timedelta, **history: Any) -> None:
    """An order that was placed so long ago comes to the desk with its history, of which the times are hours since."""
    placed = desk.now - ago
    given = OrderInput(
        order_no=desk.number,
        channel="tmall-flagship",
        external_id=f"T-{desk.number}",
        placed_at=placed,
        received_at=placed,
        content=a_content(),
        policy=STANDARD,
    )
    told = History.model_validate(_timed(history, placed))
    taken = take_over(given, filled(given.content, told, desk.now), Takeover(at=desk.now, house="WH-SH"))
    assert taken.contradictions == ()
    await desk.places(placed_at=placed, received_at=placed, snapshot=taken.order.model_dump(mode="json"))


def _timed(part: Any, placed: datetime) -> Any:
    if isinstance(part, dict):
        return {name: _at(name, value, placed) for name, value in part.items()}
    return [_timed(each, placed) for each in part] if isinstance(part, list) else part


def _at(name: str, value: Any, placed: datetime) -> Any:
    timed = (name == "at" or name.endswith("_at")) and isinstance(value, int | float)
    return placed + value * HOUR if timed else _timed(value, placed)


def on_its_way(*scans: dict[str, Any], out: float = 50) -> dict[str, Any]:
    """It was paid after an hour, and left too late, with a number that the channel took."""
    parcel = {"outbound_at": out, "tracking_number": "SF1", "carrier": "SF", "accepted_at": out + 0.5}
    return {"payments": [{"payment_no": "P1", "at": 1}], "packages": [{**parcel, "scans": list(scans)}]}


@pytest.mark.clause("AC-72")
async def test_a_shipped_order_goes_on_to_its_end_by_itself(desk: Desk) -> None:
    await takes_over(desk, ago=60 * HOUR, **on_its_way({"state": "IN_TRANSIT", "at": 55}))
    assert await desk.stage() == Stage.SHIPPED
    assert (desk.steps, desk.messages, desk.book.letters) == ([], [], ["subscribe/1/SF1"])
    assert await desk.open_cases() == []
    late = await desk.clock("C4")
    assert (late.verdict, late.before_takeover) == ("breached", True)

    await desk.carrier_scans("DELIVERED")
    assert desk.messages == ["DELIVERED/order"]
    await desk.passes(hours=23)
    await desk.ends_as(Stage.COMPLETED)
    assert desk.messages == ["DELIVERED/order", "COMPLETED/order"]
    assert [row.verdict for row in desk.book.clocks["C3", "order"]][-1] == "met"
    assert not desk.book.clocks["C3", "order"][-1].before_takeover
    assert (desk.steps, await desk.cases()) == ([], [])


@pytest.mark.clause("AC-72")
async def test_an_open_clock_runs_on_from_its_real_start(desk: Desk) -> None:
    await takes_over(desk, ago=60 * HOUR, **on_its_way({"state": "IN_TRANSIT", "at": 50 + 2}))
    await desk.passes(hours=15)
    assert await desk.open_cases() == []
    await desk.passes(hours=1, seconds=1)
    assert await desk.open_cases() == ["LOGISTICS_STALLED"]
    assert desk.steps == ["ask_carrier"]


@pytest.mark.clause("AC-72")
async def test_a_breach_of_the_past_stays_without_a_case_and_the_next_silence_has_one(desk: Desk) -> None:
    await takes_over(desk, ago=150 * HOUR, **on_its_way({"state": "IN_TRANSIT", "at": 60}))
    await desk.passes(hours=30)
    for kind in ("C5", "C6"):
        late = await desk.clock(kind, "package/1")
        assert (late.verdict, late.before_takeover, late.case_no) == ("breached", True, None)
    assert (await desk.cases(), desk.steps, desk.messages) == ([], [], [])

    await desk.carrier_scans("IN_TRANSIT")
    await desk.passes(hours=24, seconds=1)
    [case] = await desk.cases()
    assert [(ref.kind, ref.subject) for ref in case.clocks] == [("C5", "package/1")]


@pytest.mark.clause("AC-72")
async def test_what_was_confirmed_is_entered_here_and_not_audited_anew(desk: Desk) -> None:
    await takes_over(desk, ago=5 * HOUR, payments=[{"payment_no": "P1", "at": 1}], stock_confirmed_at=1.5)
    assert await desk.stage() == Stage.READY_TO_SHIP
    assert desk.steps == ["enter_order", "release_shipment"]
    assert desk.messages == ["ORDER_CONFIRMED/order"]
    await desk.ships()
    assert await desk.stage() == Stage.SHIPPED


@pytest.mark.clause("AC-72")
async def test_what_was_entered_and_released_is_taken_as_done(desk: Desk) -> None:
    released = [{"warehouse": "WH-SH", "released_at": 3}]
    await takes_over(desk, ago=5 * HOUR, payments=[{"payment_no": "P1", "at": 1}], shipments=released)
    assert (await desk.stage(), desk.steps, desk.book.letters) == (Stage.READY_TO_SHIP, [], [])
    await desk.is_paid(payment_no="P1")
    assert (await desk.order()).payment.surplus == (), "the gateway tells the same payment again"


@pytest.mark.clause("AC-72")
async def test_money_of_a_cancelled_order_goes_back_only_when_somebody_says_so(desk: Desk) -> None:
    paid = {"payments": [{"payment_no": "P1", "at": 1}], "entered_at": 2}
    await takes_over(desk, ago=5 * HOUR, **paid, cancelled_at=3)
    await desk.passes(hours=3)
    assert (await desk.stage(), desk.steps, desk.messages) == (Stage.CANCELLING, [], [])
    [task] = (await desk.order()).tasks
    assert (task.kind, task.params) == ("RETRY_STEP", {"effect": "refund_payment"})
    await desk.asks("retry_step", step=f"{desk.number}/refund/ending/P1")
    await desk.ends_as(Stage.CANCELLED)
    assert (desk.steps, desk.messages) == (["refund_payment"], ["CANCELLED_REFUND/order"])


@pytest.mark.clause("AC-72")
async def test_a_paid_order_that_was_not_audited_is_audited_here(desk: Desk) -> None:
    await takes_over(desk, ago=5 * HOUR, payments=[{"payment_no": "P1", "at": 1}])
    assert await desk.stage() == Stage.READY_TO_SHIP
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    late = await desk.clock("C1")
    assert (late.verdict, late.before_takeover, late.cause) == ("breached", True, "audit")
    assert await desk.cases() == []
