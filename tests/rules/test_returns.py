"""The way of goods that come back (§4.7 →Ret, EC-50, EC-65, SR-149): each step, and who has to say yes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.effects import Done
from domain.return_rows import taken_back, tasks_of, waiting_for
from domain.return_work import RestockRequest, request_of
from domain.returning import (
    ClaimOutcome,
    KeepOutcome,
    Work,
    after_fact,
    after_time,
    after_work,
    next_due,
    next_work,
    refund_parked,
)
from domain.returns import Held, ReturnState, disputed, due, state_of
from tests.rules.returning import (
    AT,
    NO,
    RECEIVED,
    SCANNED,
    SHIPPED,
    ask,
    begun,
    exchange,
    goes_on,
    no,
    wanted,
)

# -- its way ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-149")
def test_receipt_inspection_restock_and_refund_are_separate_steps() -> None:
    its = begun()
    assert state_of(its) is ReturnState.REQUESTED
    its = ask(its, "approve", actor="bob")
    assert state_of(its) is ReturnState.APPROVED
    its = after_fact(its, SHIPPED)
    assert (state_of(its), its.tracking_number) == (ReturnState.IN_TRANSIT, "SF9")
    its = after_fact(its, RECEIVED)
    assert (state_of(its), its.warehouse, next_work(its, AT)) == (ReturnState.RECEIVED, "GZ", None)
    its = ask(its, "inspect", lines=[{"line": "1", "good": 2}], actor="wms")
    assert (state_of(its), next_work(its, AT)) == (ReturnState.INSPECTED, Work.RESTOCK)
    restock = request_of(its, Work.RESTOCK)
    assert isinstance(restock, RestockRequest)
    assert (restock.warehouse, restock.units) == ("GZ", {"TEA": 2})
    its = after_work(its, Work.RESTOCK, Done(), AT)
    assert (state_of(its), next_work(its, AT)) == (ReturnState.RESTOCKED, Work.CLAIM)
    its, done = goes_on(its)
    assert done == ["claim", f"{NO}/refund/return/1"]
    assert (state_of(its), its.outcome, its.paybacks[0].granted) == (ReturnState.CLOSED, "REFUNDED", due(its))


@pytest.mark.clause("EC-65")
def test_only_what_came_back_in_order_is_paid_and_the_rest_is_in_dispute() -> None:
    its = begun(asked=wanted({"line": "1", "quantity": 3}))
    its = ask(after_fact(ask(its, "approve"), RECEIVED), "inspect", lines=[{"line": "1", "good": 1, "other": 1}])
    one = its.lines[0].worth // 3
    assert (due(its), disputed(its), waiting_for(its)) == (one, 2, "customer_service")
    its, done = goes_on(its)
    assert done == [f"{NO}/restock/return/1", "claim", f"{NO}/refund/return/1"]
    assert state_of(its) is ReturnState.REFUNDED
    assert [task.kind for task in tasks_of(its) if task.done_at is None] == ["RETURN_DISPUTE"]
    assert no(its, "settle", amount=its.lines[0].worth, reason="all") == "TOO_MUCH"
    its, done = goes_on(ask(its, "settle", amount=500, reason="half of it was our fault", actor="cs"))
    assert done == ["claim", f"{NO}/refund/return/1/settled"]
    assert (its.outcome, [each.granted for each in its.paybacks]) == ("REFUNDED", [one, 500])
    assert taken_back(its) == {"1": 1}


@pytest.mark.clause("EC-65")
@pytest.mark.parametrize(
    ("reason", "found", "units"),
    [
        ("NO_REASON", {"good": 1, "damaged": 1, "other": 1}, 1),
        ("QUALITY", {"good": 1, "damaged": 1, "other": 1}, 2),
        ("WRONG_GOODS", {"good": 1, "damaged": 1, "other": 1}, 3),
        ("WRONG_GOODS", {"other": 9}, 3),
    ],
)
def test_what_is_accepted_depends_on_why_it_came_back(reason: str, found: dict[str, int], units: int) -> None:
    its = begun(asked=wanted({"line": "1", "quantity": 3}, reason=reason))
    its = ask(ask(its, "approve"), "inspect", lines=[{"line": "1", **found}])
    assert disputed(its) == 3 - units
    restock = request_of(its, Work.RESTOCK)
    assert isinstance(restock, RestockRequest)
    assert restock.units == ({"TEA": found["good"]} if "good" in found else {})


@pytest.mark.clause("SR-149")
def test_a_refund_over_the_threshold_waits_for_another_person_of_finance() -> None:
    its = ask(begun(approval_over=1), "approve", actor="bob")
    its, _ = goes_on(ask(after_fact(its, RECEIVED), "inspect", lines=[{"line": "1", "good": 2}], actor="wms"))
    assert (state_of(its), waiting_for(its), next_work(its, AT)) == (ReturnState.RESTOCKED, "finance", None)
    assert no(its, "approve_refund", actor="eve") == "FORBIDDEN"
    for person in ("ann", "wms"):
        assert no(its, "approve_refund", "finance", actor=person) == "SAME_PERSON"
    its, done = goes_on(ask(its, "approve_refund", "finance", actor="fin"))
    assert done == ["claim", f"{NO}/refund/return/1"]
    assert no(its, "approve_refund", "finance", actor="fin") == "NOTHING_WAITS"


@pytest.mark.clause("SR-149")
def test_no_more_goes_back_than_the_books_have_and_finance_sees_to_the_rest() -> None:
    its = ask(after_fact(ask(begun(), "approve"), RECEIVED), "inspect", lines=[{"line": "1", "good": 2}])
    owed = due(its)
    its, done = goes_on(its, captured=100)
    assert (its.paybacks[0].granted, done[-1]) == (100, f"{NO}/refund/return/1")
    assert [task.params["amount"] for task in tasks_of(its) if task.kind == "PAY_BACK"] == [owed - 100]
    assert no(its, "retry_refund", "finance") == "NOT_CAPTURED"
    its, done = goes_on(ask(its, "report_refund", "finance", reference="BANK-7"))
    assert (state_of(its), done) == (ReturnState.CLOSED, [])


@pytest.mark.clause("SR-149")
def test_a_refund_that_the_gateway_refuses_waits_for_finance() -> None:
    its = ask(after_fact(ask(begun(), "approve"), RECEIVED), "inspect", lines=[{"line": "1", "good": 2}])
    its = after_work(after_work(its, Work.RESTOCK, Done(), AT), Work.CLAIM, ClaimOutcome(granted=due(its)), AT)
    its = refund_parked(its, "Business.RefundRefused")
    assert (next_work(its, AT), waiting_for(its)) == (None, "finance")
    its, done = goes_on(ask(its, "retry_refund", "finance"))
    assert (done, its.outcome) == ([f"{NO}/refund/return/1"], "REFUNDED")


@pytest.mark.clause("SR-149")
def test_a_refund_waits_for_its_orders_end() -> None:
    its = ask(after_fact(ask(begun(), "approve"), RECEIVED), "inspect", lines=[{"line": "1", "good": 2}])
    its = after_work(after_work(its, Work.RESTOCK, Done(), AT), Work.CLAIM, ClaimOutcome(), AT)
    hour = AT + timedelta(hours=1)
    assert (next_work(its, AT), next_due(its)) == (None, hour)
    assert next_work(after_time(its, hour), hour) is Work.CLAIM


@pytest.mark.clause("SR-149")
def test_goods_that_are_not_sent_back_in_time_end_the_return() -> None:
    its = ask(begun(), "approve")
    week = AT + timedelta(days=7)
    assert next_due(its) == week
    its = after_time(its, week)
    assert (state_of(its), its.outcome, taken_back(its)) == (ReturnState.CLOSED, "LAPSED", {"1": 0})


@pytest.mark.clause("SR-149")
def test_goods_that_do_not_arrive_are_looked_for() -> None:
    its = after_fact(ask(begun(), "approve"), SHIPPED)
    its = after_time(its, AT + timedelta(days=10))
    assert [task.kind for task in tasks_of(its) if task.done_at is None] == ["RETURN_NOT_RECEIVED"]
    assert next_due(its) is None


# -- exchanges -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("EC-50")
def test_the_new_size_is_kept_at_the_request_and_leaves_on_the_first_scan() -> None:
    its, done = goes_on(exchange())
    assert (its.held, done) == (Held.KEPT, [f"{NO}/reserve/return/1"])
    its, done = goes_on(after_fact(ask(its, "approve"), SHIPPED))
    assert done == [], "somebody said that it was sent; no carrier has seen it"
    its, done = goes_on(after_fact(its, SCANNED))
    assert (done, its.new_order_no) == ([f"{NO}/exchange/return/1"], "SO-NEW")
    its, done = goes_on(ask(after_fact(its, RECEIVED), "inspect", lines=[{"line": "1", "good": 2}]))
    assert (done, its.outcome, its.paybacks) == ([f"{NO}/restock/return/1"], "EXCHANGED", ())


@pytest.mark.clause("EC-50")
def test_a_refused_exchange_gives_back_what_it_kept() -> None:
    its, _ = goes_on(exchange())
    its, done = goes_on(ask(its, "refuse", reason="worn"))
    assert (done, its.outcome) == ([f"{NO}/release_stock/return/1"], "REFUSED")


@pytest.mark.clause("EC-50")
def test_an_exchange_whose_goods_went_meanwhile_can_only_be_refused() -> None:
    its = after_work(exchange(), Work.KEEP, KeepOutcome(kept=False), AT)
    assert no(its, "approve") == "EXCHANGE_SHORT"
    its, done = goes_on(ask(its, "refuse", reason="sold out"))
    assert (done, its.outcome) == ([], "REFUSED")


@pytest.mark.clause("EC-50", "EC-65")
@pytest.mark.parametrize(("sends", "last", "outcome"), [(True, "exchange", "EXCHANGED"), (False, "release_stock", "")])
def test_an_exchange_may_wait_for_the_inspection(sends: bool, last: str, outcome: str) -> None:
    its, _ = goes_on(exchange(exchange_ships_on="inspection"))
    its, done = goes_on(after_fact(ask(its, "approve"), SCANNED))
    assert done == []
    its, done = goes_on(ask(its, "inspect", lines=[{"line": "1", "good": 1}]))
    assert (done, disputed(its)) == ([f"{NO}/restock/return/1"], 1)
    its, done = goes_on(ask(its, "settle", exchange=sends, reason="one is missing"))
    assert done == [f"{NO}/{last}/return/1"]
    assert its.outcome == (outcome or "NOTHING_PAID")
