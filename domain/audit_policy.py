"""What an edition may say to the audit beyond figures: how prices are checked, and conditions of the house's own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.value import Value

PriceCheck = Literal["none", "exact", "floor"]
"""Not at all; the agreed price (own shop, contract, offline); not below the floor (marketplaces) (SR-112)."""


class Condition(Value):
    """A free condition: an order for which ``when`` holds gets the finding ``code`` at ``field``.

    ``when`` is text of the rule-engine language over the names of `domain.audit.conditions.SYMBOLS`.
    """

    code: Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]{2,59}$")]
    when: Annotated[str, Field(min_length=1, max_length=1000)]
    severity: Literal["critical", "blocking", "notice"] = "blocking"
    field: Annotated[str, Field(min_length=1, max_length=100)] = "total"
    zh: Annotated[str, Field(min_length=1, max_length=200)]
    en: Annotated[str, Field(min_length=1, max_length=200)]
