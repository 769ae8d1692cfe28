"""A return: goods that come back for money or for other goods, as one value (§4.7 →Ret, EC-50, EC-65, SR-149).

Where it stands is read from what happened to it, never set. Receipt, inspection, restock and refund are separate steps.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.effects import EffectKind, effect_key
from domain.facts import Identity, Quantity
from domain.return_policy import ReturnPolicy
from domain.value import Moment, Value

NOT_CAPTURED = "NOT_CAPTURED"
"""Why a refund waits for finance: the books have not so much of the buyer's money, such as after cash on delivery."""


class ReturnKind(StrEnum):
    """What the customer gets for what comes back."""

    REFUND = "refund"
    EXCHANGE = "exchange"


class ReturnReason(StrEnum):
    """Why goods come back; it says what of them is accepted at the inspection."""

    NO_REASON = "NO_REASON"
    QUALITY = "QUALITY"
    WRONG_GOODS = "WRONG_GOODS"


class ReturnState(StrEnum):
    """How far a return has come."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    IN_TRANSIT = "IN_TRANSIT"
    RECEIVED = "RECEIVED"
    INSPECTED = "INSPECTED"
    RESTOCKED = "RESTOCKED"
    REFUNDED = "REFUNDED"
    EXCHANGED = "EXCHANGED"
    CLOSED = "CLOSED"


class Held(StrEnum):
    """What became of the goods that an exchange keeps for the customer."""

    NOT_YET = ""
    KEPT = "kept"
    SHORT = "short"
    GIVEN_BACK = "given_back"


class ReturnLine(Value):
    """Units of an order line that come back; ``worth`` is what the buyer paid for all of them, in minor units."""

    line: str
    sku: str
    quantity: Quantity
    worth: int = 0
    exchange_sku: str = ""


class InspectedLine(Value):
    """What the warehouse found of one line: in good order, damaged, or other goods than were sent."""

    line: Identity
    good: Annotated[int, Field(ge=0, lt=2**31)] = 0
    damaged: Annotated[int, Field(ge=0, lt=2**31)] = 0
    other: Annotated[int, Field(ge=0, lt=2**31)] = 0


class Payback(Value):
    """Money that goes back: for accepted ``goods``, or what a dispute was ``settled`` for.

    ``granted`` is what the books had left of the buyer's payments; what they did not have, finance sees to by hand.
    """

    cause: str
    amount: int
    needs_finance: bool = False
    finance_by: str = ""
    granted: int | None = None
    asked_again_at: Moment | None = None
    paid_at: Moment | None = None
    reference: str = ""
    trouble: str = ""
    by_hand: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing of it is left to do."""
        return self.by_hand or (self.paid_at is not None and not self.trouble)


class Return(Value):
    """Everything that is known of one return. ``sequence`` counts what happened to it."""

    order_no: str
    tenant: str = "default"
    number: int
    kind: ReturnKind
    reason: ReturnReason = ReturnReason.NO_REASON
    lines: tuple[ReturnLine, ...]
    currency: str
    warehouse: str = ""
    policy: ReturnPolicy = ReturnPolicy()
    asked_at: Moment
    asked_by: str
    held: Held = Held.NOT_YET
    approved_at: Moment | None = None
    approved_by: str = ""
    refused_at: Moment | None = None
    refused_by: str = ""
    refusal: str = ""
    lapsed_at: Moment | None = None
    tracking_number: str = ""
    carrier: str = ""
    shipped_at: Moment | None = None
    scanned_at: Moment | None = None
    missed_at: Moment | None = None
    received_at: Moment | None = None
    inspection: tuple[InspectedLine, ...] = ()
    inspected_at: Moment | None = None
    inspected_by: str = ""
    restocked_at: Moment | None = None
    paybacks: tuple[Payback, ...] = ()
    settled_at: Moment | None = None
    settled_by: str = ""
    settled_for: bool = False
    new_order_no: str = ""
    closed_at: Moment | None = None
    asked: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    sequence: int = 0

    @property
    def id(self) -> str:
        """Its number beside its order's."""
        return return_id(self.order_no, self.number)

    @property
    def on_its_way_at(self) -> Moment | None:
        """Since when the goods are on their way, by whoever told first."""
        return min((at for at in (self.shipped_at, self.scanned_at) if at), default=None)

    @property
    def called_off(self) -> bool:
        """Whether it ended before anything came back."""
        return self.refused_at is not None or self.lapsed_at is not None

    @property
    def outcome(self) -> str:
        """How it ended, in a word of the catalogue; empty while it is open."""
        if self.closed_at is None:
            return ""
        if self.called_off:
            return "LAPSED" if self.lapsed_at else "REFUSED"
        if self.new_order_no:
            return "EXCHANGED"
        return "REFUNDED" if any(each.amount for each in self.paybacks) else "NOTHING_PAID"


def return_id(order_no: str, number: int) -> str:
    """A return's number; its workflow has the same under ``return/``."""
    return f"{order_no}/{number}"


def state_of(its: Return) -> ReturnState:
    """How far the return has come."""
    if its.closed_at:
        return ReturnState.CLOSED
    if its.called_off:
        return ReturnState.REFUSED
    if its.approved_at is None:
        return ReturnState.REQUESTED
    if its.restocked_at and its.kind is ReturnKind.EXCHANGE and its.new_order_no:
        return ReturnState.EXCHANGED
    if its.restocked_at and its.paybacks and all(each.over for each in its.paybacks):
        return ReturnState.REFUNDED
    reached = (
        (its.restocked_at, ReturnState.RESTOCKED),
        (its.inspected_at, ReturnState.INSPECTED),
        (its.received_at, ReturnState.RECEIVED),
        (its.on_its_way_at, ReturnState.IN_TRANSIT),
        (its.approved_at, ReturnState.APPROVED),
    )
    return next((state for at, state in reached if at), ReturnState.REQUESTED)


# -- units and money -------------------------------------------------------------------------------------------------


def found_of(its: Return, line: str) -> InspectedLine:
    """What was found of a line; nothing before the inspection."""
    return next((each for each in its.inspection if each.line == line), InspectedLine(line=line))


def accepted(its: Return, line: ReturnLine) -> int:
    """Units that count as brought back: in good order; broken or wrong ones too where that is why they came back."""
    found = found_of(its, line.line)
    units = found.good
    if its.reason is ReturnReason.QUALITY:
        units += found.damaged
    if its.reason is ReturnReason.WRONG_GOODS:
        units += found.damaged + found.other
    return min(units, line.quantity)


def disputed(its: Return) -> int:
    """Units that were asked about and not accepted at the inspection."""
    return sum(line.quantity - accepted(its, line) for line in its.lines) if its.inspected_at else 0


def worth_of(its: Return, units: dict[str, int]) -> int:
    """What the buyer paid for so many units of each line, rounded down; all of a line are worth all of it."""
    return sum(line.worth * units.get(line.line, 0) // line.quantity for line in its.lines)


def due(its: Return) -> int:
    """What is to be paid back for the goods that were accepted; an exchange pays in goods."""
    if its.kind is ReturnKind.EXCHANGE:
        return 0
    return worth_of(its, {line.line: accepted(its, line) for line in its.lines})


def worth_disputed(its: Return) -> int:
    """The most that a dispute can be settled for; of an exchange that sent nothing yet, all that the goods cost."""
    whole = sum(line.worth for line in its.lines)
    if its.kind is ReturnKind.EXCHANGE and not its.new_order_no:
        return whole
    return whole - worth_of(its, {line.line: accepted(its, line) for line in its.lines})


def refund_key(its: Return, cause: str) -> str:
    """The business key of a refund of this return: one for its goods, one for what its dispute was settled for."""
    tail = f"return/{its.number}" if cause == "goods" else f"return/{its.number}/{cause}"
    return effect_key(its.order_no, EffectKind.REFUND, tail)


# -- what the departments are asked ----------------------------------------------------------------------------------


class ReturnInput(Value):
    """What a ``ReturnWorkflow`` starts with: the return as it was asked for."""

    given: Return
