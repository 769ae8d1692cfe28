"""The house's rules for asking carriers by the clock (M13): how often, and which parcels sooner than others.

The default is what orders of an edition without it always lived by: a carrier tells, and is asked in a silence only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from domain.value import Value

SPANS = ("every", "fresh_for")


class PollingPolicy(Value):
    """One edition's rules; without ``every`` nobody polls.

    A run comes ``every`` so often (the house's edition says it) and asks for at most ``most`` parcels, each carrier for
    ``at_once`` of them a second, until ``gives_up_after`` questions of a run went unanswered. A parcel that was heard
    of or asked for is left alone while it is ``fresh_for``; ``near`` the due of C5 or C6 every run asks for it.
    """

    every: Annotated[timedelta, Field(ge=timedelta(seconds=1))] | None = None
    fresh_for: timedelta = timedelta(hours=6)
    near: timedelta = timedelta(hours=2)
    most: Annotated[int, Field(ge=1)] = 2_000
    at_once: Annotated[int, Field(ge=1)] = 10
    gives_up_after: Annotated[int, Field(ge=1)] = 3

    def compressed(self, shrink: Callable[[timedelta], timedelta], least: timedelta) -> PollingPolicy:
        """The same rules in a demo's time."""
        spans = {name: max(shrink(span), least) for name in SPANS if (span := getattr(self, name))}
        return self.having(**spans, near=shrink(self.near))


STANDARD_POLLING = PollingPolicy(every=timedelta(minutes=15))
"""The manual's 15 minutes; the rest are the house's own figures."""
