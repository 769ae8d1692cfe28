"""The step ``recall_shipment``: the warehouse stops a release and says so; beside the steps of ``domain.effects``."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from domain.effects import Kept, Request
from domain.value import Moment, Value


class RecallAnswer(StrEnum):
    """What a warehouse says to a recall; while it says neither, it is asked again under the same key."""

    STOPPED = "STOPPED"
    REFUSED = "REFUSED"


class RecallRequest(Request):
    """Stop one shipment and put its goods back on the shelf (key …/recall/{shipment}/{cause}).

    ``labels`` are the tracking numbers that are void from then on, ``packages`` what left and is pulled from the dock.
    """

    counted_from_now: ClassVar[frozenset[str]] = frozenset({"labels", "packages"})
    shipment: int
    warehouse: str
    labels: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


class RecallOutcome(Kept):
    """Stopped, or refused because the goods are gone; ``reason`` is the warehouse's word for it."""

    answer: RecallAnswer
    reason: str = ""


class Recalled(Value):
    """The answer to one recall of a shipment, as the shipment keeps it; ``cause`` is why it was recalled."""

    cause: str
    answer: RecallAnswer
    at: Moment
    reason: str = ""
