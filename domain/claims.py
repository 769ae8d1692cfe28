"""A buyer's refund applications and claims as values (edge cases 24, 32); ours on a carrier: ``domain.logistics``."""

from __future__ import annotations

from enum import StrEnum

from domain.facts import Identity, Moved
from domain.value import Moment, Value


class ClaimKind(StrEnum):
    """What the buyer says; the value is the fact that told it."""

    REFUND = "refund_requested"
    NOT_RECEIVED = "not_received_claim"
    WRONG_GOODS = "wrong_goods_claim"
    MISSING_GOODS = "missing_goods_claim"


class ClaimState(StrEnum):
    """Where it is. ``AGREED``: the buyer gets the money, and the goods are being kept or fetched back."""

    OPEN = "OPEN"
    AGREED = "AGREED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    SETTLED = "SETTLED"


LIVE = frozenset({ClaimState.OPEN, ClaimState.AGREED})


class Claim(Value):
    """One application or claim; ``reference`` is its number with whoever told it.

    No ``lines`` means all goods (of ``package``, where it names one); ``amount`` is what is applied for, in minor
    units. ``reply_by`` is when an application has to be answered. ``answered_by`` the channel itself, or one of us.
    ``changes`` are the change requests by which the goods are kept back; ``hold`` is its hold, ``case`` its case.
    """

    no: int
    reference: Identity
    kind: ClaimKind
    package: str = ""
    lines: tuple[Moved, ...] = ()
    amount: int | None = None
    at: Moment
    reply_by: Moment | None = None
    state: ClaimState = ClaimState.OPEN
    answered_at: Moment | None = None
    answered_by: str = ""
    reason: str = ""
    told_by_channel: bool = False
    changes: tuple[int, ...] = ()
    hold: str = ""
    case: int = 0

    @property
    def live(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in LIVE

    @property
    def is_application(self) -> bool:
        """Whether it applies for a refund; any other claim says that something is wrong with the goods."""
        return self.kind is ClaimKind.REFUND

    @property
    def subject(self) -> str:
        """Its name in cases, effects and the timeline."""
        return f"claim/{self.no}"
