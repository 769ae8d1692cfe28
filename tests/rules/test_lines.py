"""Order lines as an integer quantity ledger, and who gives which units (invariant 2, SR-017, SR-111)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.allocation import allocate
from domain.effects import Allocation
from domain.facts import Moved
from domain.lines import Line, worth
from domain.stock import Available, Want
from domain.stock_policy import StockPolicy
from tests.rules.story import Story, a_content, a_line, an_input, the_party_does_it
from tests.rules.test_keeping import empty_shelves

UNITS = st.integers(0, 5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("reserve", "pick", "ship", "miss")), st.integers(1, 4)),
        st.tuples(st.just("cancel"), st.just(0)),
        st.tuples(st.just("arrive"), st.tuples(UNITS, UNITS, UNITS)),
    ),
    max_size=12,
)


def _changed(line: Line, step: str, given: Any) -> Line:
    match step:
        case "reserve":
            return line.reserve((Allocation(line="1", warehouse="SH", quantity=given),))
        case "cancel":
            return line.cancel()
        case "arrive":
            delivered = min(given[0], line.shipped)
            returned = min(given[1], line.shipped - delivered)
            lost = min(given[2], line.shipped - delivered - returned)
            return line.arrive(delivered=delivered, returned=returned, lost=lost)
        case _:
            changed: Line = getattr(line, step)(given)
            return changed


@pytest.mark.clause("SR-030")
@settings(max_examples=200, deadline=None, database=None)
@given(quantity=st.integers(-1, 6), steps=STEPS)
def test_no_unit_of_a_line_is_ever_lost_or_made_up(quantity: int, steps: list[tuple[str, Any]]) -> None:
    line = Line(line="1", sku="A", quantity=quantity, unit_price=100)
    for step, given_units in steps:
        before, line = line, _changed(line, step, given_units)
        places = (line.cancelled, line.unallocated, line.reserved, line.picked, line.shipped)
        assert min(places) >= 0
        assert sum(places) == line.ordered == max(quantity, 0)
        assert line.shipped >= line.delivered >= line.returned >= 0
        assert line.shipped >= before.shipped
        assert line.delivered + line.lost <= line.shipped


@pytest.mark.clause("AC-22", "SR-017", "EC-07", "EC-28")
def test_five_in_stock_for_two_lines_of_three_is_short_of_one() -> None:
    wants = [Want(line="1", sku="A", quantity=3), Want(line="2", sku="A", quantity=3)]
    found = allocate(wants, [Available(warehouse="SH", sku="A", units=5)], StockPolicy().criteria)
    assert found.short == (Moved(line="2", quantity=1),)
    assert sum(given_units.quantity for given_units in found.allocations) == 5


@pytest.mark.clause("AC-22", "SR-017")
def test_six_in_stock_for_two_lines_of_three_is_enough() -> None:
    wants = [Want(line="1", sku="A", quantity=3), Want(line="2", sku="A", quantity=3)]
    assert allocate(wants, [Available(warehouse="SH", sku="A", units=6)], StockPolicy().criteria).short == ()


@pytest.mark.clause("SR-131")
def test_a_short_pick_of_one_of_three_is_a_case_for_that_one() -> None:
    story = Story(an_input(a_content(a_line(quantity=3))))
    story.is_paid()
    story._answers = empty_shelves
    story.says("short_picked", shipment=1, line="1", quantity=1)
    line = story.order.lines[0]
    assert (story.open_cases, line.unallocated, line.reserved) == (["STOCK_SHORTAGE"], 1, 2)
    story.ships()
    assert (story.order.stage, story.order.shipments[0].state) == ("PARTIALLY_SHIPPED", "OUTBOUND")
    story._answers = the_party_does_it
    story.says("stock_arrived", sku="SKU-1")
    assert (story.open_cases, story.order.shipments[1].lines) == ([], (Moved(line="1", quantity=1),))
    story.ships(package="2", shipment=2)
    assert story.order.stage == "SHIPPED"


def test_goods_are_worth_what_they_cost_less_their_discount() -> None:
    lines = (
        Line(line="1", sku="A", quantity=3, unit_price=1_000, discount=300),
        Line(line="2", sku="B", quantity=0, unit_price=500),
    )
    assert worth(lines, (Moved(line="1", quantity=2), Moved(line="2", quantity=1))) == 1_800


@pytest.mark.clause("SR-030")
def test_more_units_out_than_were_planned_is_a_case_of_the_warehouse_and_no_refusal() -> None:
    story = Story(an_input(a_content(a_line(quantity=2), a_line("2", quantity=1))))
    story.is_paid()
    story.ships(lines=[{"line": "1", "quantity": 3}])
    assert story.order.packages[0].out
    (case,) = [case for case in story.order.cases if case.kind == "MIS_SHIPMENT"]
    assert (case.subject, case.responsible) == ("package/1", "warehouse")
    assert [(task.kind, task.role) for task in story.order.tasks if task.case_no == case.no] == [
        ("DECIDE", "customer_service")
    ]
    story.is_scanned("IN_TRANSIT")
    assert [case.kind == "MIS_SHIPMENT" for case in story.order.cases] == [True]


@pytest.mark.clause("SR-030", "EC-23")
def test_the_planned_units_out_in_two_packages_are_no_mis_shipment() -> None:
    story = Story(an_input(a_content(a_line(quantity=2))))
    story.is_paid()
    story.ships(lines=[{"line": "1", "quantity": 1}])
    story.ships(package="2", lines=[{"line": "1", "quantity": 1}])
    assert story.order.stage == "SHIPPED"
    assert story.open_cases == []
