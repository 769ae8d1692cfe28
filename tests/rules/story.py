"""A desk without a server: it folds facts, reads the manual, and answers every effect as a scene wants it.

``Story`` is the loop of ``workflows.order`` in a few lines: take in, decide, do; time passes only when it is told to.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.backlog import Overdue
from domain.books import promises
from domain.carrier_orders import CarrierSaid
from domain.coupon_effects import CouponIssued
from domain.effects import Allocation, AuditOutcome, Content, Done, EffectKind, LineContent, ReserveOutcome
from domain.entry_effects import EnterOutcome
from domain.facts import Fact, parse
from domain.holds import EffectState, EffectStatus
from domain.inquiries import Answer, CarrierAnswer, PayerAnswer
from domain.inside import Asked, EffectParked, Outcome
from domain.manual.answers import refusal
from domain.manual.decide import Decision, decide
from domain.order import Order
from domain.order_input import OrderInput
from domain.policy import STANDARD
from domain.recall_effects import RecallAnswer, RecallOutcome
from domain.recall_policy import RecallPolicy
from domain.recording import ClockRow, Entry, Letter
from domain.requests import ASKS
from domain.taking.after import after
from domain.taking.opening import open_order
from domain.transfer_effects import BookTransferOutcome, CallOffOutcome, TransferOutcome
from workflows.outcomes import done

PLACED = datetime(2026, 11, 23, 1, tzinfo=UTC)
NUMBER = "SO2026112300000001"
BY_PEOPLE = STANDARD.having(recall=RecallPolicy())
"""An edition in which people recall goods, and what is released is not cancelled."""
Answers = Callable[[Order, EffectState], Outcome | None]


def a_line(line: str = "1", quantity: int = 2, unit_price: int = 1_000, **fields: Any) -> LineContent:
    """Two mugs at 10.00 each."""
    return LineContent(line=line, sku=f"SKU-{line}", quantity=quantity, unit_price=unit_price, **fields)


def a_content(*lines: LineContent, **fields: Any) -> Content:
    """Two mugs, paid in advance, by express."""
    ordered = lines or (a_line(),)
    total = sum(line.unit_price * line.quantity for line in ordered)
    return Content(lines=ordered, **{"currency": "CNY", "total": total, "payment_method": "prepaid", **fields})


def an_input(content: Content | None = None, **fields: Any) -> OrderInput:
    """An order of a marketplace, placed on Monday at nine."""
    given: dict[str, Any] = {
        "order_no": NUMBER,
        "channel": "tmall",
        "external_id": "T1",
        "placed_at": PLACED,
        "received_at": PLACED,
        "content": content or a_content(),
        "policy": STANDARD,
    }
    return OrderInput(**{**given, **fields})


def the_party_does_it(order: Order, effect: EffectState) -> Outcome | None:  # noqa: C901, PLR0911, PLR0912 - one line a party
    """Every party does at once what it is asked; the shelves are full."""
    match effect.kind:
        case EffectKind.AUDIT:
            found = tuple(
                Allocation(line=line.line, warehouse="SH", quantity=line.quantity) for line in order.content.lines
            )
            return AuditOutcome(version=order.version, content=order.content, allocations=found)
        case EffectKind.RESERVE:
            wanted = effect.request["lines"]
            return ReserveOutcome(allocations=tuple(Allocation(warehouse="BJ", **moved) for moved in wanted))
        case EffectKind.ENTER | EffectKind.READ_ENTRY:
            return EnterOutcome(document="E1")
        case EffectKind.ISSUE_COUPON:
            before = sum(coupon.amount or 0 for coupon in order.coupons if coupon.key in effect.request["below"])
            return CouponIssued(amount=effect.request["up_to"] - before, reference="YHQ-1")
        case EffectKind.RECALL:
            return RecallOutcome(answer=RecallAnswer.STOPPED)
        case EffectKind.ASK_CARRIER:
            return CarrierAnswer()
        case EffectKind.INTERCEPT | EffectKind.PRIORITY | EffectKind.REDELIVERY | EffectKind.CLAIM:
            return CarrierSaid(accepted=True, reference="KD-1")
        case EffectKind.ASK_PAYER:
            return PayerAnswer()
        case EffectKind.REQUEST_TRANSFER:
            return TransferOutcome()
        case EffectKind.CALL_OFF_TRANSFER:
            return CallOffOutcome(called_off=True)
        case EffectKind.BOOK_TRANSFER:
            return booked(effect)
        case EffectKind.COUNT_OVERDUE:
            return Overdue(open=1, overdue=1)
        case EffectKind.ASK_PURCHASING:
            return Answer(reason="sold out")
        case _:
            return Done()


def no_recall_is_answered(order: Order, effect: EffectState) -> Outcome | None:
    """The warehouse has not said yet whether it stopped the goods; everybody else does at once what it is asked."""
    return None if effect.kind == EffectKind.RECALL else the_party_does_it(order, effect)


def booked(effect: EffectState, target: str = "SH") -> BookTransferOutcome:
    """The books take what is reported of a transfer; what arrived and is wanted is reserved where it arrived."""
    wanted = effect.request["wanted"] if effect.request["stage"] == "received" else ()
    given = tuple(Allocation(warehouse=target, **moved) for moved in wanted)
    return BookTransferOutcome(stage=effect.request["stage"], allocations=given)


def parked(effect: EffectState, now: datetime) -> EffectParked:
    """An effect that gave up until a person retries it."""
    return EffectParked(
        id=f"{effect.key}/parked/{effect.tries}",
        occurred_at=now,
        received_at=now,
        effect=EffectKind(effect.kind),
        key=effect.key,
        code="Business.No",
        text="the party said no",
    )


def running(order: Order) -> list[EffectState]:
    """The effects under way."""
    return [effect for effect in order.effects if effect.status is EffectStatus.RUNNING]


class Story:
    """One order's life, told fact by fact."""

    def __init__(self, given: OrderInput | None = None, answers: Answers = the_party_does_it) -> None:
        """Place the order, and let the desk have its first turn."""
        self.order = open_order(given or an_input())
        self.now = max(self.order.received_at, self.order.placed_at)
        self.entries: list[Entry] = []
        self.letters: list[Letter] = []
        self._answers = answers
        self._numbers = itertools.count(1)
        self._decision: Decision = decide(self.order, self.now)
        self.hears()

    # -- what happens --------------------------------------------------------------------------------------------

    def fact(self, kind: str, *, ago: timedelta = timedelta(), **data: Any) -> Fact:
        """A fact that happened ``ago`` and is reported now."""
        given = {"id": f"f:{next(self._numbers)}", "occurred_at": self.now - ago, "received_at": self.now}
        return parse({"kind": kind, **given, **data})

    def says(self, kind: str, *, ago: timedelta = timedelta(), **data: Any) -> None:
        """A party reports one fact."""
        self.hears(self.fact(kind, ago=ago, **data))

    def asks(self, kind: str, **fields: Any) -> str:
        """A person asks; the answer is the refusal's code, or nothing."""
        ask = ASKS[kind](request_id=f"r{next(self._numbers)}", **fields)
        refused = refusal(self.order, ask)
        if refused is not None:
            return refused.code
        at = {"occurred_at": self.now, "received_at": self.now}
        self.hears(Asked.model_validate({"id": f"ask:{ask.request_id}", "actor": "Li", "ask": ask, **at}))
        return ""

    def hears(self, *facts: Fact) -> None:
        """Take facts in, decide, and do what was decided until nothing is left to do."""
        news: Iterable[Fact] = facts
        while True:
            for fact in news:
                self.order = after(self.order, fact)
            self._decide()
            answers = [(effect, self._answers(self.order, effect)) for effect in running(self.order)]
            news = [done(effect, outcome, self.now) for effect, outcome in answers if outcome is not None]
            if not news:
                return

    def _decide(self) -> None:
        self._decision = decide(self.order, self.now)
        self.order = self._decision.order
        self.entries += self._decision.entries
        self.letters += self._decision.letters

    def answered_by(self, answers: Answers) -> None:
        """From now on the parties answer so, also what they were asked before."""
        self._answers = answers
        self.hears()

    def passes(self, **span: float) -> None:
        """Let time pass; the desk looks whenever a clock wants it to."""
        until = self.now + timedelta(**span)
        while (due := self.next_due) and due[0] <= until:
            self.now = max(due[0], self.now)
            self.hears()
            assert self.next_due != due, f"the desk looked and did nothing: {due}"
        self.now = until

    # -- what was seen -------------------------------------------------------------------------------------------

    def clock(self, kind: str, subject: str = "") -> ClockRow:
        """The latest row of a clock."""
        rows = [row for row in promises(self.order, self.now) if row.kind == kind and subject in row.subject]
        return max(rows, key=lambda row: row.start_at)

    def rows(self, *kinds: str) -> list[ClockRow]:
        """All rows of these clocks, oldest start first."""
        rows = (row for row in promises(self.order, self.now) if row.kind in kinds)
        return sorted(rows, key=lambda row: row.start_at)

    @property
    def decided(self) -> Decision:
        """What the latest turn decided."""
        return self._decision

    @property
    def next_due(self) -> tuple[datetime, str] | None:
        """When the desk looks again, and after what."""
        due = self._decision.next_due
        return (due.at, due.name) if due else None

    @property
    def noted(self) -> list[str]:
        """What the desk wrote into the timeline."""
        return [entry.code for entry in self.entries]

    @property
    def told(self) -> list[str]:
        """The messages to the customer."""
        return [letter.template for letter in self.letters if letter.kind == "message"]

    @property
    def open_cases(self) -> list[str]:
        """The open cases."""
        return [str(case.kind) for case in self.order.open_cases]

    # -- shortcuts of a scene ------------------------------------------------------------------------------------

    def is_paid(self, amount: int | None = None, **fields: Any) -> None:
        """The payer pays what is due, or something else."""
        due = self.order.payment.due if amount is None else amount
        self.says("paid", **{"payment_no": f"p{next(self._numbers)}", "amount": due, "currency": "CNY", **fields})

    def ships(self, package: str = "1", shipment: int = 1, **fields: Any) -> None:
        """A package leaves with its number, and the channel takes the number."""
        number = f"SF{package}"
        self.says("outbound", shipment=shipment, package=package, tracking_number=number, carrier="SF", **fields)
        self.says("tracking_accepted", tracking_number=number)

    def is_scanned(self, state: str, package: str = "1", *, ago: timedelta = timedelta(), **fields: Any) -> None:
        """The carrier sees a package."""
        self.says("carrier_scan", tracking_number=f"SF{package}", state=state, ago=ago, **fields)


def shipped(**fields: Any) -> Story:
    """An order that left in one package."""
    story = Story(an_input(**fields))
    if story.order.payment.needed:
        story.is_paid()
    story.ships()
    return story


def delivered(**fields: Any) -> Story:
    """An order that was signed for two days later."""
    story = shipped(**fields)
    story.passes(hours=20)
    story.is_scanned("IN_TRANSIT")
    story.passes(hours=20)
    story.is_scanned("DELIVERED")
    return story


def promised(day: int) -> date:
    """A day of November 2026."""
    return date(2026, 11, day)
