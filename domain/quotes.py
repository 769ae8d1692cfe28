"""The quote of a change request: what it costs, when the goods come then, and what has to be stopped for it (M5, §4.7).

Nothing of it is kept: its ``id`` says until when it holds and is a digest of what it says, so that whoever applies
the change with it can be told whether the same would still happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from domain.facts import Amount
from domain.value import Moment, Value

STAMP = "%Y%m%dT%H%M%SZ"
Way = Literal["NONE", "BACK", "COLLECT", "DUE_LESS", "DUE_MORE", "UNKNOWN"]
"""BACK: paid back to the customer · COLLECT: the customer pays it · DUE_…: nothing was paid yet, and less or more is
due · UNKNOWN: nothing tells the amount."""


class Priced(Value):
    """What the fields of a change make of the order's amounts, in minor units: new less old; no freight: not said."""

    goods: Annotated[int, Field(ge=-(2**53), le=2**53)] = 0
    freight: Annotated[int, Field(ge=-(2**53), le=2**53)] | None = 0


class ToStop(Value):
    """Goods that have to be stopped first: which, who has them, and within what time he answers."""

    what: Literal["shipment", "package"]
    number: str
    party: str
    tracking_number: str = ""
    within: timedelta


class Quote(Value):
    """What a change would come to, if it were made now; ``id`` is passed back to have it made just so.

    Amounts are differences in minor units of ``currency`` (negative: less); None: nothing tells it before it is done.
    ``way`` and ``amount``: which way money goes. ``delivered_by`` is the promise as it would be, ``outbound_by`` when
    the goods would have to be out. ``otherwise`` is the matrix's verdict where they cannot be stopped.
    """

    id: str
    valid_until: Moment
    verdict: str
    goods: int | None = None
    freight: int | None = None
    fee: int = 0
    currency: str
    way: Way = "NONE"
    amount: Amount | None = None
    outbound_by: Moment | None = None
    delivered_by: date | None = None
    stops: tuple[ToStop, ...] = ()
    otherwise: str = ""

    @property
    def total(self) -> int | None:
        """Everything together; None where a part is not known."""
        if self.goods is None or self.freight is None:
            return None
        return self.goods + self.freight + self.fee

    def sealed(self, about: Mapping[str, object]) -> Quote:
        """The same with its id: until when it holds, and a digest of what it is about and says."""
        said = self.model_dump_json(exclude={"id", "outbound_by"})
        digest = sha256(f"{sorted(about.items())} {said}".encode()).hexdigest()[:16]
        return self.having(id=f"{self.valid_until.strftime(STAMP)}-{digest}")


def held_until(quote_id: str) -> datetime | None:
    """Until when a quote holds, as its id says; None where this is no id of a quote."""
    stamp, _, digest = quote_id.partition("-")
    if not digest:
        return None
    try:
        return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
