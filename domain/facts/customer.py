"""What the customer, or somebody for them, tells."""

from __future__ import annotations

from typing import Literal

from domain.facts.base import Fact, Identity
from domain.value import Moment


class Confirmed(Fact):
    """Customer, ops or ERP confirm that the order is complete."""

    kind: Literal["confirmed"] = "confirmed"


class ShipDateAgreed(Fact):
    """The customer agreed to a later ship date: C1 and C4 stand still until then."""

    kind: Literal["ship_date_agreed"] = "ship_date_agreed"
    ship_at: Moment


class Complained(Fact):
    """The customer complains that the order, or one package of it, is slow (SR-144)."""

    kind: Literal["complaint"] = "complaint"
    topic: Literal["slow_logistics"] = "slow_logistics"
    package: Identity | None = None


class DesignApproved(Fact):
    """A design is final (SR-114): its id and version, for one line or, without ``line``, for every line."""

    kind: Literal["design_approved"] = "design_approved"
    design_id: Identity
    design_version: Identity
    line: str = ""
