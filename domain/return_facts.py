"""What is told of goods on their way back: facts of the return, which no order takes in (§4.12, EC-11)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from domain.facts import Fact, Identity, Ordinal, SignalName
from domain.facts.carrier import CarrierScan


class ReturnShipped(Fact):
    """The customer handed the goods to a carrier. ``return_no`` names the return; without it the newest open one."""

    kind: Literal["return_shipped"] = "return_shipped"
    return_no: Ordinal | None = None
    tracking_number: Identity | None = None
    carrier: str = ""


class ReturnReceived(Fact):
    """The warehouse has the parcel; what is in it the inspection says."""

    kind: Literal["return_received"] = "return_received"
    return_no: Ordinal | None = None
    tracking_number: Identity | None = None
    warehouse: str = ""


ReturnFact = Annotated[ReturnShipped | ReturnReceived | CarrierScan, Field(discriminator="kind")]
FACTS: TypeAdapter[ReturnFact] = TypeAdapter(ReturnFact)
OF_RETURNS = {"return_shipped": SignalName.CARRIER, "return_received": SignalName.WAREHOUSE}
"""Facts that only a return takes in, and whose they are as the order's signals are."""


def parse_return_fact(raw: dict[str, Any]) -> ReturnFact:
    """Read a fact of a return; ValidationError says what is wrong."""
    return FACTS.validate_python(raw)
