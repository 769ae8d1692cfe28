"""Counts below what is reserved, and who is served first (edge cases 29 and 62; invariant 1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from activities.audit import AuditActivities
from activities.stock import StockActivities
from domain.effects import AuditRequest, ReleaseStockRequest, ReserveRequest
from domain.facts import Moved, parse
from domain.policy import AuditPolicy
from domain.stock_policy import STANDARD_STOCK, StockPolicy
from infra.db import tables
from infra.db.counting import CountAnswer, put_counts
from infra.db.master_data import Count
from infra.db.reservations import Cause, Move, note
from tests.departments.desk import Desk


@pytest.fixture
def department(desk: Desk) -> StockActivities:
    return StockActivities(desk.engine, desk.watch)


async def an_order(desk: Desk, *, age: int = 0, payment: str = "unpaid", final: bool = False) -> str:
    """An order that lives, placed so many hours ago."""
    order_no = await desk.order_came_in()
    known = tables.orders.update().where(tables.orders.c.order_no == order_no)
    placed = desk.now - timedelta(hours=age)
    async with desk.engine.begin() as connection:
        await connection.execute(known.values(payment_state=payment, placed_at=placed, final=final, updated_at=placed))
    return order_no


async def holds(department: StockActivities, order_no: str, units: int, sku: str = "TEA") -> None:
    wanted = ReserveRequest(
        key=f"{order_no}/reserve/1",
        order_no=order_no,
        version=1,
        lines=(Moved(line="1", quantity=units),),
        skus={"1": sku},
    )
    assert (await department.reserve_stock(wanted)).short == ()


async def count(desk: Desk, on_hand: int, sku: str = "TEA", **units: int) -> CountAnswer:
    async with desk.engine.begin() as connection:
        [answer] = await put_counts(connection, [Count("WH_SH", sku, on_hand, **units)], desk.now)
    return answer


async def told(desk: Desk) -> dict[str, Any]:
    """Who heard of which loss; every one of them can be read and wakes its order."""
    facts = await desk.rows(tables.inbound_fact, kind="reservation_lost")
    for fact in facts:
        parse(
            fact["body"]["data"]
            | {"kind": fact["kind"], "id": fact["fact_id"]}
            | {name: fact[name] for name in ("occurred_at", "received_at")}
        )
        assert fact["decisive"]
    return {fact["order_no"]: fact["body"]["data"] for fact in facts}


@pytest.mark.clause("SR-131", "EC-29")
async def test_a_count_below_what_is_reserved_takes_from_the_newest_unpaid_first(
    desk: Desk, department: StockActivities
) -> None:
    await desk.stock_is("TEA", WH_SH=8)
    oldest = await an_order(desk, age=9, payment="paid")
    unpaid = await an_order(desk, age=8)
    newest = await an_order(desk, age=1)
    cod = await an_order(desk, age=0, payment="cod_pending")
    for order_no in (oldest, unpaid, newest, cod):
        await holds(department, order_no, 2)
    answer = await count(desk, 3)
    assert (answer.fate, answer.reserved, answer.lost, answer.news) == ("put", 3, 5, "changed")
    assert await desk.level("TEA") == (3, 3)
    assert await desk.ledger_adds_up()
    assert {order_no: lost["units"] for order_no, lost in (await told(desk)).items()} == {newest: 2, unpaid: 2, cod: 1}
    assert (await told(desk))[newest] == {
        "line": "1",
        "warehouse": "WH_SH",
        "units": 2,
        "reserved_by": f"{newest}/reserve/1",
    }
    assert (await count(desk, 3)).lost == 0
    assert (await count(desk, 0)).lost == 3
    assert {order_no: lost["units"] for order_no, lost in (await told(desk)).items() if order_no == oldest} == {
        oldest: 2
    }
    assert len(await desk.rows(tables.inbound_fact, kind="reservation_lost")) == 5
    assert await desk.level("TEA") == (0, 0)
    assert await desk.ledger_adds_up()


@pytest.mark.clause("SR-131")
async def test_safety_and_quarantined_units_cannot_be_promised_either(desk: Desk, department: StockActivities) -> None:
    await desk.stock_is("TEA", WH_SH=10)
    order_no = await an_order(desk)
    await holds(department, order_no, 6)
    assert (await count(desk, 10, safety=4)).lost == 0
    assert (await count(desk, 10, safety=3, quarantined=2)).lost == 1
    assert await desk.level("TEA") == (10, 5)
    assert (await count(desk, 2, quarantined=5)).lost == 5
    assert await desk.level("TEA") == (2, 0)
    assert await desk.ledger_adds_up()


async def test_a_payment_that_waits_in_the_inbox_counts_and_a_closed_order_loses_first_and_hears_nothing(
    desk: Desk, department: StockActivities
) -> None:
    await desk.stock_is("TEA", WH_SH=3)
    closed, paid, unpaid = await an_order(desk, age=99, final=True), await an_order(desk), await an_order(desk, age=5)
    fact = {"fact_id": "p", "source": "payment", "event_id": "p", "kind": "paid", "body": {}, "body_hash": ""}
    async with desk.engine.begin() as connection:
        await connection.execute(
            tables.inbound_fact.insert().values(**fact, order_no=paid, occurred_at=desk.now, received_at=desk.now)
        )
    for order_no in (closed, paid, unpaid):
        await holds(department, order_no, 1)
    await count(desk, 2)
    assert await told(desk) == {}
    await count(desk, 1)
    assert list(await told(desk)) == [unpaid]


@pytest.mark.clause("SR-131", "EC-29")
async def test_what_a_warehouse_was_handed_is_lost_last(desk: Desk, department: StockActivities) -> None:
    await desk.stock_is("TEA", WH_SH=4)
    handed, waiting = await an_order(desk, age=0), await an_order(desk, age=9, payment="paid")
    for order_no in (handed, waiting):
        await holds(department, order_no, 2)
    shipment = {"order_no": handed, "shipment": 1, "warehouse": "WH_SH", "state": "RELEASED", "lines": {"1": 2}}
    async with desk.engine.begin() as connection:
        await connection.execute(tables.shipment.insert().values(**shipment, released_at=desk.now))
    await count(desk, 2)
    assert list(await told(desk)) == [waiting]
    await count(desk, 1)
    assert {order_no: lost["units"] for order_no, lost in (await told(desk)).items()} == {waiting: 2, handed: 1}


async def test_counts_of_several_places_at_once_take_from_each(desk: Desk, department: StockActivities) -> None:
    await desk.stock_is("TEA", WH_SH=2)
    await desk.stock_is("CUP", WH_SH=2)
    first, second = await an_order(desk), await an_order(desk)
    await holds(department, first, 2)
    await holds(department, second, 2, "CUP")
    counts = [Count("WH_SH", "TEA", 1), Count("WH_SH", "CUP", 0), Count("WH_XX", "TEA", 0), Count("WH_SH", "NONE", 0)]
    async with desk.engine.begin() as connection:
        answers = await put_counts(connection, counts, desk.now)
    assert [(answer.fate, answer.lost) for answer in answers] == [
        ("put", 1),
        ("put", 2),
        ("unknown_warehouse", 0),
        ("unknown_sku", 0),
    ]
    assert (await desk.level("TEA"), await desk.level("CUP")) == ((1, 1), (0, 0))


@pytest.mark.parametrize(
    "statement", ["UPDATE reservation SET units = 1", "DELETE FROM reservation", "TRUNCATE reservation"]
)
async def test_the_ledger_is_append_only(desk: Desk, statement: str) -> None:
    with pytest.raises(DBAPIError, match="The reservation ledger is append-only: add a row"):
        async with desk.engine.begin() as connection:
            await connection.execute(text(statement))


@pytest.mark.parametrize(
    ("step", "units", "said"),
    [
        ("reserve", -1, "ck_reservation_units"),
        ("reserve", 0, "ck_reservation_units"),
        ("release", 1, "ck_reservation_units"),
        ("release", 0, "ck_reservation_units"),
        ("consume", 1, "ck_reservation_units"),
        ("lose", 1, "ck_reservation_units"),
        ("lose", 0, "ck_reservation_units"),
        ("taken_over", 1, "ck_reservation_units"),
        ("taken_over", -1, "ck_reservation_units"),
        ("repair", 0, "ck_reservation_units"),
        ("borrow", 1, "ck_reservation_step"),
    ],
)
async def test_a_row_of_the_ledger_means_what_its_step_says(desk: Desk, step: str, units: int, said: str) -> None:
    await desk.stock_is("TEA", WH_SH=5)
    with pytest.raises(IntegrityError, match=said):
        async with desk.engine.begin() as connection:
            await note(connection, Cause("k", "SO1", desk.now), step, [Move("1", "TEA", "WH_SH", units)])


# -- who is served first ---------------------------------------------------------------------------------------------


async def short_of(desk: Desk, order_no: str, units: int, *, case: bool = True) -> None:
    """The books say that the order waits for these units."""
    line = {"line": "1", "sku": "TEA", "quantity": units, "unit_price": 1, "discount": 0, "unallocated": units}
    kept = {
        "order_no": order_no,
        "case_no": 1,
        "kind": "STOCK_SHORTAGE",
        "subject": "order",
        "status": "OPEN",
        "level": 1,
    }
    started = tables.inbound_order.update().where(tables.inbound_order.c.order_no == order_no)
    async with desk.engine.begin() as connection:
        await connection.execute(started.values(started_at=desk.now))
        await connection.execute(tables.order_line.insert().values(order_no=order_no, **line))
        if case:
            await connection.execute(tables.exception_case.insert().values(**kept, opened_at=desk.now))


async def tries(department: StockActivities, order_no: str, units: int, *, paid_first: bool = True) -> int:
    """How many of the wanted units it gets."""
    wanted = ReserveRequest(
        key=f"{order_no}/reserve/2",
        order_no=order_no,
        version=1,
        lines=(Moved(line="1", quantity=units),),
        skus={"1": "TEA"},
        criteria=STANDARD_STOCK.criteria,
        paid_first=paid_first,
    )
    return sum(given.quantity for given in (await department.reserve_stock(wanted)).allocations)


@pytest.mark.clause("SR-111", "EC-62")
async def test_an_unpaid_order_leaves_what_paid_ones_lack(desk: Desk, department: StockActivities) -> None:
    paid, unpaid, late = await an_order(desk, payment="paid"), await an_order(desk, age=9), await an_order(desk)
    await short_of(desk, paid, 3)
    await short_of(desk, unpaid, 4)
    await desk.stock_is("TEA", WH_SH=3, WH_GZ=2)
    assert await tries(department, unpaid, 4) == 2
    assert await tries(department, late, 1) == 0
    assert await tries(department, paid, 3) == 3
    assert await desk.ledger_adds_up()


async def test_an_edition_that_does_not_say_so_serves_who_comes_first(desk: Desk, department: StockActivities) -> None:
    paid, unpaid = await an_order(desk, payment="paid"), await an_order(desk)
    await short_of(desk, paid, 3)
    await desk.stock_is("TEA", WH_SH=3)
    assert StockPolicy().paid_first is False
    assert await tries(department, unpaid, 2, paid_first=False) == 2


@pytest.mark.clause("SR-111")
async def test_nobody_stands_back_for_unpaid_closed_or_unaudited_orders(
    desk: Desk, department: StockActivities
) -> None:
    await short_of(desk, await an_order(desk), 1)
    await short_of(desk, await an_order(desk, payment="paid", final=True), 1)
    await short_of(desk, await an_order(desk, payment="paid"), 1, case=False)
    await desk.stock_is("TEA", WH_SH=3)
    assert await tries(department, await an_order(desk), 3) == 3


async def test_who_stood_back_hears_when_the_paid_order_gives_up(desk: Desk, department: StockActivities) -> None:
    paid, unpaid = await an_order(desk, payment="paid"), await an_order(desk)
    await short_of(desk, paid, 3)
    await short_of(desk, unpaid, 1)
    await desk.stock_is("TEA", WH_SH=2)
    assert await tries(department, unpaid, 1) == 0
    await department.release_stock(ReleaseStockRequest(key=f"{paid}/release_stock/all", order_no=paid))
    heard = await desk.rows(tables.inbound_fact, kind="stock_arrived")
    assert [fact["order_no"] for fact in heard] == [unpaid]


@pytest.mark.clause("SR-111")
async def test_the_audit_chooses_by_the_editions_criteria_and_the_orders_province(desk: Desk) -> None:
    await desk.stock_is("TEA", specification="250g", WH_SH=2, WH_GZ=2)
    await desk.stock_is("CUP", WH_SH=1, WH_GZ=1)
    near = tables.warehouse.update().where(tables.warehouse.c.warehouse == "WH_GZ").values(region="华南 浙江")
    async with desk.engine.begin() as connection:
        await connection.execute(near)
    department = AuditActivities(desk.direct, desk.watch)
    given = []
    for stock in (StockPolicy(), STANDARD_STOCK):
        order_no = await desk.order_came_in()
        key = f"{order_no}/audit/1"
        asked = AuditRequest(key=key, order_no=order_no, version=1, policy=AuditPolicy(), stock=stock)
        outcome = await department.audit_order(asked)
        given.append({each.warehouse for each in outcome.allocations})
    assert given == [{"WH_SH"}, {"WH_GZ"}]
