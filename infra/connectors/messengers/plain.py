"""A messenger that speaks our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass

from infra.connectors.messaging import Message, MessengerUnreachable, ReceiverRefused
from infra.connectors.plain_protocol import PlainClient, PlainLine


@dataclass(frozen=True)
class PlainMessenger:
    """The messenger behind ``client``, at ``prefix``."""

    client: PlainClient
    prefix: str = "/messenger"

    @property
    def _line(self) -> PlainLine:
        return PlainLine(self.client, self.prefix, MessengerUnreachable, ReceiverRefused)

    async def send(self, key: str, message: Message) -> str:
        """Send the text."""
        return str((await self._line.write("/messages", key, message.model_dump(mode="json")))["reference"])
