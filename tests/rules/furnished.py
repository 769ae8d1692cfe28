"""What may happen in any room: parties answer or give up, parcels move, people do what they may (M2)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.carrier_orders import CarrierSaid
from domain.effects import EffectKind, ReserveOutcome
from domain.facts import Fact, Moved
from domain.holds import EffectState
from domain.inside import Outcome
from domain.manual.fitting import resolvable
from domain.order import Order
from domain.packages import PackageState
from domain.policy import CaseKind
from domain.recall_effects import RecallAnswer, RecallOutcome
from domain.shipments import Package
from tests.rules.happenings import Told
from tests.rules.model import Event
from tests.rules.story import parked, running, the_party_does_it

NAMES = {
    EffectKind.AUDIT: "audit_answered",
    EffectKind.RELEASE: "released",
    EffectKind.RECALL: "recalled",
    EffectKind.REFUND: "undone",
    EffectKind.RELEASE_STOCK: "undone",
    EffectKind.CANCEL_ENTRY: "undone",
}
"""What an answer is called in the table; every other is only an answer."""


def yes_or_no(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """A carrier does what it is asked, or does not."""
    del order, effect
    for accepted in (True, False):
        yield CarrierSaid(accepted=accepted), 0


def there_or_short(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """Somebody has the goods, or nobody."""
    outcome = the_party_does_it(order, effect)
    assert outcome is not None
    yield outcome, 0
    yield ReserveOutcome(short=tuple(Moved(**part) for part in effect.request["lines"])), 1


def stops_or_not(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """A warehouse stops the goods, or cannot, or has not begun."""
    del order, effect
    for said in RecallAnswer:
        yield RecallOutcome(answer=said), 0


def done_or_not(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """The party does it, or says nothing for a while."""
    outcome = the_party_does_it(order, effect)
    assert outcome is not None
    yield outcome, 0
    yield outcome, NEVER


NEVER = 99
"""So odd that it never happens; where it could, the other way is not taken as a matter of course."""


def answered(tell: Told) -> Iterator[Event]:
    """Whoever was asked answers in each way it may, or gives up once."""
    room = tell.room
    assert room is not None
    for effect in running(tell.order):
        name = NAMES.get(EffectKind(effect.kind), "answered")
        for outcome, odd in room.answers(tell.order, effect):
            yield tell.done(name, effect, outcome, odd)
        if effect.tries == 1:
            yield Event("parked", (parked(effect, tell.now),), 1, effect.kind)


Moves = dict[PackageState, int]
HOMEWARDS: Moves = {PackageState.IN_TRANSIT: 1, PackageState.DELIVERED: 0}


def scanned(tell: Told, moves: Moves) -> Iterator[Event]:
    """Each parcel under way is seen in each of these states, so odd."""
    for package in tell.order.packages:
        if not package.out or package.voided_at or package.final:
            continue
        for state, odd in moves.items():
            if state is not package.state:
                comes = (package.state, state) == (PackageState.RETURNING, PackageState.RETURNED_TO_SENDER)
                yield Event(
                    "carrier_scan", (_scan(tell, package, state),), 0 if comes else odd, f"{package.id} {state}"
                )


def _scan(tell: Told, package: Package, state: PackageState) -> Fact:
    return tell.fact("carrier_scan", package=package.id, state=state)


def sent(tell: Told, odd: int = 0) -> Iterator[Event]:
    """What the warehouse has leaves, with its number."""
    for shipment in tell.order.live_shipments:
        if shipment.released_at and shipment.outbound_at is None and shipment.lines and not shipment.called_off_at:
            here = {"shipment": shipment.number, "package": str(shipment.number), "carrier": "YTO"}
            number = f"SF{shipment.number}"
            left = tell.fact("outbound", **here, tracking_number=number)
            yield Event("outbound", (left, tell.fact("tracking_accepted", tracking_number=number)), odd)


def settled(tell: Told, outcomes: dict[CaseKind, tuple[str, ...]] | None = None) -> Iterator[Event]:
    """Somebody resolves what may be resolved."""
    for case in resolvable(tell.order):
        for outcome in (outcomes or {}).get(case.kind, ("REFUNDED",)):
            yield from tell.ask("resolve_case", case=case.no, outcome=outcome)


def taken_in_hand(tell: Told, result: str = "") -> Iterator[Event]:
    """Somebody leaves a step out, or does it by hand; what gave up is tried again."""
    for step in tell.order.open_steps:
        yield from tell.ask("skip_step", 1, step=step.key, reason="n")
        if result:
            yield from tell.ask("report_step", 1, step=step.key, result=result)
    for effect in tell.order.parked:
        yield from tell.ask("retry_step", step=effect.key)


def let_go(tell: Told) -> Iterator[Event]:
    """Somebody releases what may be released."""
    for hold in tell.order.open_holds:
        yield from tell.ask("release_hold", hold=hold.id, note="n")


def completed(tell: Told) -> Iterator[Event]:
    """Somebody completes it."""
    yield from tell.ask("confirm_completion")


def money(tell: Told) -> Iterator[Event]:
    """What is due is paid, also what a change makes due."""
    payment = tell.order.payment
    owed = payment.due - payment.captured("CNY")
    if payment.needed and owed > 0 and len(payment.receipts) < 2:
        paid = tell.fact("paid", payment_no=f"p{len(payment.receipts)}", amount=owed, currency="CNY")
        yield Event("paid", (paid,))
