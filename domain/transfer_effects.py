"""The steps of a stock transfer and the question to purchasing: what they are asked and answer (SR-131a, SR-162)."""

from __future__ import annotations

from typing import ClassVar, Literal

from domain.effects import Allocation, EffectKind, Kept, Request
from domain.facts import Moved
from domain.shortage_policy import ShortagePolicy
from domain.value import Moment

TRANSFERRING = frozenset({EffectKind.REQUEST_TRANSFER, EffectKind.CALL_OFF_TRANSFER, EffectKind.BOOK_TRANSFER})
"""Effects of a stock transfer: an order does not end before they are done."""


class TransferRequest(Request):
    """Have another warehouse bring these units (key …/transfer/{number}); its stock is reserved with the transfer.

    ``by``: when it has to be there; ``held`` holds units of the order already, ``tried`` are not asked again.
    """

    counted_from_now: ClassVar[frozenset[str]] = frozenset({"asked_at"})
    number: int
    lines: tuple[Moved, ...]
    skus: dict[str, str]
    policy: ShortagePolicy
    asked_at: Moment
    by: Moment | None = None
    province: str = ""
    held: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    paid_first: bool = False


class TransferOutcome(Kept):
    """Who brings what, and when; no ``source``: nobody can in time. ``refused``: why its warehouse will not."""

    source: str = ""
    target: str = ""
    lines: tuple[Moved, ...] = ()
    expected_at: Moment | None = None
    refused: str = ""
    reference: str = ""


class CallOffRequest(Request):
    """A transfer is not wanted any more (key …/call_off_transfer/{number}); ``transfer`` is the key of its request."""

    number: int
    transfer: str
    source: str
    target: str


class CallOffOutcome(Kept):
    """Whether its warehouse kept the goods; else they had left, and arrive for nobody in particular."""

    called_off: bool


class BookTransferRequest(Request):
    """Write into the stock books how far a transfer is (key …/book_transfer/{number}/{stage}).

    ``received``: what arrived; ``wanted``: what its order still lacks of it and gets; the rest is anybody's.
    """

    number: int
    transfer: str
    stage: Literal["shipped", "received", "failed"]
    received: tuple[Moved, ...] = ()
    wanted: tuple[Moved, ...] = ()


class BookTransferOutcome(Kept):
    """What the order has reserved in the target warehouse now, and what was lost on the way."""

    stage: str
    allocations: tuple[Allocation, ...] = ()
    lost: tuple[Moved, ...] = ()


class PurchaseRequest(Request):
    """Ask purchasing when these units will be there (key …/ask_purchasing/{case}); ``by``: when they are needed."""

    case: str
    units: dict[str, int]
    by: Moment | None = None
