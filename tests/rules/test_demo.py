"""The demo breaches every clock, takes every way, and notices what did not end as planned (issue 3, point 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from api.shapes import PostedOrder
from domain.catalogue.text import render
from domain.policy import CaseKind, ClockKind
from infra.demo import report, shortages
from infra.demo.desk import OPENED_BY, CaseSeen, ClockSeen, Desk, Detail, Happened, ReturnSeen, Seen
from infra.demo.goods import BY_SKU
from infra.demo.plan import Plan
from infra.demo.run import OVER, Run, Story, behavior, edition, plans
from infra.demo.telling import MOST, story
from infra.simulators.behavior import Behavior

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def run() -> Run:
    return Run("D1A2B", Desk(client=None, api_url="", simulators_url="", keys={}), lambda: NOW)  # type: ignore[arg-type]


def test_about_eighty_orders_come_over_a_minute() -> None:
    assert 70 <= len(plans()) <= 85
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
    slow = next(plan for plan in plans() if plan.name == "C4 slow warehouse")
    stories = [Story(slow, "D1A2B-001", **ended(cases=("OUTBOUND_OVERDUE",), breached=("C4",)))]
    with console.capture() as shown:
        console.print(report.progress(stories))
        report.show(console, stories, report.links("http://api", "http://ui", "orders"))
    text = shown.get()
    assert "1 of 1 orders ended as planned." in text
    assert "http://ui/namespaces/orders/workflows?query=NeedsAttention%20%3D%20true" in text
    assert "placed 1/1, ended 1, open cases 0" in report.line(stories)


def test_every_playbook_is_planned() -> None:
    assert {case for plan in plans() for case in plan.cases} == set(CaseKind)
    assert [plan.returned for plan in plans() if plan.returned] == ["REFUNDED", "EXCHANGED"]
    acts = {act.what for plan in plans() for act in plan.acts}
    assert {"answer", "submit_change_request", "cancel", "returns", "returns/1/inspect", "switch_carrier"} <= acts
    chosen = {str(act.body["option"]) for plan in plans() for act in plan.acts if "option" in act.body}
    assert chosen == {"ship_rest", "wait_until", "substitute"}


def test_what_is_offered_for_goods_that_are_gone_costs_what_the_customer_then_pays() -> None:
    [other] = edition("D1A2B").shortage.substitutes
    [plan] = [plan for plan in plans() if plan.skus[0][0] == shortages.GONE]
    assert other.sku == shortages.GONE.replace("*", "D1A2B")
    assert other.unit_price - plan.total == plan.acts[-1].body["amount"] == shortages.MORE
    assert (other.unit_price, other.specification) == (
        BY_SKU[other.instead].price,
        BY_SKU[other.instead].specification,
    )


def test_a_return_that_does_not_end_as_planned_is_said() -> None:
    plan = next(plan for plan in plans() if plan.returned)
    end = ended()
    assert report.problems(Story(plan, "D1A2B-001", **end)) == ("it was returned as nothing, planned REFUNDED",)
    end["detail"] = end["detail"].having(returns=(ReturnSeen(return_no=1, state="CLOSED", outcome="REFUNDED"),))
    assert report.problems(Story(plan, "D1A2B-001", **end)) == ()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_the_customer_finds_address_and_code_in_the_message(language: str) -> None:
    address, code = "http://127.0.0.1:8000/a", "7K2M9-Q4XTB"
    params = {"no": "D1A2B-001", "fields": ["customer.phone"], "deadline": NOW.isoformat(), "goods": "here"}
    text = render("NEED_INFO", language, {**params, "address": address, "code": code}, "Asia/Shanghai")
    choice = {"item": "SKU-1 × 1", "options": ["ship_rest", "cancel"], "default": "ship_rest"}
    other = render("SHORTAGE_CHOICE", language, {**params, **choice, "address": address, "code": code}, "Asia/Shanghai")
    for message in (text, other):
        found = OPENED_BY.search(message)
        assert found is not None
        assert found.groupdict() == {"address": address, "code": code}


def happened(seconds: int, code: str, text: str, **params: object) -> Happened:
    return Happened(code=code, at=NOW + timedelta(seconds=seconds), text=text, params=params)


TOLD = (
    happened(0, "order_placed", "placed"),
    happened(1, "stage_reached", "ready to ship", stage="READY_TO_SHIP"),
    happened(2, "case_opened", "case 1"),
    happened(3, "coupon_due", "5.00", subject="package/1"),
    happened(4, "effect_done", "priority asked for", effect="request_priority"),
    happened(4, "step_ended", "priority given", word="priority"),
    happened(5, "coupon_due", "10.00 in all", subject="package/1"),
    happened(6, "superseded", "sent again"),
    happened(6, "case_resolved", "case 1 over"),
    happened(9, "stage_reached", "completed", stage="COMPLETED"),
    happened(9, "confirm_completion", "a person confirmed it"),
    happened(10, "message_sent", "thank you"),
)


def test_a_story_says_how_it_began_what_was_done_and_how_it_ended_in_five_sentences() -> None:
    assert story(TOLD) == ("case 1", "priority given", "10.00 in all", "sent again", "completed")
    assert len(story(TOLD)) == MOST


def test_what_was_asked_for_is_told_before_what_follows_from_it_in_the_same_moment() -> None:
    assert story(TOLD[-3:]) == ("a person confirmed it", "completed")
    assert story(TOLD[:2]) == ()


def test_the_summary_tells_the_story_of_exceptional_orders_only() -> None:
    plain = Story(plans()[-1], "D1A2B-001", told=TOLD, **ended())
    odd = Story(plans()[-1], "D1A2B-002", told=TOLD, **ended(cases=("LOGISTICS_DELAY",)))
    console = Console(width=200)
    with console.capture() as shown:
        report.tell(console, [plain, odd])
    lines = [line.strip() for line in shown.get().splitlines()]
    assert lines[1:] == [f"D1A2B-002  {odd.plan.name}", *story(TOLD)]
