"""An invoicing party that speaks our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass

from infra.connectors.invoicing import InvoiceRefused, InvoicerUnreachable, InvoiceWish
from infra.connectors.plain_protocol import PlainClient, PlainLine


@dataclass(frozen=True)
class PlainInvoicer:
    """The invoicing party behind ``client``, at ``prefix``."""

    client: PlainClient
    prefix: str = "/invoicing"

    async def issue(self, key: str, wish: InvoiceWish) -> str:
        """Issue it."""
        line = PlainLine(self.client, self.prefix, InvoicerUnreachable, InvoiceRefused)
        return str((await line.write("/invoices", key, wish.model_dump(mode="json")))["reference"])
