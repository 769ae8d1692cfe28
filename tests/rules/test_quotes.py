"""The quote of a change: money, promise, what has to be stopped; applied only as it was quoted (M5, §4.7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.change_policy import STANDARD_CHANGE, ChangePolicy
from domain.inside import ChangeRefused
from domain.policy import STANDARD
from domain.quotes import held_until
from tests.rules.manual_matrix import CELLS, Said
from tests.rules.quoting import asked, quoted, said_no
from tests.rules.recalling import at, complaints
from tests.rules.story import Story, a_content, a_line, an_input, the_party_does_it

Stops = list[tuple[str, str, str]]
SHIPMENT: Stops = [("shipment", "1", "SH")]
PACKAGE: Stops = [("package", "1", "SF")]
NOTHING: Stops = []
STOPS = {"R": SHIPMENT, "I": PACKAGE}
"""What a verdict has stopped; nothing by the others."""
GOES_ON = {("CONTACT", "ON_ITS_WAY"), ("EXPEDITE", "AT_DOCK"), ("EXPEDITE", "ON_ITS_WAY")}
"""Cells in which the carrier is only told something of a parcel that goes on."""


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("said", CELLS, ids=lambda said: f"{said.row}-{said.column}")
def test_the_quote_of_each_cell_stops_what_its_verdict_needs(said: Said) -> None:
    row, column, verdict = said.row, said.column, said.verdict
    story = at(column, "")
    answer = asked(story, said.fields["change"], params=said.fields["params"])
    quote = answer.quote
    assert quote is not None
    assert (answer.row, answer.column, answer.cell, quote.verdict) == (row, column, verdict, verdict)
    stops = [(each.what, each.number, each.party) for each in quote.stops]
    assert stops == (
        NOTHING if (row, column) in GOES_ON else SHIPMENT if "hold" in said.how else STOPS.get(verdict, NOTHING)
    )
    within = {"shipment": timedelta(minutes=30), "package": timedelta(hours=4)}
    assert all(each.within == within[each.what] for each in quote.stops)
    assert bool(quote.otherwise) is (verdict == "R")
    assert (quote.valid_until, quote.currency) == (story.now + timedelta(minutes=30), "CNY")
    assert held_until(quote.id) == quote.valid_until
    assert (quote.amount is None) is (quote.way == "UNKNOWN") is (quote.total is None)
    if verdict == "X":
        assert (quote.total, quote.way, quote.amount) == (0, "NONE", 0)
    if verdict == "RET":
        assert (quote.goods, quote.freight, quote.delivered_by) == (None, None, None)


# -- money -----------------------------------------------------------------------------------------------------------


def of_two_lines(**fields: Any) -> Story:
    """Two units for 10.00 less 3.00, and one for 5.00."""
    lines = (a_line("1", quantity=2, unit_price=1000, discount=300), a_line("2", quantity=1, unit_price=500))
    return Story(an_input(a_content(*lines), **fields))


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(
    ("params", "goods"),
    [
        ({"line": "1", "quantity": 1}, -850),
        ({"line": "1", "quantity": 0}, -1700),
        ({"line": "2", "quantity": 0}, -500),
        ({"line": "1", "quantity": 4}, 2000),
        ({"line": "1", "quantity": 2}, 0),
        ({"sku": "SKU-9", "quantity": 1}, None),
    ],
)
def test_a_quantity_is_priced_by_its_line(params: dict[str, Any], goods: int | None) -> None:
    story = of_two_lines()
    unpaid = quoted(story, "QUANTITY", params=params)
    assert (unpaid.goods, unpaid.freight) == (goods, 0)
    ways = ("UNKNOWN", "UNKNOWN") if goods is None else ("NONE", "NONE")
    ways = ("DUE_LESS", "BACK") if goods and goods < 0 else ("DUE_MORE", "COLLECT") if goods else ways
    assert (unpaid.way, unpaid.amount) == (ways[0], None if goods is None else abs(goods))
    story.is_paid()
    paid = quoted(story, "QUANTITY", params=params)
    known = None if goods is None else abs(goods)
    assert (paid.way, paid.amount) == (ways[1], known)


@pytest.mark.clause("SR-054")
def test_what_the_fields_say_of_the_amounts_goes_before_the_lines() -> None:
    story = of_two_lines()
    story.asks("place_hold", reason="SALES_DECISION", note="n")
    story.is_paid()
    priced = {"goods": -1000, "freight": 800}
    quote = quoted(story, "QUANTITY", params={"line": "1", "quantity": 1}, correction=1, priced=priced)
    assert (quote.goods, quote.freight, quote.way, quote.amount) == (-1000, 800, "BACK", 200)
    moved = {"params": {"region": "上海市"}}
    assert quoted(story, "ADDRESS", **moved).freight is None
    assert quoted(story, "ADDRESS", **moved, priced={"freight": 800}).way == "COLLECT"


@pytest.mark.clause("SR-054")
def test_a_cancel_gives_back_all_we_hold() -> None:
    story = at("CONFIRMED")
    quote = quoted(story, "CANCEL")
    assert (quote.way, quote.amount, quote.outbound_by, quote.delivered_by) == ("BACK", 2000, None, None)
    story.asks("cancel", reason="n")
    assert story.order.payment.refunded("CNY") == 2000


@pytest.mark.clause("SR-054")
def test_fees_are_the_editions_and_none_by_default() -> None:
    def dear(stage: str) -> Story:
        story = at(stage)
        fees = STANDARD_CHANGE.having(expedite_fee=1500, redirect_fee=900)
        story.order = story.order.having(policy=STANDARD.having(change=fees))
        return story

    assert (quoted(at("CONFIRMED"), "EXPEDITE").fee, quoted(at("ON_ITS_WAY"), "ADDRESS").fee) == (0, 0)
    hasty = quoted(dear("CONFIRMED"), "EXPEDITE")
    assert (hasty.fee, hasty.way, hasty.amount) == (1500, "COLLECT", 1500)
    assert quoted(dear("ON_ITS_WAY"), "ADDRESS").fee == 900
    assert quoted(dear("ON_ITS_WAY"), "CONTACT").fee == 0, "nothing is sent elsewhere"
    assert quoted(dear("OUT_FOR_DELIVERY"), "EXPEDITE").fee == 0, "what is refused costs nothing"


# -- the promise -----------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
def test_the_promise_is_the_orders_own_and_moves_with_what_is_agreed() -> None:
    story = at("CONFIRMED")
    assert quoted(story, "CONTACT").delivered_by == date(2026, 11, 28), "out in 48 h, three days on the way"
    later = quoted(story, "DELIVER_LATER", params={"until": "2026-12-01"})
    assert later.delivered_by == date(2026, 12, 5)
    story.asks("submit_change_request", change="DELIVER_LATER", params={"until": "2026-12-01"}, expected_version=1)
    assert quoted(story, "CONTACT").outbound_by == later.outbound_by, "it is what came of it"
    fixed = Story(an_input(promised_delivery_date=date(2026, 11, 30)))
    assert quoted(fixed, "CONTACT").delivered_by == date(2026, 11, 30)


@pytest.mark.clause("SR-054")
def test_what_is_on_its_way_keeps_its_day_and_what_is_stopped_leaves_anew() -> None:
    going = at("ON_ITS_WAY")
    [package] = going.order.packages
    assert package.promised_at is not None
    assert quoted(going, "ADDRESS").delivered_by == date(2026, 11, 26)
    stopped = at("BEING_PICKED", "")
    stopped.passes(days=3)
    quote = quoted(stopped, "ADDRESS")
    assert quote.outbound_by == stopped.now + timedelta(minutes=30), "it was due already"
    assert quote.delivered_by == date(2026, 11, 29)


@pytest.mark.clause("SR-054")
def test_another_region_has_no_date_until_the_table_was_asked() -> None:
    story = at("CONFIRMED")
    assert quoted(story, "ADDRESS", params={"region": "上海市"}).delivered_by is None
    story.order = story.order.having(policy=STANDARD.having(carriage="none"))
    assert quoted(story, "ADDRESS", params={"region": "上海市"}).delivered_by == date(2026, 11, 28)


# -- what has to be stopped ------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
def test_of_several_shipments_each_that_a_warehouse_has_is_named() -> None:
    def two_warehouses(order: Any, effect: Any) -> Any:
        outcome: Any = the_party_does_it(order, effect)
        if effect.kind != "audit_order" or outcome is None:
            return outcome
        first, second = outcome.allocations
        return outcome.having(allocations=(first, second.having(warehouse="BJ")))

    story = Story(an_input(a_content(a_line("1"), a_line("2"))), answers=two_warehouses)
    story.is_paid()
    both = quoted(story, "QUANTITY", params={"line": "2", "quantity": 1})
    assert [(each.number, each.party) for each in both.stops] == [("1", "SH"), ("2", "BJ")]
    by_people = STANDARD.having(recall=STANDARD.recall.having(by_itself=False))
    story.order = story.order.having(policy=by_people)
    one = quoted(story, "QUANTITY", params={"line": "2", "quantity": 1})
    assert [(each.number, each.party) for each in one.stops] == [("2", "BJ")]


# -- applied as quoted -----------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
def test_it_is_applied_with_its_quote_or_without_one() -> None:
    story = at("CONFIRMED")
    params = {"until": "2026-12-01"}
    quote = quoted(story, "DELIVER_LATER", params=params)
    assert said_no(story, "DELIVER_LATER", params=params) is None
    assert said_no(story, "DELIVER_LATER", params=params, quote=quote.id) is None
    story.now = quote.valid_until
    assert said_no(story, "DELIVER_LATER", params=params, quote=quote.id) is None, "to the last moment"


@pytest.mark.clause("SR-054")
def test_an_expired_quote_is_refused_with_a_new_one() -> None:
    story = at("CONFIRMED")
    old = quoted(story, "EXPEDITE")
    story.now = old.valid_until + timedelta(seconds=1)
    no = said_no(story, "EXPEDITE", quote=old.id)
    assert no is not None
    assert no.change is not None
    new = no.change.quote
    assert new is not None
    assert (no.code, no.change.verdict, new.valid_until) == (
        "QUOTE_EXPIRED",
        "REFUSED",
        story.now + timedelta(minutes=30),
    )
    assert said_no(story, "EXPEDITE", quote=new.id) is None, "the new one holds"


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("what", ["the order is further", "another amount", "another change", "made up", "too long"])
def test_what_would_not_happen_any_more_is_refused_with_the_new_quote(what: str) -> None:
    story = at("AT_WAREHOUSE", "")
    params: dict[str, Any] = {"line": "1", "quantity": 1}
    quote = quoted(story, "QUANTITY", params=params)
    sealed = quote.id
    fields: dict[str, Any] = {"params": params}
    match what:
        case "the order is further":
            story.says("picked", shipment=1)
        case "another amount":
            fields["priced"] = {"goods": -900}
        case "another change":
            fields["params"] = {"line": "1", "quantity": 0}
        case "made up":
            sealed = "20261123T013000Z-0123456789abcdef"
        case _:
            sealed = f"20991231T000000Z-{quote.id.partition('-')[2]}"
    no = said_no(story, "QUANTITY", **fields, quote=sealed)
    assert no is not None
    assert no.change is not None
    assert no.change.quote is not None
    assert (no.code, no.change.state) == ("QUOTE_CHANGED", "REFUSED")
    assert said_no(story, "QUANTITY", **fields, quote=no.change.quote.id) is None
    assert complaints(story) == []


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("given", ["", "nonsense", "2026-11-23", "20261123T0130-aa", "-aa"])
def test_what_is_no_quote_is_not_read_as_one(given: str) -> None:
    assert held_until(given) is None


@pytest.mark.clause("SR-054")
def test_the_matrix_says_no_before_the_quote_does() -> None:
    story = at("AT_WAREHOUSE", "")
    quote = quoted(story, "GIFT_NOTE")
    story.says("picked", shipment=1)
    no = said_no(story, "GIFT_NOTE", quote=quote.id)
    assert no is not None
    assert no.code == "CHANGE_REFUSED"


def test_an_edition_from_before_settles_nothing_by_itself() -> None:
    assert (ChangePolicy().settles, ChangePolicy().quote_valid_for) == (False, timedelta(minutes=30))


@pytest.mark.clause("SR-054", "SR-164")
def test_nobody_is_told_that_it_is_too_late_because_a_quote_did_not_hold() -> None:
    story = at("CONFIRMED")
    old = quoted(story, "EXPEDITE")
    story.now = old.valid_until + timedelta(seconds=1)
    no = said_no(story, "EXPEDITE", quote=old.id)
    assert no is not None
    said = {"change": "EXPEDITE", "request_id": "q", "code": no.code, "reason": no.reason, "answer": no.change}
    at_once = {"id": "q", "occurred_at": story.now, "received_at": story.now}
    story.hears(ChangeRefused.model_validate({**at_once, **said}))
    assert [(each.state, each.code) for each in story.order.change_requests] == [("REFUSED", "QUOTE_EXPIRED")]
    assert "CHANGE_REFUSED" not in story.told
