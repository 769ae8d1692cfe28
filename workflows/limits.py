"""Retry and time limits, one row a step (temporal.md §5.4). A step names its row; nobody writes a limit elsewhere."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TypedDict

from temporalio.common import RetryPolicy

from domain.backlog import Overdue
from domain.carrier_effects import CarrierOutcome
from domain.carrier_orders import CarrierSaid
from domain.coupon_effects import CouponIssued
from domain.effects import AuditOutcome, Done, EffectKind, ReserveOutcome
from domain.entry_effects import EnterOutcome
from domain.holds import EffectState
from domain.inquiries import Answer, CarrierAnswer, PayerAnswer
from domain.recall_effects import RecallOutcome
from domain.transfer_effects import BookTransferOutcome, CallOffOutcome, TransferOutcome


class Limits(TypedDict):
    """What an activity may take. Retries have no end; a person sees the attempts and the last error."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


def _limits(seconds: int, first: float, longest: timedelta) -> Limits:
    return Limits(
        start_to_close_timeout=timedelta(seconds=seconds),
        retry_policy=RetryPolicy(
            initial_interval=timedelta(seconds=first), backoff_coefficient=2, maximum_interval=longest
        ),
    )


def _at_once(seconds: int) -> Limits:
    return Limits(start_to_close_timeout=timedelta(seconds=seconds), retry_policy=RetryPolicy(maximum_attempts=1))


ONCE = _at_once(3)
"""A short database step inside the workflow task; what it cannot do in one attempt a regular activity does."""
PROMPT = _at_once(1)
"""The same at a party that answers promptly; a slow one must not hold up the order's other messages."""
OURS = _limits(10, 0.2, timedelta(seconds=30))
STOCK = _limits(10, 1, timedelta(minutes=1))
PARTY = _limits(20, 1, timedelta(minutes=5))
CARRIER = _limits(15, 5, timedelta(minutes=5))
RECALL = _limits(15, 1, timedelta(minutes=1))

LIMITS: dict[EffectKind, Limits] = {
    EffectKind.AUDIT: OURS,
    EffectKind.RESERVE: STOCK,
    EffectKind.RELEASE_STOCK: STOCK,
    EffectKind.ENTER: PARTY,
    EffectKind.CANCEL_ENTRY: PARTY,
    EffectKind.RELEASE: PARTY,
    EffectKind.ASK_WAREHOUSE: PARTY,
    EffectKind.ASK_CARRIER: CARRIER,
    EffectKind.ASK_PAYER: PARTY,
    EffectKind.REFUND: PARTY,
    EffectKind.CHOOSE_CARRIER: OURS,
    EffectKind.READ_ENTRY: PARTY,
    EffectKind.ISSUE_COUPON: PARTY,
    EffectKind.RECALL: RECALL,
    EffectKind.INTERCEPT: CARRIER,
    EffectKind.PRIORITY: CARRIER,
    EffectKind.REDELIVERY: CARRIER,
    EffectKind.REQUEST_TRANSFER: PARTY,
    EffectKind.CALL_OFF_TRANSFER: PARTY,
    EffectKind.BOOK_TRANSFER: STOCK,
    EffectKind.ASK_PURCHASING: PARTY,
    EffectKind.CLAIM: PARTY,
    EffectKind.COUNT_OVERDUE: OURS,
}
OUTCOMES: dict[EffectKind, type] = {
    EffectKind.AUDIT: AuditOutcome,
    EffectKind.RESERVE: ReserveOutcome,
    EffectKind.RELEASE_STOCK: Done,
    EffectKind.ENTER: EnterOutcome,
    EffectKind.CANCEL_ENTRY: Done,
    EffectKind.RELEASE: Done,
    EffectKind.ASK_WAREHOUSE: Answer,
    EffectKind.ASK_CARRIER: CarrierAnswer,
    EffectKind.ASK_PAYER: PayerAnswer,
    EffectKind.REFUND: Done,
    EffectKind.CHOOSE_CARRIER: CarrierOutcome,
    EffectKind.READ_ENTRY: EnterOutcome,
    EffectKind.ISSUE_COUPON: CouponIssued,
    EffectKind.RECALL: RecallOutcome,
    EffectKind.INTERCEPT: CarrierSaid,
    EffectKind.PRIORITY: CarrierSaid,
    EffectKind.REDELIVERY: CarrierSaid,
    EffectKind.REQUEST_TRANSFER: TransferOutcome,
    EffectKind.CALL_OFF_TRANSFER: CallOffOutcome,
    EffectKind.BOOK_TRANSFER: BookTransferOutcome,
    EffectKind.ASK_PURCHASING: Answer,
    EffectKind.CLAIM: CarrierSaid,
    EffectKind.COUNT_OVERDUE: Overdue,
}
"""What each effect answers."""
SHORT: dict[EffectKind, Limits] = {
    EffectKind.AUDIT: ONCE,
    EffectKind.RESERVE: ONCE,
    EffectKind.RELEASE_STOCK: ONCE,
    EffectKind.ENTER: PROMPT,
    EffectKind.RELEASE: PROMPT,
}
"""Effects of every order: tried once inside the workflow task, then as a regular activity (ADR 9)."""
LONGEST_ID = 255
"""Bytes of an activity's id that every Temporal server takes."""


def activity_id(effect: EffectState) -> str:
    """The effect's key and try, as people find it in the UI; one that would be too long ends in a digest."""
    name = f"{effect.key}:{effect.tries}"
    if len(name.encode()) <= LONGEST_ID:
        return name
    digest = sha256(name.encode()).hexdigest()[:16]
    return f"{name.encode()[: LONGEST_ID - 17].decode(errors='ignore')}#{digest}"


class Sweep(Limits):
    """What a scheduled sweep may take: it reports that it lives, and gives up for its successor to go on."""

    heartbeat_timeout: timedelta


SWEEP = Sweep(
    start_to_close_timeout=timedelta(minutes=5),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=5),
        backoff_coefficient=2,
        maximum_interval=timedelta(minutes=1),
        maximum_attempts=5,
    ),
)
"""Scheduled sweeps (temporal.md §5.4): five attempts, then the next run."""
