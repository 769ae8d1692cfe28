"""A delay that is a fact is compensated by itself, each incident once (E3 step 4, SR-132, §4.9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.calendar import end_of_day, local_day
from domain.compensation_policy import CompensationPolicy
from domain.coupon_effects import CouponRequest
from domain.effects import EffectKind
from domain.inquiries import CarrierAnswer
from domain.policy import STANDARD
from domain.stage import Stage
from tests.sop.desk import WAITED_FOR, Desk
from tests.sop.history import events_of
from tests.sop.patience import until
from tests.sop.test_delay import HOUR, ZONE, moves_until

FIRST, SECOND, THIRD = ("coupon/package/1/1", "coupon/package/1/2", "coupon/package/1/3")


def issued(desk: Desk) -> dict[str, int]:
    """What the coupon service has, by key."""
    return {key.removeprefix(f"{desk.number}/"): amount for key, amount in desk.book.coupons.items()}


def told(desk: Desk) -> list[str]:
    return [message for message in desk.messages if message.startswith("COUPON")]


async def is_late(desk: Desk, reason: str, **changes: Any) -> Any:
    """A parcel that moves and was to arrive by now; the carrier says why. Answers the promised moment."""
    desk.book.carrier_answer = CarrierAnswer(reason=reason)
    await desk.is_on_its_way(**changes)
    promised = end_of_day(local_day(desk.now + timedelta(days=3), ZONE), ZONE)
    await moves_until(desk, promised)
    await desk.is_at(promised + timedelta(seconds=1))
    await desk.passes(seconds=1)
    return promised


@pytest.mark.clause("AC-34", "SR-132")
async def test_a_delay_that_grows_from_24_to_72_hours_gets_the_difference_only(desk: Desk) -> None:
    promised = await is_late(desk, "HUB_OVERLOAD")
    assert issued(desk) == {FIRST: 500}
    assert told(desk) == ["COUPON/package/1/1"]
    await moves_until(desk, promised + 24 * HOUR)
    await desk.is_just_at(promised + 24 * HOUR)
    assert issued(desk) == {FIRST: 500}
    await desk.passes(seconds=1)
    assert issued(desk) == {FIRST: 500, SECOND: 500}
    await moves_until(desk, promised + 72 * HOUR)
    await desk.is_at(promised + 72 * HOUR + timedelta(seconds=1))
    assert issued(desk) == {FIRST: 500, SECOND: 500, THIRD: 1_000}
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    await desk.ends_as(Stage.COMPLETED)
    assert issued(desk) == {FIRST: 500, SECOND: 500, THIRD: 1_000}
    assert told(desk) == ["COUPON/package/1/1", "COUPON/package/1/2", "COUPON/package/1/3"]


@pytest.mark.clause("AC-34", "SR-132", "SR-132c")
async def test_the_case_shows_amount_payer_and_edition_and_neither_code_nor_secret_stands_in_temporal(
    desk: Desk,
) -> None:
    await is_late(desk, "HUB_OVERLOAD")
    [case] = await desk.cases()
    [shown] = desk.book.recordings[-1].projection.explanation["coupons"]
    assert shown == {
        "incident": case.subject,
        "case_no": case.no,
        "amount": 500,
        "currency": "CNY",
        "issued": True,
        "fault": "carrier",
        "payer": "carrier",
        "edition": STANDARD.edition,
    }
    lines = [entry.code for recording in desk.book.recordings for entry in recording.entries]
    assert [line for line in lines if line.startswith("coupon")] == ["coupon_due", "coupon_issued"]
    [request] = [request for request in desk.book.requests if isinstance(request, CouponRequest)]
    terms = ("valid_days", "budget", "zone", "approved", "instrument")
    assert set(request.model_dump()) == {"key", "order_no", "up_to", "currency", "below", *terms}
    [letter] = [
        letter for recording in desk.book.recordings for letter in recording.outbox if letter.template == "COUPON"
    ]
    assert letter.params == {"coupon": request.key, "amount": 500, "currency": "CNY", "days": 30}
    assert await events_of(desk.handle)


@pytest.mark.clause("SR-132")
async def test_a_delay_that_the_customer_caused_gets_none(desk: Desk) -> None:
    promised = await is_late(desk, "RECIPIENT_ABSENT")
    await moves_until(desk, promised + 30 * HOUR)
    assert (issued(desk), told(desk)) == ({}, [])
    assert EffectKind.ISSUE_COUPON not in desk.steps
    assert await desk.open_cases() == ["LOGISTICS_DELAY"]


@pytest.mark.clause("AC-33", "SR-132")
async def test_five_answers_that_are_lost_after_issuing_are_one_coupon(desk: Desk) -> None:
    """Three by themselves, then a person retries it and two more fail."""
    await is_late(desk, "")
    desk.book.stumbling["issue_coupon"] = 5
    await desk.carrier_scans("DELIVERED", settles=False)
    await until(lambda: desk.book.stumbling["issue_coupon"] == 2)
    assert (issued(desk), told(desk)) == ({FIRST: 500}, [])
    await desk.asks("retry_step", step=f"{desk.number}/{FIRST}")
    asked = [request for request in desk.book.requests if isinstance(request, CouponRequest)]
    assert len(asked) == 6
    assert {request.key for request in asked} == {f"{desk.number}/{FIRST}"}
    assert (issued(desk), told(desk)) == ({FIRST: 500}, ["COUPON/package/1/1"])


@pytest.mark.clause("SR-132", "EC-38")
async def test_no_code_is_promised_while_the_service_is_down_even_when_the_order_is_over(desk: Desk) -> None:
    desk.book.broken["issue_coupon"] = ConnectionError("the service is down")
    await is_late(desk, "HUB_OVERLOAD")
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")
    assert await desk.stage() is Stage.COMPLETED
    assert (issued(desk), told(desk)) == ({}, [])
    desk.book.broken.clear()
    await desk.ends_as(Stage.COMPLETED)
    assert (issued(desk), told(desk)) == ({FIRST: 500}, ["COUPON/package/1/1"])


@pytest.mark.clause("SR-132", "SR-124")
async def test_silent_and_late_is_one_incident_and_one_coupon(desk: Desk) -> None:
    desk.book.carrier_answer = CarrierAnswer(reason="HUB_OVERLOAD")
    await desk.is_on_its_way(policy=WAITED_FOR)
    await desk.passes(hours=100)
    [case] = await desk.cases()
    assert [ref.kind for ref in case.clocks] == ["C5", "C6"]
    assert sum(issued(desk).values()) == 1_000, "100 hours of silence: two days late, so the second step"
    assert len(told(desk)) == len(issued(desk))


@pytest.mark.clause("SR-132")
async def test_an_order_of_an_edition_before_gets_no_coupon(desk: Desk) -> None:
    await is_late(desk, "HUB_OVERLOAD", policy=STANDARD.having(compensation=CompensationPolicy()))
    await desk.passes(hours=25)
    assert issued(desk) == {}
