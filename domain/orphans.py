"""Events that name no order of ours (``ORPHAN_EVENT``, edge case 18): matched anew for a week, then somebody's.

Such a fact has no order that could hold its case; the inbox does. It is SOUGHT while its order may still come, OPEN
once nobody looks any more, and CLOSED by a person who says why. A person may name its order at any time.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from domain.facts import SIGNAL_OF, SignalName

SOUGHT_FOR = timedelta(days=7)
"""So long its order is looked for."""
ORPHAN_EVENT = "ORPHAN_EVENT"
"""What the case is called."""


class OrphanState(StrEnum):
    """How far an orphan is."""

    SOUGHT = "SOUGHT"
    OPEN = "OPEN"
    CLOSED = "CLOSED"


OWNERS = {
    SignalName.PAYMENT: "finance",
    SignalName.WAREHOUSE: "warehouse",
    SignalName.CARRIER: "logistics",
    SignalName.STOCK: "purchasing",
}


def owner_of(kind: str) -> str:
    """The role that sees to an orphan of this kind; what no party of ours speaks of is customer service's."""
    signal = SIGNAL_OF.get(kind)
    return OWNERS.get(signal, "customer_service") if signal else "customer_service"


def state_of(*, sought: bool, closed: bool) -> OrphanState:
    """How far it is, by the inbox."""
    if closed:
        return OrphanState.CLOSED
    return OrphanState.SOUGHT if sought else OrphanState.OPEN
