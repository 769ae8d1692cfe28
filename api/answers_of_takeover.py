"""What a takeover answers (M19)."""

from __future__ import annotations

from pydantic import Field

from api.answers import Answer, RowProblem


class Overdue(Answer):
    """An order whose clock runs though its due had passed before the takeover: no case is opened for it."""

    order_no: str
    external_id: str
    clocks: list[str] = Field(examples=[["C4 shipment/1"]])


class TakenOver(Answer):
    """What came, or in a dry run would come, of taking orders over."""

    dry_run: bool
    orders: int = Field(description="Orders that were told")
    created: int
    known: int = Field(description="There already, with the same content: left as they are")
    refused: int = Field(description="Orders that were not taken; problems says why")
    open: int = Field(description="Of the created: they go on here")
    finished: int = Field(description="Of the created: they are in the books and have no workflow")
    short: int = Field(description="Of the open: the books hold less than they need, which opens a shortage")
    stages: dict[str, int] = Field(examples=[{"SHIPPED": 120, "COMPLETED": 3880}])
    verdicts: dict[str, dict[str, int]] = Field(examples=[{"C4": {"met": 3800, "breached": 90}}])
    assumed: dict[str, int] = Field(description="Steps that later ones imply, though nobody told them")
    overdue: list[Overdue] = Field(description="At most 1,000: for their owner to look at")
    problems: list[RowProblem] = Field(description="Of a batch row is the order's place, from 0, column its field path")
