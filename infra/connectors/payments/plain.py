"""A payment gateway that speaks our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from domain.inquiries import PayerAnswer
from infra.connectors.payment import GatewayUnreachable, Refund, RefundRefused
from infra.connectors.plain_protocol import PlainClient, PlainLine
from infra.connectors.reference import OrderReference


@dataclass(frozen=True)
class PlainGateway:
    """The gateway behind ``client``, at ``prefix``."""

    client: PlainClient
    prefix: str = "/payments"

    @property
    def _line(self) -> PlainLine:
        return PlainLine(self.client, self.prefix, GatewayUnreachable, RefundRefused)

    async def query(self, order: OrderReference) -> PayerAnswer:
        """Every payment the gateway has for the order."""
        found = await self._line.read("/receipts", {"channel": order.channel, "external_id": order.external_id})
        try:
            return PayerAnswer.model_validate(found or {})
        except ValidationError as unknown:
            raise GatewayUnreachable(f"{self.prefix}/receipts: an answer in words we do not know") from unknown

    async def refund(self, key: str, refund: Refund) -> str:
        """Pay back."""
        return str((await self._line.write("/refunds", key, refund.model_dump(mode="json")))["reference"])
