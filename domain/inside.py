"""Facts from inside the house: a request that was accepted, and what an effect answered."""

from __future__ import annotations

from typing import Literal

from domain.backlog import Overdue
from domain.carrier_effects import CarrierOutcome
from domain.carrier_orders import CarrierSaid
from domain.change_requests import ChangeAnswer, ChangeKind
from domain.coupon_effects import CouponIssued
from domain.effects import AuditOutcome, Done, EffectKind, ReserveOutcome
from domain.entry_effects import EnterOutcome
from domain.facts import Fact, Moved
from domain.inquiries import Answer, CarrierAnswer, PayerAnswer
from domain.recall_effects import RecallOutcome
from domain.requests import AnyAsk
from domain.transfer_effects import BookTransferOutcome, CallOffOutcome, TransferOutcome
from domain.value import Value

Outcome = (
    AuditOutcome
    | ReserveOutcome
    | EnterOutcome
    | CarrierAnswer
    | PayerAnswer
    | CarrierOutcome
    | CouponIssued
    | RecallOutcome
    | CarrierSaid
    | TransferOutcome
    | CallOffOutcome
    | BookTransferOutcome
    | Overdue
    | Answer
    | Done
)


class Share(Value):
    """One shipment's number, warehouse and units."""

    shipment: int
    warehouse: str
    lines: tuple[Moved, ...]


class Asked(Fact):
    """A request was accepted; from now on it is a fact of the order.

    ``told_again``: the order would have refused it, so a Reset tells it to the next run, perhaps too early.
    """

    kind: Literal["asked"] = "asked"
    ask: AnyAsk
    told_again: bool = False


class PlannedBefore(Fact):
    """The shipments of an order that was taken over, as the system before had planned them."""

    kind: Literal["planned_before"] = "planned_before"
    shipments: tuple[Share, ...]


class RefundedBefore(Fact):
    """The system before paid money back."""

    kind: Literal["refunded_before"] = "refunded_before"
    amount: int


class LossSettledBefore(Fact):
    """The system before settled what became of a parcel that did not arrive."""

    kind: Literal["loss_settled_before"] = "loss_settled_before"
    package: str


class StockMissing(Fact):
    """The books hold less than the system before had promised: these units have to be found again."""

    kind: Literal["stock_missing"] = "stock_missing"
    lines: tuple[Moved, ...]


class ChangeRefused(Fact):
    """A change request that came as a signal was refused: ``answer`` is the matrix's, where it was asked at all."""

    kind: Literal["change_request_refused"] = "change_request_refused"
    request_id: str
    change: ChangeKind
    code: str
    reason: str
    answer: ChangeAnswer | None = None


class EffectDone(Fact):
    """An effect was done outside, with this outcome."""

    kind: Literal["effect_done"] = "effect_done"
    effect: EffectKind
    key: str
    cause: str
    outcome: Outcome


class EffectParked(Fact):
    """An effect cannot go on by itself: ``code`` and ``text`` say why, a person retries it."""

    kind: Literal["effect_parked"] = "effect_parked"
    effect: EffectKind
    key: str
    code: str
    text: str
