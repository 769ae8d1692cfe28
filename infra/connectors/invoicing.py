"""Whoever issues invoices: the tax platform, or the ERP in its name (SR-149)."""

from __future__ import annotations

from typing import Protocol

from domain.value import Value
from infra.connectors.reference import OrderReference


class InvoicerUnreachable(Exception):
    """Ours to retry: the invoicing party did not answer, or not in words we know."""


class InvoiceRefused(Exception):
    """Finance's to settle: the invoicing party will never issue this, and says why."""


class InvoiceWish(Value):
    """An invoice, or a red letter that takes ``red_of`` back; minor units. Title and tax id are personal data."""

    order: OrderReference
    kind: str
    amount: int
    currency: str
    title: str = ""
    tax_id: str = ""
    red_of: str = ""
    confirmation_no: str = ""


class Invoicer(Protocol):
    """An invoicing party. A wish may be sent again under the same key and is issued once."""

    async def issue(self, key: str, wish: InvoiceWish) -> str:
        """Issue it; answers the invoice's own number. InvoiceRefused where it never will be."""
        ...
