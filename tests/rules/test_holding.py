"""Holds the audit places, and what ends them: once a content, by their own decision (§4.5; SR-113, SR-114)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.holds import Hold
from domain.manual.answers import allowed_actions
from domain.manual.explain import explain
from domain.policy import STANDARD, Policy
from domain.requests import ASKS
from domain.stage import Stage
from tests.rules.risky import DESIGN, MESSAGE, PHONE, RISK, VOUCHER, Audited, held
from tests.rules.story import Story, a_content, a_line

OLD = Policy(edition="old", clocks=STANDARD.clocks)


# -- vouchers --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-20", "SR-113")
def test_a_voucher_is_submitted_by_one_and_verified_by_another() -> None:
    story = Audited(VOUCHER)
    story.is_paid()
    assert (story.order.stage, story.open_holds) == (Stage.AUDITING, [("H1", "VOUCHER_REQUIRED")])
    assert story.to_do == [("SUBMIT_VOUCHER", "customer_service")]
    assert all(line.reserved == line.quantity for line in story.order.lines)
    assert story.asks("submit_voucher", reference="BANK-77") == ""
    assert story.to_do == [("VERIFY_VOUCHER", "finance")]
    assert story.asks("submit_voucher", reference="BANK-78") == "VOUCHER_PENDING"
    assert story.verifies("approve", by=" LI ") == "SAME_PERSON"
    assert story.done == ["audit_order"]
    assert story.verifies("approve") == ""
    assert (story.order.stage, story.open_holds, story.to_do) == (Stage.READY_TO_SHIP, [], [])
    [voucher] = story.order.vouchers
    assert (voucher.reference, voucher.submitted_by, voucher.verdict) == ("BANK-77", "Li", "approve")


@pytest.mark.clause("AC-20", "SR-113")
def test_a_refused_voucher_keeps_the_hold_and_asks_for_another() -> None:
    story = Audited(VOUCHER)
    assert story.verifies("approve") == "NO_VOUCHER"
    story.asks("submit_voucher", reference="BANK-77")
    assert story.verifies("refuse") == ""
    assert (story.open_holds, story.to_do) == ([("H1", "VOUCHER_REQUIRED")], [("SUBMIT_VOUCHER", "customer_service")])
    assert story.asks("submit_voucher", reference="BANK-78") == ""
    assert story.verifies("approve") == ""
    assert [voucher.verdict for voucher in story.order.vouchers] == ["refuse", "approve"]
    assert story.order.stage is Stage.AWAITING_CONFIRMATION
    assert len({task.key for task in story.order.tasks}) == 4


@pytest.mark.clause("SR-113")
def test_only_finance_and_supervisors_verify_and_nobody_releases_the_hold_by_hand() -> None:
    story = Audited(VOUCHER)
    story.asks("submit_voucher", reference="BANK-77")
    assert story.asks("verify_voucher", verdict="approve", reason="n", actor="wang") == "FORBIDDEN"
    assert story.asks("release_hold", hold="H1") == "HOLD_ENDS_OTHERWISE"
    assert story.asks("approve_audit", reason="n") == ""
    assert (story.order.stage, story.open_holds) == (Stage.AUDITING, [("H1", "VOUCHER_REQUIRED")])


@pytest.mark.clause("SR-113")
def test_an_order_that_wants_no_voucher_takes_none() -> None:
    story = Story()
    assert story.asks("submit_voucher", reference="BANK-77") == "WRONG_STAGE"
    assert {"submit_voucher", "verify_voucher", "decide_message", "sales_decision"} & set(
        allowed_actions(story.order)
    ) == set()


@pytest.mark.clause("SR-113")
def test_a_released_hold_is_not_placed_again_for_the_same_content_and_is_for_another() -> None:
    story = Audited(VOUCHER, PHONE)
    story.asks("submit_voucher", reference="BANK-77")
    story.verifies("approve")
    story.is_corrected(VOUCHER)
    assert (story.order.version, story.open_holds) == (2, [])
    other = Audited(VOUCHER, PHONE)
    other.asks("submit_voucher", reference="BANK-77")
    other.verifies("approve")
    other.is_corrected(held("VOUCHER_REQUIRED", mark=900_000))
    assert other.open_holds == [("H3", "VOUCHER_REQUIRED")]


@pytest.mark.clause("SR-113")
def test_a_cause_that_is_corrected_away_ends_its_hold() -> None:
    story = Audited(VOUCHER, RISK, PHONE)
    story.is_corrected(RISK)
    assert story.open_holds == [("H2", "HIGH_RISK")]
    assert story.order.holds[0].released_by == "desk"
    assert "hold_released" in story.noted


# -- designs ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("AC-21", "SR-114")
def test_the_design_fact_releases_the_order() -> None:
    story = Audited(DESIGN)
    story.is_paid()
    assert (story.order.stage, story.to_do) == (Stage.AUDITING, [("APPROVE_DESIGN", "sales")])
    assert story.clock("C1").due_at is None
    story.says("design_approved", design_id="D-7", design_version="3")
    assert (story.order.stage, story.open_holds) == (Stage.READY_TO_SHIP, [])
    assert [(design.design_id, design.version) for design in story.order.designs] == [("D-7", "3")]


@pytest.mark.clause("AC-21", "SR-114")
def test_a_design_for_one_line_waits_for_the_others() -> None:
    two = held("DESIGN_NOT_FINAL", "lines.2.design_id", "SKU-2")
    story = Audited(DESIGN, two, content=a_content(a_line("1"), a_line("2")))
    story.says("design_approved", design_id="D-7", design_version="3", line="2")
    assert story.open_holds == [("H1", "DESIGN_NOT_FINAL")]
    story.says("design_approved", design_id="D-8", design_version="1", line="1")
    assert (story.order.stage, story.open_holds) == (Stage.AWAITING_CONFIRMATION, [])


@pytest.mark.clause("SR-114")
def test_a_design_told_before_the_audit_counts_and_one_for_other_goods_does_not() -> None:
    story = Audited(DESIGN, PHONE)
    story.says("design_approved", design_id="D-7", design_version="3")
    story.is_corrected(DESIGN)
    assert story.open_holds == []
    other = Audited(DESIGN, PHONE)
    other.says("design_approved", design_id="D-7", design_version="3")
    other.is_corrected(held("DESIGN_NOT_FINAL", "lines.1.design_id", "OTHER"))
    assert other.open_holds == [("H3", "DESIGN_NOT_FINAL")]


# -- corrections -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-019")
@pytest.mark.parametrize(
    ("fields", "role", "responsible"),
    [
        ({"channel": "tmall"}, "customer_service", "customer"),
        ({"channel": "store"}, "sales", "sales"),
        ({"channel": "sales_rep"}, "sales", "sales"),
        ({"channel": "tmall", "policy": OLD}, "order_administrator", "customer"),
        ({"channel": "store", "policy": OLD}, "order_administrator", "customer"),
    ],
)
def test_a_correction_goes_to_whom_the_order_came_from(fields: dict[str, Any], role: str, responsible: str) -> None:
    story = Audited(PHONE, MESSAGE, **fields)
    [case] = story.order.open_cases
    tasks = {task.kind: task for task in story.order.tasks}
    assert (tasks["CORRECT"].role, case.responsible) == (role, responsible)
    assert [one["code"] for one in tasks["CORRECT"].params["findings"]] == ["FIELD_MISSING"]


def test_every_decision_says_why_it_is_closed() -> None:
    story = Audited(VOUCHER)
    found = explain(story.order, story.now, None)
    assert set(found.actions) | set(found.closed) == set(ASKS)
    assert "submit_voucher" in found.actions
    assert {"verify_voucher", "decide_message", "sales_decision", "release_hold"} <= set(found.closed)


def test_a_hold_of_an_older_release_is_still_read() -> None:
    old = {"id": "H1", "reason": "MANUAL", "blocks": ["release"], "owner_role": "x", "placed_by": "y"}
    assert Hold.model_validate({**old, "at": "2026-11-23T01:00:00Z"}).marks == ()
