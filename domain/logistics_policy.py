"""The house's rules for parcels that do not arrive (§4.6 E3, E5): what is tried, how long it is waited for, what next.

The default is what orders of an edition without it have always lived by: a carrier is asked, and people do the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from domain.value import Value

SPANS = ("ask_again_after", "answer_within", "moves_within", "lost_after", "received_within")


class LogisticsPolicy(Value):
    """One edition's rules; without ``playbook`` nothing happens by itself after the first question.

    A carrier that names no cause is asked again after ``ask_again_after``, then by telephone. For its yes or no to
    priority, redelivery or an intercept we wait ``answer_within``; a parcel that was given priority has to move
    ``moves_within``. Then its goods are sent anew: at once where they are worth at most ``resend_up_to`` (minor
    units), else when the first parcel came back. After ``lost_after`` of silence it counts as lost. What a carrier
    says it returned has to be with us ``received_within``; what it owes us for is claimed where ``claims``.
    ``doubts_deliveries``: a "delivered" from before the outbound, or from another province, is checked first.
    ``promise_moves``: a new address or a later day that the customer chose on the way moves that parcel's promise.
    """

    playbook: bool = False
    claims: bool = False
    doubts_deliveries: bool = False
    promise_moves: bool = False
    ask_again_after: timedelta = timedelta(hours=4)
    answer_within: timedelta = timedelta(hours=24)
    moves_within: timedelta = timedelta(hours=24)
    lost_after: timedelta = timedelta(hours=72)
    received_within: timedelta = timedelta(hours=72)
    resend_up_to: Annotated[int, Field(ge=0)] = 0

    def compressed(self, shrink: Callable[[timedelta], timedelta], least: timedelta) -> LogisticsPolicy:
        """The same rules in a demo's time."""
        return self.having(**{name: max(shrink(getattr(self, name)), least) for name in SPANS})


STANDARD_LOGISTICS = LogisticsPolicy(
    playbook=True, claims=True, doubts_deliveries=True, promise_moves=True, resend_up_to=20_000
)
"""The house's own figures; the manual gives the 24 hours and the order of the steps."""
