"""The ERP: holds the approved order as its document (二(一)2 订单录入, SR-020…SR-022)."""

from __future__ import annotations

from typing import Protocol

from domain.effects import Content
from domain.value import Value
from infra.connectors.reference import OrderReference


class ErpUnreachable(Exception):
    """Ours to retry: the ERP did not answer, or not in words we know."""


class ErpRefused(Exception):
    """The operator's to correct: the ERP will never take this document, and says why."""


class UnknownDocument(Exception):
    """The operator's to correct: the ERP has no document of this number."""


class ErpEntry(Value):
    """One approved version of an order, as it is to be entered; amounts in minor units."""

    order: OrderReference
    version: int
    content: Content


class ErpDocument(Value):
    """What the ERP says it holds, for the comparison after the entry."""

    document: str
    content: Content
    cancelled: bool = False


class ErpStatus(Value):
    """The order's label for the ERP: 待发货, 已发货 or 已完成, as READY_TO_SHIP, SHIPPED or COMPLETED."""

    order: OrderReference
    status: str


class Erp(Protocol):
    """An ERP. Look by key before entering; every write may be asked again under the same key."""

    async def find(self, key: str) -> str | None:
        """The number of the document entered under this key; None where there is none."""
        ...

    async def enter(self, key: str, entry: ErpEntry) -> str:
        """Create the document; answers its number. ErpRefused where the ERP will never take it."""
        ...

    async def read(self, document: str) -> ErpDocument:
        """Read the document back. UnknownDocument where there is none."""
        ...

    async def cancel(self, key: str, document: str) -> str:
        """Cancel the document; answers the ERP's number for it."""
        ...

    async def push_status(self, key: str, push: ErpStatus) -> str:
        """Tell the ERP the order's label; answers the ERP's number for it."""
        ...
