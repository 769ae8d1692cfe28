"""The life of an audit debt: let pass, judged again, repaid, given out, overdue, written off (M8, SR-103, AC-43)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.debts import due_at
from domain.editions import PROMOTION
from domain.effects import AuditOutcome, EffectKind
from domain.findings import Finding
from domain.holds import CaseStatus, EffectState, Task
from domain.inside import Outcome
from domain.manual.explain import explain
from domain.manual.explain_text import as_text
from domain.milestones import Debt
from domain.order import Order
from domain.policy import STANDARD, Policy
from domain.stage import Stage
from tests.rules.story import PLACED, Story, an_input, the_party_does_it

EMAIL = Finding(code="EMAIL_MALFORMED", field="customer.email")
TITLE = Finding(code="INVOICE_TITLE_MISSING", field="invoice.title")
NOTE = Finding(code="GIFT_NOTE_TOO_LONG", field="gift_note")
HOUR = timedelta(hours=1)


@dataclass
class Auditors:
    """They let pass what is wrong now, and find it when they judge again."""

    wrong: tuple[Finding, ...] = (EMAIL,)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        outcome = the_party_does_it(order, effect)
        if not isinstance(outcome, AuditOutcome):
            return outcome
        self.asked.append(effect.request)
        if effect.request["debt"]:
            return AuditOutcome(version=order.version, content=order.content, findings=self.wrong, debt=True)
        return outcome.having(relaxed=self.wrong)


def in_promotion(*wrong: Finding, policy: Policy = PROMOTION) -> tuple[Story, Auditors]:
    auditors = Auditors(wrong or (EMAIL,))
    return Story(an_input(policy=policy), auditors), auditors


def the_debt(story: Story) -> Debt:
    (debt,) = story.order.debts
    return debt


def due(story: Story) -> datetime | None:
    return due_at(story.order, the_debt(story))


def tasks(story: Story) -> list[Task]:
    return [task for task in story.order.tasks if task.kind == "REPAY_DEBT"]


def repays(story: Story, correction: int = 7) -> str:
    return story.asks("repay_debt", expected_version=story.order.version, correction=correction)


# -- let pass --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-103", "AC-43")
def test_a_relaxed_finding_lets_the_order_go_on_and_is_owed() -> None:
    story, _ = in_promotion()
    assert story.order.stage == Stage.AWAITING_CONFIRMATION.value
    assert (story.order.audit.findings, story.open_cases, story.order.tasks) == ((), [], ())
    debt = the_debt(story)
    assert (debt.about, debt.version, debt.since, debt.open) == (("EMAIL_MALFORMED", "customer.email"), 1, PLACED, True)
    assert due(story) == PLACED + 24 * HOUR
    story.is_paid()
    assert story.order.stage is Stage.READY_TO_SHIP
    assert story.told == ["ORDER_CONFIRMED"]


@pytest.mark.clause("SR-103")
def test_the_explanation_says_what_is_owed_and_until_when() -> None:
    story, _ = in_promotion()
    found = explain(story.order, story.now, None)
    assert [(owed.code, owed.field, owed.due_at) for owed in found.debts] == [
        ("EMAIL_MALFORMED", "customer.email", PLACED + 24 * HOUR)
    ]
    assert "待补审核: 邮箱格式不正确 (customer.email) @ 2026-11-24 01:00:00 UTC" in as_text(story.order, found)
    assert "repay_debt" in found.actions


def test_without_debt_there_is_nothing_to_repay() -> None:
    story = Story(an_input(policy=PROMOTION))
    assert repays(story) == "UNKNOWN_DEBT"
    assert "repay_debt" in explain(story.order, story.now, None).closed


# -- due -------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-103")
def test_what_is_not_printed_is_due_24_hours_after_the_promotion() -> None:
    audit = PROMOTION.audit.having(relaxed_until=PLACED + 72 * HOUR)
    story, _ = in_promotion(policy=PROMOTION.having(audit=audit))
    assert due(story) == PLACED + 96 * HOUR
    over = PROMOTION.audit.having(relaxed_until=PLACED - HOUR)
    story, _ = in_promotion(policy=PROMOTION.having(audit=over))
    assert due(story) == PLACED + 24 * HOUR


@pytest.mark.clause("SR-103")
def test_what_is_printed_is_due_before_the_goods_leave() -> None:
    story, _ = in_promotion(TITLE)
    assert due(story) is None
    story.passes(hours=1)
    story.is_paid()
    assert due(story) == PLACED + 49 * HOUR
    story.passes(hours=2)
    left = story.now
    story.ships()
    assert due(story) == left
    story.passes(seconds=1)
    assert story.open_cases == ["AUDIT_DEBT_OVERDUE"]


@pytest.mark.clause("SR-103")
def test_at_the_last_signature_everything_is_due() -> None:
    audit = PROMOTION.audit.having(relaxed_until=PLACED + 999 * HOUR)
    story, _ = in_promotion(policy=PROMOTION.having(audit=audit))
    story.is_paid()
    story.ships()
    story.passes(hours=5)
    story.is_scanned("DELIVERED")
    assert due(story) == PLACED + 5 * HOUR
    assert story.open_cases == []
    story.passes(seconds=1)
    assert story.open_cases == ["AUDIT_DEBT_OVERDUE"]


# -- judged again ----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-103", "AC-43")
def test_halfway_it_is_judged_again_once_by_the_strict_rules() -> None:
    story, auditors = in_promotion()
    story.passes(hours=11, minutes=59)
    assert len(auditors.asked) == 1
    auditors.wrong = ()
    story.passes(minutes=1)
    first, again = auditors.asked
    assert (first["debt"], first["key"]) == (False, f"{story.order.number}/audit/1")
    assert (again["debt"], again["key"]) == (True, f"{story.order.number}/audit/1/debt")
    assert (tuple(first["policy"]["relaxed"]), again["policy"]["relaxed"]) == (PROMOTION.audit.relaxed, [])
    debt = the_debt(story)
    assert (debt.ended_at, debt.outcome, debt.actor) == (PLACED + 12 * HOUR, "REPAID", "desk")
    story.passes(hours=99)
    assert (len(auditors.asked), tasks(story)) == (2, [])
    assert "AUDIT_DEBT_OVERDUE" not in {case.kind for case in story.order.cases}


@pytest.mark.clause("SR-103")
def test_still_wrong_it_is_a_task_and_repaid_by_a_correction() -> None:
    story, auditors = in_promotion()
    story.passes(hours=12)
    (task,) = tasks(story)
    assert (task.role, task.due_at, task.done_at) == ("order_administrator", PLACED + 24 * HOUR, None)
    assert task.params == {"code": EMAIL.code, "field": EMAIL.field, "due_at": "2026-11-24T01:00:00+00:00"}
    auditors.wrong = ()
    assert repays(story) == ""
    assert auditors.asked[-1]["key"].endswith("/audit/1/debt/7")
    assert auditors.asked[-1]["corrections"] == [7]
    assert (the_debt(story).outcome, story.order.version, story.order.corrections) == ("REPAID", 1, (7,))
    assert tasks(story)[0].done_at == story.now


@pytest.mark.clause("SR-103")
def test_a_correction_that_is_wrong_too_repays_nothing_and_another_may_follow() -> None:
    story, auditors = in_promotion()
    assert repays(story) == ""
    assert the_debt(story).open
    assert len(tasks(story)) == 1
    assert story.asks("repay_debt", expected_version=2, correction=8) == "STALE_VERSION"
    auditors.wrong = ()
    assert repays(story, 8) == ""
    assert [request["key"].split("/", 1)[1] for request in auditors.asked] == [
        "audit/1",
        "audit/1/debt/7",
        "audit/1/debt/8",
    ]
    assert not the_debt(story).open


@pytest.mark.clause("SR-103")
def test_goods_stock_and_version_stay_as_they_were_when_a_debt_is_repaid() -> None:
    story, auditors = in_promotion()
    story.is_paid()
    before = story.order
    auditors.wrong = ()
    assert repays(story) == ""
    for name in ("version", "lines", "shipments", "audit", "entered", "payment", "content", "stock_confirmed_at"):
        assert getattr(story.order, name) == getattr(before, name), name


# -- overdue ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-103", "AC-43")
def test_overdue_it_is_a_case_that_ends_when_it_is_repaid() -> None:
    story, auditors = in_promotion()
    story.passes(hours=24)
    assert "AUDIT_DEBT_OVERDUE" not in story.open_cases
    story.passes(seconds=1)
    case = next(case for case in story.order.open_cases if case.kind == "AUDIT_DEBT_OVERDUE")
    assert (case.opened_at - PLACED - 24 * HOUR, case.cause) == (timedelta(milliseconds=1), "debt")
    assert [task.case_no for task in tasks(story)] == [None, case.no]
    auditors.wrong = ()
    assert repays(story) == ""
    ended = next(each for each in story.order.cases if each.no == case.no)
    assert (ended.status, ended.outcome, ended.actor) == (CaseStatus.RESOLVED, "REPAID", "desk")
    assert [task.done_at for task in tasks(story)] == [story.now, story.now]


@pytest.mark.clause("SR-103", "AC-43")
def test_a_person_may_write_it_off() -> None:
    story, _ = in_promotion(EMAIL, NOTE)
    story.passes(hours=25)
    (case,) = (case for case in story.order.open_cases if case.kind == "AUDIT_DEBT_OVERDUE")
    assert story.asks("resolve_case", case=case.no, outcome="WRITTEN_OFF") == ""
    assert [(debt.code, debt.outcome, debt.actor) for debt in story.order.debts] == [
        ("EMAIL_MALFORMED", "WRITTEN_OFF", "Li"),
        ("GIFT_NOTE_TOO_LONG", "", ""),
    ], "only what is overdue; the note has to be right when the goods leave"
    assert "AUDIT_DEBT_OVERDUE" not in story.open_cases


@pytest.mark.clause("SR-103", "AC-43")
def test_no_order_is_completed_with_debt_not_even_when_the_customer_confirms() -> None:
    story, auditors = in_promotion()
    story.is_paid()
    story.ships()
    story.is_scanned("DELIVERED")
    assert story.asks("confirm_completion") == "DEBT_OPEN"
    story.says("confirmed")
    story.passes(hours=30)
    assert story.order.stage == Stage.DELIVERED.value
    assert "AUDIT_DEBT_OVERDUE" in story.open_cases
    auditors.wrong = ()
    assert repays(story) == ""
    assert story.order.stage is Stage.COMPLETED


def test_an_order_that_is_cancelled_owes_nothing() -> None:
    story, _ = in_promotion()
    story.passes(hours=25)
    assert story.asks("cancel", reason="customer") == ""
    assert story.order.stage is Stage.CANCELLED
    assert (the_debt(story).outcome, story.order.open_cases) == ("CLOSED", ())
    assert all(task.done_at for task in tasks(story))


# -- versions, editions ----------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-103")
def test_a_correction_before_the_audit_is_passed_pays_what_it_puts_right() -> None:
    wrong = Finding(code="FIELD_MISSING", field="customer.name")
    outcomes: list[dict[str, Any]] = [{"findings": (wrong,), "relaxed": (EMAIL, TITLE)}, {"relaxed": (EMAIL,)}]

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        outcome = the_party_does_it(order, effect)
        return outcome.having(**outcomes.pop(0)) if outcome and effect.kind == EffectKind.AUDIT else outcome

    story = Story(an_input(policy=PROMOTION), answers)
    assert story.order.stage is Stage.NEEDS_CORRECTION
    story.passes(minutes=5)
    story.asks("correct_fields", expected_version=1, correction=3)
    email, title = story.order.debts
    assert (email.open, email.since, email.id) == (True, PLACED, "1/EMAIL_MALFORMED/customer.email")
    assert (title.outcome, title.ended_at) == ("CORRECTED", PLACED + timedelta(minutes=5))


@pytest.mark.clause("SR-103", "AC-43", "EC-47")
def test_the_debt_stays_when_the_promotion_is_over() -> None:
    """Edge case 47: the order keeps the edition it began with, wherever the house's rules are by now."""
    story, _ = in_promotion()
    assert story.order.policy == PROMOTION
    story.passes(hours=2)
    later = Story(an_input(policy=STANDARD))
    assert later.order.debts == ()
    assert the_debt(story).open
    assert story.order.policy.edition == PROMOTION.edition
