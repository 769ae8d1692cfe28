"""Parcels that are lost, fail, or come back (edge cases 11 and 64), and what their carrier owes us for it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.stage import Stage
from tests.rules.carriers import DEAR, NEVER, Carrier, asked, on_its_way, open_tasks, step


@pytest.mark.clause("SR-132", "SR-132a")
def test_after_72_hours_of_silence_it_counts_as_lost_and_the_carrier_pays() -> None:
    story = on_its_way(Carrier(request_priority=NEVER, intercept_parcel=NEVER), DEAR)
    story.passes(hours=71, minutes=59)
    assert "LOST_OR_DAMAGED" not in story.open_cases
    story.passes(minutes=2)
    assert story.order.packages[0].state == "LOST"
    assert [cause for cause in asked(story, "ask_carrier") if cause.startswith("lost/")]
    assert story.open_cases == ["LOST_OR_DAMAGED"]
    [claim] = story.order.logistics.claims
    assert (claim.ground, claim.amount, claim.accepted) == ("lost", 32_000, True)
    assert asked(story, "open_claim") == ["package/1"]
    case = story.order.open_cases[0]
    assert story.asks("resolve_case", case=case.no, outcome="REFUNDED") == ""
    assert story.order.stage is Stage.CLOSED


@pytest.mark.clause("SR-132a")
def test_a_parcel_that_the_carrier_calls_lost_is_lost_at_once_and_found_when_it_moves() -> None:
    story = on_its_way(Carrier("包裹丢失"), DEAR)
    story.passes(hours=24, seconds=1)
    assert story.open_cases == ["LOST_OR_DAMAGED"]
    story.passes(hours=5)
    story.is_scanned("IN_TRANSIT")
    assert "FOUND" in story.open_cases


@pytest.mark.clause("EC-11")
def test_two_failed_attempts_an_appointment_three_and_it_comes_back() -> None:
    story = on_its_way(Carrier())
    for number in range(1, 4):
        story.passes(hours=10)
        story.is_scanned("DELIVERY_FAILED", by_recipient=True, location=f"door {number}")
        assert asked(story, "book_redelivery") == (["package/1"] if number > 1 else [])
    assert asked(story, "intercept_parcel") == ["package/1/failed"]
    story.is_scanned("RETURNING")
    told = list(story.told)
    story.passes(hours=30)
    assert story.told == told, "nobody waits for a parcel that comes back"


@pytest.mark.clause("EC-64", "EC-11")
@pytest.mark.parametrize("received", [True, False])
def test_what_the_carrier_returned_and_nobody_received_is_claimed_after_72_hours(received: bool) -> None:
    story = on_its_way(Carrier(), DEAR)
    story.is_scanned("RETURNING")
    story.passes(hours=10)
    story.is_scanned("RETURNED_TO_SENDER")
    story.passes(hours=71)
    if received:
        story.says("parcel_received", package="1")
    story.passes(hours=2)
    assert step(story, "receive_return") == ("DONE", "RECEIVED" if received else "NOT_RECEIVED")
    assert "RETURN_TO_SENDER" in story.open_cases
    assert [(claim.ground, claim.amount) for claim in story.order.logistics.claims] == (
        [] if received else [("not_returned", 30_000)]
    )


@pytest.mark.clause("SR-132", "SR-132b")
@pytest.mark.parametrize(("reason", "claimed"), [("爆仓", 1_000), ("无人签收", 0), ("暴雨", 0)])
def test_a_late_parcel_is_claimed_for_what_it_cost_us_where_the_carrier_is_to_blame(reason: str, claimed: int) -> None:
    story = on_its_way(Carrier(reason), DEAR)
    for number in range(6):
        story.passes(hours=20)
        story.is_scanned("IN_TRANSIT" if number < 5 else "DELIVERED", location=f"hub {number}")
    assert sum(claim.amount for claim in story.order.logistics.claims) == claimed
    story.passes(hours=24)
    assert story.order.stage is Stage.COMPLETED


@pytest.mark.clause("SR-132")
def test_a_claim_is_followed_to_its_payout_and_a_payment_counts_once() -> None:
    story = on_its_way(Carrier("丢失"), DEAR)
    story.passes(hours=25)
    [claim] = story.order.logistics.claims
    assert claim.amount == 30_000 + sum(coupon.amount or 0 for coupon in story.order.coupons)
    for _ in range(2):
        story.says("claim_paid", tracking_number="SF1", reference="LP-1", amount=20_000)
    story.says("claim_paid", package="1", reference="LP-2", amount=10_000)
    assert story.order.logistics.claims[0].paid == 30_000


@pytest.mark.clause("SR-132")
def test_a_claim_carries_its_evidence() -> None:
    seen: list[dict[str, Any]] = []

    class Keeping(Carrier):
        def __call__(self, order: Order, effect: EffectState) -> Outcome | None:
            if effect.kind == EffectKind.CLAIM:
                seen.append(effect.request)
            return super().__call__(order, effect)

    story = on_its_way(Keeping("丢失", open_claim=False), DEAR)
    story.passes(hours=5)
    story.is_scanned("IN_TRANSIT")
    story.passes(hours=25)
    assert [(clock["kind"], clock["verdict"]) for clock in seen[0]["clocks"]][:2] == [("C5", "met"), ("C5", "breached")]
    assert [scan["state"] for scan in seen[0]["scans"]] == ["IN_TRANSIT", "LOST"]
    assert len(seen[0]["digest"]) == 64
    assert "CLAIM_DECLINED" in open_tasks(story)
