"""By which prices an order is judged: those of its first audit, in force when it was placed (SR-112)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from activities.audit import AuditActivities
from domain.effects import AuditOutcome, AuditRequest
from domain.policy import AuditPolicy
from domain.price_lists import Price, PriceKind, PriceList
from infra.db.price_lists import PriceListTaken, price_lists, put_price_list, read_price_list
from tests.departments.desk import Desk

PLACED = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
EARLY = datetime(2026, 1, 1, tzinfo=UTC)
EXACT = AuditPolicy(price_check="exact")


@pytest.fixture
def department(desk: Desk) -> AuditActivities:
    return AuditActivities(desk.direct, desk.watch)


def a_list(edition: str, kind: str = "list", tea: int = 6800, **more: Any) -> PriceList:
    prices = (Price(sku="TEA", unit_price=tea), Price(sku="CUP", unit_price=3000, floor=2500))
    return PriceList(edition=edition, kind=PriceKind(kind), **{"valid_from": EARLY, "prices": prices, **more})


async def keeps(desk: Desk, *lists: PriceList) -> None:
    async with desk.engine.begin() as connection:
        for each in lists:
            await put_price_list(connection, each, "ops", desk.now)


async def audited(department: AuditActivities, order_no: str, **more: Any) -> AuditOutcome:
    version = more.pop("version", 1)
    request = AuditRequest(
        key=f"{order_no}/audit/{version}", order_no=order_no, version=version, policy=EXACT, **more
    )  # fmt: skip
    return await department.audit_order(request)


def by(outcome: AuditOutcome) -> list[tuple[str, str, int]]:
    return [(judged.line, judged.edition, judged.unit_price) for judged in outcome.prices]


async def shelves(desk: Desk) -> None:
    await desk.stock_is("TEA", WH_SH=10)
    await desk.stock_is("CUP", WH_SH=10)


@pytest.mark.clause("SR-112", "EC-30")
async def test_a_promotion_that_ended_before_the_audit_still_counts(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    ended = PLACED.replace(minute=45)
    late = PLACED.replace(minute=31)
    await keeps(
        desk,
        a_list("list", tea=9900),
        a_list("double-11", "promotion", valid_from=PLACED, valid_until=ended),
        a_list("too-early", "promotion", tea=1, valid_until=PLACED),
        a_list("too-late", "promotion", tea=2, valid_from=late),
    )
    assert desk.now > ended
    outcome = await audited(department, await desk.order_came_in())
    assert outcome.findings == ()
    assert by(outcome) == [("1", "double-11", 6800), ("2", "double-11", 3000)]


@pytest.mark.clause("SR-112")
async def test_a_contract_is_the_buyers_own_and_a_channel_has_lists_of_its_own(
    desk: Desk, department: AuditActivities
) -> None:
    await shelves(desk)
    await keeps(
        desk,
        a_list("theirs", "contract", tea=1, buyer_key="b-2002"),
        a_list("ours", "contract", buyer_key="b-1001"),
        a_list("promotion", "promotion", tea=2),
        a_list("dollars", "contract", tea=3, buyer_key="b-1001", currency="USD"),
        a_list("store", "contract", tea=4, buyer_key="b-1001", channel="store"),
    )
    assert by(await audited(department, await desk.order_came_in()))[0] == ("1", "ours", 6800)
    other = await desk.order_came_in(customer={"name": "李雷", "phone": "13800138000", "buyer_key": ""})
    outcome = await audited(department, other)
    assert by(outcome)[0] == ("1", "promotion", 2)
    assert [(finding.code, finding.field) for finding in outcome.findings] == [("PRICE_MISMATCH", "lines.1.unit_price")]


@pytest.mark.clause("SR-112")
async def test_a_later_list_never_changes_a_running_order(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    await keeps(desk, a_list("first", tea=6900))
    order_no = await desk.order_came_in()
    first = await audited(department, order_no)
    assert [finding.code for finding in first.findings] == ["PRICE_MISMATCH"]
    await keeps(desk, a_list("second", valid_from=PLACED), a_list("b", "contract", tea=1, buyer_key="b-1001"))
    corrected = await desk.corrected(order_no, customer__name="王小二", customer__buyer_key="b-1002")
    more = {"version": 2, "corrections": (corrected,), "since": 1, "price_book": first.price_book}
    second = await audited(department, order_no, **more)
    assert [finding.code for finding in second.findings] == ["PRICE_MISMATCH"]
    assert (second.price_book, by(second)) == (first.price_book, by(first))
    assert by(await audited(department, await desk.order_came_in()))[0] == ("1", "b", 1)


@pytest.mark.clause("SR-112")
async def test_a_house_without_lists_is_judged_by_none_and_stays_so(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    order_no = await desk.order_came_in(customer={"name": "王小明", "phone": "1", "buyer_key": "b-1001"})
    first = await audited(department, order_no)
    assert ([finding.code for finding in first.findings], first.price_book) == (["PHONE_MALFORMED"], 0)
    await keeps(desk, a_list("new", tea=1))
    corrected = await desk.corrected(order_no, customer__phone="13800138000", lines__2__discount=0)
    more = {"version": 2, "corrections": (corrected,), "since": 1, "price_book": 0}
    second = await audited(department, order_no, **more)
    assert (second.findings, second.prices) == ((), ())


@pytest.mark.clause("SR-112")
async def test_a_price_list_never_changes(desk: Desk) -> None:
    async with desk.engine.begin() as connection:
        assert await put_price_list(connection, a_list("one"), "ops", desk.now)
        turned = a_list("one").having(prices=tuple(reversed(a_list("one").prices)))
        assert not await put_price_list(connection, turned, "boss", desk.now)
        for other in (a_list("one", tea=1), a_list("one", valid_from=PLACED), a_list("one", channel="tmall")):
            with pytest.raises(PriceListTaken, match="new name"):
                await put_price_list(connection, other, "ops", desk.now)
        kept = await read_price_list(connection, "one")
        assert kept is not None
        assert [(each.sku, each.unit_price, each.floor) for each in kept.prices] == [
            ("CUP", 3000, 2500),
            ("TEA", 6800, None),
        ]
        assert await read_price_list(connection, "none") is None
        [row] = await price_lists(connection)
        assert (row["edition"], row["owner"], row["added_at"]) == ("one", "ops", desk.now)
