"""Purchasing that speaks our plain JSON protocol."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from domain.inquiries import Answer
from infra.connectors.plain_protocol import PlainClient, PlainLine
from infra.connectors.purchasing import PurchaseQuestion, PurchasingRefused, PurchasingUnreachable

PATH = "/questions"


@dataclass(frozen=True)
class PlainPurchasing:
    """Purchasing behind ``client``, at ``prefix``."""

    client: PlainClient
    prefix: str = "/purchasing"

    async def ask(self, key: str, question: PurchaseQuestion) -> Answer:
        """Ask for the date."""
        line = PlainLine(self.client, self.prefix, PurchasingUnreachable, PurchasingRefused)
        answer = await line.write(PATH, key, question.model_dump(mode="json"))
        try:
            return Answer.model_validate(answer)
        except ValidationError as unknown:
            raise PurchasingUnreachable(f"{self.prefix}{PATH}: an answer in words we do not know") from unknown
