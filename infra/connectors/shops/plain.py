"""A sales channel that speaks our plain JSON protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from infra.connectors.channel import (
    ChannelAnswer,
    ChannelRefused,
    ChannelUnreachable,
    OfferedOrder,
    OrderPage,
    RefundAnswer,
    StatusPush,
    TrackingPush,
)
from infra.connectors.plain_protocol import PlainClient, PlainLine


@dataclass(frozen=True)
class PlainShop:
    """The channel behind ``client``, at ``prefix``."""

    client: PlainClient
    prefix: str = "/shop"

    @property
    def _line(self) -> PlainLine:
        return PlainLine(self.client, self.prefix, ChannelUnreachable, ChannelRefused)

    async def push_tracking(self, key: str, push: TrackingPush) -> ChannelAnswer:
        """Upload a tracking number."""
        return ChannelAnswer.model_validate(
            await self._line.write("/tracking_numbers", key, push.model_dump(mode="json"))
        )

    async def push_status(self, key: str, push: StatusPush) -> ChannelAnswer:
        """Tell the channel where the order is."""
        return ChannelAnswer.model_validate(await self._line.write("/states", key, push.model_dump(mode="json")))

    async def answer_refund(self, key: str, answer: RefundAnswer) -> ChannelAnswer:
        """Answer a refund application."""
        body = answer.model_dump(mode="json")
        return ChannelAnswer.model_validate(await self._line.write("/refund_answers", key, body))


@dataclass(frozen=True)
class PlainOrderSource:
    """The orders of the channels behind ``client``: ``GET /orders?channel=&updated_after=&cursor=&limit=``."""

    client: PlainClient
    prefix: str = "/channel"
    limit: int = 100

    async def pull(self, channel: str, since: datetime, after: str | None) -> OrderPage:
        """A page of the orders that changed since."""
        line = PlainLine(self.client, self.prefix, ChannelUnreachable, ChannelRefused)
        asked = {"channel": channel, "updated_after": since.isoformat(), "limit": str(self.limit)}
        answer = await line.read("/orders", {**asked, **({"cursor": after} if after else {})})
        if answer is None or not isinstance(answer.get("orders"), list):
            raise ChannelUnreachable(f"the channel answered no list of orders of {channel}")
        read = [_offered(given) for given in answer["orders"]]
        return OrderPage(
            orders=tuple(one for one in read if isinstance(one, OfferedOrder)),
            odd=tuple(one for one in read if isinstance(one, str)),
            after=answer.get("next"),
        )


def _offered(given: Any) -> OfferedOrder | str:
    """One order, or only its id where the rest cannot be read."""
    try:
        return OfferedOrder.model_validate(given)
    except ValidationError:
        return str(given.get("external_id", "")) if isinstance(given, Mapping) else ""
