"""Holds the audit places, and what ends them: once a content, by their own decision (§4.5; SR-050, SR-113, SR-114)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.effects import AuditOutcome, EffectKind, Finding, Severity
from domain.holds import EffectState, Hold
from domain.inside import Outcome
from domain.manual.answers import allowed_actions
from domain.manual.explain import explain
from domain.order import Order
from domain.policy import STANDARD, Policy
from domain.requests import ASKS
from domain.stage import Stage
from tests.rules.story import Story, a_content, a_line, an_input, the_party_does_it

OLD = Policy(edition="old", clocks=STANDARD.clocks)


def held(code: str, field: str = "total", mark: str | int = 0, **params: str | int) -> Finding:
    return Finding(code=code, field=field, severity=Severity.HOLD, params={"mark": mark, **params})


VOUCHER = held("VOUCHER_REQUIRED", mark=500_000, amount=500_000, currency="CNY")
DESIGN = held("DESIGN_NOT_FINAL", "lines.1.design_id", "SKU-1")
MESSAGE = held("BUYER_MESSAGE", "buyer_message")
RISK = held("HIGH_RISK", "customer", 1)
PHONE = Finding(code="FIELD_MISSING", field="customer.phone", severity=Severity.CRITICAL)


class Audited(Story):
    """A story whose audit finds what it is told to; ``findings`` may change before a correction."""

    def __init__(self, *findings: Finding, **fields: Any) -> None:
        self.findings = findings
        super().__init__(an_input(**fields), self._answer)

    def _answer(self, order: Order, effect: EffectState) -> Outcome | None:
        outcome = the_party_does_it(order, effect)
        if effect.kind != EffectKind.AUDIT or not isinstance(outcome, AuditOutcome):
            return outcome
        return outcome.having(findings=self.findings)

    def is_corrected(self, *findings: Finding) -> None:
        """The order is corrected, and the audit finds this."""
        self.findings = findings
        said = self.asks("correct_fields", expected_version=self.order.version, correction=self.order.version)
        assert said == ""

    @property
    def open_holds(self) -> list[tuple[str, str]]:
        return [(hold.id, str(hold.reason)) for hold in self.order.open_holds]

    @property
    def to_do(self) -> list[tuple[str, str]]:
        return [(task.kind, task.role) for task in self.order.tasks if task.done_at is None]

    @property
    def done(self) -> list[str]:
        return [effect.kind for effect in self.order.effects]

    def verifies(self, verdict: str, by: str = "wang.wu") -> str:
        return self.asks("verify_voucher", verdict=verdict, reason="looked at the bank", actor=by, role="finance")


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
    assert other.open_holds == [("H2", "VOUCHER_REQUIRED")]


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
    assert other.open_holds == [("H2", "DESIGN_NOT_FINAL")]


# -- messages, sales -------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-050")
def test_a_message_that_asks_for_nothing_lets_the_order_go() -> None:
    story = Audited(MESSAGE)
    story.is_paid()
    assert (story.order.stage, story.to_do) == (
        Stage.AWAITING_CONFIRMATION,
        [("DECIDE_MESSAGE", "order_administrator")],
    )
    assert story.done == ["audit_order"]
    assert story.asks("release_hold", hold="H1") == "HOLD_ENDS_OTHERWISE"
    assert story.asks("decide_message", choice="nothing") == ""
    assert (story.order.stage, story.open_holds) == (Stage.READY_TO_SHIP, [])
    assert story.asks("decide_message", choice="gift") == "NO_MESSAGE"


@pytest.mark.clause("SR-050")
@pytest.mark.parametrize("choice", ["expedite", "substitution", "gift"])
def test_what_is_asked_goes_to_sales_and_a_declined_one_changes_nothing(choice: str) -> None:
    story = Audited(MESSAGE)
    story.is_paid()
    story.asks("decide_message", choice=choice, note="see the page")
    assert (story.open_holds, story.to_do) == ([("H2", "SALES_DECISION")], [("DECIDE_SALES", "sales")])
    assert story.asks("sales_decision", hold="H1", verdict="approve") == "UNKNOWN_HOLD"
    assert story.asks("sales_decision", hold="H2", verdict="decline") == ""
    assert (story.order.stage, story.open_holds, story.to_do) == (Stage.READY_TO_SHIP, [], [])
    assert [(one.choice, one.verdict) for one in story.order.rulings] == [(choice, ""), (choice, "decline")]


@pytest.mark.clause("SR-050")
def test_an_agreed_substitution_keeps_the_goods_until_a_person_has_seen_to_it() -> None:
    story = Audited(MESSAGE)
    story.is_paid()
    story.asks("decide_message", choice="substitution")
    story.asks("sales_decision", hold="H2", verdict="approve")
    assert (story.open_holds, story.to_do) == ([("H3", "MANUAL")], [("APPLY_DECISION", "order_administrator")])
    assert story.done == ["audit_order"]
    assert story.asks("release_hold", hold="H3") == ""
    assert story.order.stage is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-050")
def test_an_agreed_expedite_holds_nothing_and_stays_a_task_until_the_goods_are_out() -> None:
    story = Audited(MESSAGE)
    story.is_paid()
    story.asks("decide_message", choice="expedite")
    story.asks("sales_decision", hold="H2", verdict="approve")
    assert (story.order.stage, story.open_holds) == (Stage.READY_TO_SHIP, [])
    assert story.to_do == [("APPLY_DECISION", "order_administrator")]
    story.ships()
    assert story.to_do == []


@pytest.mark.clause("SR-050")
def test_sales_may_be_asked_by_hand() -> None:
    story = Story()
    story.asks("place_hold", reason="SALES_DECISION", note="the customer called: blue instead of red")
    story.is_paid()
    assert [effect.kind for effect in story.order.effects] == ["audit_order"]
    assert story.asks("sales_decision", hold="H1", verdict="approve") == ""
    assert [hold.reason for hold in story.order.open_holds] == ["MANUAL"]


# -- risks, duplicates -----------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-113")
@pytest.mark.parametrize("finding", [RISK, held("SOMETHING_NEW")])
def test_a_risk_keeps_the_goods_until_a_reviewer_releases_it(finding: Finding) -> None:
    story = Audited(finding)
    story.is_paid()
    assert (story.open_holds, story.to_do) == ([("H1", "HIGH_RISK")], [("CHECK_RISK", "supervisor")])
    assert story.done == ["audit_order"]
    assert story.asks("release_hold", hold="H1") == ""
    assert story.order.stage is Stage.READY_TO_SHIP


@pytest.mark.clause("SR-010")
def test_a_suspected_duplicate_is_not_audited_until_somebody_says_it_is_none() -> None:
    story = Story(an_input(duplicate_of="SO2026112300000009"))
    assert (story.order.stage, story.order.effects) == (Stage.RECEIVED, ())
    [task] = story.order.tasks
    assert (task.kind, task.role, task.params) == (
        "CHECK_DUPLICATE",
        "order_administrator",
        {"order_no": "SO2026112300000009"},
    )
    [wait] = explain(story.order, story.now, None).waiting
    assert (wait.who, wait.what) == ("order_administrator", "hold H1 SUSPECTED_DUPLICATE of SO2026112300000009")
    assert story.noted == ["hold_placed", "stage_reached"]
    assert story.asks("release_hold", hold="H1") == ""
    assert story.order.stage is Stage.AWAITING_CONFIRMATION


@pytest.mark.clause("SR-010")
def test_a_duplicate_is_cancelled_and_leaves_no_task() -> None:
    story = Story(an_input(duplicate_of="SO2026112300000009"))
    assert story.asks("cancel", reason="the same order twice") == ""
    assert story.order.stage is Stage.CANCELLED
    assert [task for task in story.order.tasks if task.done_at is None] == []
    assert EffectKind.AUDIT not in {effect.kind for effect in story.order.effects}


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
