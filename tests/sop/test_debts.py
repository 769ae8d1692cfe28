"""The emergency audit of a promotion: the order goes on, what was let pass is owed and called in (SR-103, M8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.editions import PROMOTION
from domain.effects import AuditRequest
from domain.findings import Finding
from domain.stage import Stage
from tests.sop.desk import Desk

EMAIL = Finding(code="EMAIL_MALFORMED", field="customer.email")


def debt_of(desk: Desk) -> list[tuple[str, str]]:
    """The order's debts as the books keep them: the latest row of each, with its outcome."""
    rows = {row.debt: row for recording in desk.book.recordings for row in recording.debts}
    return [(row.code, row.outcome) for row in rows.values()]


@pytest.mark.clause("SR-103", "AC-43")
async def test_a_relaxed_finding_is_owed_and_repaid_while_the_order_goes_on(desk: Desk) -> None:
    desk.book.relaxed = desk.book.owed = (EMAIL,)
    await desk.places(policy=PROMOTION)
    await desk.is_paid()
    assert await desk.stage() is Stage.READY_TO_SHIP
    assert desk.steps == ["audit_order", "enter_order", "release_shipment"]
    assert debt_of(desk) == [("EMAIL_MALFORMED", "")]
    [owed] = desk.book.recordings[-1].projection.explanation["debts"]
    assert (owed["field"], owed["code"]) == ("customer.email", "EMAIL_MALFORMED")
    desk.book.owed = ()
    answer = await desk.asks("repay_debt", expected_version=1, correction=7)
    assert (answer["stage"], answer["version"]) == ("READY_TO_SHIP", 1)
    assert debt_of(desk) == [("EMAIL_MALFORMED", "REPAID")]
    assert desk.steps == ["audit_order", "enter_order", "release_shipment", "audit_order"]
    [_, again] = [request for request in desk.book.requests if isinstance(request, AuditRequest)]
    assert (again.key, again.policy.relaxed, again.corrections) == (f"{desk.number}/audit/1/debt/7", (), (7,))
    assert await desk.open_cases() == []


@pytest.mark.clause("SR-103", "AC-43")
async def test_debt_that_nobody_repays_is_judged_again_given_out_and_a_case(desk: Desk) -> None:
    desk.book.relaxed = desk.book.owed = (EMAIL,)
    await desk.places(policy=PROMOTION)
    await desk.is_paid()
    since = (await desk.order()).debts[0].since
    await desk.is_at(since + timedelta(hours=12, seconds=1))
    assert desk.steps.count("audit_order") == 2
    assert [task.kind for task in (await desk.order()).tasks if not task.done_at] == ["REPAY_DEBT"]
    assert await desk.open_cases() == []
    await desk.is_at(since + timedelta(hours=24, seconds=1))
    assert await desk.open_cases() == ["AUDIT_DEBT_OVERDUE"]
    [case] = await desk.cases()
    await desk.asks("resolve_case", case=case.no, outcome="WRITTEN_OFF")
    assert await desk.open_cases() == []
    assert debt_of(desk) == [("EMAIL_MALFORMED", "WRITTEN_OFF")]
    assert (await desk.order()).debts[0].actor == "li.na"
    assert desk.messages == ["ORDER_CONFIRMED/order"], "the customer hears nothing of it"
