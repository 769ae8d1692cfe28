"""What a sales channel tells."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.facts.base import Fact, Identity
from domain.value import Moment, Value


class TrackingAccepted(Fact):
    """The sales channel took the tracking number."""

    kind: Literal["tracking_accepted"] = "tracking_accepted"
    tracking_number: Identity


class TrackingRefused(Fact):
    """The sales channel refused the tracking number, with its own words."""

    kind: Literal["tracking_refused"] = "tracking_refused"
    tracking_number: Identity
    reason: str = ""


class StatusRefused(Fact):
    """The sales channel refused a status that we pushed, with its own words."""

    kind: Literal["status_refused"] = "status_refused"
    status: Identity
    reason: str = ""


class StatusAccepted(Fact):
    """The sales channel took a status that it had refused before."""

    kind: Literal["status_accepted"] = "status_accepted"
    status: Identity


class ShipByMoved(Fact):
    """The channel moved its ship-by date (C8)."""

    kind: Literal["ship_by_moved"] = "ship_by_moved"
    latest_ship_at: Moment


class ChannelCompleted(Fact):
    """The marketplace's own 交易成功; kept, never our completion (SR-022)."""

    kind: Literal["channel_completed"] = "channel_completed"


class ChannelClosed(Fact):
    """The marketplace closed the order: a cancel by the channel where cancelling is still possible."""

    kind: Literal["channel_closed"] = "channel_closed"
    reason: str = ""


class CodesMatched(Fact):
    """A code of the channel, which the audit did not know, was matched: the order is audited again (SR-170)."""

    kind: Literal["codes_matched"] = "codes_matched"
    code: Annotated[str, Field(max_length=2000)] = ""


class ChannelNoted(Fact):
    """The channel's order has another status, memo, flag, refund or number: shown, and nothing follows (AC-67).

    ``fields`` names what is different; what stands in a memo stays out of it.
    """

    kind: Literal["channel_noted"] = "channel_noted"
    fields: tuple[str, ...] = ()
    status: str = ""
    refund: str = ""


class ChannelEdit(Value):
    """One change that an edit on the channel asks for; ``correction`` is the number under which its values are kept.

    ``fields`` are the paths it covers; the rest is as in a change request's params.
    """

    change: Literal["CONTACT", "ADDRESS", "QUANTITY", "SUBSTITUTE", "GIFT_NOTE"]
    fields: tuple[str, ...] = ()
    correction: Annotated[int, Field(ge=0, lt=2**63)] = 0
    region: Annotated[str, Field(max_length=200)] = ""
    freight_changes: bool = False
    line: Annotated[str, Field(max_length=200)] = ""
    sku: Annotated[str, Field(max_length=200)] = ""
    quantity: Annotated[int, Field(ge=0, lt=2**31)] | None = None


class ChannelChanged(Fact):
    """The channel's order says something else than ours (edge case 31).

    ``fields`` are the paths that differ, none where both say the same again; ``content`` is a fingerprint. ``edits``
    are the changes that they ask for, as our own pull kept them; what none of them covers a person decides.
    """

    kind: Literal["channel_changed"] = "channel_changed"
    fields: tuple[str, ...] = ()
    content: str = ""
    edits: tuple[ChannelEdit, ...] = ()
