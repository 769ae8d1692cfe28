"""Other goods are set aside while the customer thinks about them, and given back once (§4.6 E2 step 4; AC-27)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.choosing import LETTER, Shelf, choosing, offering, question, sound, words
from tests.rules.shortages import asked, steps
from tests.rules.story import Story, a_content, a_line, an_input

KEPT = [("1S1", "SH", 2)]


class Slow(Shelf):
    """The books do not answer yet what may be offered."""

    waits = True

    def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
        mine = effect.kind == EffectKind.RESERVE and effect.cause == "offer/1"
        return None if self.waits and mine else super().__call__(order, effect)


def aside(story: Story) -> list[tuple[str, str, int]]:
    """What is set aside now."""
    live = [each for each in story.order.logistics.set_aside if not each.over]
    return [(part.line, part.warehouse, part.quantity) for each in live for part in each.given]


def given_back(story: Story) -> list[tuple[str, list[Any]]]:
    effects = [each for each in story.order.effects if each.kind == EffectKind.RELEASE_STOCK]
    return [(each.cause, each.request.get("parts", [])) for each in effects]


@pytest.mark.clause("AC-27", "SR-131b")
def test_what_is_offered_is_reserved_first_and_all_the_time_the_customer_thinks() -> None:
    house = Slow()
    story = choosing(house, policy=offering(700))
    assert (story.order.questions, asked(story, EffectKind.RESERVE)) == ((), ["offer/1"]), "nothing is asked before"
    assert [task.kind for task in story.order.tasks] == []
    house.waits = False
    story.hears()
    assert words(story)[0] == ("substitute", -600, "SKU-9 × 2")
    assert (aside(story), ("offer", "DONE", "RESERVED") in steps(story)) == (KEPT, True)
    story.says("message_delivered", message=LETTER)
    story.passes(hours=47)
    assert (aside(story), given_back(story), sound(story)) == (KEPT, [], [])


@pytest.mark.clause("AC-27", "SR-131b")
def test_taken_it_is_the_next_versions_whose_audit_gives_back_everything_else() -> None:
    story = choosing(policy=offering(700))
    story.asks("customer_choice", question=1, option="substitute")
    assert (aside(story), given_back(story)) == ([], []), "the audit gives back and reserves in one"
    assert (asked(story, EffectKind.AUDIT), story.order.stage) == (["1", "2"], Stage.READY_TO_SHIP)
    assert sound(story) == []


@pytest.mark.clause("AC-27", "SR-131b")
@pytest.mark.parametrize("end", ["another answer", "silence", "found", "skipped"])
def test_not_taken_it_goes_back_once(end: str) -> None:
    house = Shelf()
    story = choosing(house, policy=offering(700))
    assert aside(story) == KEPT
    match end:
        case "another answer":
            story.asks("customer_choice", question=1, option="ship_rest")
        case "silence":
            story.passes(hours=49)
        case "found":
            house.arrived = 2
            story.says("stock_arrived", sku="SKU-1", quantity=2)
        case _:
            story.asks("skip_step", step="1/choice", reason="we know")
    assert (aside(story), [cause for cause, _ in given_back(story)]) == ([], ["offer/1"])
    story.passes(hours=100)
    assert ([cause for cause, _ in given_back(story)], sound(story)) == (["offer/1"], [])


@pytest.mark.clause("AC-27", "SR-131b")
def test_a_cancel_gives_back_everything_at_once() -> None:
    story = choosing(policy=offering(700))
    story.asks("customer_choice", question=1, option="cancel")
    assert (story.order.stage, [cause for cause, _ in given_back(story)]) == (Stage.CANCELLED, ["all"])
    assert (aside(story), sound(story)) == ([], [])


@pytest.mark.clause("AC-27", "SR-131b")
def test_what_is_not_there_is_not_offered() -> None:
    house = Shelf()
    house.others = 1
    story = choosing(house, policy=offering(700))
    assert [word for word, _, _ in words(story)] == ["ship_rest", "cancel"]
    assert (("offer", "DONE", "NONE") in steps(story), aside(story), given_back(story)) == (True, [], [])


@pytest.mark.clause("AC-27", "SR-131b")
@pytest.mark.parametrize(("said", "offered"), [("RESERVED", True), ("", False)])
def test_a_person_may_say_that_it_is_there_or_leave_it(said: str, offered: bool) -> None:
    house = Slow()
    story = choosing(house, policy=offering(700))
    told = {"result": said, "note": "on the shelf"} if said else {"reason": "never mind"}
    assert story.asks("report_step" if said else "skip_step", step="1/offer", **told) == ""
    house.waits = False
    story.hears()
    assert (question(story).option("substitute") is not None) is offered
    assert aside(story) == (KEPT if offered else [])
    assert [cause for cause, _ in given_back(story)] == ([] if offered else ["offer/1"]), "too late it goes back"
    assert sound(story) == []


@pytest.mark.clause("AC-27", "EC-29")
def test_units_a_count_does_not_find_are_not_set_aside_any_more() -> None:
    story = choosing(policy=offering(700))
    lost: dict[str, Any] = {"sku": "SKU-9", "line": "1S1", "warehouse": "SH", "units": 1}
    story.says("reservation_lost", **lost, reserved_by=f"{story.order.number}/reserve/offer/1")
    assert (aside(story), len(story.order.unmatched)) == ([("1S1", "SH", 1)], 0)
    story.asks("customer_choice", question=1, option="ship_rest")
    assert [cause for cause, _ in given_back(story)] == ["offer/1"]


@pytest.mark.clause("AC-27")
def test_an_edition_from_before_offers_without_setting_aside() -> None:
    shortage = offering(700).shortage.having(reserves_offer=False)
    story = choosing(policy=STANDARD.having(shortage=shortage))
    assert (words(story)[0][0], asked(story, EffectKind.RESERVE)) == ("substitute", [])


# -- a customer by contract ------------------------------------------------------------------------------------------


def by_contract(**fields: Any) -> Story:
    content = a_content(a_line(quantity=3), payment_method="credit")
    story = Story(an_input(content, policy=offering(700), **fields), answers=Shelf())
    story.says("message_delivered", message=LETTER)
    return story


@pytest.mark.clause("SR-131b", "C7")
def test_nothing_is_taken_off_the_order_of_a_contract_customer_who_does_not_answer() -> None:
    story = by_contract()
    assert (question(story).default, story.letters[-1].params["default"]) == ("wait", "wait")
    story.passes(hours=48, seconds=1)
    [case] = [case for case in story.order.open_cases if case.kind == "STOCK_SHORTAGE"]
    assert (case.level, question(story).state, question(story).open) == (2, "DEFAULTED", True)
    told = [(task.kind, task.role) for task in story.order.tasks if task.key == f"case/{case.no}/level/2"]
    assert told == [("ESCALATION", "supervisor")]
    assert (story.order.version, story.order.content.total, story.order.lines[0].cancelled) == (1, 3_000, 0)
    assert [cause for cause, _ in given_back(story)] == ["offer/1"], "nobody waits for it any more"
    story.passes(days=9)
    assert (story.order.stage, sound(story)) == (Stage.AWAITING_CONFIRMATION, [])
    assert story.asks("customer_choice", question=1, option="substitute") == ""
    assert (story.order.version, story.order.stage, sound(story)) == (2, Stage.READY_TO_SHIP, [])


@pytest.mark.clause("SR-131b")
def test_a_contract_customer_who_answers_is_served_like_everybody() -> None:
    story = by_contract()
    story.asks("customer_choice", question=1, option="ship_rest")
    assert (story.order.lines[0].cancelled, story.order.stage) == (2, Stage.READY_TO_SHIP)
    found = by_contract()
    found.passes(hours=60)
    found.asks("skip_step", step="1/choice", reason="called them")
    assert "FIND_STOCK" in [task.kind for task in found.order.tasks if not task.done_at]
    assert sound(found) == []
