"""What a person has to look at: vouchers, designs, messages, like orders (SR-050, SR-113, SR-114; AC-20, AC-21)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import AuditRequest
from domain.findings import Finding, Severity
from domain.policy import STANDARD
from domain.stage import Stage
from tests.sop.desk import Desk


def held(code: str, field: str, mark: str | int = 0) -> Finding:
    return Finding(code=code, field=field, severity=Severity.HOLD, params={"mark": mark})


VOUCHER = held("VOUCHER_REQUIRED", "total", 500_000)
DESIGN = held("DESIGN_NOT_FINAL", "lines.1.design_id", "MUG-RED")
MESSAGE = held("BUYER_MESSAGE", "buyer_message")


async def to_do(desk: Desk) -> list[tuple[str, str]]:
    return [(task.kind, task.role) for task in (await desk.order()).tasks if task.done_at is None]


async def holds(desk: Desk) -> list[tuple[str, str]]:
    return [(hold.id, str(hold.reason)) for hold in (await desk.order()).open_holds]


async def verifies(desk: Desk, verdict: str, actor: str) -> None:
    await desk.asks("verify_voucher", verdict=verdict, reason="seen at the bank", actor=actor, role="finance")


@pytest.mark.clause("AC-20", "SR-113")
async def test_a_new_customers_large_order_waits_for_a_voucher_that_two_people_saw(desk: Desk) -> None:
    desk.book.findings = (VOUCHER,)
    await desk.places()
    await desk.is_paid()
    order = await desk.order()
    assert (order.stage, await holds(desk)) == (Stage.AUDITING, [("H1", "VOUCHER_REQUIRED")])
    assert [(line.reserved, line.unallocated) for line in order.lines] == [(2, 0)]
    assert await to_do(desk) == [("SUBMIT_VOUCHER", "customer_service")]
    await desk.asks("submit_voucher", reference="BANK-77")
    no = await desk.is_refused("verify_voucher", verdict="approve", reason="mine", role="finance")
    assert (no.code, no.stage) == ("SAME_PERSON", "AUDITING")
    await verifies(desk, "refuse", "wang.wu")
    assert (await holds(desk), await to_do(desk)) == (
        [("H1", "VOUCHER_REQUIRED")],
        [("SUBMIT_VOUCHER", "customer_service")],
    )
    assert desk.steps == ["audit_order"]
    await desk.asks("submit_voucher", reference="BANK-78")
    await verifies(desk, "approve", "wang.wu")
    assert (await desk.stage(), await holds(desk), await to_do(desk)) == (Stage.READY_TO_SHIP, [], [])
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    assert desk.messages == ["ORDER_CONFIRMED/order"]
    codes = [entry.code for recording in desk.book.recordings for entry in recording.entries]
    assert [code for code in codes if "voucher" in code or "hold" in code] == [
        "hold_placed",
        "submit_voucher",
        "verify_voucher",
        "submit_voucher",
        "verify_voucher",
    ]


@pytest.mark.clause("AC-20", "SR-113")
async def test_a_voucher_pauses_no_clock(desk: Desk) -> None:
    desk.book.findings = (VOUCHER,)
    await desk.places()
    await desk.is_paid()
    clock = await desk.clock("C1")
    assert (clock.verdict, clock.pauses, clock.due_at) == ("met", (), desk.placed_at + timedelta(hours=2))


@pytest.mark.clause("AC-21", "SR-114")
async def test_the_final_design_lets_the_order_go_on(desk: Desk) -> None:
    desk.book.findings = (DESIGN,)
    await desk.places()
    await desk.is_paid()
    assert (await desk.stage(), await holds(desk)) == (Stage.AUDITING, [("H1", "DESIGN_NOT_FINAL")])
    assert (await desk.clock("C1")).due_at is None
    assert await to_do(desk) == [("APPROVE_DESIGN", "sales")]
    assert desk.steps == ["audit_order"]
    await desk.hears("design_approved", design_id="D-7", design_version="3")
    assert (await desk.stage(), await holds(desk), await to_do(desk)) == (Stage.READY_TO_SHIP, [], [])
    assert [(one.design_id, one.version) for one in (await desk.order()).designs] == [("D-7", "3")]
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]


@pytest.mark.clause("SR-050")
async def test_a_message_is_read_sales_decide_and_a_person_sees_to_it(desk: Desk) -> None:
    desk.book.findings = (MESSAGE,)
    await desk.places()
    await desk.is_paid()
    assert (await desk.stage(), await holds(desk)) == (Stage.AWAITING_CONFIRMATION, [("H1", "BUYER_MESSAGE")])
    await desk.asks("decide_message", choice="substitution", note="another colour")
    assert await to_do(desk) == [("DECIDE_SALES", "sales")]
    await desk.asks("sales_decision", hold="H2", verdict="approve")
    assert await to_do(desk) == [("APPLY_DECISION", "order_administrator")]
    assert desk.steps == ["audit_order"]
    await desk.asks("release_hold", hold="H3", note="changed in the order")
    assert await desk.stage() is Stage.READY_TO_SHIP
    rulings = [(one.choice, one.verdict, one.by) for one in (await desk.order()).rulings]
    assert rulings == [("substitution", "", "li.na"), ("substitution", "approve", "li.na")]


@pytest.mark.clause("SR-010")
async def test_a_suspected_duplicate_is_held_from_its_first_moment(desk: Desk) -> None:
    await desk.places(duplicate_of="SO2026112300000009")
    assert (await desk.stage(), await holds(desk)) == (Stage.RECEIVED, [("H1", "SUSPECTED_DUPLICATE")])
    [task] = (await desk.order()).tasks
    assert (task.kind, task.role, task.params) == (
        "CHECK_DUPLICATE",
        "order_administrator",
        {"order_no": "SO2026112300000009"},
    )
    assert desk.steps == []
    await desk.asks("release_hold", hold="H1", note="bought twice on purpose")
    await desk.is_paid()
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]


@pytest.mark.clause("SR-010")
async def test_a_duplicate_that_is_cancelled_was_never_audited(desk: Desk) -> None:
    await desk.places(duplicate_of="SO2026112300000009")
    await desk.asks("cancel", reason="the same order twice")
    assert await desk.stage() is Stage.CANCELLED
    assert desk.steps == ["release_stock"]
    assert await to_do(desk) == []


@pytest.mark.clause("AC-18", "SR-019")
async def test_three_findings_and_a_message_are_one_correction_task_for_whoever_speaks_with_the_customer(
    desk: Desk,
) -> None:
    wrong = [Finding(code="FIELD_MISSING", field=f"customer.{name}") for name in ("name", "phone", "buyer_key")]
    desk.book.findings = (*wrong, MESSAGE)
    await desk.places()
    corrections = [task for task in (await desk.order()).tasks if task.kind == "CORRECT"]
    [task] = corrections
    assert (task.role, len(task.params["findings"])) == ("customer_service", 3)
    assert await to_do(desk) == [("CORRECT", "customer_service"), ("DECIDE_MESSAGE", "order_administrator")]


@pytest.mark.clause("SR-113")
async def test_the_audit_is_asked_by_the_editions_own_figures(desk: Desk) -> None:
    await desk.places(policy=STANDARD.having(risk=STANDARD.risk.having(large_amounts={"CNY": 7})))
    [audit] = [request for request in desk.book.requests if isinstance(request, AuditRequest)]
    assert audit.risk.large_amounts == {"CNY": 7}
