"""A warehouse that speaks our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from domain.inquiries import Answer
from domain.recall_effects import RecallOutcome
from infra.connectors.plain_protocol import PlainClient, PlainLine
from infra.connectors.warehouse import (
    Recall,
    Release,
    Transfer,
    TransferCallOff,
    WarehouseQuestion,
    WarehouseRefused,
    WarehouseUndecided,
    WarehouseUnreachable,
)


@dataclass(frozen=True)
class PlainWarehouse:
    """The warehouse behind ``client``, at ``prefix``."""

    client: PlainClient
    prefix: str = "/warehouse"

    @property
    def _line(self) -> PlainLine:
        return PlainLine(self.client, self.prefix, WarehouseUnreachable, WarehouseRefused)

    async def release(self, key: str, release: Release) -> str:
        """Hand over a shipment."""
        return str((await self._line.write("/releases", key, release.model_dump(mode="json")))["reference"])

    async def inquire(self, key: str, question: WarehouseQuestion) -> Answer:
        """Ask for the reason and a promised time."""
        answer = await self._line.write("/inquiries", key, question.model_dump(mode="json"))
        try:
            return Answer.model_validate(answer)
        except ValidationError as unknown:
            raise WarehouseUnreachable(f"{self.prefix}/inquiries: an answer in words we do not know") from unknown

    async def recall(self, key: str, recall: Recall) -> RecallOutcome:
        """Have a shipment stopped."""
        answer = await self._line.write("/recalls", key, recall.model_dump(mode="json"))
        if answer.get("accepted") is False:
            raise WarehouseUndecided(str(answer.get("reason") or "the warehouse has not answered yet"))
        try:
            return RecallOutcome.model_validate(answer)
        except ValidationError as unknown:
            raise WarehouseUnreachable(f"{self.prefix}/recalls: an answer in words we do not know") from unknown

    async def transfer(self, key: str, transfer: Transfer) -> str:
        """Ask for a transfer."""
        answer = await self._line.write("/transfers", key, transfer.model_dump(mode="json"))
        if answer.get("accepted") is not True:
            raise WarehouseRefused(str(answer.get("reason") or "the warehouse refused the transfer"))
        return str(answer["reference"])

    async def call_off(self, key: str, call_off: TransferCallOff) -> bool:
        """Call a transfer off."""
        answer = await self._line.write("/transfers/call-offs", key, call_off.model_dump(mode="json"))
        return answer.get("called_off") is True
