"""The rooms of goods on their way: silent, not gone, gone after a cancel, late and worth a coupon (M2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.carrier_orders import CarrierSaid
from domain.compensation_policy import CompensationPolicy
from domain.effects import EffectKind
from domain.holds import EffectState
from domain.inquiries import Answer, CarrierAnswer
from domain.inside import Outcome
from domain.logistics_policy import LogisticsPolicy
from domain.manual.switching import switchable
from domain.order import Order
from domain.packages import PackageState
from domain.policy import STANDARD, CaseKind
from domain.question_policy import QuestionPolicy
from tests.rules.furnished import (
    HOMEWARDS,
    answered,
    completed,
    done_or_not,
    let_go,
    scanned,
    sent,
    settled,
    stops_or_not,
    taken_in_hand,
    there_or_short,
    yes_or_no,
)
from tests.rules.happenings import Told
from tests.rules.model import Event
from tests.rules.story import Answers, Story, a_content, a_line, an_input

PLAIN = STANDARD.having(compensation=CompensationPolicy(), questions=QuestionPolicy())
"""Coupons stop nothing, and questions have their own search."""


# -- E3 and E5: a parcel that is silent ------------------------------------------------------------------------------


def silent(answers: Answers) -> Story:
    """A parcel that nobody saw for a day; the carrier is asked why."""
    story = Story(an_input(a_content(a_line(quantity=1)), policy=PLAIN), answers)
    story.is_paid()
    story.ships()
    story.passes(hours=25)
    return story


CAUSES = ("HUB_OVERLOAD", "ADDRESS_PROBLEM", "RECIPIENT_ABSENT", "CARRIER_SUSPENDED", "LOST", "RECIPIENT_REFUSED")


def _names_a_cause(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """Each cause that the playbook tells apart, or none; asked again it has nothing new to say."""
    asked_before = any(each.kind == effect.kind and each.key != effect.key for each in order.effects)
    for cause in CAUSES if not asked_before else ():
        yield CarrierAnswer(reason=cause), 0
    yield CarrierAnswer(), 0


ASTRAY = {
    PackageState.DELIVERY_FAILED: 1,
    PackageState.RETURNING: 1,
    PackageState.RETURNED_TO_SENDER: 1,
    PackageState.LOST: 1,
}


def parcel(tell: Told) -> Iterator[Event]:
    """The carrier sees it, or somebody has its goods sent anew."""
    yield from answered(tell)
    yield from scanned(tell, {**HOMEWARDS, **ASTRAY})
    yield from sent(tell)
    yield from settled(tell)
    yield from taken_in_hand(tell, "RECIPIENT_ABSENT")
    yield from completed(tell)
    for package in switchable(tell.order):
        for how in ("reship", "return"):
            yield from tell.ask("switch_carrier", 1, package=package.id, how=how, reason="n")
    for claim in tell.order.logistics.claims:
        if claim.accepted and not claim.paid:
            paid = {"tracking_number": claim.tracking_number, "reference": "claim", "amount": claim.amount}
            yield Event("claim_paid", (tell.fact("claim_paid", **paid),), 1)


def _asked_for_a_claim(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    del order, effect
    yield CarrierSaid(accepted=True), 0
    yield CarrierSaid(accepted=False), 1


PARCEL = {
    EffectKind.ASK_CARRIER: _names_a_cause,
    EffectKind.PRIORITY: yes_or_no,
    EffectKind.REDELIVERY: yes_or_no,
    EffectKind.INTERCEPT: yes_or_no,
    EffectKind.RESERVE: there_or_short,
    EffectKind.CLAIM: _asked_for_a_claim,
}


# -- E4: goods that did not leave ------------------------------------------------------------------------------------


def overdue(answers: Answers) -> Story:
    """Goods that should have left a warehouse by now; it is asked why they have not."""
    story = Story(an_input(a_content(a_line(quantity=1)), policy=PLAIN), answers)
    story.is_paid()
    story.passes(hours=48, seconds=2)
    return story


REASONS = ("NOT_PICKED", "SHORT", "ADDRESS", "ON_HOLD", "MISSED_RELEASE")


def _names_a_reason(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """Each reason that the playbook tells apart, a time, or nothing; pressed, a time in time, too late, or none."""
    if effect.request["by"] is not None:
        for hours in (6, 20):
            yield Answer(promised_at=effect.since + timedelta(hours=hours)), 0
    elif not any(each.kind == effect.kind and each.key != effect.key for each in order.effects):
        for reason in REASONS:
            yield Answer(reason=reason), 0
        yield Answer(promised_at=effect.since + timedelta(hours=6)), 0
    yield Answer(), 0


def outbound(tell: Told) -> Iterator[Event]:
    """It leaves, is pushed, held or cancelled."""
    yield from answered(tell)
    yield from sent(tell)
    yield from scanned(tell, HOMEWARDS)
    yield from settled(tell)
    yield from taken_in_hand(tell, "MISSED_RELEASE")
    yield from completed(tell)
    yield from tell.ask("expedite", 1, party="warehouse")
    yield from tell.ask("cancel", 1, reason="n")
    if not tell.order.holds:
        yield from tell.ask("place_hold", 1, reason="SALES_DECISION", note="n")
    for hold in tell.order.open_holds:
        yield from tell.ask("sales_decision", hold=hold.id, verdict="approve")
    yield from let_go(tell)


OUTBOUND = {EffectKind.ASK_WAREHOUSE: _names_a_reason, EffectKind.RECALL: stops_or_not}


# -- what left all the same, after a cancel --------------------------------------------------------------------------


def released(answers: Answers) -> Story:
    """Goods that a warehouse has."""
    story = Story(an_input(a_content(a_line(quantity=2)), policy=PLAIN), answers)
    story.is_paid()
    return story


def taken_back(answers: Answers) -> Story:
    """The customer cancels what a warehouse has; it is asked to stop it."""
    story = released(answers)
    story.asks("submit_change_request", change="CANCEL", expected_version=1)
    return story


def cancelled(tell: Told) -> Iterator[Event]:
    """It is stopped, or leaves all the same and comes back or not."""
    order = tell.order
    yield from answered(tell)
    for shipment in order.shipments:
        if shipment.outbound_at is None:
            here = {"shipment": shipment.number, "package": "1", "carrier": "SF", "tracking_number": "SF1"}
            yield Event("outbound", (tell.fact("outbound", **here),), 0)
    yield from scanned(tell, {**HOMEWARDS, PackageState.RETURNED_TO_SENDER: 0, PackageState.LOST: 1})
    for package in order.packages:
        if package.state is PackageState.RETURNED_TO_SENDER and package.id not in order.logistics.received:
            yield Event("parcel_received", (tell.fact("parcel_received", package=package.id),))
    yield from settled(tell, {CaseKind.CHANGE_REQUESTED: ("APPLIED", "DECLINED")})
    yield from taken_in_hand(tell, "PAID")
    yield from completed(tell)


# -- coupons ---------------------------------------------------------------------------------------------------------


def late_and_dear(answers: Answers) -> Story:
    """A dear order whose parcel is seen on its way, later and later."""
    policy = STANDARD.having(questions=QuestionPolicy(), logistics=LogisticsPolicy())
    story = Story(an_input(a_content(a_line(quantity=1, unit_price=30_000)), policy=policy), answers)
    story.is_paid()
    story.ships()
    for _ in range(3):
        story.passes(hours=20)
        story.is_scanned("IN_TRANSIT")
    return story


def _says_why(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """By whose fault it is."""
    del effect
    for cause in ("HUB_OVERLOAD", "WEATHER", "RECIPIENT_ABSENT") if not order.reasons else ():
        yield CarrierAnswer(reason=cause), 0
    yield CarrierAnswer(), 0


def coupons(tell: Told) -> Iterator[Event]:
    """A supervisor decides, and the parcel arrives or not."""
    yield from answered(tell)
    for approval in tell.order.approvals:
        for verdict in ("approve", "decline"):
            yield from tell.ask("decide_coupon", coupon=approval.coupon, verdict=verdict, reason="n")
    yield from scanned(tell, {**HOMEWARDS, PackageState.LOST: 1})
    yield from settled(tell)
    yield from taken_in_hand(tell)
    yield from completed(tell)


COUPONS = {EffectKind.ASK_CARRIER: _says_why, EffectKind.ISSUE_COUPON: done_or_not, EffectKind.CLAIM: yes_or_no}
