"""The audit: every finding at once, one task, and the whole audit again after a correction (SR-012…019)."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from domain.effects import AuditRequest
from domain.findings import Finding, Severity
from domain.holds import CaseStatus
from domain.policy import STANDARD
from domain.question_policy import QuestionPolicy
from domain.stage import Stage
from tests.sop.desk import Desk, a_content

PHONE = Finding(code="FIELD_MISSING", field="customer.phone", severity=Severity.CRITICAL)
QUANTITY = Finding(code="QUANTITY_INVALID", field="lines.1.quantity", severity=Severity.CRITICAL)
AMOUNT = Finding(
    code="AMOUNT_MISMATCH", field="total", severity=Severity.CRITICAL, params={"expected": 39_000, "actual": 38_999}
)
SPECIFICATION = Finding(code="SPECIFICATION_MISMATCH", field="lines.1.specification")
ADDRESS = Finding(code="ADDRESS_MISMATCH", field="address.city", params={"address": "a1", "suggested": "杭州市"})
NOTICE = Finding(code="STOCK_SHORT", field="lines.1", severity=Severity.NOTICE)


def audits(desk: Desk) -> list[AuditRequest]:
    return [request for request in desk.book.requests if isinstance(request, AuditRequest)]


@pytest.mark.clause("AC-18", "SR-016", "SR-019")
async def test_three_findings_are_one_case_and_one_correction_task(desk: Desk) -> None:
    desk.book.findings = (PHONE, QUANTITY, AMOUNT)
    await desk.places()
    order = await desk.order()
    assert order.stage is Stage.NEEDS_CORRECTION
    assert order.audit.findings == (PHONE, QUANTITY, AMOUNT)
    [case] = order.cases
    assert (case.kind, case.responsible, case.level) == ("INFO_ERROR", "customer", 1)
    [task] = order.tasks
    assert (task.kind, task.role, task.case_no) == ("CORRECT", "customer_service", case.no)
    assert [finding["field"] for finding in task.params["findings"]] == ["customer.phone", "lines.1.quantity", "total"]
    assert desk.book.recordings[-1].projection.needs_attention is True


@pytest.mark.clause("AC-18", "SR-019")
async def test_an_edition_that_asks_nobody_holds_nothing_and_pauses_nothing(desk: Desk) -> None:
    desk.book.findings = (PHONE,)
    await desk.places(policy=STANDARD.having(questions=QuestionPolicy()))
    await desk.is_paid()
    order = await desk.order()
    assert order.holds == ()
    assert desk.messages == []
    assert (await desk.clock("C1")).pauses == ()
    assert (await desk.clock("C1")).due_at is not None
    assert desk.steps == ["audit_order"]
    await desk.passes(hours=2, seconds=1)
    clock = await desk.clock("C1")
    assert (clock.verdict, clock.cause, clock.responsible) == ("breached", "audit", "us")
    assert await desk.open_cases() == ["INFO_ERROR", "CONFIRM_OVERDUE"]


@pytest.mark.clause("AC-18", "SR-019")
async def test_after_a_correction_the_whole_audit_runs_again(desk: Desk) -> None:
    desk.book.findings = (PHONE, QUANTITY, AMOUNT)
    await desk.places()
    await desk.is_paid()
    desk.book.findings = ()
    answer = await desk.asks("correct_fields", expected_version=1, correction=7)
    assert answer["version"] == 2
    assert [(audit.version, audit.corrections) for audit in audits(desk)] == [(1, ()), (2, (7,))]
    assert len({audit.key for audit in audits(desk)}) == 2
    assert await desk.stage() is Stage.READY_TO_SHIP
    [case] = await desk.cases()
    assert (case.status, case.outcome, case.actor) == (CaseStatus.RESOLVED, "CORRECTED", "desk")
    [task] = (await desk.order()).tasks
    assert task.done_at is not None
    assert desk.steps == ["audit_order", "audit_order", "enter_order", "release_shipment"]


@pytest.mark.clause("AC-18", "SR-019")
async def test_a_correction_that_is_not_enough_keeps_the_case_and_makes_a_new_task(desk: Desk) -> None:
    desk.book.findings = (PHONE, AMOUNT)
    await desk.places()
    desk.book.findings = (AMOUNT,)
    await desk.asks("correct_fields", expected_version=1, correction=7)
    order = await desk.order()
    assert order.stage is Stage.NEEDS_CORRECTION
    assert [case.no for case in order.open_cases] == [1]
    assert [task.key for task in order.tasks if task.done_at is None] == ["correct/2"]
    await desk.asks("correct_fields", expected_version=2, correction=8)
    assert [audit.corrections for audit in audits(desk)] == [(), (7,), (7, 8)]


@pytest.mark.clause("SR-019")
async def test_a_correction_of_another_version_is_refused_with_the_current_one(desk: Desk) -> None:
    desk.book.findings = (PHONE,)
    await desk.places()
    await desk.asks("correct_fields", expected_version=1, correction=7)
    no = await desk.is_refused("correct_fields", expected_version=1, correction=8)
    assert (no.code, no.version, no.stage) == ("STALE_VERSION", 2, "NEEDS_CORRECTION")
    assert [audit.version for audit in audits(desk)] == [1, 2]


@pytest.mark.clause("SR-014", "SR-019")
async def test_a_correction_changes_what_is_due(desk: Desk) -> None:
    desk.book.findings = (AMOUNT,)
    await desk.places(content=a_content(total=38_999))
    await desk.is_paid(amount=39_000)
    assert await desk.open_cases() == ["INFO_ERROR", "PAYMENT_MISMATCH"]
    desk.book.findings, desk.book.content = (), a_content(total=39_000)
    await desk.asks("correct_fields", expected_version=1, correction=7)
    assert await desk.open_cases() == []
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert "refund_payment" not in desk.steps


@pytest.mark.clause("SR-018")
async def test_a_finding_that_is_not_critical_may_be_let_pass(desk: Desk) -> None:
    desk.book.findings = (SPECIFICATION,)
    await desk.places()
    await desk.is_paid()
    assert await desk.stage() is Stage.NEEDS_CORRECTION
    desk.book.findings = ()
    await desk.asks("approve_audit", reason="the customer meant the new colour name")
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert (await desk.order()).audit.approved_by == "li.na"
    assert desk.steps == ["audit_order", "reserve_stock", "enter_order", "release_shipment"]
    assert [(case.status, case.outcome) for case in await desk.cases()] == [(CaseStatus.RESOLVED, "FALSE_ALARM")]


@pytest.mark.clause("SR-019")
async def test_a_critical_finding_may_not(desk: Desk) -> None:
    desk.book.findings = (SPECIFICATION, PHONE)
    await desk.places()
    no = await desk.is_refused("approve_audit", reason="it will do")
    assert (no.code, no.alternatives) == ("CRITICAL_FINDING", ("correct_fields", "reject_audit"))
    assert await desk.stage() is Stage.NEEDS_CORRECTION
    assert desk.steps == ["audit_order"]


@pytest.mark.clause("SR-017", "SR-131")
async def test_a_notice_stops_nothing(desk: Desk) -> None:
    desk.book.findings = (NOTICE,)
    await desk.places()
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION
    assert "INFO_ERROR" not in await desk.open_cases()


@pytest.mark.clause("SR-019")
@pytest.mark.parametrize("paid", [True, False])
async def test_a_refused_order_gives_back_stock_and_money_once(desk: Desk, paid: bool) -> None:
    desk.book.findings = (PHONE,)
    await desk.places()
    if paid:
        await desk.is_paid()
    await desk.asks("reject_audit", reason="no such street")
    assert await desk.stage() is Stage.REJECTED
    assert desk.steps == ["audit_order", "release_stock", *(["refund_payment"] if paid else [])]
    assert desk.messages == ["NEED_INFO/question/1", "REJECTED/order"]
    assert [(case.status, case.outcome) for case in await desk.cases()] == [(CaseStatus.RESOLVED, "REJECTED")]
    assert (await desk.clock("C1")).verdict == "void"


@pytest.mark.clause("SR-019")
async def test_an_order_whose_audit_runs_may_be_refused_and_one_that_passed_may_not(desk: Desk) -> None:
    desk.book.broken["audit_order"] = ConnectionError("no database")
    await desk.places()
    assert await desk.stage() is Stage.AUDITING
    assert (await desk.is_refused("correct_fields", expected_version=1, correction=7)).code == "AUDIT_RUNNING"
    await desk.asks("reject_audit", reason="a test order")
    assert await desk.stage() is Stage.CANCELLING
    assert "release_stock" not in desk.steps
    desk.book.broken.clear()
    await desk.ends_as(Stage.REJECTED)
    assert desk.steps == ["audit_order", "release_stock"]
    assert desk.messages == ["REJECTED/order"]


@pytest.mark.clause("SR-019")
async def test_an_order_that_passed_the_audit_is_no_longer_refused_but_cancelled(desk: Desk) -> None:
    await desk.places()
    no = await desk.is_refused("reject_audit", reason="too late")
    assert (no.code, no.alternatives) == ("WRONG_STAGE", ("cancel", "place_hold"))
    assert await desk.stage() is Stage.AWAITING_CONFIRMATION


@pytest.mark.clause("SR-019")
async def test_a_correction_that_cannot_be_read_is_replaced_by_the_next(desk: Desk) -> None:
    desk.book.findings = (PHONE,)
    await desk.places()
    gone = ApplicationError("A correction is gone", type="Business.UnfitCorrection", non_retryable=True)
    desk.book.broken["audit_order"] = gone
    await desk.asks("correct_fields", expected_version=1, correction=987_654)
    assert [effect.key for effect in (await desk.order()).parked] == [f"{desk.number}/audit/2"]
    desk.book.broken.clear()
    desk.book.findings = ()
    await desk.asks("correct_fields", expected_version=2, correction=5)
    assert [audit.corrections for audit in audits(desk)][-1] == (5,)
    order = await desk.order()
    assert (order.stage, order.version, order.parked) == (Stage.AWAITING_CONFIRMATION, 3, ())


@pytest.mark.clause("SR-012", "SR-019")
async def test_a_person_lets_a_questioned_address_stand(desk: Desk) -> None:
    desk.book.findings = (ADDRESS,)
    await desk.places()
    await desk.is_paid()
    assert await desk.stage() is Stage.NEEDS_CORRECTION
    desk.book.findings = ()
    await desk.asks("override_address", reason="the customer says so")
    order = await desk.order()
    assert (order.stage, order.audit.findings, order.version) == (Stage.READY_TO_SHIP, (), 1)
    assert [(each.address, each.field, each.by, each.reason) for each in order.overrides] == [
        ("a1", "address.city", "li.na", "the customer says so")
    ]
    assert [(case.status, case.outcome) for case in order.cases] == [(CaseStatus.RESOLVED, "FALSE_ALARM")]
    assert desk.steps == ["audit_order", "reserve_stock", "enter_order", "release_shipment"]
    [line] = [entry for each in desk.book.recordings for entry in each.entries if entry.code == "override_address"]
    assert (line.actor, line.params["reason"]) == ("li.na", "the customer says so")
    assert desk.book.recordings[-1].projection.audit["overrides"][0]["address"] == "a1"


@pytest.mark.clause("SR-012", "SR-019")
async def test_an_override_lets_pass_the_address_and_nothing_else_and_is_honoured_later(desk: Desk) -> None:
    desk.book.findings = (PHONE, ADDRESS)
    await desk.places()
    await desk.asks("override_address", reason="the customer says so")
    order = await desk.order()
    assert (order.stage, order.audit.findings, order.stock_wanted) == (Stage.NEEDS_CORRECTION, (PHONE,), 0)
    assert (await desk.is_refused("override_address", reason="again")).code == "NOTHING_TO_OVERRIDE"
    desk.book.findings = ()
    await desk.asks("correct_fields", expected_version=1, correction=7)
    asked = audits(desk)[-1]
    assert (asked.version, asked.since, asked.overrides) == (2, 1, ("a1",))
    assert (await desk.cases())[0].outcome == "CORRECTED"
