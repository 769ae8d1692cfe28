"""What the customer, or somebody for them, tells."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import Fact
from domain.value import Moment


class Confirmed(Fact):
    """Customer, ops or ERP confirm that the order is complete."""

    kind: Literal["confirmed"] = "confirmed"


class ShipDateAgreed(Fact):
    """The customer agreed to a later ship date: C1 and C4 stand still until then."""

    kind: Literal["ship_date_agreed"] = "ship_date_agreed"
    ship_at: Moment
