"""Whatever happens to an order of a promotion, it never leaves with debt that nobody hears of (M8)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from domain.debts import due_at, open_debts
from domain.findings import Finding
from domain.stage import FINAL_STAGES
from tests.rules.story import Story
from tests.rules.test_debts import EMAIL, NOTE, TITLE, Auditors, in_promotion, repays


@pytest.mark.clause("SR-103", "AC-43")
@settings(deadline=None)
@given(
    wrong=some.lists(some.sampled_from([EMAIL, TITLE, NOTE]), min_size=1, unique_by=lambda each: each.code),
    steps=some.lists(
        some.sampled_from(["pay", "ship", "sign", "night", "mend", "repay", "confirm", "resolve", "cancel"]),
        max_size=14,
    ),
)
def test_no_order_leaves_with_silent_debt(wrong: list[Finding], steps: list[str]) -> None:
    story, auditors = in_promotion(*wrong)
    known = {debt.id: debt for debt in story.order.debts}
    for step in steps:
        _lives(story, auditors, step)
        known |= {debt.id: debt for debt in story.order.debts}
        assert known == {debt.id: debt for debt in story.order.debts}, "no debt is forgotten"
        late = [debt for debt in open_debts(story.order) if (due := due_at(story.order, debt)) and due < story.now]
        assert not late or "AUDIT_DEBT_OVERDUE" in story.open_cases, "overdue in silence"
        assert story.order.stage not in FINAL_STAGES or not open_debts(story.order), "left with debt"
        assert all(debt.outcome and debt.actor for debt in story.order.debts if not debt.open)


ANSWERS = ("", "CASE_ENDS_BY_ITSELF", "OUTCOME_UNKNOWN")


def _lives(story: Story, auditors: Auditors, step: str) -> None:
    match step:
        case "pay" if not story.order.payment.receipts:
            story.is_paid()
        case "ship" if story.order.shipments and not story.order.packages:
            story.ships()
        case "sign" if story.order.packages:
            story.is_scanned("DELIVERED")
        case "night":
            story.passes(hours=30)
        case "mend":
            auditors.wrong = auditors.wrong[1:]
        case "repay":
            repays(story, len(story.order.corrections) + 1)
        case "confirm":
            story.asks("confirm_completion")
        case "resolve":
            numbers = [case.no for case in story.order.open_cases]
            assert all(story.asks("resolve_case", case=number, outcome="WRITTEN_OFF") in ANSWERS for number in numbers)
        case "cancel":
            story.asks("cancel", reason="n")
    story.passes(hours=1)
