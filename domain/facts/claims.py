"""What a channel or a customer tells of refunds and claims (edge cases 24 and 32)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.facts.base import Amount, Fact, Identity, Moved
from domain.value import Moment


class RefundRequested(Fact):
    """The buyer applies for a refund on the channel; ``application`` is its after-sale number.

    No ``lines``: the whole order; no ``amount``: all that is due for them. Told again it replaces what was told.
    """

    kind: Literal["refund_requested"] = "refund_requested"
    application: Identity
    lines: tuple[Moved, ...] = ()
    amount: Amount | None = None
    refund_reply_by: Moment | None = None


class RefundWithdrawn(Fact):
    """The buyer took the application back: the order goes on."""

    kind: Literal["refund_withdrawn"] = "refund_withdrawn"
    application: Identity


class RefundDecided(Fact):
    """The platform decided about the application itself."""

    kind: Literal["refund_decided"] = "refund_decided"
    application: Identity
    verdict: Literal["agreed", "refused"]
    amount: Amount | None = None


class MoneyReturned(Fact):
    """The payer paid money back to the buyer, under its own ``reference``; ``application`` says for which."""

    kind: Literal["refunded"] = "refunded"
    reference: Identity
    amount: Annotated[Amount, Field(ge=1)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    application: Annotated[str, Field(max_length=200)] = ""


class GoodsClaim(Fact):
    """What every claim about goods has; ``claim`` is its number with whoever tells it."""

    claim: Identity
    package: Identity | None = None
    lines: tuple[Moved, ...] = ()


class NotReceivedClaim(GoodsClaim):
    """Signed for, and the customer has not received it."""

    kind: Literal["not_received_claim"] = "not_received_claim"


class WrongGoodsClaim(GoodsClaim):
    """Other goods came than were ordered."""

    kind: Literal["wrong_goods_claim"] = "wrong_goods_claim"


class MissingGoodsClaim(GoodsClaim):
    """Goods are missing in the parcel."""

    kind: Literal["missing_goods_claim"] = "missing_goods_claim"


class ClaimWithdrawn(Fact):
    """The customer took a claim back: the goods turned up."""

    kind: Literal["claim_withdrawn"] = "claim_withdrawn"
    claim: Identity
