"""What may be asked about an order's parcels (SR-034): push a party, send goods anew by another carrier."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.asks import Ask, Text
from domain.facts import Identity, Ordinal


class Expedite(Ask):
    """Push the warehouse to let the goods go (催促拣货), or the carrier to deliver a parcel first.

    ``subject``: shipment/1 or package/1; empty: whatever waits at that party.
    """

    kind: Literal["expedite"] = "expedite"
    party: Literal["warehouse", "carrier"]
    subject: Annotated[str, Field(max_length=200)] = ""


class SwitchCarrier(Ask):
    """Send the goods of a package anew (更换快递): ``reship`` at once from stock, ``return`` when it came back.

    The package is superseded: nobody waits for it any more, and it is asked back.
    """

    kind: Literal["switch_carrier"] = "switch_carrier"
    package: Identity
    how: Literal["reship", "return"] = "return"
    reason: Text


class ReassignWarehouse(Ask):
    """Have a shipment that has not left sent from another warehouse (改仓发货); without ``warehouse`` the best one.

    It is reserved there first; then the warehouse that has it stops it, or refuses: then all stays as it was.
    ``dry_run`` only asks.
    """

    kind: Literal["reassign_warehouse"] = "reassign_warehouse"
    shipment: Ordinal = 1
    warehouse: Annotated[str, Field(max_length=200)] = ""
    reason: Text
    dry_run: bool = False
