"""The house's rules for goods that do not leave in time (§4.6 E4): what is tried, how long, who hears of it.

The default is what orders of an edition without it have always lived by: the warehouse is asked, people do the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from domain.value import Value

SPANS = ("answer_within", "second_after", "third_after", "hurried_within")


class OutboundPolicy(Value):
    """One edition's rules; without ``playbook`` nothing happens by itself after the first question.

    A warehouse that names no reason ``answer_within`` is telephoned; ``second_after`` and ``third_after`` its silence
    goes to supervisor and manager. Pressed for it, it has to have the goods out ``hurried_within``; ``reassigns``:
    where it does not, another warehouse sends them. From the overdue share ``reassign_all_from`` of a warehouse's open
    shipments on the manager is asked whether all of them shall.
    """

    playbook: bool = False
    answer_within: timedelta = timedelta(hours=2)
    second_after: timedelta = timedelta(hours=12)
    third_after: timedelta = timedelta(hours=24)
    hurried_within: timedelta = timedelta(hours=12)
    reassigns: bool = False
    reassign_all_from: float | None = None

    def compressed(self, shrink: Callable[[timedelta], timedelta], least: timedelta) -> OutboundPolicy:
        """The same rules in a demo's time."""
        return self.having(**{name: max(shrink(getattr(self, name)), least) for name in SPANS})


STANDARD_OUTBOUND = OutboundPolicy(playbook=True, reassigns=True, reassign_all_from=0.05)
"""The house's own figures; the manual names the order of the steps."""
