"""Goods that come back (§4.7 →Ret, EC-50, EC-65, SR-149): may they, what is paid for them, and each step only once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.catalogue import returns as words
from domain.catalogue.text import render, sentence
from domain.effects import Done
from domain.packages import PackageState
from domain.policy import STANDARD, compressed
from domain.recording import Entry
from domain.return_asks import RETURN_ASKS, return_refusal
from domain.return_facts import ReturnFact, parse_return_fact
from domain.return_policy import ReturnPolicy
from domain.return_rows import entries_between, letters_of, news_of, taken_back, tasks_of, waiting_for
from domain.return_rules import ReturnBooks, WantedReturn, opened, verdict_of
from domain.return_work import ClaimRequest, RestockRequest, request_of
from domain.returning import (
    ClaimOutcome,
    KeepOutcome,
    Outcome,
    ShipOutcome,
    Work,
    after_ask,
    after_fact,
    after_time,
    after_work,
    key_of,
    next_due,
    next_work,
    refund_parked,
)
from domain.returns import Held, Return, ReturnKind, ReturnState, disputed, due, state_of

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
NO = "SO2026112300000001"
LINES = (
    {"line": "1", "sku": "TEA", "ordered": 3, "unit_price": 6800, "discount": 600, "delivered": 3},
    {"line": "2", "sku": "CUP", "ordered": 1, "unit_price": 3000, "delivered": 1},
)


def books(**changes: Any) -> ReturnBooks:
    """A completed order of 228.00, freight 6.00 in it, signed for at noon."""
    said = {
        "order_no": NO,
        "stage": "COMPLETED",
        "final": True,
        "currency": "CNY",
        "total": 23400,
        "freight": 600,
        "warehouse": "SH",
        "zone": "Asia/Shanghai",
        "after_sale_days": 7,
        "signed_at": AT,
        "lines": LINES,
        "available": {"TEA-500": 5},
    }
    return ReturnBooks.model_validate(said | changes)


def wanted(*lines: Mapping[str, Any], **changes: Any) -> WantedReturn:
    return WantedReturn.model_validate({"lines": lines or [{"line": "1", "quantity": 2}], "actor": "ann"} | changes)


def line(sku: str = "TEA", **changes: Any) -> dict[str, Any]:
    return next(dict(each) for each in LINES if each["sku"] == sku) | changes


# -- may they come back? ---------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-149")
def test_delivered_goods_come_back_within_seven_days_of_the_day_after_the_receipt() -> None:
    last = datetime(2026, 11, 30, 16, tzinfo=UTC) - timedelta(microseconds=1)
    assert verdict_of(books(), wanted(), last).allowed
    late = verdict_of(books(), wanted(), last + timedelta(microseconds=1))
    assert (late.allowed, [no.code for no in late.reasons], late.until) == (False, ["WINDOW_OVER"], last)
    assert late.reasons[0].instead == "goodwill"


SAYS_NO = {
    "not delivered": (books(signed_at=None), wanted(), {"NOT_DELIVERED"}),
    "made to order": (books(lines=[line(custom=True)]), wanted(), {"MADE_TO_ORDER"}),
    "fresh": (books(not_returnable=("TEA",)), wanted(), {"NOT_RETURNABLE"}),
    "more than was delivered": (books(), wanted({"line": "1", "quantity": 4}), {"TOO_MANY"}),
    "asked before": (books(lines=[line(asked=2)]), wanted(), {"TOO_MANY"}),
    "no such line": (books(), wanted({"line": "9", "quantity": 1}), {"UNKNOWN_LINE"}),
    "twice": (books(), wanted({"line": "1", "quantity": 1}, {"line": "1", "quantity": 1}), {"LINE_TWICE"}),
    "nothing to exchange for": (books(), wanted(kind="exchange"), {"SKU_UNKNOWN"}),
    "exchange while it is open": (
        books(final=False),
        wanted({"line": "1", "quantity": 1, "exchange_sku": "TEA-500"}, kind="exchange"),
        {"ORDER_OPEN"},
    ),
    "exchange for what is short": (
        books(available={"TEA-500": 1}),
        wanted({"line": "1", "quantity": 2, "exchange_sku": "TEA-500"}, kind="exchange"),
        {"EXCHANGE_SHORT"},
    ),
}


@pytest.mark.clause("SR-149", "EC-50")
@pytest.mark.parametrize("name", SAYS_NO)
def test_every_no_has_its_reasons(name: str) -> None:
    given, asked, codes = SAYS_NO[name]
    verdict = verdict_of(given, asked, AT)
    assert (verdict.allowed, {no.code for no in verdict.reasons}) == (False, codes)
    assert codes <= words.REASONS.keys()
    assert {no.instead for no in verdict.reasons} - {""} <= words.INSTEAD.keys()


@pytest.mark.clause("SR-149")
def test_all_reasons_are_said_at_once() -> None:
    verdict = verdict_of(
        books(lines=[line(custom=True)]), wanted({"line": "1", "quantity": 9}), AT + timedelta(days=30)
    )
    assert [no.code for no in verdict.reasons] == ["WINDOW_OVER", "MADE_TO_ORDER", "TOO_MANY"]


@pytest.mark.clause("SR-149")
def test_goodwill_lifts_what_a_supervisor_may_lift_and_no_more() -> None:
    given, late = books(lines=[line(custom=True)]), AT + timedelta(days=30)
    assert verdict_of(given, wanted(goodwill=True), late).allowed
    assert not verdict_of(given, wanted({"line": "1", "quantity": 9}, goodwill=True), late).allowed


# -- what they are worth ---------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-149")
def test_units_are_worth_their_share_of_what_was_paid_for_goods() -> None:
    assert verdict_of(books(), wanted({"line": "1", "quantity": 3}, {"line": "2", "quantity": 1}), AT).worth == 22800
    assert verdict_of(books(), wanted({"line": "2", "quantity": 1}), AT).worth == 3000


@pytest.mark.clause("SR-149")
@pytest.mark.parametrize("total", [10_000, 9_999, 100, 1, 0])
def test_units_that_come_back_one_by_one_are_worth_no_more_than_together(total: int) -> None:
    whole = verdict_of(books(total=total, freight=0), wanted({"line": "1", "quantity": 3}), AT).worth
    each = [
        verdict_of(
            books(total=total, freight=0, lines=[line(asked=done), line("CUP")]),
            wanted({"line": "1", "quantity": 1}),
            AT,
        ).worth
        for done in range(3)
    ]
    assert sum(each) == whole <= total


# -- its way ---------------------------------------------------------------------------------------------------------


def begun(given: ReturnBooks | None = None, asked: WantedReturn | None = None, **policy: Any) -> Return:
    given = given or books(policy=ReturnPolicy(**policy))
    asked = asked or wanted()
    assert verdict_of(given, asked, AT).allowed
    return opened(given, asked, 1, AT)


def exchange(**policy: Any) -> Return:
    return begun(asked=wanted({"line": "1", "quantity": 2, "exchange_sku": "TEA-500"}, kind="exchange"), **policy)


def ask(its: Return, name: str, role: str = "operator", at: datetime = AT, **fields: Any) -> Return:
    """A request that has to be answered yes."""
    asked = RETURN_ASKS[name].model_validate({"request_id": f"{name}-{its.sequence}", "role": role, **fields})
    assert return_refusal(its, asked) is None
    return after_ask(its, asked, at)


def no(its: Return, name: str, role: str = "operator", **fields: Any) -> str:
    """The code of the no."""
    asked = RETURN_ASKS[name].model_validate({"request_id": "no", "role": role, **fields})
    refusal = return_refusal(its, asked)
    assert refusal is not None
    return refusal.code


def fact(kind: str, name: str = "", at: datetime = AT, **data: Any) -> ReturnFact:
    moments = {"occurred_at": at, "received_at": at}
    return parse_return_fact({"id": name or kind, "kind": kind, **moments, **data})


RECEIVED = fact("return_received", warehouse="GZ")
SHIPPED = fact("return_shipped", tracking_number="SF9", carrier="SF")
SCANNED = fact("carrier_scan", tracking_number="SF9", state=PackageState.PICKED_UP)


def goes_on(its: Return, captured: int = 10**9, at: datetime = AT) -> tuple[Return, list[str]]:
    """Do everything that is due, with departments that never fail; what was done."""
    done: list[str] = []
    while True:
        its = after_time(its, at)
        work = next_work(its, at)
        if work is None:
            return its, done
        done.append(key_of(its, work) if work is not Work.CLAIM else "claim")
        its = after_work(its, work, answer(its, work, captured), at)


def answer(its: Return, work: Work, captured: int) -> Outcome:
    request = request_of(its, work)
    match work:
        case Work.KEEP:
            return KeepOutcome(kept=True)
        case Work.SHIP:
            return ShipOutcome(order_no="SO-NEW")
        case Work.CLAIM:
            assert isinstance(request, ClaimRequest)
            return ClaimOutcome(granted=min(request.amount, captured))
        case _:
            return Done(reference="R1", done_at=AT)


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


# -- once, in whatever order -----------------------------------------------------------------------------------------


@pytest.mark.clause("SR-149", "EC-19")
def test_a_refund_and_a_restock_happen_once_in_a_thousand_histories() -> None:
    """Facts doubled and shuffled, requests asked again, a gateway that refuses now and then, little money."""
    for seed in range(1_000):
        its, done, claimed, captured = _lived(random.Random(seed), exchange_too=seed % 3 == 0)
        assert max(done.values()) == 1, seed
        assert sum(key.startswith(Work.RESTOCK) for key in done) == 1, seed
        paid = sum(each.granted or 0 for each in its.paybacks if each.paid_at)
        assert paid <= min(captured, sum(each.worth for each in its.lines)), seed
        assert paid == sum(claimed[key.partition(" ")[2]] for key in done if key.startswith(Work.PAY)), seed
        assert its.closed_at is not None, seed
        assert all(task.done_at for task in tasks_of(its)), seed
        assert not {f"{Work.SHIP} {NO}/exchange/return/1", f"{Work.GIVE_BACK} {NO}/release_stock/return/1"} <= set(done)


def _lived(dice: random.Random, *, exchange_too: bool) -> tuple[Return, Counter[str], dict[str, int], int]:
    """One life: the return at its end, what was done outside, what was let go, and what there was to let go."""
    its = exchange() if exchange_too else begun(asked=wanted({"line": "1", "quantity": 3}), approval_over=10_000)
    asked = _requests(dice, its)
    moves = [*[SHIPPED, SCANNED, RECEIVED] * dice.randint(1, 3), *list(asked) * 4]
    dice.shuffle(moves)
    captured, claimed, done = dice.choice([0, 500, 10**6]), dict[str, int](), Counter[str]()
    for number, move in enumerate([*moves, *asked, SCANNED, RECEIVED, *asked, *asked, *asked]):
        its = _moved(its, move, asked, number if number >= len(moves) else its.sequence // 7)
        while (work := next_work(its := after_time(its, AT), AT)) is not None:
            if work is Work.PAY and dice.random() < 0.2:
                its = refund_parked(its, "Business.RefundRefused")
                break
            request, outcome = request_of(its, work), answer(its, work, captured)
            if isinstance(request, ClaimRequest):
                claimed.setdefault(request.key, min(request.amount, captured - sum(claimed.values())))
                outcome = ClaimOutcome(granted=claimed[request.key])
            else:
                done[f"{work} {request.key}"] += 1
            its = after_work(its, work, outcome, AT)
    return its, done, claimed, captured


def _requests(dice: random.Random, its: Return) -> dict[str, dict[str, Any]]:
    units = sum(each.quantity for each in its.lines)
    good = dice.randint(0, units)
    return {
        "approve": {},
        "inspect": {"lines": [{"line": "1", "good": good, "damaged": dice.randint(0, units - good)}]},
        "settle": {"amount": 0 if its.kind is ReturnKind.EXCHANGE else dice.choice([0, 300]), "reason": "so"},
        "approve_refund": {"role": "finance", "actor": "fin"},
        "report_refund": {"role": "finance", "reference": "B1"},
        "retry_refund": {"role": "finance"},
    }


def _moved(its: Return, move: Any, asked: Mapping[str, Mapping[str, Any]], number: int) -> Return:
    if not isinstance(move, str):
        return after_fact(its, move)
    given = RETURN_ASKS[move].model_validate({"request_id": f"{move}-{number}", **asked[move]})
    return its if return_refusal(its, given) else after_ask(its, given, AT)


# -- what is written down --------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-149", "SR-023")
def test_the_orders_story_tells_each_step_once() -> None:
    its, before = begun(), None
    told: list[Entry] = []
    steps: list[Any] = [
        lambda its: its,
        lambda its: ask(its, "approve", actor="bob"),
        lambda its: after_fact(its, RECEIVED),
        lambda its: ask(its, "inspect", lines=[{"line": "1", "good": 2}], actor="wms"),
        lambda its: goes_on(its)[0],
    ]
    for step in steps:
        its = step(its)
        news = news_of(before, its, AT, AT)
        told += news.entries
        assert entries_between(its, its, AT) == ()
        before = its
    assert [entry.code for entry in told] == [
        *("return_asked", "return_approved", "return_inspected", "return_restocked", "return_closed", "return_refunded")
    ]
    assert len({entry.key for entry in told}) == len(told)
    for entry in told:
        for language in ("en", "zh-Hans"):
            assert "—" not in sentence(entry.code, language, {"actor": entry.actor, **entry.params})
    for letter in letters_of(its):
        assert render(letter.template, "en", {"no": "T1", **letter.params}, "Asia/Shanghai")


@pytest.mark.clause("SR-149")
def test_every_step_of_a_return_has_its_words() -> None:
    assert {state.value for state in ReturnState} == words.STATES.keys()
    assert {entry.code for entry in entries_between(None, begun(), AT)} <= words.SENTENCES.keys()


@pytest.mark.clause("SR-149")
def test_a_demos_returns_are_as_fast_as_its_orders() -> None:
    fast = compressed(STANDARD, hour=timedelta(seconds=2), least=timedelta(seconds=1), edition="demo")
    assert fast.returns.ship_back_within == timedelta(seconds=336)
    assert fast.returns.exchange_ships_on == "scan"
