"""The stock books under load: nothing oversold, nothing lost, no deadlock (P-01, rows 7, 27, 28; invariant 1)."""

import asyncio
import random

import pytest
from sqlalchemy.exc import IntegrityError

from activities.audit import AuditActivities
from activities.stock import StockActivities
from domain.effects import Allocation, AuditRequest, ReleaseStockRequest, ReserveRequest
from domain.facts import Moved
from domain.policy import AuditPolicy
from infra.db import tables
from infra.db.reservations import Cause, Move, post
from tests.departments.desk import Desk


@pytest.fixture
def department(desk: Desk) -> StockActivities:
    return StockActivities(desk.engine, desk.watch)


def wish(order_no: str, cause: int = 1, **units: int) -> ReserveRequest:
    """So many units of SKUs, each its own line."""
    return ReserveRequest(
        key=f"{order_no}/reserve/{cause}",
        order_no=order_no,
        version=1,
        lines=tuple(Moved(line=sku, quantity=quantity) for sku, quantity in units.items()),
        skus={sku: sku for sku in units},
    )


def ending(order_no: str) -> ReleaseStockRequest:
    return ReleaseStockRequest(key=f"{order_no}/release_stock/all", order_no=order_no)


@pytest.mark.clause("AC-23", "EC-27")
async def test_200_orders_at_once_for_50_units_reserve_exactly_50(desk: Desk, department: StockActivities) -> None:
    await desk.stock_is("TEA", WH_SH=30, WH_GZ=20)
    outcomes = await asyncio.gather(*(department.reserve_stock(wish(f"SO{n}", TEA=1)) for n in range(200)))
    assert sum(given.quantity for outcome in outcomes for given in outcome.allocations) == 50
    assert sum(1 for outcome in outcomes if outcome.short) == 150
    assert (await desk.level("TEA"), await desk.level("TEA", "WH_GZ")) == ((30, 30), (20, 20))
    assert await desk.ledger_adds_up()


async def test_40_orders_of_several_lines_in_any_order_never_wait_for_each_other_for_ever(
    desk: Desk, department: StockActivities
) -> None:
    names = ["A", "B", "C", "D"]
    for name in names:
        await desk.stock_is(name, WH_SH=10, WH_GZ=3)
    luck = random.Random(7)

    async def live(number: int) -> None:
        order_no = f"SO{number}"
        chosen = luck.sample(names, 3)
        await department.reserve_stock(wish(order_no, **{name: luck.randint(1, 3) for name in chosen}))
        if number % 2:
            await department.release_stock(ending(order_no))

    async with asyncio.timeout(30):
        await asyncio.gather(*(live(number) for number in range(40)))
    assert await desk.ledger_adds_up()
    for level in await desk.rows(tables.stock_level):
        assert 0 <= level["reserved"] <= level["on_hand"]


async def test_what_is_short_is_reserved_when_it_arrives(desk: Desk, department: StockActivities) -> None:
    await desk.stock_is("TEA", WH_SH=2)
    first = await department.reserve_stock(wish("SO1", TEA=5))
    assert first.short == (Moved(line="TEA", quantity=3),)
    await desk.stock_is("CUP", WH_GZ=1)
    assert (await department.reserve_stock(wish("SO1", 2, CUP=1))).short == ()
    assert await department.reserve_stock(wish("SO1", TEA=5)) == first
    assert await desk.level("TEA") == (2, 2)


async def test_safety_and_quarantined_units_are_not_promised(desk: Desk, department: StockActivities) -> None:
    await desk.stock_is("TEA", WH_SH=10)
    await desk.counted("TEA", safety=3, quarantined=2)
    assert (await department.reserve_stock(wish("SO1", TEA=6))).short == (Moved(line="TEA", quantity=1),)


async def test_release_gives_back_everything_once(desk: Desk, department: StockActivities) -> None:
    await desk.stock_is("TEA", WH_SH=10)
    await desk.stock_is("CUP", WH_SH=10)
    await department.reserve_stock(wish("SO1", TEA=2, CUP=3))
    await department.reserve_stock(wish("SO2", TEA=4))
    assert (await department.release_stock(ending("SO1"))).reference == "5"
    assert (await department.release_stock(ending("SO1"))).reference == "5"
    assert (await desk.level("TEA"), await desk.level("CUP")) == ((10, 4), (10, 0))
    assert await desk.ledger_adds_up()


async def test_release_of_nothing_is_done(department: StockActivities) -> None:
    assert (await department.release_stock(ending("SO1"))).reference == "0"


@pytest.mark.clause("EC-27")
async def test_the_books_refuse_to_be_oversold(desk: Desk) -> None:
    await desk.stock_is("TEA", WH_SH=1)
    with pytest.raises(IntegrityError, match="ck_stock_level_reserved"):
        async with desk.engine.begin() as connection:
            await post(connection, Cause("k", "SO1", desk.now), "reserve", [Move("1", "TEA", "WH_SH", 2)])


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ({"reserved": -1}, "ck_stock_level_reserved"),
        ({"reserved": 6}, "ck_stock_level_reserved"),
        ({"on_hand": 1}, "ck_stock_level_reserved"),
        ({"on_hand": -1, "reserved": 0}, "ck_stock_level_reserved"),
        ({"safety": -1}, "ck_stock_level_safety"),
        ({"quarantined": -1}, "ck_stock_level_quarantined"),
    ],
)
async def test_a_level_that_cannot_be_is_refused_whoever_writes_it(
    desk: Desk, levels: dict[str, int], said: str
) -> None:
    await desk.stock_is("TEA", WH_SH=5)
    await desk.counted("TEA", reserved=2)
    with pytest.raises(IntegrityError, match=said):
        await desk.counted("TEA", "WH_SH", **levels)
    assert await desk.level("TEA") == (5, 2)


async def test_audits_and_releases_at_once_leave_the_books_right(desk: Desk, department: StockActivities) -> None:
    """40 orders for 10 sets, a third of them given up meanwhile."""
    audit = AuditActivities(desk.direct, desk.watch)
    await desk.stock_is("TEA", WH_SH=20)
    await desk.stock_is("CUP", WH_SH=10)
    numbers = [await desk.order_came_in() for _ in range(40)]

    async def live(place: int, order_no: str) -> None:
        key = f"{order_no}/audit/1"
        await audit.audit_order(AuditRequest(key=key, order_no=order_no, version=1, policy=AuditPolicy()))
        if place % 3 == 0:
            await department.release_stock(ending(order_no))

    await asyncio.gather(*(live(place, order_no) for place, order_no in enumerate(numbers)))
    assert await desk.ledger_adds_up()
    assert await desk.level("CUP") <= (10, 10)


async def short_of(desk: Desk, order_no: str, sku: str, units: int) -> None:
    """The order lives, and its books say that it waits for these units."""
    line = {"line": "1", "sku": sku, "quantity": units, "unit_price": 1, "discount": 0, "unallocated": units}
    started = tables.inbound_order.update().where(tables.inbound_order.c.order_no == order_no)
    async with desk.engine.begin() as connection:
        await connection.execute(started.values(started_at=desk.now))
        await connection.execute(tables.order_line.insert().values(order_no=order_no, **line))


async def told(desk: Desk) -> list[tuple[str, str, bool]]:
    """Which orders heard of which goods, and whether that wakes them."""
    facts = await desk.rows(tables.inbound_fact, kind="stock_arrived")
    return [(fact["order_no"], fact["body"]["data"]["sku"], fact["decisive"]) for fact in facts]


@pytest.mark.clause("SR-131")
async def test_who_waits_hears_once_of_what_a_cancelled_order_gave_back(
    desk: Desk, department: StockActivities
) -> None:
    holder, waiting, elsewhere = [await desk.order_came_in() for _ in range(3)]
    await desk.stock_is("TEA", WH_SH=2)
    await desk.stock_is("CUP", WH_SH=2)
    await department.reserve_stock(wish(holder, TEA=2))
    for order_no, sku in ((holder, "TEA"), (waiting, "TEA"), (elsewhere, "CUP")):
        await short_of(desk, order_no, sku, 2)
    for _ in range(2):
        await department.release_stock(ending(holder))
    assert await told(desk) == [(waiting, "TEA", True)]
    assert (await department.reserve_stock(wish(waiting, TEA=2))).short == ()


@pytest.mark.clause("SR-131")
async def test_a_corrected_order_tells_only_of_what_it_did_not_reserve_again(desk: Desk) -> None:
    audit = AuditActivities(desk.direct, desk.watch)
    await desk.stock_is("TEA", specification="250g", WH_SH=2)
    await desk.stock_is("CUP", WH_SH=1)
    holder, first, second = [await desk.order_came_in() for _ in range(3)]
    await short_of(desk, first, "TEA", 1)
    await short_of(desk, second, "CUP", 1)

    async def judged(version: int, *corrections: int) -> None:
        key = f"{holder}/audit/{version}"
        asked = AuditRequest(key=key, order_no=holder, version=version, policy=AuditPolicy(), corrections=corrections)
        await audit.audit_order(asked)

    await judged(1)
    assert await desk.level("TEA") == (2, 2)
    phone = await desk.corrected(holder, customer__phone="13900139000")
    await judged(2, phone)
    assert await told(desk) == []
    fewer = await desk.corrected(holder, lines__1__quantity=1, total=10000, payment__paid_amount=10000)
    await judged(3, phone, fewer)
    assert await told(desk) == [(first, "TEA", True)]


@pytest.mark.clause("SR-132b")
async def test_goods_that_are_sent_again_are_reserved_as_a_whole_or_not_at_all(
    desk: Desk, department: StockActivities
) -> None:
    await desk.stock_is("TEA", WH_SH=5)
    await desk.stock_is("CUP", WH_SH=1)
    lacking = await department.reserve_stock(wish("SO1", TEA=2, CUP=2).having(whole=True))
    assert lacking.allocations == ()
    assert {part.quantity for part in lacking.short} == {2}
    assert (await desk.level("TEA"), await desk.level("CUP")) == ((5, 0), (1, 0))
    there = await department.reserve_stock(wish("SO2", TEA=2, CUP=1).having(whole=True))
    assert (there.short, await desk.level("TEA"), await desk.level("CUP")) == ((), (5, 2), (1, 1))
    assert await desk.ledger_adds_up()


@pytest.mark.clause("SR-034")
async def test_what_leaves_from_elsewhere_is_reserved_there_whole_and_given_back_here_once(
    desk: Desk, department: StockActivities
) -> None:
    await desk.stock_is("TEA", WH_SH=10, WH_GZ=1, WH_BJ=5)
    await department.reserve_stock(wish("SO1", TEA=2))
    elsewhere = wish("SO1", TEA=2).having(whole=True, gather=True, not_from=("WH_SH",))
    refused = elsewhere.having(key="SO1/reserve/elsewhere/1", only_from="WH_GZ")
    assert (await department.reserve_stock(refused)).allocations == (), "it has not all of it"
    found = await department.reserve_stock(elsewhere.having(key="SO1/reserve/elsewhere/2"))
    there = Allocation(line="TEA", warehouse="WH_BJ", quantity=2)
    assert found.allocations == (there,)
    here = there.having(warehouse="WH_SH")
    back = ending("SO1").having(key="SO1/release_stock/elsewhere/2", parts=(here,))
    assert [(await department.release_stock(back)).reference for _ in range(2)] == ["2", "2"]
    assert [await desk.level("TEA", place) for place in ("WH_SH", "WH_GZ", "WH_BJ")] == [(10, 0), (1, 0), (5, 2)]
    more = back.having(key="SO1/release_stock/elsewhere/3", parts=(there.having(quantity=9), here))
    assert (await department.release_stock(more)).reference == "2", "never more than it holds"
    assert await desk.ledger_adds_up()
