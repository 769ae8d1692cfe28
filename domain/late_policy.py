"""The house's rules for what comes too late (edge cases 3, 4, 37 and 59): goods, money and words against the plan.

The default is what orders of an edition without it have always lived by.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from domain.value import Value


class LatePolicy(Value):
    """One edition's rules.

    ``follows``: goods of a called-off shipment that leave all the same are taken for what they are, and the shipment
    that was planned in its place is called off (edge case 59); else the fact is unmatched. ``channel_refuses``: a
    status that the channel refuses for ``refused_for`` is a case (edge case 37); else it is only told again.
    An order that nobody paid ``close_unpaid_after`` it was placed is closed ``close_grace`` later (edge case 4); None:
    never, as the manual has it. Money that comes within ``reinstate_within`` of a cancel, while the goods are free, the
    customer decides about in ``reinstate_answer``, or it goes back (edge case 3); None: it goes back at once.
    """

    follows: bool = False
    channel_refuses: bool = False
    refused_for: timedelta = timedelta(hours=1)
    close_unpaid_after: timedelta | None = None
    close_grace: timedelta = timedelta(minutes=15)
    reinstate_within: timedelta | None = None
    reinstate_answer: timedelta = timedelta(hours=24)

    def compressed(self, shrink: Callable[[timedelta], timedelta], least: timedelta) -> LatePolicy:
        """The same rules in a demo's time."""
        after, within = self.close_unpaid_after, self.reinstate_within
        return self.having(
            refused_for=max(shrink(self.refused_for), least),
            close_unpaid_after=shrink(after) if after else None,
            close_grace=shrink(self.close_grace),
            reinstate_within=max(shrink(within), least) if within else None,
            reinstate_answer=max(shrink(self.reinstate_answer), least),
        )


STANDARD_LATE = LatePolicy(follows=True, channel_refuses=True, reinstate_within=timedelta(hours=24))
"""The house's own."""
