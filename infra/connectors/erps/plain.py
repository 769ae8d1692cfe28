"""An ERP that speaks our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from infra.connectors.erp import ErpDocument, ErpEntry, ErpRefused, ErpStatus, ErpUnreachable, UnknownDocument
from infra.connectors.plain_protocol import PlainClient, PlainLine


@dataclass(frozen=True)
class PlainErp:
    """The ERP behind ``client``, at ``prefix``."""

    client: PlainClient
    prefix: str = "/erp"

    @property
    def _line(self) -> PlainLine:
        return PlainLine(self.client, self.prefix, ErpUnreachable, ErpRefused)

    async def find(self, key: str) -> str | None:
        """The number of the document entered under this key."""
        found = await self._line.written("/documents", key)
        return None if found is None else str(found["document"])

    async def enter(self, key: str, entry: ErpEntry) -> str:
        """Create the document."""
        answer = await self._line.write("/documents", key, entry.model_dump(mode="json"))
        return str(answer["document"])

    async def read(self, document: str) -> ErpDocument:
        """Read the document back."""
        found = await self._line.read(f"/documents/{document}")
        if found is None:
            raise UnknownDocument(f"The ERP has no document {document}; enter the order again.")
        try:
            return ErpDocument.model_validate(found)
        except ValidationError as unknown:
            raise ErpUnreachable(f"{self.prefix}/documents: an answer in words we do not know") from unknown

    async def cancel(self, key: str, document: str) -> str:
        """Cancel the document."""
        return str((await self._line.write("/cancellations", key, {"document": document}))["reference"])

    async def push_status(self, key: str, push: ErpStatus) -> str:
        """Tell the ERP the order's label."""
        return str((await self._line.write("/states", key, push.model_dump(mode="json")))["reference"])
