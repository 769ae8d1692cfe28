"""Stock transfers in the books and over HTTP: nothing is lost, promised twice or negative (SR-131a, AC-24, AC-25)."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest

from activities.stock import StockActivities
from activities.transfer import TransferActivities
from domain.effects import Allocation, ReserveRequest
from domain.facts import Moved
from domain.shortage_policy import STANDARD_SHORTAGE
from domain.transfer_effects import BookTransferRequest, CallOffRequest, TransferRequest
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.warehouse import Transfer, TransferCallOff
from infra.connectors.warehouses.plain import PlainWarehouse
from infra.db import tables
from infra.db.counting import put_counts
from infra.db.master_data import Count
from infra.db.stock_check import differences
from tests.departments.desk import Desk
from tests.parties import Listener, Parties


class Willing(PlainWarehouse):
    """A warehouse that does everything at once."""

    async def transfer(self, key: str, transfer: Transfer) -> str:
        """Take it."""
        return f"DB-{key}-{transfer.transfer}"

    async def call_off(self, key: str, call_off: TransferCallOff) -> bool:
        """Keep the goods."""
        del key, call_off
        return True


class TooLate(Willing):
    """A warehouse whose goods are always gone."""

    async def call_off(self, key: str, call_off: TransferCallOff) -> bool:
        """They have left."""
        del key, call_off
        return False


@pytest.fixture
def department(desk: Desk, line: PlainClient) -> TransferActivities:
    return TransferActivities(PlainWarehouse(line), desk.engine, desk.watch)


@pytest.fixture
def quick(desk: Desk) -> TransferActivities:
    """The department with a warehouse that answers at once."""
    return TransferActivities(Willing(None), desk.engine, desk.watch)  # type: ignore[arg-type]  # never called


async def stores(desk: Desk, *warehouses: str) -> None:
    """These warehouses send no parcels."""
    place = tables.warehouse
    async with desk.engine.begin() as connection:
        await connection.execute(place.update().where(place.c.warehouse.in_(warehouses)).values(sends=False))


def wish(desk: Desk, order_no: str, number: int = 1, units: int = 2, **fields: Any) -> TransferRequest:
    return TransferRequest(
        key=f"{order_no}/transfer/{number}",
        order_no=order_no,
        number=number,
        lines=(Moved(line="1", quantity=units),),
        skus={"1": "TEA"},
        policy=STANDARD_SHORTAGE,
        asked_at=desk.now,
        **fields,
    )


def told(
    order_no: str, stage: Any, number: int = 1, received: int = 0, wanted: int | None = None
) -> BookTransferRequest:
    came = (Moved(line="1", quantity=received),) if received else ()
    gets = received if wanted is None else wanted
    return BookTransferRequest(
        key=f"{order_no}/book_transfer/{number}/{stage}",
        order_no=order_no,
        number=number,
        transfer=f"{order_no}/transfer/{number}",
        stage=stage,
        received=came,
        wanted=(Moved(line="1", quantity=gets),) if gets else (),
    )


def off(order_no: str) -> CallOffRequest:
    key = f"{order_no}/call_off_transfer/1"
    return CallOffRequest(
        key=key, order_no=order_no, number=1, transfer=f"{order_no}/transfer/1", source="CD", target="SH"
    )


async def state(desk: Desk, order_no: str, number: int = 1) -> str:
    [row] = await desk.rows(tables.stock_transfer, key=f"{order_no}/transfer/{number}")
    return str(row["state"])


async def balances(desk: Desk) -> bool:
    async with desk.engine.begin() as connection:
        return await desk.ledger_adds_up() and not await differences(connection, desk.now)


@pytest.mark.clause("SR-131a", "EC-07")
async def test_a_warehouse_that_sends_no_parcels_gives_an_order_nothing_directly(desk: Desk) -> None:
    await desk.stock_is("TEA", SH=1, CD=9)
    await stores(desk, "CD")
    asked = ReserveRequest(
        key="SO1/reserve/1", order_no="SO1", version=1, lines=(Moved(line="1", quantity=3),), skus={"1": "TEA"}
    )
    outcome = await StockActivities(desk.engine, desk.watch).reserve_stock(asked)
    assert outcome.allocations == (Allocation(line="1", warehouse="SH", quantity=1),)
    assert outcome.short == (Moved(line="1", quantity=2),)


@pytest.mark.clause("EC-09")
async def test_an_order_that_is_gathered_reserves_in_one_warehouse_and_stays_there(desk: Desk) -> None:
    await desk.stock_is("TEA", SH=2, GZ=5, CD=4)
    await stores(desk, "CD")
    stock = StockActivities(desk.engine, desk.watch)
    common: dict[str, Any] = {"order_no": "SO1", "version": 1, "skus": {"1": "TEA"}, "gather": True, "province": "x"}
    first = await stock.reserve_stock(
        ReserveRequest(key="SO1/reserve/1", lines=(Moved(line="1", quantity=6),), **common)
    )
    assert [(given.warehouse, given.quantity) for given in first.allocations] == [("GZ", 5)]
    again = await stock.reserve_stock(
        ReserveRequest(key="SO1/reserve/2", lines=(Moved(line="1", quantity=1),), **common)
    )
    assert (again.allocations, again.short) == ((), (Moved(line="1", quantity=1),))


async def test_a_warehouse_whose_shelf_was_empty_gives_nothing(desk: Desk) -> None:
    await desk.stock_is("TEA", SH=5, GZ=5)
    asked = ReserveRequest(
        key="SO1/reserve/1",
        order_no="SO1",
        version=1,
        lines=(Moved(line="1", quantity=2),),
        skus={"1": "TEA"},
        not_from=("SH",),
    )
    outcome = await StockActivities(desk.engine, desk.watch).reserve_stock(asked)
    assert [given.warehouse for given in outcome.allocations] == ["GZ"]


@pytest.mark.clause("AC-24", "SR-131a")
async def test_units_are_held_at_the_source_then_on_the_road_then_reserved_where_they_arrived(
    desk: Desk, department: TransferActivities, news: Listener, market: Parties
) -> None:
    await desk.stock_is("TEA", SH=0, CD=5)
    await stores(desk, "CD")
    order_no = await desk.order_came_in()
    outcome = await department.request_transfer(wish(desk, order_no))
    assert (outcome.source, outcome.target, outcome.expected_at) == ("CD", "SH", desk.now + timedelta(hours=24))
    assert await department.request_transfer(wish(desk, order_no)) == outcome
    assert (await desk.level("TEA", "CD"), await state(desk, order_no)) == ((5, 2), "requested")
    [fact] = [fact for fact in await news.hears("transfer_received") if fact["order_no"] == order_no]
    assert fact["data"] == {"transfer": 1}
    assert [each["kind"] for each in news.facts if each.get("order_no") == order_no] == [
        "transfer_picked",
        "transfer_shipped",
        "transfer_received",
    ]
    await department.book_transfer(told(order_no, "shipped"))
    assert (await desk.level("TEA", "CD"), await desk.level("TEA", "SH")) == ((3, 0), (0, 0))
    assert (await state(desk, order_no), await balances(desk)) == ("in_transit", True)
    booked = await department.book_transfer(told(order_no, "received", received=2))
    assert booked.allocations == (Allocation(line="1", warehouse="SH", quantity=2),)
    assert await department.book_transfer(told(order_no, "received", received=2)) == booked
    assert (await desk.level("TEA", "CD"), await desk.level("TEA", "SH")) == ((3, 0), (2, 2))
    assert (await state(desk, order_no), await balances(desk)) == ("received", True)
    effects = (await market.log(await desk.external_id(order_no)))["effects"]
    assert [effect["path"] for effect in effects] == ["/transfers"]


@pytest.mark.clause("AC-25", "SR-131a")
async def test_a_transfer_that_fails_before_it_left_gives_its_reservation_back_and_the_next_is_asked(
    desk: Desk, quick: TransferActivities
) -> None:
    await desk.stock_is("TEA", SH=0, CD=2, XA=2)
    await stores(desk, "CD", "XA")
    order_no = await desk.order_came_in()
    assert (await quick.request_transfer(wish(desk, order_no))).source == "CD"
    await quick.book_transfer(told(order_no, "failed"))
    assert (await desk.level("TEA", "CD"), await state(desk, order_no)) == ((2, 0), "failed")
    assert (await quick.request_transfer(wish(desk, order_no, 2, tried=("CD",)))).source == "XA"
    assert (await quick.request_transfer(wish(desk, order_no, 3, tried=("CD", "XA")))).source == ""
    assert await balances(desk)


@pytest.mark.clause("AC-25", "SR-131a")
async def test_goods_that_are_lost_on_the_road_are_nowhere_and_an_alert_says_so(
    desk: Desk, quick: TransferActivities
) -> None:
    await desk.stock_is("TEA", SH=0, CD=2)
    order_no = await desk.order_came_in()
    await quick.request_transfer(wish(desk, order_no))
    await quick.book_transfer(told(order_no, "shipped"))
    assert (await quick.book_transfer(told(order_no, "failed"))).lost == (Moved(line="1", quantity=2),)
    assert (await desk.level("TEA", "CD"), await desk.level("TEA", "SH")) == ((0, 0), (0, 0))
    assert [alert["kind"] for alert in await desk.rows(tables.alert)] == ["transfer_lost"]
    assert await balances(desk)


@pytest.mark.clause("SR-131a")
async def test_what_its_order_does_not_lack_any_more_is_anybodys(desk: Desk, quick: TransferActivities) -> None:
    await desk.stock_is("TEA", SH=0, CD=3)
    order_no = await desk.order_came_in()
    await quick.request_transfer(wish(desk, order_no, units=3))
    booked = await quick.book_transfer(told(order_no, "received", received=2, wanted=1))
    assert (booked.allocations, booked.lost) == (
        (Allocation(line="1", warehouse="SH", quantity=1),),
        (Moved(line="1", quantity=1),),
    )
    assert (await desk.level("TEA", "SH"), await desk.level("TEA", "CD")) == ((2, 1), (0, 0))
    assert await balances(desk)


@pytest.mark.clause("SR-131a", "AC-28")
async def test_a_transfer_is_called_off_or_arrives_for_nobody(desk: Desk, quick: TransferActivities) -> None:
    await desk.stock_is("TEA", SH=0, CD=4)
    order_no, other = await desk.order_came_in(), await desk.order_came_in()
    for number in (order_no, other):
        await quick.request_transfer(wish(desk, number))
    assert (await quick.call_off_transfer(off(order_no))).called_off
    assert (await desk.level("TEA", "CD"), await state(desk, order_no)) == ((4, 2), "called_off")
    gone = TransferActivities(TooLate(None), desk.engine, desk.watch)  # type: ignore[arg-type]  # never called
    assert not (await gone.call_off_transfer(off(other))).called_off
    assert [alert["kind"] for alert in await desk.rows(tables.alert)] == ["transfer_unclaimed"]
    await quick.book_transfer(told(other, "received", received=2, wanted=0))
    assert (await desk.level("TEA", "CD"), await desk.level("TEA", "SH")) == ((2, 0), (2, 0))
    assert await balances(desk)


@pytest.mark.clause("SR-131a", "EC-27")
async def test_30_orders_at_once_for_20_units_elsewhere_hold_exactly_20_and_the_books_balance(
    desk: Desk, quick: TransferActivities
) -> None:
    await desk.stock_is("TEA", SH=0, CD=12, XA=8)
    await stores(desk, "CD", "XA")
    orders = [await desk.order_came_in() for _ in range(30)]
    outcomes = await asyncio.gather(*(quick.request_transfer(wish(desk, order_no, units=1)) for order_no in orders))
    won = [order_no for order_no, outcome in zip(orders, outcomes, strict=True) if outcome.source]
    assert len(won) == 20
    luck = random.Random(5)

    async def live(order_no: str) -> int:
        arrived = 0
        for stage in luck.choice([("shipped", "received"), ("received",), ("failed",), ("shipped", "failed")]):
            booked = await quick.book_transfer(told(order_no, stage, received=1 if stage == "received" else 0))
            arrived += sum(given.quantity for given in booked.allocations)
        return arrived

    arrived = sum(await asyncio.gather(*(live(order_no) for order_no in won)))
    assert await desk.level("TEA", "SH") == (arrived, arrived)
    for level in await desk.rows(tables.stock_level):
        assert 0 <= level["reserved"] <= level["on_hand"]
    assert {await state(desk, order_no) for order_no in won} <= {"received", "failed"}
    assert await balances(desk)


@pytest.mark.clause("SR-131a", "EC-29")
async def test_what_a_count_takes_from_a_transfer_is_not_there_to_leave_and_the_books_balance(
    desk: Desk, quick: TransferActivities
) -> None:
    await desk.stock_is("TEA", SH=0, CD=2)
    order_no = await desk.order_came_in()
    await quick.request_transfer(wish(desk, order_no))
    async with desk.engine.begin() as connection:
        [answer] = await put_counts(connection, [Count(warehouse="CD", sku="TEA", on_hand=1)], desk.now)
    assert (answer.lost, await desk.level("TEA", "CD")) == (1, (1, 1))
    await quick.book_transfer(told(order_no, "received", received=1))
    assert (await desk.level("TEA", "CD"), await desk.level("TEA", "SH")) == ((0, 0), (1, 1))
    assert await balances(desk)
