"""The sales channel: takes tracking numbers and order states (二(一)2, SR-022; 出库后上传物流单号, SR-121)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from domain.pulled import ChannelState
from domain.value import Moment, Value
from infra.connectors.reference import OrderReference


class ChannelUnreachable(Exception):
    """Ours to retry: the channel did not answer, or not in words we know."""


class ChannelRefused(Exception):
    """The operator's to correct: the channel will never take this push (unknown order, malformed push)."""


class TrackingPush(Value):
    """One package's tracking number, for the channel's customer page."""

    order: OrderReference
    package: str
    tracking_number: str
    carrier: str = ""


class StatusPush(Value):
    """The order's state in the words of our catalogue (READY_TO_SHIP, SHIPPED …); never COMPLETED to a channel."""

    order: OrderReference
    status: str


class RefundAnswer(Value):
    """Our answer to a buyer's refund application; a refusal shows the numbers under which the goods left."""

    order: OrderReference
    application: str
    verdict: str
    reason: str = ""
    tracking_numbers: tuple[str, ...] = ()


class ChannelAnswer(Value):
    """Whether the channel took the push; ``reason`` is its own word where it did not.

    A refusal wrote nothing: the same key may be pushed again later.
    """

    accepted: bool
    reason: str = ""


class Channel(Protocol):
    """A sales channel. Each push may be asked again under the same key."""

    async def push_tracking(self, key: str, push: TrackingPush) -> ChannelAnswer:
        """Upload a tracking number; the answer becomes the fact tracking_accepted or tracking_refused."""
        ...

    async def push_status(self, key: str, push: StatusPush) -> ChannelAnswer:
        """Tell the channel where the order is."""
        ...

    async def answer_refund(self, key: str, answer: RefundAnswer) -> ChannelAnswer:
        """Agree to a buyer's refund application, or refuse it."""
        ...


class OfferedOrder(Value):
    """An order as its channel has it now: ``content`` in the shape in which orders are posted to us."""

    external_id: str
    updated_at: Moment
    content: Mapping[str, Any]
    state: ChannelState = ChannelState()


class OrderPage(Value):
    """Some of a channel's orders, by the time of their last change; ``after`` asks for the next page, if there is one.

    ``odd`` are the ids of orders that came in no shape we know.
    """

    orders: tuple[OfferedOrder, ...] = ()
    odd: tuple[str, ...] = ()
    after: str | None = None


class OrderSource(Protocol):
    """A sales channel whose orders are pulled (SR-100)."""

    async def pull(self, channel: str, since: datetime, after: str | None) -> OrderPage:
        """The orders that changed at ``since`` or later, oldest change first, a page at a time.

        Raises:
            ChannelUnreachable: it did not answer; ask again.
            ChannelRefused: it will not answer this.
        """
        ...
