"""An order's life as several parties tell it: in any order, each news several times, under one id and under others.

A webhook and a pull tell the same fact under two ids; a retry tells it again under the first. What a fact means must
not depend on either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from domain.effects import EffectKind, ReserveOutcome
from domain.facts import Moved, parse
from domain.holds import EffectState
from domain.inquiries import CarrierAnswer
from domain.inside import Outcome
from domain.order import Order
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.story import Answers, Story, a_content, a_line, an_input, running, the_party_does_it

TOTAL = 6_000
"""Three mugs at 20.00."""
KEPT = STANDARD.having(logistics=STANDARD.logistics.having(resend_up_to=0))
"""Nothing is sent again by itself."""
SLOW = frozenset({EffectKind.REFUND, EffectKind.ISSUE_COUPON})
"""Whose answer is waited for now and then."""
News = tuple[str, dict[str, Any]]


def paid(number: str = "P1", amount: int = TOTAL) -> News:
    return "paid", {"payment_no": number, "amount": amount, "currency": "CNY"}


OUTBOUND: News = ("outbound", {"shipment": 1, "package": "1", "tracking_number": "SF1", "carrier": "SF"})
ACCEPTED: News = ("tracking_accepted", {"tracking_number": "SF1"})


def scan(state: str) -> News:
    return "carrier_scan", {"tracking_number": "SF1", "state": state}


@dataclass
class Told:
    """One life, and the books of those outside: what each effect was asked with, under its key."""

    story: Story
    dice: Random
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def happens(self, *news: News, hours: float = 1) -> None:
        """These things happen now, in no order; each is told one to four times, under one or two ids."""
        told = []
        for kind, data in news:
            one, other = f"hook:{self.dice.random()}", f"pull:{self.dice.random()}"
            at = {"occurred_at": self.story.now, "received_at": self.story.now}
            told += [
                parse({"kind": kind, "id": name, "source": name[:4], **at, **data})
                for name in (one, *self.dice.choices((one, other), k=self.dice.randint(0, 3)))
            ]
        self.dice.shuffle(told)
        for fact in told:
            self.story.hears(fact)
        self.story.passes(hours=hours)

    def ends(self) -> None:
        """Whoever has not answered yet does."""
        while any(effect.kind in SLOW for effect in running(self.story.order)):
            self.story.hears()
        self.story.passes(hours=24)

    @property
    def back(self) -> dict[str, int]:
        """The gateway's books: what it was asked to pay back, by the cause."""
        return {
            key.partition("/refund/")[2]: request["amount"] for key, request in self.asked.items() if "/refund/" in key
        }

    @property
    def kept(self) -> int:
        """What came and did not go back."""
        return sum(receipt.amount for receipt in self.story.order.payment.receipts) - sum(self.back.values())

    @property
    def twice(self) -> list[str]:
        """The letters that were written more than once."""
        keys = Counter(letter.key for letter in self.story.letters)
        return [key for key, times in keys.items() if times > 1]


def told(dice: Random, answers: Answers = the_party_does_it, **fields: Any) -> Told:
    """An order whose parties answer now and then only when they are asked again, and never with another amount."""
    asked: dict[str, dict[str, Any]] = {}

    def slowly(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind in SLOW:
            known = asked.setdefault(effect.key, effect.request)
            assert known["order_no"] == effect.request["order_no"]
            assert known.get("amount") == effect.request.get("amount"), f"{effect.key} with another amount"
            if dice.random() < 0.4:
                return None
        return answers(order, effect)

    line = a_line(quantity=3, unit_price=2_000)
    return Told(Story(an_input(a_content(line), **fields), slowly), dice, asked)


def short_by_two(order: Order, effect: EffectState) -> Outcome | None:
    """One of three mugs is there, and nobody can bring the others."""
    outcome = the_party_does_it(order, effect)
    if effect.kind == EffectKind.RESERVE:
        return ReserveOutcome(short=tuple(effect.request["lines"]))
    if effect.kind == EffectKind.AUDIT and order.version == 1:
        given = outcome.allocations[0].having(quantity=1)  # type: ignore[union-attr]
        return outcome.having(allocations=(given,), short=(Moved(line="1", quantity=2),))  # type: ignore[union-attr]
    return outcome


def overloaded(order: Order, effect: EffectState) -> Outcome | None:
    """The carrier's hub is full."""
    if effect.kind == EffectKind.ASK_CARRIER:
        return CarrierAnswer(reason="HUB_OVERLOAD")
    return the_party_does_it(order, effect)


# -- lives -----------------------------------------------------------------------------------------------------------


def called_off(dice: Random) -> Told:
    """Cancelled before it is packed."""
    life = told(dice)
    life.happens(*dice.sample((paid(), ("picked", {"shipment": 1})), 2))
    life.story.asks("cancel", reason="changed my mind")
    life.happens(paid(), hours=30)
    return life


def paid_twice(dice: Random) -> Told:
    """Two payments, and whatever else comes with them."""
    life = told(dice)
    life.happens(paid("P1"), paid("P2"))
    return _arrives(life)


def the_rest_is_sent(dice: Random) -> Told:
    """Two of three are nowhere to be had: chosen, or by default."""
    life = told(dice, short_by_two)
    life.happens(paid(), ("message_delivered", {"message": "message/SHORTAGE_CHOICE/question/1"}))
    if dice.random() < 0.5:
        life.story.asks("customer_choice", question=1, option="ship_rest")
    life.story.passes(hours=60)
    return _arrives(life)


def lost(dice: Random) -> Told:
    """The carrier loses it, and the customer wants the money."""
    life = told(dice, policy=KEPT)
    life.happens(paid())
    life.happens(OUTBOUND, ACCEPTED)
    life.happens(scan("LOST"))
    for case in life.story.order.open_cases:
        life.story.asks("resolve_case", case=case.no, outcome="REFUNDED")
    life.story.passes(hours=200)
    return life


def pulled_back(dice: Random) -> Told:
    """Cancelled at the dock."""
    life = told(dice)
    life.happens(paid(), OUTBOUND)
    life.happens(ACCEPTED)
    life.story.asks("cancel", reason="changed my mind")
    life.happens(paid(), hours=30)
    return life


def brought_back(dice: Random) -> Told:
    """Cancelled on its way: the carrier brings it back."""
    life = told(dice)
    life.happens(paid(), OUTBOUND)
    life.happens(ACCEPTED, scan("IN_TRANSIT"))
    life.story.asks("cancel", reason="changed my mind")
    life.happens(scan("RETURNING"))
    life.happens(scan("RETURNED_TO_SENDER"), scan("RETURNING"), hours=30)
    return life


def applied_for(dice: Random) -> Told:
    """The buyer applies at the channel for a part of the money, and somebody agrees."""
    life = told(dice)
    life.happens(paid())
    life.happens(OUTBOUND, ACCEPTED, scan("IN_TRANSIT"))
    life.happens(("refund_requested", {"application": "A1", "amount": 1_500}))
    life.story.asks("answer_refund", application="A1", verdict="agree", reason="a dent")
    return _arrives(life)


def paid_back_by_the_channel(dice: Random) -> Told:
    """The channel pays a part back itself, and says so."""
    life = told(dice)
    life.happens(paid())
    life.happens(OUTBOUND, ("refunded", {"reference": "BANK-1", "amount": 700, "currency": "CNY"}))
    return _arrives(life)


def late_and_complained_of(dice: Random) -> Told:
    """Silent, late, complained of."""
    life = told(dice, overloaded, policy=KEPT)
    life.happens(paid())
    life.happens(OUTBOUND, ACCEPTED, hours=20)
    life.happens(scan("IN_TRANSIT"), hours=30)
    life.happens(("complaint", {"package": "1"}), hours=60)
    return _arrives(life)


def _arrives(life: Told) -> Told:
    """It leaves if it has not, arrives, and is confirmed."""
    life.happens(OUTBOUND, ACCEPTED)
    life.happens(scan("OUT_FOR_DELIVERY"), scan("DELIVERED"))
    life.happens(("confirmed", {}), scan("DELIVERED"), hours=30)
    return life


LIVES: dict[Callable[[Random], Told], tuple[Stage, int, list[int]]] = {
    called_off: (Stage.CANCELLED, 0, [TOTAL]),
    paid_twice: (Stage.COMPLETED, TOTAL, [TOTAL]),
    the_rest_is_sent: (Stage.COMPLETED, 2_000, [4_000]),
    lost: (Stage.CLOSED, 0, [TOTAL]),
    pulled_back: (Stage.CANCELLED, 0, [TOTAL]),
    brought_back: (Stage.RETURNED, 0, [TOTAL]),
    applied_for: (Stage.COMPLETED, TOTAL - 1_500, [1_500]),
    paid_back_by_the_channel: (Stage.COMPLETED, TOTAL, []),
    late_and_complained_of: (Stage.COMPLETED, TOTAL, []),
}
"""How each ends, what is kept of the money by our own doing, and what the gateway paid back."""
