"""The emergency audit in the department: what it lets pass is owed, and judging that again touches nothing (SR-103)."""

import pytest

from activities.audit import AuditActivities
from domain.editions import PROMOTION
from domain.effects import AuditOutcome, AuditRequest
from domain.emergency_audit import strict
from domain.policy import STANDARD, AuditPolicy
from infra.db import tables
from tests.departments.desk import POSTED, Desk

WRONG = {"customer": {**POSTED["customer"], "email": "wang"}, "invoice": {"title": "", "tax_id": None}}
OWED = ["EMAIL_MALFORMED", "INVOICE_TITLE_MISSING"]


@pytest.fixture
def department(desk: Desk) -> AuditActivities:
    return AuditActivities(desk.direct, desk.watch)


def request(order_no: str, policy: AuditPolicy, cause: str = "1", *corrections: int) -> AuditRequest:
    place = {"key": f"{order_no}/audit/{cause}", "order_no": order_no, "version": 1, "corrections": corrections}
    return AuditRequest.model_validate({**place, "policy": policy, "debt": "/" in cause})


def codes(outcome: AuditOutcome) -> tuple[list[str], list[str]]:
    """What stands, and what is owed."""
    return [finding.code for finding in outcome.findings], [finding.code for finding in outcome.relaxed]


@pytest.mark.clause("SR-103", "AC-43")
async def test_in_the_promotion_the_order_is_reserved_and_the_findings_are_owed(
    desk: Desk, department: AuditActivities
) -> None:
    await desk.stock_is("TEA", WH_SH=10)
    await desk.stock_is("CUP", WH_SH=10)
    outcome = await department.audit_order(request(await desk.order_came_in(**WRONG), PROMOTION.audit))
    assert codes(outcome) == ([], OWED)
    assert await desk.level("TEA") == (10, 2)
    kept = str(await desk.rows(tables.effect))
    assert "wang" not in kept, "a finding repeats nothing personal"
    standard = await department.audit_order(request(await desk.order_came_in(**WRONG), STANDARD.audit))
    assert codes(standard) == (OWED, [])
    assert await desk.level("TEA") == (10, 2)


@pytest.mark.clause("SR-103", "AC-43")
async def test_what_is_critical_blocks_whatever_the_edition_relaxes(desk: Desk, department: AuditActivities) -> None:
    everything = ("PHONE_MALFORMED", "customer.phone", "AMOUNT_MISMATCH", "total", "SKU_UNKNOWN", *OWED)
    policy = PROMOTION.audit.having(relaxed=everything)
    wrong = {**WRONG, "total": 1, "customer": {**WRONG["customer"], "phone": "1"}}
    outcome = await department.audit_order(request(await desk.order_came_in(**wrong), policy))
    standing, owed = codes(outcome)
    assert {"PHONE_MALFORMED", "AMOUNT_MISMATCH", "SKU_UNKNOWN"} <= set(standing)
    assert (owed, outcome.allocations) == (OWED, ())


@pytest.mark.clause("SR-103", "AC-43")
async def test_a_debt_is_judged_by_the_corrected_order_and_nothing_else_is_touched(
    desk: Desk, department: AuditActivities
) -> None:
    await desk.stock_is("TEA", WH_SH=2)
    await desk.stock_is("CUP", WH_SH=10)
    order_no = await desk.order_came_in(**WRONG)
    await department.audit_order(request(order_no, PROMOTION.audit))
    before = await desk.rows(tables.reservation)
    judged = strict(PROMOTION.audit)
    again = await department.audit_order(request(order_no, judged, "1/debt"))
    assert (codes(again), again.debt) == ((OWED, []), True)
    repaid = await desk.corrected(order_no, customer__email="wang@example.com", invoice__title="杭州茶业有限公司")
    last = await department.audit_order(request(order_no, judged, f"1/debt/{repaid}", repaid))
    assert (codes(last), last.allocations, last.short) == (([], []), (), ())
    assert await desk.rows(tables.reservation) == before
    (row,) = await desk.rows(tables.correction)
    assert row["status"] == "accepted"
    assert await department.audit_order(request(order_no, judged, f"1/debt/{repaid}", repaid)) == last
