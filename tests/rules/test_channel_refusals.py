"""The channel refuses a status or a number: told again, then a case with its own words; the order goes on (EC-37)."""

from __future__ import annotations

import pytest

from domain.catalogue.text import sentence
from domain.late_policy import LatePolicy
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.recalling import complaints
from tests.rules.story import Story, an_input, shipped

WORDS = "该订单已关闭，不能发货"


def refused(story: Story, status: str = "SHIPPED", reason: str = WORDS) -> None:
    story.says("status_refused", status=status, reason=reason)


def pushes(story: Story) -> list[str]:
    return [letter.key.split("/", 2)[2] for letter in story.letters if letter.kind == "push_status"]


@pytest.mark.clause("EC-37")
def test_a_status_refused_for_an_hour_is_a_case_with_the_channels_words_and_ours_stays_true() -> None:
    story = shipped()
    refused(story)
    story.passes(minutes=59)
    assert story.open_cases == []
    refused(story, reason="稍后再试")
    story.passes(minutes=2)
    assert (story.open_cases, story.order.stage) == (["CHANNEL_REJECTED_STATUS"], Stage.SHIPPED)
    [case] = story.order.open_cases
    assert (case.subject, case.responsible, case.cause) == ("status/SHIPPED", "channel", "refused_by_channel")
    [task] = [task for task in story.order.tasks if task.case_no == case.no]
    assert (task.kind, task.role) == ("SEE_TO_CHANNEL", "logistics")
    assert task.params == {"status": "SHIPPED", "reason": "稍后再试"}
    assert complaints(story) == []
    story.says("status_accepted", status="SHIPPED")
    assert (story.open_cases, story.order.cases[-1].outcome) == ([], "ACCEPTED")
    assert all(task.done_at for task in story.order.tasks if task.case_no == case.no)


@pytest.mark.clause("EC-37")
def test_taken_in_time_or_overtaken_it_is_no_case() -> None:
    story = shipped()
    refused(story)
    story.passes(minutes=30)
    story.says("status_accepted", status="SHIPPED")
    refused(story, status="READY_TO_SHIP")
    story.passes(hours=3)
    assert story.order.cases == (), "the channel knows by now that it was shipped"


@pytest.mark.clause("EC-37")
@pytest.mark.parametrize(
    ("request_", "fields", "outcome"),
    [
        ("report_step", {"result": "entered at the channel"}, "TOLD"),
        ("skip_step", {"reason": "the channel closed it"}, "LEFT"),
    ],
)
def test_a_person_does_it_by_hand_or_leaves_it(request_: str, fields: dict[str, str], outcome: str) -> None:
    story = shipped()
    refused(story)
    story.passes(hours=2)
    assert story.asks(request_, step="1/push", **fields) == ""
    assert (story.open_cases, story.order.cases[-1].outcome) == ([], outcome)
    refused(story)
    story.passes(hours=3)
    assert "CHANNEL_REJECTED_STATUS" not in story.open_cases, "somebody has seen to it"


@pytest.mark.clause("EC-37")
def test_a_person_has_it_sent_once_more() -> None:
    story = shipped()
    refused(story)
    story.passes(hours=2)
    before = pushes(story)
    assert story.asks("report_step", step="1/push", result="retry") == ""
    assert pushes(story)[len(before) :] == ["SHIPPED/again-1"]
    assert [step.key for step in story.order.open_steps] == ["1/push-2"]
    story.says("status_accepted", status="SHIPPED")
    assert story.open_cases == []


@pytest.mark.clause("EC-37", "SR-121")
def test_the_case_of_a_refused_number_has_the_channels_words_and_a_way_by_hand() -> None:
    story = Story()
    story.is_paid()
    story.says("outbound", shipment=1, tracking_number="SF1", carrier="SF")
    story.says("tracking_refused", tracking_number="SF1", reason="单号已使用")
    story.passes(hours=2)
    assert story.open_cases == ["TRACKING_MISSING"]
    [task] = [task for task in story.order.tasks if task.kind == "SEE_TO_CHANNEL"]
    assert task.params == {"tracking_number": "SF1", "reason": "单号已使用"}
    assert story.asks("report_step", step="1/push", result="entered at the channel") == ""
    assert (story.open_cases, story.order.cases[-1].outcome) == ([], "LATE")


@pytest.mark.clause("EC-37")
def test_an_edition_without_it_only_keeps_the_refusal() -> None:
    story = shipped(policy=STANDARD.having(late=LatePolicy()))
    refused(story)
    story.passes(hours=5)
    assert (story.order.cases, story.order.unmatched) == ((), ())
    line = {"status": "SHIPPED", "reason": WORDS}
    assert sentence("status_refused", "en", line).startswith("The sales channel refused the status")
    assert an_input().policy.late.channel_refuses
