"""The house's rules for goods that come back (§4.7 →Ret, SR-149); how long they are taken back at all: `Policy`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.value import Value

SPANS = ("ship_back_within", "receive_within", "inspect_within", "look_again_after")


class ReturnPolicy(Value):
    """One edition's rules for returns.

    A refund of more than ``approval_over`` minor units waits for finance. Goods not sent back in ``ship_back_within``
    of the approval end the return; those not received in ``receive_within`` of that are a task. The new goods of an
    exchange leave on the first scan of the old ones, or after their inspection. A refund waits for its order's end,
    and looks again after ``look_again_after``.
    """

    approval_over: Annotated[int, Field(ge=0)] = 50_000
    ship_back_within: timedelta = timedelta(days=7)
    receive_within: timedelta = timedelta(days=10)
    inspect_within: timedelta = timedelta(hours=48)
    look_again_after: timedelta = timedelta(hours=1)
    exchange_ships_on: Literal["scan", "inspection"] = "scan"

    def compressed(self, shrink: Callable[[timedelta], timedelta], least: timedelta) -> ReturnPolicy:
        """The same rules in a demo's time."""
        return self.having(**{name: max(shrink(getattr(self, name)), least) for name in SPANS})
