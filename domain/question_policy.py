"""How a customer is asked (§1.3 C7, E1 step 2 and 5): when they are reminded, and what happens if they do not answer.

The default is what orders of an edition without it have always lived by: nobody is asked by the desk itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from domain.value import Value

Hour = Annotated[int, Field(ge=0, le=23)]


class QuestionPolicy(Value):
    """An edition's rules for questions to the customer; without ``asks`` the desk asks nothing by itself.

    Reminders never go out from ``quiet_from`` to ``quiet_until`` o'clock of the business zone. The default comes
    ``within`` after the question arrived, or ``before_ship_by`` if that is earlier, but not before ``at_least``.
    Goods that a warehouse has are worth a call after ``call_after``. What nobody told us right by ``give_up_after`` is
    cancelled (None: never; goods made to order never). ``valid_for``: so long a code opens the answer page.
    ``links`` are the channels whose messages take a link. ``address_words`` are the words of warehouses and carriers
    that say that what stands on the label is wrong.
    """

    asks: bool = False
    reminders: tuple[timedelta, ...] = (timedelta(hours=2), timedelta(hours=24))
    quiet_from: Hour = 22
    quiet_until: Hour = 8
    within: timedelta = timedelta(hours=48)
    before_ship_by: timedelta = timedelta(hours=6)
    at_least: timedelta = timedelta(hours=4)
    call_after: timedelta = timedelta(hours=4)
    give_up_after: timedelta | None = timedelta(days=7)
    valid_for: timedelta = timedelta(days=14)
    links: tuple[str, ...] = ()
    address_words: tuple[str, ...] = ()

    def compressed(self, shrink: Callable[[timedelta], timedelta]) -> QuestionPolicy:
        """The same rules in a demo's time, which knows no night; a code opens the page as long as ever."""
        names = ("within", "before_ship_by", "at_least", "call_after")
        spans = {name: shrink(getattr(self, name)) for name in names}
        given_up = shrink(self.give_up_after) if self.give_up_after else None
        reminders = tuple(shrink(each) for each in self.reminders)
        return self.having(**spans, give_up_after=given_up, reminders=reminders, quiet_from=0, quiet_until=0)

    def by_day(self, moment: datetime, zone: str) -> datetime:
        """``moment``, or the end of the quiet hours it falls into."""
        local = moment.astimezone(ZoneInfo(zone))
        late, early = local.hour >= self.quiet_from, local.hour < self.quiet_until
        quiet = (late and early) if self.quiet_from <= self.quiet_until else (late or early)
        if not quiet:
            return moment
        morning = local.replace(hour=self.quiet_until, minute=0, second=0, microsecond=0)
        return (morning if early else morning + timedelta(days=1)).astimezone(moment.tzinfo)


STANDARD_QUESTIONS = QuestionPolicy(
    asks=True,
    address_words=("ADDRESS_PROBLEM", "LABEL_PROBLEM", "地址异常", "地址異常", "地址不详", "面单异常"),
)
"""The house's own: the manual asks for the customer's answer and gives no times."""
