"""What the API answers, one model each: the documentation of every field a reader may rely on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from domain.change_requests import ChangeAnswer
from domain.versions import Change


class Answer(BaseModel):
    """Whatever is answered; times are UTC, amounts minor units."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Taken(Answer):
    """An order that is in the inbox: durable from now on."""

    order_no: str = Field(examples=["SO2026112300000001"])
    channel: str
    external_id: str
    workflow_id: str = Field(description="The same order in the Temporal UI", examples=["order/SO2026112300000001"])
    created: bool = Field(description="False: the same order had been posted before")


class OrderRow(Answer):
    """One order, as the list shows it."""

    order_no: str
    channel: str
    external_id: str
    region: str
    total: int
    currency: str
    placed_at: datetime
    received_at: datetime | None
    stage: str = Field(description="On its main path", examples=["READY_TO_SHIP"])
    label: str = Field(description="The stage, with the one open gate named", examples=["AWAITING_PAYMENT"])
    label_text: str = Field(description="The label in words", examples=["待付款"])
    overlays: list[str] = Field(description="Shown beside the stage: hold, case, return", examples=[["case"]])
    payment_state: str
    version: int
    needs_attention: bool
    attention_reason: str
    waiting_for: str
    next_due_at: datetime | None
    next_due_clock: str
    open_cases: list[str]
    hold_reasons: list[str]
    breaches: list[str]
    warehouse: str
    captured: int
    refunded: int
    completed_at: datetime | None
    final: bool
    updated_at: datetime | None = Field(description="As of when; the workflow wrote it then")


class OrderPage(Answer):
    """A page of orders, newest first."""

    orders: list[OrderRow]
    has_more: bool
    next_cursor: str | None = Field(description="Give it as cursor, with the same filters, for the next page")


class Clock(Answer):
    """One row of the promise ledger; durations in seconds."""

    kind: str = Field(examples=["C1"])
    name: str = Field(description="The clock in words")
    subject: str = Field(examples=["package/1"])
    start_at: datetime
    start_event: str
    due_at: datetime | None
    warn_at: datetime | None
    pauses: list[list[datetime | None]]
    stop_at: datetime | None
    stop_event: str
    gross_s: float | None
    net_s: float | None
    verdict: str
    cause: str
    responsible: str
    case_no: int | None
    before_takeover: bool = Field(description="Decided before the order was taken over from another system")


class Clocks(Answer):
    """Every clock of an order."""

    order_no: str
    clocks: list[Clock]


class OrderDetail(OrderRow):
    """One order in full. ``receiver`` and the memos are shown to the desk only."""

    lines: list[dict[str, Any]]
    shipments: list[dict[str, Any]]
    packages: list[dict[str, Any]]
    clocks: list[Clock]
    cases: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    debts: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    unmatched: list[dict[str, Any]]
    effects: list[dict[str, Any]]
    steps: list[dict[str, Any]] = Field(
        description="Of the cases' playbooks: owner, since, until, what was tried, and the requests that name it now"
    )
    explanation: dict[str, Any]
    audit: dict[str, Any] = Field(description="Prices it was judged by, divisions in question, overrides")
    posted: dict[str, Any] | None = Field(description="The order as posted and corrected; for the desk's roles")
    original: dict[str, Any] | None = Field(None, description="The order this one was sent again for, or a gift for")
    linked_orders: list[dict[str, Any]] = Field([], description="Orders that were made for this one")
    returns: list[dict[str, Any]] = Field([], description="Goods that come back, and how far they are")
    collection: dict[str, Any] | None = Field(None, description="Of an offline document: its date, slot and lag")


class StoryLine(Answer):
    """One thing that happened, as a sentence."""

    at: datetime
    recorded_at: datetime
    code: str
    text: str = Field(examples=["包裹SF1234567890已签收。"])
    source: str
    actor: str
    state: str = Field(description="Of a fact: waiting, delivered, unmatched; of a message: sent")
    params: dict[str, Any]


class Story(Answer):
    """What happened to an order, oldest first."""

    order_no: str
    language: str
    timeline: list[StoryLine]


class OneVersion(Answer):
    """One version of an order, and what it changed in the one before."""

    version: int
    at: datetime
    actor: str
    request_id: str
    changes: list[Change] = Field(description="By field: before and after; a line is named by its own id")


class Versions(Answer):
    """Every version of an order, oldest first; the first is the order as it was posted."""

    order_no: str
    versions: list[OneVersion]


class Verified(Answer):
    """Whether an order's trail is as it was written: every row's hash is made of the one before and its own content."""

    ok: bool
    events: int = Field(description="How many rows were written")
    head: str = Field(description="The last row's hash; keep it elsewhere to prove the trail later")
    broken: dict[str, Any] | None = Field(description="The first row that is not as written: seq, key, reason")


class Trail(Answer):
    """Everything that is known of an order, with ids and hashes of what holds personal data."""

    order_no: str
    verified: Verified
    posted: dict[str, Any] | None = Field(description="When, by whom and as what it was posted: hashes and edition")
    events: list[dict[str, Any]] = Field(
        description="Oldest first: seq, what, when, actor, source, reason, request_id, before, after, content, hashes"
    )
    corrections: list[dict[str, Any]] = Field(
        description="Which fields each version changed; values for the desk's roles"
    )
    facts: list[dict[str, Any]]
    effects: list[dict[str, Any]]
    letters: list[dict[str, Any]]
    clocks: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    debts: list[dict[str, Any]] = Field(description="What the emergency audit let pass, and what became of it")
    stock: list[dict[str, Any]] = Field(description="Each row of the reservation ledger: what was reserved or went")


class Explained(Answer):
    """Why the order is where it is: what it waits for, until when, what happens next, what may be done and why not."""

    order_no: str
    as_of: datetime | None
    explanation: dict[str, Any]
    waiting_facts: int = Field(description="Facts in the inbox that the order has not looked at yet")


class FactReceipt(Answer):
    """What came of a fact."""

    result: str = Field(examples=["new"], description="new, known, orphan (its order is not known yet) or conflict")
    fact_id: str
    order_no: str | None
    orders: int | None = Field(None, description="Of stock that arrived: how many orders waited for it")


class BatchLine(Answer):
    """What came of one fact of a batch: ``status`` is what it would have been answered alone."""

    index: int
    status: int
    result: str
    fact_id: str = ""
    order_no: str | None = None
    title: str = ""
    errors: list[dict[str, str]] = []


class BatchReceipt(Answer):
    """What came of each fact of a batch, in its order."""

    results: list[BatchLine]


class Agreed(Answer):
    """A request was accepted; what the order is now."""

    order_no: str
    request_id: str
    stage: str
    version: int
    change: ChangeAnswer | None = Field(None, description="Of a change request: made, or pending with whom it waits")


class RowProblem(Answer):
    """One thing that is wrong with a file. Row 1 is the header; row 0 is the file itself. Never the cell's value."""

    row: int
    column: str
    code: str
    reason: str = Field(description="In English")
    reason_zh: str = Field("", description="The same in Chinese")
    sheet: str = Field("", description="Of a workbook: the sheet")
    cell: str = Field("", examples=["F3"], description="Where it stands, as a spreadsheet says; empty: the whole row")


class MappedColumn(Answer):
    """What a column of an imported file is."""

    column: str = Field(examples=["C"])
    header: str
    field: str = Field(description="One of our columns; empty: none, the column is left out")
    reading: str = Field(description="plain as we write, major in yuan, minor in fen, local as offices write")
    score: float = Field(description="Likeness, 0 to 100")
    sure: bool = Field(description="False: to be confirmed before it is used")
    samples: list[str]


class Mapping(Answer):
    """How the columns of a file are read."""

    id: str = Field(description="Send it back as mapping= to confirm; it is remembered for the source")
    confirmed: bool = Field(description="Whether the file may be imported so, without asking")
    header_row: int
    columns: list[MappedColumn]


class Imported(Answer):
    """What came of a file."""

    kind: str
    rows: int = Field(description="Rows below the header")
    created: int = Field(description="Orders, SKUs or counts that are new")
    changed: int = Field(0, description="SKUs or counts that were there and said something else")
    known: int = Field(description="There already, with the same content")
    refused: int = Field(description="Rows that were not taken; problems says why")
    problems: list[RowProblem]
    left_out: int = Field(0, description="Rows that are no orders: totals, headers again, forms nobody used")
    dry_run: bool = False
    mapping: Mapping | None = Field(None, description="Of a dry run of orders")
