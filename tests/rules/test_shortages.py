"""E2 from the shelf, and of orders that are gathered in one warehouse (SR-131, SR-131a, edge case 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD, CaseKind
from domain.transfers import TransferState
from tests.rules.shortages import NOT_ASKED, House, asked, short
from tests.rules.story import Story, a_content, a_line, an_input, the_party_does_it
from tests.rules.test_keeping import empty_shelves

# -- SR-131: from the shelf ------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-131", "SR-131a")
@pytest.mark.parametrize("damaged", [False, True])
def test_one_of_three_missing_or_damaged_is_a_case_for_that_one_and_another_warehouse_sends_it(damaged: bool) -> None:
    house = House(first=3)
    house.arrived = 1
    story = short(house)
    story.says("short_picked", shipment=1, line="1", quantity=1, damaged=damaged)
    [reserve] = [effect for effect in story.order.effects if effect.kind == EffectKind.RESERVE]
    assert reserve.cause == "1"
    assert [(each.warehouse, each.lines[0].quantity) for each in story.order.shipments] == [("SH", 2), ("BJ", 1)]
    assert story.order.cases == ()
    assert asked(story, EffectKind.REQUEST_TRANSFER) == []


@pytest.mark.clause("SR-131", "SR-131a")
def test_the_shelf_that_was_empty_is_not_asked_again_until_somebody_counts() -> None:
    requests: list[dict[str, Any]] = []
    house = House(first=3)

    def noting(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.RESERVE:
            requests.append(effect.request)
        return house(order, effect)

    story = short(house)
    story._answers = noting
    story.says("short_picked", shipment=1, line="1", quantity=1)
    story.says("stock_arrived", sku="SKU-1")
    assert [request["not_from"] for request in requests] == [["SH"], []]
    assert story.order.case(CaseKind.STOCK_SHORTAGE) is not None
    assert [task.params["lines"] for task in story.order.tasks] == [{"1": 1}]


# -- EC-09: not split ------------------------------------------------------------------------------------------------


def gathering(house: House, **changes: Any) -> tuple[Story, Callable[[], list[dict[str, Any]]]]:
    policy = NOT_ASKED.having(shortage=NOT_ASKED.shortage.having(**changes))
    requests: list[dict[str, Any]] = []

    def noting(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind in (EffectKind.AUDIT, EffectKind.RESERVE) and effect.request not in requests:
            requests.append(effect.request)
        return house(order, effect)

    method = "cod" if "unsplit" not in changes else "prepaid"
    story = Story(an_input(a_content(a_line(quantity=3), payment_method=method), policy=policy), answers=noting)
    if story.order.payment.needed:
        story.is_paid()
    return story, lambda: requests


@pytest.mark.clause("EC-09", "SR-131a")
def test_cash_on_delivery_is_gathered_in_one_warehouse_and_never_split_by_itself() -> None:
    story, requests = gathering(House("ZZ"))
    assert requests()[0]["gather"] is True
    story.says("transfer_received", transfer=1)
    assert [(each.warehouse, each.lines[0].quantity) for each in story.order.shipments] == [("SH", 3)]
    alone, requests = gathering(House())
    assert [request["gather"] for request in requests()] == [True]
    assert [task.kind for task in alone.order.tasks] == ["FIND_STOCK"]


@pytest.mark.clause("EC-09", "SR-131a")
def test_an_edition_that_prefers_transfers_splits_where_nobody_brings_the_rest() -> None:
    house = House()
    house.arrived = 2
    story, requests = gathering(house, prefer="transfer", unsplit=())
    assert [request["gather"] for request in requests()] == [True, False]
    assert {each.warehouse: each.lines[0].quantity for each in story.order.shipments} == {"SH": 1, "BJ": 2}


@pytest.mark.clause("EC-09", "SR-131a")
def test_a_person_who_skips_the_transfer_lets_cash_on_delivery_be_split() -> None:
    house = House("ZZ")
    house.arrived = 2
    story, requests = gathering(house)
    assert story.asks("skip_step", step="1/transfer-1", reason="the customer takes two parcels") == ""
    assert [request["gather"] for request in requests()][-1] is False
    assert {each.warehouse for each in story.order.shipments} == {"SH", "BJ"}


def test_an_old_edition_asks_a_person_at_once() -> None:
    story = short(House("ZZ"), policy=STANDARD.having(shortage=type(STANDARD.shortage)()))
    assert (story.order.steps, [task.kind for task in story.order.tasks]) == ((), ["FIND_STOCK"])
    assert TransferState.REQUESTED not in [each.state for each in story.order.transfers]


@pytest.mark.clause("SR-123")
def test_units_missing_on_the_shelf_are_watched_on_in_their_new_shipment() -> None:
    story = Story()
    story.is_paid()
    story.passes(hours=5)
    story._answers = empty_shelves
    story.says("short_picked", shipment=1, line="1", quantity=2)
    assert story.open_cases == ["STOCK_SHORTAGE"]
    assert story.clock("C4", "shipment/1").verdict == "open"
    story.passes(hours=5)
    story._answers = the_party_does_it
    story.asks("retry_step", step="stock")
    rows = {row.subject: row.verdict for row in story.rows("C4")}
    assert rows == {"order": "void", "shipment/1": "void", "shipment/2": "open"}
    story.passes(hours=38, seconds=1)
    assert story.clock("C4", "shipment/2").verdict == "breached"
