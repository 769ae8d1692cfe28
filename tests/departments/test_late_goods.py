"""Goods that left a cancelled order in the books: parcel, lines, shelf, case, each step once (AC-31)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities.late import LateActivities
from domain.carrier_orders import CarrierSaid
from domain.facts import CarrierScan, Outbound
from domain.late import LateInput
from domain.late_goods import GoodsEnd, GoodsNews, Told, left, moved
from infra.db import tables
from tests.departments.desk import Desk, late_department
from tests.departments.test_late import closed, everything

NAMES = ("package", "shipment", "order_line", "reservation")


@pytest.fixture
def department(desk: Desk) -> LateActivities:
    return late_department(desk)


async def all_of(desk: Desk, order_no: str) -> dict[str, list[dict[str, Any]]]:
    more = {name: await desk.rows(getattr(tables, name), order_no=order_no) for name in NAMES}
    return {**await everything(desk, order_no), **more, "stock_level": await desk.rows(tables.stock_level)}


@pytest.mark.clause("AC-31", "EC-20")
@pytest.mark.parametrize(("state", "outcome"), [("RETURNED_TO_SENDER", "RETURNED"), ("DELIVERED", "CHARGED")])
async def test_each_step_of_a_parcel_is_written_once(
    desk: Desk, department: LateActivities, state: str, outcome: str
) -> None:
    order_no = await closed(desk)
    order = await department.look_at_closed_order(LateInput(order_no=order_no))
    times = {"occurred_at": desk.now, "received_at": desk.now}
    package = left(order, Outbound.model_validate({"id": "f", "tracking_number": "SF1", **times}))
    assert package is not None
    scan = CarrierScan.model_validate({"id": "s", "state": state, "tracking_number": "SF1", **times})
    steps: tuple[tuple[Told, dict[str, Any]], ...] = (
        (Told.LEFT, {}),
        (Told.CARRIER_SAID, {"carrier": CarrierSaid(accepted=False, reason="out for delivery")}),
        (Told.MOVED, {"package": moved(package, scan)}),
        (Told.ENDED, {"package": moved(package, scan), "end": GoodsEnd(outcome=outcome, by="Li")}),
    )
    for minute, (told, said) in enumerate(steps):
        at = desk.now + timedelta(minutes=minute)
        news = GoodsNews(**{"order_no": order_no, "at": at, "told": told, "package": package, **said})
        assert await department.record_goods(news) == 1
        written = await all_of(desk, order_no)
        assert await department.record_goods(news) == (0 if told is Told.ENDED else 1)
        assert await all_of(desk, order_no) == written
    once = await all_of(desk, order_no)
    await department.record_goods(GoodsNews(order_no=order_no, at=desk.now, told=Told.LEFT, package=package))
    assert await all_of(desk, order_no) == once, "told again after its end"
    [row], [case] = once["package"], once["exception_case"]
    assert (row["state"], row["tracking_number"]) == (state, "SF1")
    assert (case["status"], case["outcome"], case["actor"]) == ("RESOLVED", outcome, "Li")
    arrived = {"RECOVER_GOODS"} if outcome == "CHARGED" else set()
    assert {task["kind"] for task in once["task"]} == {"DECIDE"} | arrived
    assert all(task["done_by"] == "Li" for task in once["task"])
    assert [line["code"] for line in once["order_event"]] == ["case_opened", "effect_done", "case_resolved"]
    assert (await department.look_at_closed_order(LateInput(order_no=order_no))).stopping == ()
