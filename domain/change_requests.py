"""Change requests (需求变更): what may be asked, what the order keeps of it, and what is answered (SR-054, §4.7)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.facts import Identity
from domain.quotes import Quote
from domain.value import Moment, Value


class ChangeKind(StrEnum):
    """What is asked to be changed. The matrix has a line for each, for an address and a quantity two."""

    CONTACT = "CONTACT"
    ADDRESS = "ADDRESS"
    QUANTITY = "QUANTITY"
    SUBSTITUTE = "SUBSTITUTE"
    EXPEDITE = "EXPEDITE"
    DELIVER_LATER = "DELIVER_LATER"
    INVOICE = "INVOICE"
    PAYMENT_METHOD = "PAYMENT_METHOD"
    GIFT_NOTE = "GIFT_NOTE"
    CANCEL = "CANCEL"
    MERGE = "MERGE"


class ChangeParams(Value):
    """What the change is, without anything personal: that stands in a correction.

    ``region`` is the new province; ``freight_changes`` says that the freight is another one though the province is not.
    ``quantity`` of a ``line`` is the new one (0: removed); without ``line`` a line of ``sku`` is added.
    ``until`` is the day before which nothing shall arrive; ``order_no`` the other order of a merge.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: Annotated[str, Field(max_length=200)] = ""
    freight_changes: bool = False
    line: Annotated[str, Field(max_length=200)] = ""
    sku: Annotated[str, Field(max_length=200)] = ""
    quantity: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    until: date | None = None
    method: Literal["", "prepaid", "cod"] = ""
    order_no: Annotated[str, Field(max_length=40)] = ""
    reason: Annotated[str, Field(max_length=500)] = ""


class ChangeState(StrEnum):
    """Where a change request is. ``REFUSED``: the matrix says no; ``DECLINED``: whoever was asked said no."""

    QUEUED = "QUEUED"
    IN_PROGRESS = "IN_PROGRESS"
    APPLIED = "APPLIED"
    DECLINED = "DECLINED"
    REFUSED = "REFUSED"
    OVERTAKEN = "OVERTAKEN"


CHANNEL = "CHANNEL"
"""Who asks where an order was edited on its channel."""
OPEN = frozenset({ChangeState.QUEUED, ChangeState.IN_PROGRESS})


class ChangeRequest(Value):
    """One change request as the order keeps it, with the cell of the matrix it was last judged by.

    ``correction`` is the number under which its fields are kept; ``stays`` says that the warehouse could not stop,
    ``consented`` that who has to agree did, ``written`` is the version that its fields became while it was in progress.
    ``charge`` is what it costs beside the price of its version; ``paid``: it is paid, or due with the order.
    ``reprices``: nobody said what becomes of the freight, so that the edition's tariff does.
    """

    no: int
    request_id: Identity
    change: ChangeKind
    params: ChangeParams = ChangeParams()
    correction: int = 0
    asked_by: str
    asked_at: Moment
    state: ChangeState = ChangeState.QUEUED
    row: str = ""
    column: str = ""
    verdict: str = ""
    code: str = ""
    asks: str = ""
    until: Moment | None = None
    case: int = 0
    hold: str = ""
    stays: bool = False
    consented: bool = False
    written: int = 0
    charge: int = 0
    paid: bool = False
    reprices: bool = False
    ended_at: Moment | None = None

    @property
    def open(self) -> bool:
        """Whether it still needs an answer."""
        return self.state in OPEN

    @property
    def recalls_all(self) -> bool:
        """Whether it is a cancel that waits for the goods to be stopped."""
        return (self.change, self.state, self.verdict) == (ChangeKind.CANCEL, ChangeState.IN_PROGRESS, "R")

    @property
    def subject(self) -> str:
        """Its name in messages and in the timeline."""
        return f"change/{self.no}"


class ChangeAnswer(Value):
    """The answer to a change request: yes, no, or pending with whom it waits for and until when.

    ``verdict`` is one of its literals; ``cell`` the matrix's word for it (A, R, I, X, RET, NEW) in ``row`` and
    ``column``, ``how`` what belongs to it. ``behind`` is the request_id it waits behind. Texts are in the order's
    language; ``alternatives`` are code and text. ``quote`` is what it would come to, where it was only asked.
    """

    verdict: Literal["ACCEPTED", "PENDING", "REFUSED", "CHANNEL_MANAGED"]
    state: str = ""
    row: str = ""
    column: str = ""
    cell: str = ""
    consent: bool = False
    how: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""
    alternatives: dict[str, str] = Field(default_factory=dict)
    waits_for: str = ""
    until: Moment | None = None
    behind: str = ""
    case: int | None = None
    dry_run: bool = False
    quote: Quote | None = None
