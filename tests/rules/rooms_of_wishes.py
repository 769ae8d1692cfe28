"""The rooms of what customers want: goods that lack, changes, refunds, and claims about goods (M2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.compensation_policy import CompensationPolicy
from domain.effects import Allocation, AuditOutcome, EffectKind, ReserveOutcome
from domain.holds import EffectState
from domain.inquiries import Answer
from domain.inside import Outcome
from domain.order import Order
from domain.packages import PackageState
from domain.policy import STANDARD, CaseKind
from domain.shortage_policy import Substitute
from tests.rules.furnished import (
    answered,
    completed,
    done_or_not,
    let_go,
    money,
    scanned,
    sent,
    settled,
    stops_or_not,
    taken_in_hand,
    yes_or_no,
)
from tests.rules.happenings import Told
from tests.rules.model import Event
from tests.rules.rooms_of_parcels import PLAIN, released
from tests.rules.story import Answers, Story, a_content, a_line, an_input

# -- E2: goods that lack ---------------------------------------------------------------------------------------------


def lacking(answers: Answers) -> Story:
    """Two units of which a warehouse has one; other goods are offered in their place."""
    mugs = Substitute(sku="SKU-1", instead="SKU-9", unit_price=1_500)
    shortage = STANDARD.shortage.having(steps=("purchasing", "choice"), substitutes=(mugs,))
    policy = STANDARD.having(compensation=CompensationPolicy(), shortage=shortage)
    story = Story(an_input(a_content(a_line(quantity=2)), policy=policy), answers)
    story.is_paid()
    return story


def _has_one(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """One unit of the mugs is there, and enough of everything else."""
    del effect
    given = tuple(
        Allocation(line=line.line, warehouse="SH", quantity=1 if line.sku == "SKU-1" else line.quantity)
        for line in order.content.lines
    )
    yield AuditOutcome(version=order.version, content=order.content, allocations=given), 0


def _finds_none(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """Nobody has more, until stock arrives."""
    came = any(seen.startswith("f") and "stock_arrived" in seen for seen in order.seen)
    lines = effect.request["lines"]
    found = tuple(Allocation(warehouse="BJ", **part) for part in lines) if came else ()
    yield ReserveOutcome(allocations=found), 0


def _can_buy(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """Purchasing has it tomorrow, too late, or never."""
    del order
    for hours in (12, 200):
        yield Answer(promised_at=effect.since + timedelta(hours=hours)), 0
    yield Answer(reason="sold out"), 0


def shortage(tell: Told) -> Iterator[Event]:
    """The customer chooses, or the goods arrive."""
    order = tell.order
    yield from answered(tell)
    for question in order.questions:
        if question.confirmed_at is None and question.open:
            letter = f"{order.number}/{question.letter}"
            yield Event("message_delivered", (tell.fact("message_delivered", message=letter),))
        for option in question.options if question.open else ():
            yield from tell.ask("customer_choice", question=question.no, option=option.word)
    if not any("stock_arrived" in seen for seen in order.seen):
        yield Event("stock_arrived", (tell.fact("stock_arrived", sku="SKU-1"),))
    owed = order.payment.due - order.payment.captured("CNY")
    if owed > 0 and len(order.payment.receipts) < 2:
        yield Event("paid", (tell.fact("paid", payment_no="p-more", amount=owed, currency="CNY"),))
    yield from sent(tell)
    yield from scanned(tell, {PackageState.DELIVERED: 0})
    yield from settled(tell)
    yield from taken_in_hand(tell)
    yield from completed(tell)
    yield from tell.ask("cancel", reason="n")


SHORTAGE = {
    EffectKind.AUDIT: _has_one,
    EffectKind.RESERVE: _finds_none,
    EffectKind.ASK_PURCHASING: _can_buy,
}


# -- §4.7: every change ----------------------------------------------------------------------------------------------

WISHES: dict[str, dict[str, object]] = {
    "QUANTITY": {"line": "1", "quantity": 1},
    "SUBSTITUTE": {"line": "1", "sku": "SKU-9"},
    "EXPEDITE": {},
    "DELIVER_LATER": {"until": "2026-12-01"},
    "PAYMENT_METHOD": {"method": "cod"},
    "GIFT_NOTE": {},
    "MERGE": {"order_no": "SO2"},
    "ADDRESS": {},
    "CANCEL": {},
}


def placed_only(answers: Answers) -> Story:
    """An order that waits for its money."""
    return Story(an_input(a_content(a_line(quantity=2)), policy=PLAIN), answers)


def wishes(tell: Told) -> Iterator[Event]:
    """One change of each kind, at every stage."""
    order = tell.order
    yield from answered(tell)
    yield from money(tell)
    asked = [each.change for each in order.change_requests]
    for change, params in WISHES.items() if "CANCEL" not in asked else ():
        if asked and change != "CANCEL":
            continue
        odd = len(asked)
        wish = {"change": change, "params": params, "correction": 7 * (change == "ADDRESS")}
        yield from tell.ask("submit_change_request", odd, **wish, expected_version=order.version)
    for hold in order.open_holds:
        for verdict in ("approve", "decline") if hold.reason == "SALES_DECISION" else ():
            yield from tell.ask("sales_decision", hold=hold.id, verdict=verdict)
        yield from tell.ask("release_hold", hold=hold.id)
    yield from sent(tell)
    yield from scanned(tell, {PackageState.DELIVERED: 0})
    yield from settled(tell, {CaseKind.CHANGE_REQUESTED: ("APPLIED", "DECLINED")})
    yield from taken_in_hand(tell)
    yield from completed(tell)


WISHED = {EffectKind.RECALL: stops_or_not, EffectKind.INTERCEPT: yes_or_no}


# -- refund applications, and claims about goods ---------------------------------------------------------------------


def applications(tell: Told) -> Iterator[Event]:
    """The buyer applies, and we or the channel answer."""
    order = tell.order
    yield from answered(tell)
    if not order.claims:
        for some in ((), ({"line": "1", "quantity": 1},)):
            yield Event(
                "refund_requested", (tell.fact("refund_requested", application="AS1", lines=some),), 0, str(some)
            )
    for verdict in ("agree", "refuse"):
        yield from tell.ask("answer_refund", application="AS1", verdict=verdict, reason="n")
        if order.claims:
            decided = tell.fact(
                "refund_decided", application="AS1", verdict={"agree": "agreed"}.get(verdict, "refused")
            )
            yield Event("refund_decided", (decided,), 1, verdict)
    if order.claims:
        yield Event("refund_withdrawn", (tell.fact("refund_withdrawn", application="AS1"),), 1)
    yield from sent(tell)
    yield from scanned(tell, {PackageState.DELIVERED: 0, PackageState.RETURNED_TO_SENDER: 1})
    yield from settled(tell, {CaseKind.CHANGE_REQUESTED: ("APPLIED", "DECLINED")})
    yield from taken_in_hand(tell, "PAID")
    yield from completed(tell)


APPLICATIONS = {EffectKind.RECALL: stops_or_not, EffectKind.INTERCEPT: yes_or_no, EffectKind.REFUND: done_or_not}


def signed_for(answers: Answers) -> Story:
    """Goods that were signed for."""
    story = released(answers)
    story.ships()
    story.is_scanned("DELIVERED")
    return story


CLAIMS = ("not_received_claim", "wrong_goods_claim", "missing_goods_claim")


def claims(tell: Told) -> Iterator[Event]:
    """Up to two claims, withdrawn or decided."""
    order = tell.order
    yield from answered(tell)
    for kind in CLAIMS[: 3 - 2 * len(order.claims)]:
        for about in ({"package": "1"}, {"lines": ({"line": "1", "quantity": 1},)}):
            news = tell.fact(kind, claim=f"C{len(order.claims)}", **about)
            yield Event(kind, (news,), len(order.claims), str(about))
    for claim in order.claims:
        if claim.live:
            yield Event("claim_withdrawn", (tell.fact("claim_withdrawn", claim=claim.reference),))
    yield from sent(tell)
    yield from scanned(tell, {PackageState.DELIVERED: 0})
    decided = ("REFUNDED", "RESENT", "UNFOUNDED")
    yield from settled(tell, {CaseKind.NOT_RECEIVED_CLAIM: decided, CaseKind.MIS_SHIPMENT: decided})
    yield from taken_in_hand(tell, "PROOF")
    yield from let_go(tell)
    yield from completed(tell)


CLAIMED = {EffectKind.REFUND: done_or_not}
