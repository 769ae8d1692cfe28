"""What has happened to an order on its way: audit, entry, agreed waits, ending, news that fit nowhere."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.addresses import DivisionChoice
from domain.carriage import Choice
from domain.findings import STOPPING, Finding, Severity
from domain.price_lists import JudgedPrice
from domain.value import Moment, Value


class Audit(Value):
    """What the audit of the current version said; ``passed_at`` once nothing keeps the order in it."""

    version: int = 0
    findings: tuple[Finding, ...] = ()
    approved_by: str = ""
    passed_at: Moment | None = None
    price_book: int | None = None
    prices: tuple[JudgedPrice, ...] = ()
    choices: tuple[DivisionChoice, ...] = ()

    @property
    def blocking(self) -> bool:
        """Whether a finding stops the order and nobody let it pass."""
        return not self.approved_by and any(finding.severity in STOPPING for finding in self.findings)

    @property
    def critical(self) -> bool:
        """Whether a finding may not be let pass (A-07)."""
        return any(finding.severity is Severity.CRITICAL for finding in self.findings)


class Ending(Value):
    """Somebody ended the order before its release: everything done so far is undone."""

    how: Literal["cancel", "reject"]
    reason: str
    by: str
    at: Moment
    stock_released: bool = False


class Entered(Value):
    """The ERP's document for the order, where it differs, and who carries what each warehouse sends.

    ``readings``: how often it was to be read again since; ``unread`` until the last of them is answered.
    """

    document: str
    version: int
    at: Moment
    differences: tuple[Finding, ...] = ()
    cancelled: bool = False
    carriers: dict[str, Choice] = Field(default_factory=dict)
    readings: int = 0
    unread: bool = False


class Agreed(Value):
    """The customer agreed at ``at`` to wait for shipping until ``until``."""

    at: Moment
    until: Moment


class ChannelChange(Value):
    """The channel's order says something else than version ``version`` of ours: in which fields, since when."""

    content: str
    fields: tuple[str, ...]
    at: Moment
    version: int


class Unmatched(Value):
    """A fact that did not fit the order: kept, shown, counted; never fatal."""

    id: str
    kind: str
    at: Moment
    reason: str


class Debt(Value):
    """One finding that the emergency audit let pass at ``since``; open until it is repaid, or ended by a decision."""

    id: str
    code: str
    field: str
    version: int
    since: Moment
    ended_at: Moment | None = None
    outcome: str = ""
    actor: str = ""

    @property
    def open(self) -> bool:
        """Whether it is still owed."""
        return self.ended_at is None

    @property
    def about(self) -> tuple[str, str]:
        """Which finding it is."""
        return self.code, self.field
