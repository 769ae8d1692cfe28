"""What a carrier is asked to do with a parcel, over HTTP with a simulated carrier (SR-132b): yes, no, and no answer."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.carrier import CarrierActivities
from domain.carrier_orders import CarrierSaid, InterceptRequest, PriorityRequest, Purpose
from domain.claim_effects import ClaimRequest
from domain.packages import PackageState
from infra.connectors.carrier import CarrierUnreachable, Subscription
from infra.connectors.carriers.plain import PlainCarrier
from infra.connectors.plain_protocol import PlainClient
from infra.connectors.reference import OrderReference
from infra.db import tables
from tests.departments.desk import Desk
from tests.parties import Listener, Parties

PARCEL: dict[str, Any] = {"shipment": 1, "package": "1", "carrier": "SF"}


@pytest.fixture
def department(desk: Desk, line: PlainClient) -> CarrierActivities:
    return CarrierActivities(PlainCarrier(line), desk.engine, desk.watch)


@pytest.fixture
async def on_its_way(desk: Desk, line: PlainClient, market: Parties) -> OrderReference:
    """A parcel that the carrier has and that nothing happens to for an hour."""
    number = await desk.order_came_in()
    order = OrderReference(order_no=number, channel="tmall", external_id=await desk.external_id(number))
    await market.behave(order.external_id, carrier={"script": []})
    await PlainCarrier(line).subscribe(f"{number}/s", Subscription(order=order, tracking_number=f"SF-{number}"))
    return order


def to_stop(order: OrderReference, purpose: Purpose = "return", **changes: Any) -> InterceptRequest:
    given = {**PARCEL, "tracking_number": f"SF-{order.order_no}", "purpose": purpose, **changes}
    return InterceptRequest(key=f"{order.order_no}/intercept/1/{purpose}", order_no=order.order_no, **given)


@pytest.mark.clause("SR-132b")
async def test_a_parcel_is_stopped_once_and_then_comes_back(
    desk: Desk, department: CarrierActivities, market: Parties, on_its_way: OrderReference
) -> None:
    first = await department.intercept_parcel(to_stop(on_its_way))
    assert first == CarrierSaid(accepted=True, reference=f"KD-SF-{on_its_way.order_no}", done_at=desk.now)
    desk.now += timedelta(hours=1)
    assert await department.intercept_parcel(to_stop(on_its_way)) == first, "the first answer stands"
    done = [each for each in (await market.log(on_its_way.external_id))["effects"] if each["path"] == "/intercepts"]
    assert [(each["asked"], each["body"]["purpose"], each["body"]["receiver"]) for each in done] == [
        (1, "return", None)
    ]
    async with asyncio.timeout(10):
        states: list[PackageState] = []
        while PackageState.RETURNED_TO_SENDER not in states:
            states = [scan.state for scan in (await department.carrier.query(f"SF-{on_its_way.order_no}", "")).scans]
            await asyncio.sleep(0.05)
    assert states == [PackageState.RETURNING, PackageState.RETURNED_TO_SENDER]


@pytest.mark.clause("SR-132b")
async def test_only_a_redirection_is_given_the_receiver(
    department: CarrierActivities, market: Parties, on_its_way: OrderReference
) -> None:
    assert (await department.intercept_parcel(to_stop(on_its_way, "redirect"))).accepted
    [done] = [each for each in (await market.log(on_its_way.external_id))["effects"] if each["path"] == "/intercepts"]
    assert done["body"]["receiver"]["street"] == "文三路 90 号"


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize("word", ["accepts", "refuses"])
async def test_a_new_receiver_counts_once_the_carrier_says_yes(
    desk: Desk, department: CarrierActivities, market: Parties, on_its_way: OrderReference, word: str
) -> None:
    await market.behave(on_its_way.external_id, carrier={"script": [], "intercept": word})
    kept = await desk.corrected(on_its_way.order_no, address__street="莫干山路 110 号")
    said = await department.intercept_parcel(to_stop(on_its_way, "redirect", corrections=(kept,)))
    assert said.accepted is (word == "accepts")
    done = [each for each in (await market.log(on_its_way.external_id))["effects"] if each["path"] == "/intercepts"]
    streets = [each["body"]["receiver"]["street"] for each in done]
    assert streets == (["莫干山路 110 号"] if said.accepted else []), "the simulator keeps only what it does"
    assert [row["status"] for row in await desk.rows(tables.correction)] == [
        "accepted" if said.accepted else "proposed"
    ]


@pytest.mark.clause("SR-132b")
async def test_a_no_is_an_answer_and_silence_is_none(
    department: CarrierActivities, market: Parties, on_its_way: OrderReference
) -> None:
    await market.behave(on_its_way.external_id, carrier={"intercept": "refuses", "priority": "silent", "no": "太远"})
    said = await department.intercept_parcel(to_stop(on_its_way))
    assert (said.accepted, said.reason) == (False, "太远")
    hurry = PriorityRequest(
        key=f"{on_its_way.order_no}/priority/1",
        order_no=on_its_way.order_no,
        tracking_number=f"SF-{on_its_way.order_no}",
        **PARCEL,
    )
    with pytest.raises(CarrierUnreachable):
        await department.request_priority(hurry)
    await market.behave(on_its_way.external_id, carrier={"refuses": "no such service"})
    with pytest.raises(ApplicationError) as refused:
        await department.request_priority(hurry)
    assert (refused.value.type, refused.value.non_retryable) == ("Business.CarrierRefused", True)


@pytest.mark.clause("SR-132")
async def test_a_claim_is_opened_once_with_its_evidence_and_paid(
    department: CarrierActivities, market: Parties, on_its_way: OrderReference, news: Listener
) -> None:
    await market.behave(on_its_way.external_id, carrier={"pays_claim": 0})
    number = f"SF-{on_its_way.order_no}"
    claim = ClaimRequest(
        key=f"{on_its_way.order_no}/claim/package/1",
        order_no=on_its_way.order_no,
        tracking_number=number,
        ground="lost",
        amount=16_800,
        currency="CNY",
        digest="d",
        **PARCEL,
    )
    first = await department.open_claim(claim)
    assert (first.accepted, first.reference) == (True, f"LP-{number}")
    assert await department.open_claim(claim) == first
    [done] = [each for each in (await market.log(on_its_way.external_id))["effects"] if each["path"] == "/claims"]
    assert (done["asked"], done["body"]["amount"], done["body"]["evidence"]["digest"]) == (1, 16_800, "d")
    assert "receiver" not in done["body"] or done["body"]["receiver"] is None
    async with asyncio.timeout(10):
        paid: list[int] = []
        while not paid:
            told = [fact for fact in news.of_kind("claim_paid") if fact["tracking_number"] == number]
            paid = [fact["data"]["amount"] for fact in told]
            await asyncio.sleep(0.05)
    assert set(paid) == {16_800}
