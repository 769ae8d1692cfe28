"""Goods that leave a cancelled, closed order: what each fact means, and what is written down (AC-31, edge case 20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.carrier_orders import CarrierSaid
from domain.catalogue.text import sentence
from domain.facts import OutsideFact, parse
from domain.late import ClosedOrder, Parcel
from domain.late_claims import SettleClaim
from domain.late_goods import (
    GoodsEnd,
    GoodsNews,
    Told,
    case_of,
    ended_by,
    entries_of,
    intercept_of,
    known_after,
    left,
    moved,
    named,
    task_of,
    unfit,
    units_of,
)
from domain.shipments import Package
from domain.stage import FINAL_STAGES, Stage
from tests.rules.story import NUMBER, PLACED

LATER = PLACED + timedelta(hours=1)


def closed(stage: str = Stage.CANCELLED, **books: Any) -> ClosedOrder:
    given = {"final": True, "ordered": {"1": 2, "2": 1}, **books}
    return ClosedOrder.model_validate({"order_no": NUMBER, "stage": stage, **given})


def told(kind: str, number: str = "f1", at: Any = PLACED, **data: Any) -> OutsideFact:
    return parse({"id": number, "kind": kind, "occurred_at": at, "received_at": at, **data})


def gone(order: ClosedOrder | None = None, **data: Any) -> Package:
    package = left(order or closed(), told("outbound", **data))
    assert package is not None
    return package


def scanned(package: Package, *states: str) -> Package:
    for count, state in enumerate(states):
        at = PLACED + timedelta(hours=count)
        package = moved(package, told("carrier_scan", f"s{count}", at, tracking_number="SF1", state=state))
    return package


@pytest.mark.clause("AC-31", "EC-20")
def test_a_parcel_of_a_cancelled_order_holds_what_the_warehouse_says_or_what_it_had() -> None:
    assert units_of(gone()) == {"1": 2, "2": 1}, "nothing was planned: all that was ordered"
    assert units_of(gone(closed(planned={1: {"1": 2}}))) == {"1": 2}
    assert units_of(gone(lines=[{"line": "2", "quantity": 1}])) == {"2": 1}
    first = Parcel(package="a", lines={"1": 1}, outbound_at=PLACED)
    assert units_of(gone(closed(planned={1: {"1": 2}}, parcels=(first,)), package="b")) == {"1": 1}
    assert units_of(gone(others=[{"sku": "X", "quantity": 1}])) == {}


@pytest.mark.clause("AC-31")
def test_only_goods_of_a_cancelled_order_are_taken_so() -> None:
    for stage in FINAL_STAGES - {Stage.CANCELLED}:
        assert left(closed(stage), told("outbound")) is None
    assert left(closed(final=False), told("outbound")) is None
    assert left(closed(), told("picked")) is None
    assert named(closed(), told("carrier_scan", tracking_number="SF1", state="DELIVERED")) is None


@pytest.mark.clause("AC-31", "EC-20")
def test_told_again_it_is_the_same_parcel_and_later_news_finds_it() -> None:
    order = known_after(closed(), told("outbound", tracking_number="SF1"))
    again = left(order, told("outbound", "f2", LATER, tracking_number="SF1"))
    assert again is not None
    assert (again.outbound_at, units_of(again)) == (PLACED, {"1": 2, "2": 1})
    assert known_after(order, told("outbound", "f2", LATER)) == order
    for fact in (
        told("carrier_scan", tracking_number="SF1", state="DELIVERED"),
        told("carrier_scan", package="1", state="DELIVERED"),
        told("carrier_scan", state="DELIVERED"),
        told("tracking_number", tracking_number="SF2"),
        told("parcel_received", package="1"),
    ):
        found = named(order, fact)
        assert found is not None
        assert found.id == "1"
    assert named(order, told("carrier_scan", tracking_number="SF9", state="DELIVERED")) is None
    assert named(order.having(stopping=()), told("carrier_scan", state="DELIVERED")) is None


@pytest.mark.clause("AC-31", "EC-20")
def test_the_carrier_is_asked_once_the_number_is_known_and_not_after_the_journey() -> None:
    package = gone()
    assert intercept_of(NUMBER, package) is None
    numbered = moved(package, told("tracking_number", tracking_number="SF1", carrier="SF"))
    asked = intercept_of(NUMBER, numbered)
    assert asked is not None
    assert (asked.key, asked.purpose, asked.carrier) == (f"{NUMBER}/intercept/cancelled/package/1", "return", "SF")
    assert intercept_of(NUMBER, scanned(numbered, "DELIVERED")) is None


@pytest.mark.clause("AC-31", "EC-20")
@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        (["IN_TRANSIT"], None),
        (["IN_TRANSIT", "RETURNED_TO_SENDER"], "RETURNED"),
        (["LOST"], "LOST"),
        (["DELIVERED"], None),
    ],
)
def test_what_becomes_of_it_ends_the_case_but_for_a_delivery(states: list[str], outcome: str | None) -> None:
    package = scanned(gone(tracking_number="SF1"), *states)
    end = ended_by(package, told("carrier_scan", tracking_number="SF1", state=states[-1]))
    assert (end.outcome if end else None) == outcome
    back = ended_by(package, told("parcel_received", package="1", source="warehouse"))
    assert back == GoodsEnd(outcome="RETURNED", by="warehouse")


@pytest.mark.clause("AC-31")
def test_a_scan_counts_once_and_the_order_of_arrival_does_not() -> None:
    package = scanned(gone(tracking_number="SF1"), "IN_TRANSIT", "DELIVERED")
    again = told("carrier_scan", "s0", PLACED, tracking_number="SF1", state="IN_TRANSIT")
    assert moved(package, again) == package
    assert str(package.state) == "DELIVERED"


def news(told_: Told, package: Package, **fields: Any) -> GoodsNews:
    return GoodsNews(order_no=NUMBER, at=LATER, told=told_, package=package, **fields)


@pytest.mark.clause("AC-31", "SR-023")
def test_each_step_reads_well_and_gives_somebody_the_goods_to_get_back() -> None:
    package = scanned(gone(tracking_number="SF1"), "DELIVERED")
    opened, moving = news(Told.LEFT, gone()), news(Told.MOVED, package)
    ended = news(Told.ENDED, package, end=GoodsEnd(outcome="CHARGED", by="Li"))
    carrier = news(Told.CARRIER_SAID, package, carrier=CarrierSaid(accepted=True, reference="KD-1"))
    lines = [line for step in (opened, carrier, moving, ended) for line in entries_of(step, 1)]
    assert [sentence(line.code, "en", line.params) for line in lines] == [
        "Case 1 was opened: cancelled after shipping, package 1, its goods left all the same.",
        "Done: intercept a parcel, number KD-1.",
        "Case 1 (cancelled after shipping) was resolved: the customer paid for it.",
    ]
    tasks = [task_of(step, 1) for step in (opened, moving)]
    assert [(task.key, task.kind) for task in tasks if task] == [
        ("case/1", "DECIDE"),
        ("case/1/delivered", "RECOVER_GOODS"),
    ]
    assert task_of(news(Told.MOVED, gone()), 1) is None
    cases = [case_of(step, 1, PLACED) for step in (opened, ended)]
    said = [(case.status, case.outcome, case.actor) for case in cases]
    assert said == [("OPEN", "", ""), ("RESOLVED", "CHARGED", "Li")]


@pytest.mark.clause("AC-31")
def test_a_person_says_one_of_four_things() -> None:
    assert unfit(SettleClaim(request_id="r", case=1, outcome="KEPT")) is None
    no = unfit(SettleClaim(request_id="r", case=1, outcome="SO_WHAT"))
    assert no is not None
    assert "CHARGED" in no.reason
