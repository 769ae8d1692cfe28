"""What warehouses and purchasing answer to a transfer, over HTTP (SR-131a, SR-162)."""

import pytest

from activities.purchasing import PurchasingActivities
from activities.transfer import TransferActivities
from domain.transfer_effects import PurchaseRequest
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.purchasers.plain import PlainPurchasing
from tests.departments.desk import Desk
from tests.departments.test_transfers import department, off, state, wish
from tests.parties import Listener, Parties

__all__ = ["department"]


@pytest.mark.clause("AC-25", "SR-162")
async def test_a_warehouse_that_refuses_gives_its_units_back_and_says_why(
    desk: Desk, department: TransferActivities, market: Parties
) -> None:
    await desk.stock_is("TEA", SH=0, CD=2)
    order_no = await desk.order_came_in()
    await market.behave(await desk.external_id(order_no), warehouse={"refuses_transfers_from": ["CD"]})
    outcome = await department.request_transfer(wish(desk, order_no))
    assert (outcome.source, outcome.refused) == ("CD", "CD brings nothing now")
    assert (await desk.level("TEA", "CD"), await state(desk, order_no)) == ((2, 0), "refused")


@pytest.mark.clause("SR-131a", "AC-28")
async def test_the_warehouse_keeps_goods_that_have_not_left_and_tells_nothing_more(
    desk: Desk, department: TransferActivities, market: Parties, news: Listener
) -> None:
    await desk.stock_is("TEA", SH=0, CD=2)
    order_no = await desk.order_came_in()
    external_id = await desk.external_id(order_no)
    await market.behave(external_id, warehouse={"transfer_shipped": 60})
    await department.request_transfer(wish(desk, order_no))
    assert (await department.call_off_transfer(off(order_no))).called_off
    kinds = [each["kind"] for each in (await market.log(external_id))["news"]]
    assert "transfer_shipped" not in kinds
    assert [each["kind"] for each in news.facts if each.get("order_no") == order_no and "ship" in each["kind"]] == []


@pytest.mark.clause("SR-131a")
async def test_purchasing_names_a_date_at_once_or_later_or_says_no(
    desk: Desk, line: PlainClient, market: Parties, news: Listener
) -> None:
    department = PurchasingActivities(PlainPurchasing(line), desk.engine)
    now, later, no = [await desk.order_came_in() for _ in range(3)]
    await market.behave(await desk.external_id(now), purchasing={"promises": 60})
    await market.behave(await desk.external_id(later), purchasing={"promises": 60, "answers_later": 0.1})
    await market.behave(await desk.external_id(no), purchasing={"reason": "sold out"})

    async def asked(order_no: str) -> tuple[str, bool]:
        key = f"{order_no}/ask_purchasing/1"
        answer = await department.ask_purchasing(
            PurchaseRequest(key=key, order_no=order_no, case="1", units={"TEA": 2}, by=desk.now)
        )
        return answer.reason, answer.promised_at is not None

    assert [await asked(order_no) for order_no in (now, later, no)] == [("", True), ("", False), ("sold out", False)]
    [fact] = [fact for fact in await news.hears("purchase_promised") if fact["order_no"] == later]
    assert fact["data"]["sku"] == "TEA"
