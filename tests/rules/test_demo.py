"""The demo breaches every clock, takes every way, and notices what did not end as planned (issue 3, point 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from api.shapes import PostedOrder
from domain.policy import ClockKind
from infra.demo import report
from infra.demo.desk import CaseSeen, ClockSeen, Desk, Detail, Seen
from infra.demo.plan import Plan
from infra.demo.run import OVER, Run, Story, behavior, edition, plans
from infra.simulators.behavior import Behavior

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def run() -> Run:
    return Run("D1A2B", Desk(client=None, api_url="", simulators_url="", keys={}), lambda: NOW)  # type: ignore[arg-type]


def test_about_sixty_orders_come_over_a_minute() -> None:
    assert 55 <= len(plans()) <= 70
    assert OVER >= 60
    assert [plans()[0].at, plans()[-1].at] == [0, OVER]
    assert len({plan.name for plan in plans()}) == len(plans())


def test_every_clock_is_breached_at_least_once_and_most_orders_go_well() -> None:
    assert {clock for plan in plans() for clock in plan.breaches} == set(ClockKind) - {ClockKind.ANSWER}
    assert sum(not plan.cases for plan in plans()) > len(plans()) / 2
    assert len({plan.channel for plan in plans()}) == 6


def test_an_hour_takes_a_second_and_no_clock_is_under_ten() -> None:
    policy = edition("D1A2B")
    assert min(rule.within for rule in policy.clocks if rule.within) == timedelta(seconds=10)
    assert policy.rule(ClockKind.OUTBOUND).within == timedelta(seconds=48)
    assert policy.transit == timedelta(seconds=24)


@pytest.mark.parametrize("plan", plans(), ids=lambda plan: plan.name)
def test_every_plan_can_be_posted_and_its_behavior_set(plan: Plan) -> None:
    story = Story(plan, "D1A2B-001")
    order = run()._order(3, story, NOW)
    assert PostedOrder.model_validate(order).total == plan.total
    assert Behavior.model_validate(behavior(plan)).hour == 1


def ended(stage: str = "COMPLETED", cases: tuple[str, ...] = (), breached: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "order_no": "SO1",
        "seen": Seen(order_no="SO1", external_id="D1A2B-001", stage=stage, final=True, open_cases=()),
        "detail": Detail(
            stage=stage,
            version=1,
            cases=tuple(CaseSeen(case_no=1, kind=kind, status="RESOLVED") for kind in cases),
            clocks=tuple(ClockSeen(kind=kind, verdict="breached") for kind in breached),
        ),
    }


@pytest.mark.parametrize(
    ("name", "end", "wrong"),
    [
        ("plain order 1", ended(), ()),
        ("plain order 1", ended("SHIPPED"), ("it is SHIPPED, planned COMPLETED",)),
        ("plain order 1", ended(cases=("LOGISTICS_DELAY",)), ("unplanned case LOGISTICS_DELAY",)),
        ("C1 pays too late", ended(cases=("CONFIRM_OVERDUE",), breached=("C1",)), ()),
        ("C1 pays too late", ended(), ("no case CONFIRM_OVERDUE", "C1 not breached")),
        ("plain order 1", {"trouble": "Trouble: no answer"}, ("Trouble: no answer",)),
        ("plain order 1", {}, ("it was never seen",)),
    ],
)
def test_what_did_not_end_as_planned_is_said(name: str, end: dict[str, Any], wrong: tuple[str, ...]) -> None:
    plan = next(plan for plan in plans() if plan.name == name)
    assert report.problems(Story(plan, "D1A2B-001", **end)) == wrong


def test_the_summary_shows_orders_clocks_and_links() -> None:
    console = Console(record=True, width=200, quiet=False, file=None, force_terminal=False)
    stories = [Story(plans()[0], "D1A2B-001", **ended(cases=("OUTBOUND_OVERDUE",), breached=("C4",)))]
    with console.capture() as shown:
        console.print(report.progress(stories))
        report.show(console, stories, report.links("http://api", "http://ui", "orders"))
    text = shown.get()
    assert "1 of 1 orders ended as planned." in text
    assert "http://ui/namespaces/orders/workflows?query=NeedsAttention%20%3D%20true" in text
    assert "placed 1/1, ended 1, open cases 0" in report.line(stories)
