"""What may be asked about a refund application (edge case 32)."""

from __future__ import annotations

from typing import Literal

from domain.asks import Ask, Text
from domain.facts import Identity


class AnswerRefund(Ask):
    """Answer a buyer's refund application. Agreed: the goods are kept or fetched back first, then the money goes."""

    kind: Literal["answer_refund"] = "answer_refund"
    application: Identity
    verdict: Literal["agree", "refuse"]
    reason: Text
