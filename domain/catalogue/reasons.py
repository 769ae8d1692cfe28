"""Why the answer is no: a refusal's reason with the stage it was given at, and the same in another language."""

from __future__ import annotations

from domain.catalogue.refusals import REFUSALS
from domain.catalogue.text import label
from domain.catalogue.words import LANGUAGES


def reason(code: str, stage: str, language: str) -> str:
    """Why a request is refused, and in which stage the order is."""
    return label("refusal", code, language) + f"（{label('stage', stage, language)}）"


def retold(told: str, stage: str, language: str) -> str:
    """A reason that an order gave in its policy's language, in ``language``; what is none is said as it is."""
    for code in REFUSALS:
        for spoken in LANGUAGES:
            known = reason(code, stage, spoken)
            if told.startswith(known):
                return reason(code, stage, language) + told.removeprefix(known)
    return told
