"""What every request to an order has (§4.12 Update); the requests themselves stand in ``domain.requests``.

``request_id`` is the request's identity (the Temporal update id is the same); ``role`` is set by the API from the
key, an update from the Temporal UI carries none and counts as operator.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from pydantic import ConfigDict, Field

from domain.facts import Identity
from domain.value import Value

Text = Annotated[str, Field(min_length=1, max_length=500)]


class Ask(Value):
    """What every request has. Unknown fields are refused: a typo in a form must not pass for a request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: Identity
    actor: str = "operator"
    role: str = "operator"

    @property
    def only_asks(self) -> bool:
        """Whether it is to change nothing, not even the timeline."""
        return bool(getattr(self, "dry_run", False))


ABOUT_IT = {"request_id", "actor", "role", "quote", "priced"}
"""Fields of a request that are not what is asked: who asks, and under which quote."""
LATER = {"consolidated"}
"""Fields that came later and are no different from before where they are not said."""


def sameness(ask: Ask) -> str:
    """A digest of what is asked, whoever asks it: two requests under one id must agree in it."""
    kind = type(ask).model_fields["kind"].default
    unsaid = {name for name in LATER if not getattr(ask, name, False)}
    asked = ask.model_dump_json(exclude=ABOUT_IT | unsaid)
    return sha256(f"{kind} {asked}".encode()).hexdigest()[:16]
