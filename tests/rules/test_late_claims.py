"""What a claim on a completed order means, and what a decision about it does (edge case 24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.facts import Fact, OutsideFact, parse
from domain.late import ClosedOrder, Parcel
from domain.late_claims import LateClaim, SettleClaim, claim_of, end_of, settled_by, unfit
from domain.stage import Stage
from tests.rules.story import NUMBER, PLACED

HOUR = timedelta(hours=1)


def closed(**books: Any) -> ClosedOrder:
    given = {"stage": Stage.COMPLETED, "final": True, "currency": "CNY", "captured": 900, "refunded": 200}
    parcel = Parcel(package="1", tracking_number="SF1", carrier="SF")
    return ClosedOrder(order_no=NUMBER, **{"parcels": (parcel,), **given, **books})


def told(kind: str, **data: Any) -> OutsideFact:
    return parse({"id": "1", "kind": kind, "occurred_at": PLACED, "received_at": PLACED, **data})


def a_claim(**data: Any) -> LateClaim:
    claim = claim_of(closed(), told("not_received_claim", claim="C1", **data))
    assert claim is not None
    return claim


@pytest.mark.clause("EC-24")
def test_a_claim_of_a_completed_order_asks_its_carrier_for_the_proof() -> None:
    proof = a_claim().proof
    assert proof is not None
    assert (proof.key, proof.tracking_number) == (f"{NUMBER}/ask_carrier/late/C1", "SF1")
    two = closed(parcels=(Parcel(package="1", tracking_number="SF1"), Parcel(package="2", tracking_number="SF2")))
    claim = claim_of(two, told("not_received_claim", claim="C1"))
    assert claim is not None
    assert claim.proof is None, "nobody said which parcel"


SIGNED = Parcel(package="1", tracking_number="SF1", carrier="SF", state="DELIVERED", delivered_at=PLACED - HOUR)


@pytest.mark.clause("EC-24", "EC-16")
def test_a_parcel_that_moves_after_its_order_is_completed_puts_its_delivery_in_doubt_once() -> None:
    order = closed(parcels=(SIGNED,))
    claim = claim_of(order, told("carrier_scan", tracking_number="SF1", state="IN_TRANSIT"))
    assert claim is not None
    assert (claim.kind, claim.subject, claim.parcel) == ("FALSE_DELIVERY", "late/delivery/1", SIGNED)
    assert claim.proof is not None
    assert claim.proof.tracking_number == "SF1"
    for known in ("late/delivery/1", "package/1"):
        assert claim_of(order.having(doubted=(known,)), told("carrier_scan", package="1", state="RETURNING")) is None


@pytest.mark.clause("EC-24", "EC-16")
@pytest.mark.parametrize(
    ("parcel", "state"),
    [
        (SIGNED, "DELIVERED"),
        (SIGNED, "LABELLED"),
        (SIGNED, "UNKNOWN"),
        (SIGNED.having(delivered_at=PLACED + HOUR), "IN_TRANSIT"),
        (SIGNED.having(state="SUPERSEDED"), "IN_TRANSIT"),
        (SIGNED.having(state="LOST", delivered_at=None), "IN_TRANSIT"),
        (SIGNED.having(package="2", tracking_number="SF2"), "IN_TRANSIT"),
    ],
)
def test_what_says_nothing_against_a_signature_doubts_nothing(parcel: Parcel, state: str) -> None:
    fact = told("carrier_scan", tracking_number="SF1", state=state)
    assert claim_of(closed(parcels=(parcel,)), fact) is None


@pytest.mark.clause("AC-71", "EC-24")
@pytest.mark.parametrize(
    ("kind", "data", "case"),
    [
        ("wrong_goods_claim", {"claim": "C1"}, "MIS_SHIPMENT"),
        ("missing_goods_claim", {"claim": "C1"}, "MIS_SHIPMENT"),
        ("refund_requested", {"application": "C1"}, "REFUND_REPLY_DUE"),
        ("outbound", {"package": "9", "others": [{"sku": "X", "quantity": 1}]}, "MIS_SHIPMENT"),
    ],
)
def test_each_claim_opens_its_case_and_the_same_told_before_opens_none(kind: str, data: Any, case: str) -> None:
    claim = claim_of(closed(), told(kind, **data))
    assert claim is not None
    assert claim.kind == case
    assert claim_of(closed(claimed=("C1", "package/9")), told(kind, **data)) is None
    assert claim_of(closed(stage=Stage.CANCELLED), told(kind, **data)) is None


@pytest.mark.clause("EC-24")
def test_a_parcel_that_the_order_knew_is_no_news() -> None:
    assert claim_of(closed(), told("outbound", package="1")) is None


@pytest.mark.clause("EC-24")
@pytest.mark.parametrize(
    ("amount", "claimed", "paid"), [(None, None, 700), (300, None, 300), (None, 250, 250), (5_000, None, 700)]
)
def test_a_refund_is_what_was_said_or_claimed_and_never_more_than_is_left(
    amount: int | None, claimed: int | None, paid: int
) -> None:
    claim = a_claim().having(amount=claimed)
    end = settled_by(closed(), claim, SettleClaim(request_id="r", case=1, outcome="REFUNDED", amount=amount))
    assert end.refund is not None
    assert (end.refund.amount, end.refund.key) == (paid, f"{NUMBER}/refund/claim/C1")
    by_hand = settled_by(closed(), claim, SettleClaim(request_id="r", case=1, outcome="PAID_BACK"))
    assert by_hand.refund is None


@pytest.mark.clause("EC-24")
def test_what_is_no_case_or_no_outcome_is_refused_with_what_may_be_said() -> None:
    no = unfit({1: a_claim()}, SettleClaim(request_id="r", case=2, outcome="REFUNDED"))
    assert no is not None
    assert no.code == "UNKNOWN_CASE"
    no = unfit({1: a_claim()}, SettleClaim(request_id="r", case=1, outcome="SO_WHAT"))
    assert no is not None
    assert "RESENT" in no.reason


@pytest.mark.clause("EC-24")
def test_only_an_open_claim_is_ended_by_a_fact() -> None:
    withdrawn: Fact = told("claim_withdrawn", claim="C1")
    assert end_of(closed(), told("claim_withdrawn", claim="C1")) is None
    end = end_of(closed(open_claims=("late/C1",)), told("claim_withdrawn", claim="C1"))
    assert end is not None
    assert (end.outcome, end.by) == ("WITHDRAWN", withdrawn.source)
