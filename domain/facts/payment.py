"""What a payer or the payment gateway tells."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.facts.base import Amount, Fact, Identity


class Paid(Fact):
    """The payer's money arrived: ``amount`` in minor units of ``currency``."""

    kind: Literal["paid"] = "paid"
    payment_no: Identity
    amount: Amount
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class CodRemitted(Fact):
    """A carrier paid out what it collected on delivery: ``amount`` in minor units, under its own ``reference``."""

    kind: Literal["cod_remitted"] = "cod_remitted"
    reference: Identity
    amount: Amount
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"
