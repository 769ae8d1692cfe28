"""What a carrier is asked to do with a parcel, and its yes or no; beside the other steps of ``domain.effects``.

Asked once under its key; a carrier that does not answer leaves the step under way, and whoever waits has a time of
their own.
"""

from __future__ import annotations

from typing import Literal

from domain.effects import Kept, Request
from domain.value import Moment, Value

Purpose = Literal["return", "redirect", "wait"]
"""What is to become of a parcel that is stopped: back to us, to another address, or kept until somebody decides."""


class CarrierOrder(Request):
    """What every order to a carrier names: the parcel, by our id and the carrier's number."""

    shipment: int
    package: str
    tracking_number: str
    carrier: str = ""


class InterceptRequest(CarrierOrder):
    """Stop a parcel on its way (key …/intercept/{cause}); the receiver of a redirection is the order's newest.

    ``corrections``: the receiver is the order's with these, the last of which counts once the carrier says yes.
    """

    purpose: Purpose
    corrections: tuple[int, ...] = ()


class PriorityRequest(CarrierOrder):
    """Deliver a parcel before others (key …/priority/{cause})."""


class RedeliveryRequest(CarrierOrder):
    """Agree another attempt with the recipient (key …/redelivery/{cause})."""


class CarrierSaid(Kept):
    """The carrier's yes or no, its own number for it, and its reason for a no."""

    accepted: bool
    reason: str = ""
    reference: str = ""


class CarrierWord(Value):
    """A carrier's answer as the order keeps it: what it was asked for which parcel, under which key."""

    key: str
    kind: str
    package: str
    purpose: str = ""
    accepted: bool
    reason: str = ""
    reference: str = ""
    at: Moment
