"""Anything that an effect may answer: mostly what was asked for, now and then what makes trouble later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from domain.carriage import Chosen, NoCarrier, Offer
from domain.carrier_effects import CarrierOutcome
from domain.carrier_orders import CarrierSaid
from domain.causes import Cause
from domain.effects import Allocation, AuditOutcome, EffectKind, ReserveOutcome
from domain.entry_effects import EnterOutcome
from domain.facts import Moved
from domain.findings import Finding, Severity
from domain.holds import EffectState
from domain.inquiries import Answer, CarrierAnswer, PayerAnswer, ReceiptSeen, ScanSeen
from domain.inside import Outcome
from domain.order import Order
from domain.outbound_causes import OutboundCause
from domain.overrides import ADDRESS_MISMATCH
from domain.packages import PackageState
from domain.recall_effects import RecallAnswer, RecallOutcome
from domain.transfer_effects import BookTransferOutcome, CallOffOutcome, TransferOutcome
from tests.rules.happenings import EMAIL, HELD, TITLE
from tests.rules.story import booked, the_party_does_it

GIVES_UP = 0.2
"""Of what goes wrong so much cannot go on by itself; else a party answers anything that it may."""
SHELVES = ("SH", "BJ", "GZ")


def any_answer(order: Order, effect: EffectState, now: datetime, random: Random) -> Outcome | None:
    """One answer to ``effect``; None: it cannot go on by itself."""
    answer = ANSWERS.get(EffectKind(effect.kind))
    if random.random() < GIVES_UP:
        return None
    return answer(Asking(order, effect, now, random)) if answer else the_party_does_it(order, effect)


class Asking:
    """An effect of an order at a moment, and the chance that decides what comes of it."""

    def __init__(self, order: Order, effect: EffectState, now: datetime, random: Random) -> None:
        """Look at what was asked."""
        self.order, self.effect, self.now, self.random = order, effect, now, random
        self.request = effect.request

    def soon(self) -> datetime | None:
        """A time that a party names, or none."""
        hours = self.random.choice((None, 2, 20, 70, -1))
        return None if hours is None else self.now + timedelta(hours=hours)


def _audit(asking: Asking) -> Outcome:  # noqa: PLR0911 - one line a verdict
    order, random = asking.order, asking.random
    outcome = AuditOutcome(version=order.version, content=order.content, debt=asking.request["debt"])
    if asking.request["debt"]:
        return outcome.having(findings=random.choice(((), (EMAIL, TITLE))))
    code, field = random.choice(list(HELD.items()))
    mark: dict[str, str | int] = {"mark": order.content.lines[0].sku}
    match random.choice(("short", "split", "hold", "address", "critical", "relaxed")):
        case "hold":
            held = Finding(code=code, field=field, severity=Severity.HOLD, params=mark)
            return outcome.having(findings=(held,), allocations=_stock(asking))
        case "address":
            doubted = Finding(code=ADDRESS_MISMATCH, field="address.city", params={"address": "a1"})
            return outcome.having(findings=(doubted,))
        case "critical":
            return outcome.having(
                findings=(Finding(code="SKU_UNKNOWN", field="lines.1.sku", severity=Severity.CRITICAL),)
            )
        case "relaxed":
            return outcome.having(relaxed=(random.choice((EMAIL, TITLE)),), allocations=_stock(asking))
        case "split":
            return outcome.having(allocations=_stock(asking))
        case _:
            return outcome.having(allocations=_stock(asking)[1:])


def _stock(asking: Asking) -> tuple[Allocation, ...]:
    """Each unit from some shelf."""
    wanted = {line.line: line.quantity for line in asking.order.content.lines}
    return _spread(asking.random, [Moved(line=line, quantity=units) for line, units in wanted.items()])


def _spread(random: Random, wanted: list[Moved]) -> tuple[Allocation, ...]:
    found: dict[tuple[str, str], int] = {}
    for part in wanted:
        for _ in range(part.quantity):
            place = (part.line, random.choice(SHELVES))
            found[place] = found.get(place, 0) + 1
    return tuple(Allocation(line=line, warehouse=shelf, quantity=units) for (line, shelf), units in found.items())


def _reserve(asking: Asking) -> Outcome:
    wanted = [Moved(**moved) for moved in asking.request["lines"]]
    found = _spread(asking.random, wanted)
    given = asking.random.choice((found, () if asking.request["whole"] else found[1:], ()))
    return ReserveOutcome(allocations=given)


def _enter(asking: Asking) -> Outcome:
    differs = asking.random.choice(((Finding(code="PRICE", field="total"),), ()))
    shelves = {part.warehouse for line in asking.order.lines for part in line.allocations}
    carriers = {shelf: _choice(asking) for shelf in sorted(shelves)}
    return EnterOutcome(document="E1", differences=differs, carriers=asking.random.choice((carriers, {})))


def _choice(asking: Asking) -> Chosen | NoCarrier:
    offer = Offer(carrier="SF", days=2)
    return asking.random.choice((Chosen(offer=offer, why="BEST"), Chosen(offer=offer, why="BEST"), NoCarrier()))


def _asked_warehouse(asking: Asking) -> Outcome:
    return Answer(reason=asking.random.choice([*OutboundCause, ""]), promised_at=asking.soon())


def _asked_carrier(asking: Asking) -> Outcome:
    random = asking.random
    state = random.choice(list(PackageState))
    seen = ScanSeen(event_id=f"s{random.randrange(99)}", state=state, occurred_at=asking.now)
    word = random.choice([*Cause, ""])
    return CarrierAnswer(reason=word, scans=random.choice(((), (seen,))), estimated_at=asking.soon())


def _asked_payer(asking: Asking) -> Outcome:
    payment = asking.order.payment
    number = f"p{len(payment.receipts)}"
    seen = ReceiptSeen(payment_no=number, amount=payment.due, currency=payment.currency, paid_at=asking.now)
    return PayerAnswer(receipts=(seen,) if payment.due > 0 else ())


def _transfer(asking: Asking) -> Outcome:
    lines = tuple(Moved(**moved) for moved in asking.request["lines"])
    at = asking.now + timedelta(hours=24)
    refused = asking.random.choice(("", "", "closed"))
    return TransferOutcome(source="ZZ", target="SH", lines=lines, expected_at=at, refused=refused)


def _booked(asking: Asking) -> Outcome:
    """What arrived; now and then the last part of it was wanted and is not given."""
    given = booked(asking.effect)
    kept = given.allocations[: len(given.allocations) - asking.random.randrange(2)]
    return BookTransferOutcome(stage=given.stage, allocations=kept)


ANSWERS: dict[EffectKind, Callable[[Asking], Outcome | None]] = {
    EffectKind.AUDIT: _audit,
    EffectKind.RESERVE: _reserve,
    EffectKind.ENTER: _enter,
    EffectKind.READ_ENTRY: _enter,
    EffectKind.RELEASE: lambda _: None,
    EffectKind.REFUND: lambda _: None,
    EffectKind.CANCEL_ENTRY: lambda _: None,
    EffectKind.RECALL: lambda asking: RecallOutcome(answer=asking.random.choice(list(RecallAnswer))),
    EffectKind.ASK_WAREHOUSE: _asked_warehouse,
    EffectKind.ASK_CARRIER: _asked_carrier,
    EffectKind.ASK_PAYER: _asked_payer,
    EffectKind.ASK_PURCHASING: lambda asking: Answer(reason="sold out", promised_at=asking.soon()),
    EffectKind.CHOOSE_CARRIER: lambda asking: CarrierOutcome(choice=_choice(asking)),
    EffectKind.REQUEST_TRANSFER: _transfer,
    EffectKind.CALL_OFF_TRANSFER: lambda _: CallOffOutcome(called_off=False),
    EffectKind.BOOK_TRANSFER: _booked,
    **{
        kind: lambda asking: CarrierSaid(accepted=False, reason=asking.random.choice([*Cause, "no"]))
        for kind in (EffectKind.INTERCEPT, EffectKind.PRIORITY, EffectKind.REDELIVERY, EffectKind.CLAIM)
    },
}
"""What else a party may answer; whoever is not here always does what it is asked."""
