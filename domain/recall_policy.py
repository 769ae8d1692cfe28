"""Whether the desk recalls goods by itself (§4.7 R, SR-130c), and what a cancel after the release comes to."""

from __future__ import annotations

from domain.value import Value


class RecallPolicy(Value):
    """An edition's way of stopping what is under way; how long the warehouse has is ``change.recall_within``.

    ``by_itself``: the desk recalls, writes and releases again; else a person has a task for each. ``cancels``: the
    request ``cancel`` goes the way of the change matrix after the release; else it is refused then. What goes out of a
    cancelled order all the same is then taken for what it is (``CANCEL_AFTER_SHIP``). ``holds``: a hold that comes
    after the release stops the warehouse, and one that could hold nothing any more is refused. ``once``: a shipment is
    recalled by one request at a time, units are planned anew when nothing about them is in doubt any more, and a parcel
    is of the shipment with which it leaves, whatever its label was made for.
    """

    by_itself: bool = False
    cancels: bool = False
    holds: bool = False
    once: bool = False


STANDARD_RECALL = RecallPolicy(by_itself=True, cancels=True, holds=True, once=True)
"""The manual's own."""
