"""What a sales channel tells."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.facts.base import Fact, Identity
from domain.value import Moment


class TrackingAccepted(Fact):
    """The sales channel took the tracking number."""

    kind: Literal["tracking_accepted"] = "tracking_accepted"
    tracking_number: Identity


class TrackingRefused(Fact):
    """The sales channel refused the tracking number, with its own words."""

    kind: Literal["tracking_refused"] = "tracking_refused"
    tracking_number: Identity
    reason: str = ""


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


class ChannelChanged(Fact):
    """The channel's order says something else than ours (edge case 31): a person decides.

    ``fields`` are the paths that differ, none where both say the same again; ``content`` is a fingerprint.
    """

    kind: Literal["channel_changed"] = "channel_changed"
    fields: tuple[str, ...] = ()
    content: str = ""
