"""The steps ``enter_order`` and ``cancel_entry``: the document in the ERP; beside those of ``domain.effects``."""

from __future__ import annotations

from pydantic import Field

from domain.carriage import CarriageAsked, Choice
from domain.effects import Content, Kept, Request
from domain.findings import Finding


class EnterRequest(Request):
    """Enter the approved version in the ERP: look up by our key, create, read back, compare (SR-020, SR-021).

    ``carriage``: once it is entered, choose who carries what each warehouse sends (SR-052, SR-174).
    """

    version: int
    content: Content
    carriage: CarriageAsked | None = None


class EnterOutcome(Kept):
    """The ERP's document, every field in which it differs from the order, and the carrier of each warehouse's parcel.

    No ``carriers``: the table names none, or nobody asked.
    """

    document: str
    differences: tuple[Finding, ...] = ()
    carriers: dict[str, Choice] = Field(default_factory=dict)


class CancelEntryRequest(Request):
    """Cancel the order's ERP document."""

    document: str
