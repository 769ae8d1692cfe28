"""The order's money: what is due, what came, what went back (order-model §4.1, edge cases 3, 5, 6).

Amounts are integers in minor units. ``due`` is what the buyer has to pay: total less what the platform pays.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cached_property

from domain.value import Moment, Value


class PaymentState(StrEnum):
    """Where the order's money is."""

    UNPAID = "unpaid"
    MISMATCH = "pending_verification"
    PAID = "paid"
    COD_PENDING = "cod_pending"
    COD_COLLECTED = "cod_collected"
    ON_CREDIT = "on_credit"
    REFUND_PENDING = "refund_pending"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class Receipt(Value):
    """Money that came."""

    payment_no: str
    amount: int
    currency: str
    at: Moment
    received_at: Moment
    source: str = ""


class Refunded(Value):
    """Money that went back, by the effect ``key``; asked for until ``done``. ``reference`` is the payer's, if told."""

    key: str
    amount: int
    currency: str
    done: bool = False
    reference: str = ""


class Remittance(Value):
    """What a carrier paid out of what it collected, under its own reference."""

    reference: str
    amount: int
    currency: str
    at: Moment


class Payment(Value):
    """All money of one order. ``receipts`` stand as they came; finance accepted the first ``accepted`` as too much.

    Once the gate is closed it stays closed: whatever comes later, or in another currency, is surplus and goes back.
    ``paid_for``: what was paid when a change of the order was written; ``given_back``: what was due and paid, and is
    not due any more, for it is paid back. ``first`` is the payment that closed the gate before more became due: the
    goods have been paid for since then. ``charges``: what of ``due`` is for changes, and no version's price says.
    """

    method: str
    currency: str
    due: int
    receipts: tuple[Receipt, ...] = ()
    refunds: tuple[Refunded, ...] = ()
    accepted: int = 0
    accepted_at: Moment | None = None
    remittances: tuple[Remittance, ...] = ()
    paid_for: int | None = None
    given_back: int = 0
    first: str = ""
    charges: int = 0

    @property
    def asked_for(self) -> int:
        """What has to come all in all: what is due, and what changes have taken off what was paid."""
        return self.due + self.given_back

    @property
    def remitted(self) -> int:
        """What carriers paid out of what they collected on delivery."""
        return sum(paid.amount for paid in self.remittances if paid.currency == self.currency)

    @property
    def needed(self) -> bool:
        """Whether the payment gate waits for money at all (not for cash on delivery, credit, or nothing due)."""
        return self.method == "prepaid" and self.due > 0

    def captured(self, currency: str) -> int:
        """What came in ``currency``."""
        return sum(receipt.amount for receipt in self.receipts if receipt.currency == currency)

    def refunded(self, currency: str, *, asked: bool = False) -> int:
        """What went back in ``currency``; with ``asked`` also what is on its way."""
        return sum(back.amount for back in self.refunds if back.currency == currency and (back.done or asked))

    def held(self, currency: str) -> int:
        """What we still hold in ``currency`` and nobody has asked back."""
        return self.captured(currency) - self.refunded(currency, asked=True)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency in which money came, the order's own first."""
        return tuple(dict.fromkeys((self.currency, *(receipt.currency for receipt in self.receipts))))

    @property
    def settled(self) -> bool:
        """Everything that came has gone back."""
        return all(self.captured(currency) == self.refunded(currency) for currency in self.currencies)

    @property
    def refund_running(self) -> bool:
        """Whether a refund is asked for and not yet done."""
        return any(not back.done for back in self.refunds)

    @cached_property
    def paying(self) -> int | None:
        """With how many receipts it was paid: what had come was just what is due, or was accepted as too much."""
        total = 0
        for count, receipt in enumerate((None, *self.receipts)):
            total += receipt.amount if receipt and receipt.currency == self.currency else 0
            if total == self.asked_for or (count == self.accepted and total > self.asked_for):
                return count
        return None

    @cached_property
    def settling(self) -> tuple[Receipt, ...]:
        """The receipts that paid the order."""
        return tuple(receipt for receipt in self.receipts[: self.paying or 0] if receipt.currency == self.currency)

    @property
    def surplus(self) -> tuple[Receipt, ...]:
        """Money that came beside what paid the order (edge case 6)."""
        settling = self.settling
        beside = (receipt for receipt in self.receipts if receipt.amount and receipt not in settling)
        return tuple(beside) if self.paying is not None else ()

    @property
    def surplus_open(self) -> bool:
        """Whether surplus money has not gone back yet."""
        gone = {back.key.partition("/refund/")[2] for back in self.refunds if back.done}
        return any(f"surplus/{receipt.payment_no}" not in gone for receipt in self.surplus)

    @property
    def excess(self) -> int:
        """What was accepted beyond what is due."""
        return sum(receipt.amount for receipt in self.settling) - self.asked_for if self.paying else 0

    @property
    def mismatch(self) -> bool:
        """Money came, and it is not what is due (edge case 5)."""
        return bool(self.receipts) and self.paying is None

    @cached_property
    def confirming(self) -> Receipt | None:
        """The receipt that closed the payment gate."""
        if not self.needed:
            return None
        if self.first:
            return next((receipt for receipt in self.receipts if receipt.payment_no == self.first), None)
        return max(self.settling, key=lambda receipt: (receipt.at, receipt.payment_no), default=None)

    @property
    def confirmed_at(self) -> datetime | None:
        """When the payment gate closed; None while it is open and where it needs no payment."""
        receipt = self.confirming
        if receipt is None:
            return None
        return max(receipt.at, self.accepted_at) if self.excess and self.accepted_at else receipt.at

    @property
    def gate_closed(self) -> bool:
        """Whether nothing about the money keeps the goods back."""
        return not self.mismatch and (not self.needed or self.confirming is not None)

    @property
    def state(self) -> PaymentState:
        """The one word for lists."""
        if self.refund_running:
            return PaymentState.REFUND_PENDING
        if self.refunds:
            return PaymentState.REFUNDED if self.settled else PaymentState.PARTIALLY_REFUNDED
        if self.mismatch:
            return PaymentState.MISMATCH
        if self.receipts:
            return PaymentState.PAID
        if self.method == "cod" and self.remittances and self.remitted == self.due:
            return PaymentState.COD_COLLECTED
        waived = {"cod": PaymentState.COD_PENDING, "credit": PaymentState.ON_CREDIT}
        return waived.get(self.method, PaymentState.PAID if self.due == 0 else PaymentState.UNPAID)
