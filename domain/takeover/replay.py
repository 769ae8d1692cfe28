"""The order of a running shop as it is when it is taken over (M19, AC-72).

Its history goes through the same ``after`` as any order's news, so its stage is computed and its clocks are judged by
their original times. What the desk would have said then is marked as said; nothing of it is sent.
"""

from __future__ import annotations

from datetime import datetime

from domain.effects import Done, EffectKind
from domain.facts import ChannelClosed, Confirmed, Fact, StockArrived
from domain.holds import EffectState
from domain.inside import Asked, EffectParked, LossSettledBefore, PlannedBefore, RefundedBefore, StockMissing
from domain.manual import ending, shipping
from domain.manual.turn import Turn
from domain.order import Order
from domain.order_input import OrderInput
from domain.recording import Entry
from domain.requests import RejectAudit
from domain.stage import Stage
from domain.takeover.checks import Contradiction
from domain.takeover.facts import SOURCE, done, fact, facts_of
from domain.takeover.filling import Filled
from domain.takeover.goods import Found, allocated
from domain.takeover.history import History
from domain.taking.after import after
from domain.taking.opening import open_order
from domain.taking.trail import entry_of
from domain.value import Moment, Value

UNSAID = (PlannedBefore, RefundedBefore, LossSettledBefore, StockMissing, StockArrived, Confirmed)
"""Facts that are no line of the timeline by themselves."""
REFUND_OPEN = "it was ended in the system before, and no refund is told: look there first, then retry to pay it back"


class Takeover(Value):
    """When it happens, what the books had for the order, and the warehouse of whatever names none."""

    at: Moment
    found: Found = Found()
    house: str = ""


class TakenOver(Value):
    """The order, its timeline until now, what was taken for granted, and what cannot be."""

    order: Order
    entries: tuple[Entry, ...] = ()
    assumed: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()


def take_over(given: OrderInput, past: Filled, takeover: Takeover) -> TakenOver:
    """Replay the history. ``given`` is the order as it was placed, ``past`` its history without gaps."""
    tape = _Tape(open_order(given).having(taken_over_at=takeover.at), takeover.at)
    history = past.history
    for news in facts_of(tape.order, history, allocated(given.content, history, takeover.found, takeover.house)):
        tape.hears(news)
    if history.completed_at:
        _complete(tape, history.completed_at)
    elif history.ended_at:
        _end(tape, past)
    else:
        _go_on(tape, history, takeover)
    if not tape.order.final:
        tape.order = _silenced(tape.order, takeover.at)
    tape.notes("taken_over", "taken_over", takeover.at, stage=tape.order.stage, assumed=", ".join(past.assumed))
    return TakenOver(
        order=tape.order, entries=tuple(tape.entries), assumed=past.assumed, contradictions=_wrong(tape.order, past)
    )


class _Tape:
    """The order while its history is replayed, and the timeline that this makes."""

    def __init__(self, order: Order, at: datetime) -> None:
        self.order = order
        self.entries: list[Entry] = []
        self._at = at

    def hears(self, news: Fact) -> None:
        """Take a fact in, and keep its line: it happened then, and was recorded at the takeover."""
        self.order = after(self.order, news)
        if not isinstance(news, UNSAID):
            self.entries.append(entry_of(news, self.order).having(recorded_at=self._at))

    def notes(self, mark: str, code: str, at: datetime, **params: str) -> None:
        """Write a line of our own."""
        said = {name: value for name, value in params.items() if value}
        key = f"{self.order.number}/{mark}"
        self.entries.append(
            Entry(key=key, code=code, at=at, recorded_at=self._at, source=SOURCE, params=said),
        )


def _go_on(tape: _Tape, history: History, takeover: Takeover) -> None:
    """A stock gate that was closed opens again for what the books lack; one that was open is tried once it goes on."""
    order = tape.order
    if history.stock_confirmed_at and takeover.found.missing:
        tape.hears(fact(StockMissing, "missing", takeover.at, lines=takeover.found.missing))
    elif history.audited_at and not history.stock_confirmed_at and order.lines:
        tape.hears(fact(StockArrived, "stock", takeover.at, sku=order.lines[0].sku or SOURCE))


def _complete(tape: _Tape, at: datetime) -> None:
    """Completed then, if nothing stands against it."""
    tape.hears(fact(Confirmed, "completed", at))
    turn = Turn(tape.order, at)
    ending.complete(turn)
    tape.order = turn.order
    if tape.order.completed_at:
        tape.notes("completed", "stage_reached", at, stage=tape.order.stage)


def _end(tape: _Tape, past: Filled) -> None:
    """Called off then; what was to be undone is done, but for money of which nobody says that it went back."""
    history = past.history
    at = history.cancelled_at or history.rejected_at
    if at is None:
        return
    reason = history.reason or SOURCE
    if history.rejected_at:
        ask = RejectAudit(request_id=SOURCE, actor=SOURCE, reason=reason)
        tape.hears(fact(Asked, "rejected", at, ask=ask))
    else:
        tape.hears(fact(ChannelClosed, "cancelled", at, reason=reason))
    turn = Turn(tape.order, at)
    ending.undo(turn)
    tape.order = turn.order
    for effect in tape.order.running:
        tape.hears(_refund_open(effect, at) if effect.kind == EffectKind.REFUND else _undone(tape.order, effect, at))


def _undone(order: Order, effect: EffectState, at: datetime) -> Fact:
    return done(order, EffectKind(effect.kind), effect.cause, at, Done())


def _refund_open(effect: EffectState, at: datetime) -> Fact:
    """Money of the past does not leave by itself: a person looks whether it went back."""
    return fact(
        EffectParked,
        f"parked/{effect.cause}",
        at,
        effect=EffectKind(effect.kind),
        key=effect.key,
        code="TAKEN_OVER",
        text=REFUND_OPEN,
    )


def _silenced(order: Order, at: datetime) -> Order:
    """The order with everything said that its state would have said by now; live parcels are still to be heard of."""
    turn = Turn(order, at)
    shipping.packages(turn)
    shipping.packages(turn)  # of one parcel of several the number is said a turn after its departure
    shipping.status(turn)
    said = set(turn.order.said) - set(_still_to_say(order))
    if order.entered:
        said.add("message/ORDER_CONFIRMED/order")
    fired = (*turn.order.fired, f"stage/{order.stage}/{order.version}")
    return order.having(said=tuple(sorted(said)), fired=fired)


def _still_to_say(order: Order) -> list[str]:
    """Who wants scans has to ask for them here; a number that the channel has not taken is still owed to it."""
    live = [package for package in order.packages if not package.final]
    asked = [f"subscribe/{package.id}/{package.tracking_number}" for package in live]
    owed = [package for package in live if package.accepted_at is None]
    return asked + [f"push_tracking/{package.id}/{package.tracking_number}" for package in owed]


def _wrong(order: Order, past: Filled) -> tuple[Contradiction, ...]:
    """What only the replay shows: an end that the history does not carry."""
    if past.history.completed_at is None or order.stage is Stage.COMPLETED:
        return ()
    lacking = [line.line for line in order.lines if line.to_ship]
    if lacking:
        reason = f"Units of line {', '.join(lacking)} never left; say which package took them"
    elif order.payment.mismatch:
        reason = f"Paid was not what is due, {order.payment.due}; say every payment, or leave payments out"
    else:
        reason = f"By its parcels it is {order.stage}; say how each of them ended"
    return (Contradiction(path="history.completed_at", code="not_completed", reason=reason),)
