"""The messenger: brings one text of the catalogue to one customer (SR-035, SR-055, §4.13)."""

from __future__ import annotations

from typing import Protocol

from domain.value import Value
from infra.connectors.reference import OrderReference


class MessengerUnreachable(Exception):
    """Ours to retry: the messenger did not answer, or not in words we know."""


class ReceiverRefused(Exception):
    """The operator's to correct: the messenger cannot reach this receiver, now or ever."""


class Message(Value):
    """One text for one customer. ``receiver`` is a phone number or the channel's token: personal data."""

    order: OrderReference
    template: str
    receiver: str
    text: str


class Messenger(Protocol):
    """A messenger. A message may be asked again under the same key and reaches the customer once."""

    async def send(self, key: str, message: Message) -> str:
        """Send; answers the messenger's number for it. ReceiverRefused where it never will arrive."""
        ...
