"""The house's rules for refund applications, claims, refunds that fail, and edits on a channel (§4.6, §4.8).

The default is what orders of an edition without it have always lived by: we pay back ourselves, a refund that fails
waits for whoever retries it, and an edit on the channel is a task for a person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.value import Value

Port = Literal["gateway", "agree", "seller_initiated"]
"""Who pays a refund: we through the gateway, the marketplace once we agree, or we through the marketplace."""


class ClaimsPolicy(Value):
    """One edition's rules.

    ``refund_ports`` by channel; ``refund_port`` for every other. A refund application is answered within
    ``reply_within`` where the channel names no time, and is a case at ``case_share`` of it. ``shipped`` is what happens
    by itself where all goods of an application have left: a person is asked, it is refused, or it is agreed to, so
    that the matrix has the parcel intercepted. A proof of delivery, or the warehouse's own look, may take
    ``proof_within``. ``refund_failed``: a refund that the payer refuses is a case. ``channel_asks``: an edit on the
    channel becomes a change request; on ``managed_channels`` buyers change their orders there and not with us.
    ``resends``: a case that is decided as RESENT has the goods sent anew, or a linked order placed.
    """

    refund_port: Port = "gateway"
    refund_ports: dict[str, Port] = Field(default_factory=dict)
    reply_within: timedelta = timedelta(hours=24)
    case_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    shipped: Literal["ask", "refuse", "intercept"] = "ask"
    proof_within: timedelta = timedelta(hours=48)
    refund_failed: bool = False
    channel_asks: bool = False
    managed_channels: tuple[str, ...] = ()
    resends: bool = False

    def port(self, channel: str) -> Port:
        """Who pays the refunds of a channel's orders."""
        return self.refund_ports.get(channel, self.refund_port)

    def compressed(self, shrink: Callable[[timedelta], timedelta]) -> ClaimsPolicy:
        """The same rules in a demo's time."""
        return self.having(**{name: shrink(getattr(self, name)) for name in ("reply_within", "proof_within")})


STANDARD_CLAIMS = ClaimsPolicy(refund_failed=True, channel_asks=True, resends=True)
"""The house's own."""
