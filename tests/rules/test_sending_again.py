"""Goods that are sent again (SR-132b, SR-034): never two live parcels for the same goods unnoticed."""

from __future__ import annotations

import pytest

from domain.manual.decide import decide
from domain.stage import Stage
from tests.rules.carriers import DEAR, NEVER, Carrier, asked, on_its_way, open_tasks, sends_again, step
from tests.rules.invariants import of_state
from tests.rules.story import Story


def complaints(story: Story) -> list[str]:
    return list(of_state(story.order, story.now, decide(story.order, story.now)))


@pytest.mark.clause("SR-132b", "SR-034")
def test_a_superseded_parcel_counts_no_more_and_its_replacement_does() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False))
    story.passes(hours=25)
    first, second = story.order.packages[0], story.order.shipments[1]
    assert first.superseded_at
    assert (second.replaces, second.state, second.released_at is not None) == ("1", "RELEASED", True)
    assert story.order.stage == "SHIPPED"
    assert complaints(story) == []
    assert story.open_cases == []
    assert story.order.cases[0].outcome == "RESENT"
    assert asked(story, "intercept_parcel") == ["package/1/return"], "the first one is asked back"
    assert {row.verdict for row in story.rows("C5", "C6") if row.subject == "package/1"} == {"breached", "void"}
    sends_again(story)
    assert story.told[-1] == "RESHIPPED"
    story.is_scanned("DELIVERED", "2-1")
    assert story.order.stage == "DELIVERED"
    assert complaints(story) == []
    [line] = story.order.lines
    assert (line.ordered, line.shipped, line.delivered, line.unallocated) == (2, 2, 2, 0)
    story.passes(hours=24)
    assert story.order.stage is Stage.COMPLETED
    assert story.told.count("DELIVERED") == 1
    assert "PARTIAL_DELIVERED" not in story.told


@pytest.mark.clause("SR-132b")
def test_the_first_parcel_arrives_after_all() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False, intercept_parcel=False))
    story.passes(hours=25)
    story.is_scanned("DELIVERED")
    assert story.open_cases == ["DOUBLE_DELIVERY"]
    assert "DECIDE" in open_tasks(story)
    assert asked(story, "ask_warehouse")[-1].endswith("stop/shipment/2"), "the second is stopped in the warehouse"
    assert story.order.stage == "SHIPPED", "what counts is still to come"
    sends_again(story)
    assert asked(story, "intercept_parcel")[-1] == "package/1/return"
    story.is_scanned("DELIVERED", "2-1")
    assert story.order.lines[0].delivered == 2
    assert story.order.stage == "DELIVERED"


@pytest.mark.clause("SR-132b")
def test_dear_goods_come_back_before_they_are_sent_again() -> None:
    story = on_its_way(Carrier("CARRIER_SUSPENDED"), DEAR)
    story.passes(hours=25)
    assert asked(story, "reserve_stock") == []
    assert step(story, "switch_carrier") == ("OPEN", "")
    story.is_scanned("RETURNING")
    story.is_scanned("RETURNED_TO_SENDER")
    assert [case.outcome for case in story.order.cases if case.kind == "RETURN_TO_SENDER"] == ["RESENT"]
    assert step(story, "switch_carrier") == ("DONE", "RESHIPPED")
    assert story.order.lines[0].returned == 0, "its goods are on their way again"
    assert story.order.stage == "SHIPPED"


@pytest.mark.clause("SR-132b")
@pytest.mark.parametrize(("says", "result"), [(False, "REFUSED"), (NEVER, "NO_ANSWER")])
def test_a_parcel_that_cannot_be_called_back_is_for_a_person(says: bool | str, result: str) -> None:
    story = on_its_way(Carrier("CARRIER_SUSPENDED", intercept_parcel=says), DEAR)
    story.passes(hours=50)
    assert step(story, "switch_carrier") == ("DONE", result)
    assert "DECIDE_PARCEL" in open_tasks(story)
    assert asked(story, "reserve_stock") == []
    assert story.asks("switch_carrier", package="1", how="return", reason="again") == "NOT_SWITCHABLE"
    assert story.asks("switch_carrier", package="1", how="reship", reason="the customer waits") == ""
    assert story.order.packages[0].superseded_at


@pytest.mark.clause("SR-132b")
def test_without_stock_nothing_is_superseded() -> None:
    carrier = Carrier("HUB_OVERLOAD", request_priority=False)
    story = on_its_way(carrier)
    carrier.stock = False
    story.passes(hours=25)
    assert step(story, "switch_carrier") == ("DONE", "SHORT")
    assert story.order.packages[0].superseded_at is None
    assert "DECIDE_PARCEL" in open_tasks(story)
    assert story.open_cases == ["LOGISTICS_STALLED"]


@pytest.mark.clause("SR-132b")
def test_a_replacement_that_is_not_on_the_shelf_lets_the_first_parcel_count_again() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False))
    story.passes(hours=25)
    story.says("short_picked", shipment=2, line="1", quantity=2)
    assert story.order.packages[0].superseded_at is None
    assert "DECIDE_PARCEL" in open_tasks(story)
    story.is_scanned("DELIVERED")
    assert story.order.stage == "DELIVERED"


@pytest.mark.clause("SR-132b")
def test_cash_is_never_collected_twice() -> None:
    story = on_its_way(Carrier("CARRIER_SUSPENDED"), payment_method="cod")
    story.passes(hours=50)
    assert step(story, "switch_carrier") == ("DONE", "PERSON")
    assert story.asks("switch_carrier", package="1", how="reship", reason="n") == "NOT_SWITCHABLE"
    assert asked(story, "reserve_stock") == []
