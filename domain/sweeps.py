"""What the scheduled workflows are asked and what they report (SR-100…102); no personal data."""

from __future__ import annotations

from typing import Literal

from domain.value import Moment, Value


class PullRequest(Value):
    """Pull one channel's new and changed orders."""

    tenant: str = "default"
    channel: str


class PullReport(Value):
    """What a pull brought. ``over`` are orders that the channel had ended before we ever saw them."""

    channel: str
    since: Moment
    pages: int = 0
    seen: int = 0
    created: int = 0
    known: int = 0
    facts: int = 0
    over: int = 0
    unreadable: int = 0


class CollectionRequest(Value):
    """Take in every offline document whose slot has come."""


class CollectionReport(Value):
    """What a collection took in."""

    collected: int = 0
    known: int = 0
    refused: int = 0


class VolumeRequest(Value):
    """Compare the last slots' orders with the usual ones."""


class ReconcileRequest(Value):
    """Look for open orders whose workflow is gone."""


class ReconcileReport(Value):
    """How many orders are open in the books, and which of them have no workflow any more."""

    open: int = 0
    gone: tuple[str, ...] = ()


class PollRequest(Value):
    """Ask the carriers for the parcels that are due."""


class PollReport(Value):
    """What a poll brought: parcels asked for, scans that nobody had told, numbers that their carrier does not know.

    ``silent`` are the carriers that did not answer; their parcels are asked for again by the next run.
    """

    due: int = 0
    asked: int = 0
    news: int = 0
    unknown: int = 0
    silent: tuple[str, ...] = ()


class VolumeReport(Value):
    """The last full slot of 15 minutes: its orders, the usual number, and what is suggested."""

    slot: Moment
    orders: int
    usual: float
    suggestion: Literal["enter", "leave", ""] = ""
