"""A sales channel that speaks our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass

from infra.connectors.channel import ChannelAnswer, ChannelRefused, ChannelUnreachable, StatusPush, TrackingPush
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
