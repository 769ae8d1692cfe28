"""The step ``choose_carrier``: what it is asked and what it answers; beside the other steps of ``domain.effects``."""

from __future__ import annotations

from domain.carriage import CarriageAsked, Choice
from domain.effects import Kept, Request


class CarrierRequest(Request):
    """Choose a carrier for one shipment, now (key …/carrier/{shipment}/{n})."""

    carriage: CarriageAsked


class CarrierOutcome(Kept):
    """Who carries it, or why nobody does."""

    choice: Choice
