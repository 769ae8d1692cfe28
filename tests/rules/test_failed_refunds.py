"""A refund that the payer refuses is a case for finance, and the order stays CANCELLING (edge case 39)."""

from __future__ import annotations

import pytest

from domain.claims_policy import ClaimsPolicy
from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD, CaseKind
from domain.stage import Stage
from tests.rules.story import NUMBER, Story, an_input, parked, the_party_does_it


def nobody_refunds(order: Order, effect: EffectState) -> Outcome | None:
    return None if effect.kind == EffectKind.REFUND else the_party_does_it(order, effect)


def cancelled_and_refused(edition: ClaimsPolicy | None = None) -> Story:
    policy = STANDARD if edition is None else STANDARD.having(claims=edition)
    story = Story(an_input(policy=policy), nobody_refunds)
    story.is_paid(1_999)
    story.asks("cancel", reason="n")
    [refund] = [effect for effect in story.order.effects if effect.kind == EffectKind.REFUND]
    story.hears(parked(refund, story.now))
    return story


def stage(story: Story) -> Stage:
    return story.order.stage


def work(story: Story) -> list[tuple[str, str]]:
    return [(task.kind, task.role) for task in story.order.tasks if task.done_at is None]


@pytest.mark.clause("EC-39")
def test_finance_has_the_case_the_customer_is_told_and_the_order_is_not_cancelled() -> None:
    story = cancelled_and_refused()
    assert story.open_cases == ["REFUND_FAILED"]
    assert ("PAY_BACK", "finance") in work(story)
    assert "RETRY_STEP" not in {kind for kind, _ in work(story)}
    assert (stage(story), story.told) == (Stage.CANCELLING, ["REFUND_DELAYED"])
    [step] = story.order.open_steps
    assert (step.word, step.owner, step.effects) == ("refund", "finance", (f"{NUMBER}/refund/ending/p1",))


@pytest.mark.clause("EC-39")
def test_paid_back_by_hand_it_ends_and_nothing_is_paid_again() -> None:
    story = cancelled_and_refused()
    [case] = [case for case in story.order.open_cases if case.kind == "REFUND_FAILED"]
    assert story.asks("resolve_case", case=case.no, outcome="DONE") == "CASE_ENDS_BY_ITSELF"
    assert story.asks("report_step", step=f"{case.no}/refund", result="BANK-77") == ""
    assert stage(story) is Stage.CANCELLED
    assert [(back.done, back.reference) for back in story.order.payment.refunds] == [(True, "BANK-77")]
    assert story.told == ["REFUND_DELAYED", "CANCELLED_REFUND"]
    assert "REFUND_FAILED" not in story.open_cases


@pytest.mark.clause("EC-39")
def test_retried_and_refused_again_it_is_the_same_case_until_the_money_is_back() -> None:
    story = cancelled_and_refused()
    key = f"{NUMBER}/refund/ending/p1"
    story.asks("retry_step", step=key)
    [refund] = [effect for effect in story.order.effects if effect.key == key]
    story.hears(parked(refund, story.now))
    assert [case.kind for case in story.order.cases].count(CaseKind.REFUND_FAILED) == 1
    story.says("refunded", reference="T1", amount=1_999, currency="CNY")
    assert stage(story) is Stage.CANCELLED
    assert [case.outcome for case in story.order.cases if case.kind == "REFUND_FAILED"] == ["REFUNDED"]


@pytest.mark.clause("EC-39")
def test_an_edition_of_before_has_no_such_case() -> None:
    story = cancelled_and_refused(ClaimsPolicy())
    assert "REFUND_FAILED" not in story.open_cases
    assert "RETRY_STEP" in {kind for kind, _ in work(story)}
    assert story.told == []


@pytest.mark.clause("EC-39")
def test_said_to_be_paid_by_hand_while_it_is_tried_again_the_try_counts() -> None:
    story = cancelled_and_refused()
    key = f"{NUMBER}/refund/ending/p1"
    [case] = [case for case in story.order.open_cases if case.kind == "REFUND_FAILED"]
    story.asks("retry_step", step=key)
    story.asks("report_step", step=f"{case.no}/refund", result="BANK-77")
    assert (stage(story), [back.done for back in story.order.payment.refunds]) == (Stage.CANCELLING, [False])
    [refund] = [effect for effect in story.order.effects if effect.key == key]
    story.hears(parked(refund, story.now))
    assert stage(story) is Stage.CANCELLED
    assert [back.reference for back in story.order.payment.refunds] == ["BANK-77"]
