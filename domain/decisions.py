"""What people showed and decided while an order was held (SR-050, SR-113, SR-114)."""

from __future__ import annotations

from typing import Literal

from domain.value import Moment, Value


class Voucher(Value):
    """A payment voucher somebody submitted, and what a reviewer, never the same person, said of it."""

    no: int
    reference: str
    submitted_by: str
    at: Moment
    verdict: Literal["", "approve", "refuse"] = ""
    reviewed_by: str = ""
    reviewed_at: Moment | None = None
    reason: str = ""


class Design(Value):
    """A final design; ``goods`` are the lines it is for, each with its SKU at that time (``1:MUG``)."""

    design_id: str
    version: str
    goods: tuple[str, ...]
    at: Moment


class Ruling(Value):
    """A decision of a person over a held order: what a message asks for, or what sales said to it.

    ``choice`` is expedite, substitution, gift or nothing; ``verdict`` is that of sales, empty where nobody asked them.
    """

    no: int
    hold: str
    choice: str
    verdict: Literal["", "approve", "decline"] = ""
    by: str
    at: Moment
    note: str = ""


EXPEDITE, NOTHING = "expedite", "nothing"


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: whoever has two keys of one name is still one."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
