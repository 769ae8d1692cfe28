"""Another warehouse brings what an order lacks (AC-24, AC-25, SR-131a, SR-162; E2 up to purchasing)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import LineContent
from domain.facts import Moved
from domain.inquiries import Answer
from domain.stage import Stage
from domain.transfer_effects import BookTransferRequest, TransferOutcome, TransferRequest
from tests.sop.desk import NOT_ASKED, Desk, a_content

THREE = a_content(lines=(LineContent(line="1", sku="MUG-RED", quantity=3, unit_price=13_000),))


def brings(desk: Desk, *sources: str, refused: str = "") -> None:
    """These warehouses bring the two units that are short, one after the other."""
    desk.book.transfers += [
        TransferOutcome(
            source=source,
            target="WH-SH",
            lines=(Moved(line="1", quantity=2),),
            expected_at=desk.now + timedelta(hours=24),
            refused=refused,
        )
        for source in sources
    ]


async def lacks_two(desk: Desk) -> None:
    """An order of three of which one is there, and paid."""
    desk.book.stock = {"MUG-RED": 1}
    await desk.places(policy=NOT_ASKED, content=THREE)
    await desk.is_paid()


def booked(desk: Desk) -> list[str]:
    return [asked.stage for asked in desk.book.requests if isinstance(asked, BookTransferRequest)]


@pytest.mark.clause("AC-24", "SR-131a")
async def test_a_transfer_is_requested_received_pegged_and_the_order_released(desk: Desk) -> None:
    brings(desk, "WH-CD")
    await lacks_two(desk)
    [asked] = [request for request in desk.book.requests if isinstance(request, TransferRequest)]
    assert (asked.key, asked.lines) == (f"{desk.number}/transfer/1", (Moved(line="1", quantity=2),))
    assert asked.by == (await desk.clock("C4")).due_at - timedelta(hours=4)  # type: ignore[operator]
    await desk.hears("transfer_picked", transfer=1)
    await desk.hears("transfer_shipped", transfer=1)
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION
    await desk.hears("transfer_received", transfer=1)
    await desk.hears("transfer_received", transfer=1)
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert booked(desk) == ["shipped", "received"]
    order = await desk.order()
    assert [(each.warehouse, each.lines) for each in order.shipments] == [("WH-SH", (Moved(line="1", quantity=3),))]
    assert [case.outcome for case in order.cases] == ["TRANSFERRED"]
    assert order.tasks == ()
    assert "ask_purchasing" not in desk.steps
    told = [entry.code for recording in desk.book.recordings for entry in recording.entries]
    assert [code for code in told if code.startswith("transfer_")] == [
        "transfer_picked",
        "transfer_shipped",
        "transfer_received",
        "transfer_received",
    ]


@pytest.mark.clause("AC-25", "SR-131a")
async def test_a_transfer_that_fails_half_way_is_given_back_and_the_next_warehouse_is_asked(desk: Desk) -> None:
    brings(desk, "WH-CD", "WH-GZ")
    await lacks_two(desk)
    await desk.hears("transfer_picked", transfer=1)
    await desk.hears("transfer_failed", transfer=1, reason="broken")
    assert booked(desk) == ["failed"]
    asked = [request for request in desk.book.requests if isinstance(request, TransferRequest)]
    assert [request.tried for request in asked] == [(), ("WH-CD",)]
    assert [(each.source, str(each.state)) for each in (await desk.order()).transfers] == [
        ("WH-CD", "FAILED"),
        ("WH-GZ", "REQUESTED"),
    ]
    await desk.hears("transfer_received", transfer=2)
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert booked(desk) == ["failed", "received"]


@pytest.mark.clause("AC-28", "SR-131a")
async def test_stock_that_appears_meanwhile_is_taken_and_the_transfer_called_off(desk: Desk) -> None:
    brings(desk, "WH-CD")
    await lacks_two(desk)
    desk.book.stock = {"MUG-RED": 2}
    await desk.hears("stock_arrived", sku="MUG-RED")
    done = ["call_off_transfer", "enter_order", "release_shipment", "reserve_stock"]
    assert sorted(desk.steps[2:]) == done
    assert [str(each.state) for each in (await desk.order()).transfers] == ["CALLED_OFF"]
    assert booked(desk) == []
    assert await desk.stage() is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-131a")
async def test_purchasing_whose_date_is_too_late_leaves_it_to_a_person(desk: Desk) -> None:
    desk.book.purchase_answer = Answer()
    await lacks_two(desk)
    assert (await desk.order()).tasks == ()
    await desk.hears("purchase_promised", sku="MUG-RED", promised_at=(desk.now + timedelta(days=9)).isoformat())
    [task] = (await desk.order()).tasks
    assert (task.kind, task.params["lines"]) == ("FIND_STOCK", {"1": 2})


@pytest.mark.clause("SR-162", "SR-131a")
async def test_a_warehouse_that_does_not_answer_is_skipped_by_a_person(desk: Desk) -> None:
    desk.book.broken["request_transfer"] = ConnectionError("the warehouse does not answer")
    await lacks_two(desk)
    assert [step.effects for step in (await desk.order()).open_steps] == [(f"{desk.number}/transfer/1",)]
    assert (await desk.order()).tasks == ()
    await desk.asks("skip_step", step="1/transfer-1", reason="the warehouse is closed")
    assert [task.kind for task in (await desk.order()).tasks] == ["FIND_STOCK"]
    assert [step.result for step in (await desk.order()).steps] == ["", "NO_DATE"]
