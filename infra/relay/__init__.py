"""The relay (architecture §3): brings facts to their orders, starts orders at a pace, and sends the outbox."""

from infra.relay.connectors import Connectors
from infra.relay.relay import Relay

__all__ = ["Connectors", "Relay"]
