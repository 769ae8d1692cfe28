"""Taking over a running shop, by batch or by file, with a dry run (M19, AC-72): each order is judged for itself."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field, TypeAdapter, ValidationError

from api.answers import RowProblem
from api.answers_of_takeover import Overdue, TakenOver
from api.dependencies import Parts, allow, caller_of, parts_of
from api.errors import wrong_shape
from api.files.sheet import HEADER, File
from api.files.takeover_file import COLUMNS, OrderStory, read_stories
from api.placing import posting_of, read_body
from api.shapes import ORDER_EXAMPLE, Posted, PostedOrder
from domain.takeover.history import History, PaidBefore
from infra.db.keys import Holder
from infra.takeover import Candidate, Fate, take_over_all

router = APIRouter(tags=["Imports"])
MOST_BYTES = 64 * 2**20
MOST = 5000
AT_ONCE = 200
"""Orders of one transaction: between two, other requests are answered."""
MOST_OVERDUE = 1000
MAY = frozenset({"operator", "supervisor"})
DryRun = Annotated[bool, Query(description="Say what would come of it, and write nothing")]
HISTORY_EXAMPLE = {
    "payments": [{"payment_no": "P-1", "at": "2026-11-23T09:31:00+08:00"}],
    "packages": [
        {
            "outbound_at": "2026-11-24T10:00:00+08:00",
            "tracking_number": "SF1234567890123",
            "carrier": "SF",
            "accepted_at": "2026-11-24T10:20:00+08:00",
            "signed_at": "2026-11-25T15:00:00+08:00",
        }
    ],
}


class PostedTakeover(PostedOrder):
    """An order as it was placed, and whatever has happened to it so far."""

    history: History = History()


class PostedTakeovers(Posted):
    """Orders to take over; each is judged for itself."""

    orders: list[Any] = Field(min_length=1, max_length=MOST)


ONE: TypeAdapter[PostedTakeover] = TypeAdapter(PostedTakeover)
BATCH: TypeAdapter[PostedTakeovers] = TypeAdapter(PostedTakeovers)
BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "orders": {
                            "type": "array",
                            "items": {
                                "allOf": [{"$ref": "#/components/schemas/PostedOrder"}],
                                "properties": {"history": {"type": "object"}},
                            },
                        }
                    },
                    "required": ["orders"],
                },
                "example": {"orders": [{**ORDER_EXAMPLE, "history": HISTORY_EXAMPLE}]},
            }
        },
    }
}
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string"}, "example": f"{','.join(COLUMNS)}\n"}},
    }
}


@dataclass
class Tally:
    """What came of the orders so far."""

    orders: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    assumed: Counter[str] = field(default_factory=Counter)
    verdicts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    overdue: list[Overdue] = field(default_factory=list)

    def note(self, fate: Fate, external_id: str) -> None:
        """Count what came of one order."""
        if fate.contradictions or fate.known:
            self.counts["refused" if fate.contradictions else "known"] += 1
            return
        self.counts.update(["created", "finished" if fate.final else "open", *(["short"] if fate.short else [])])
        self.stages[fate.stage] += 1
        self.assumed.update(fate.assumed)
        for row in fate.clocks:
            self.verdicts[row.kind][row.verdict] += 1
        if fate.overdue and len(self.overdue) < MOST_OVERDUE:
            self.overdue.append(Overdue(order_no=fate.order_no, external_id=external_id, clocks=list(fate.overdue)))

    def answer(self, problems: Sequence[RowProblem], *, dry_run: bool) -> TakenOver:
        """The whole."""
        counted = ("created", "known", "refused", "open", "finished", "short")
        return TakenOver(
            dry_run=dry_run,
            orders=self.orders,
            **{name: self.counts[name] for name in counted},
            stages=dict(sorted(self.stages.items())),
            verdicts={kind: dict(sorted(found.items())) for kind, found in sorted(self.verdicts.items())},
            assumed=dict(sorted(self.assumed.items())),
            overdue=self.overdue,
            problems=list(problems),
        )


# -- by batch --------------------------------------------------------------------------------------------------------


@router.post(
    "/v1/takeovers",
    response_model=TakenOver,
    summary="Take over orders of a running shop",
    openapi_extra=BATCH_BODY,
    max_body_size=MOST_BYTES,
)
async def take_over_batch(request: Request, dry_run: DryRun = False) -> TakenOver:  # noqa: FBT002 (a query)
    """Orders with their history: open ones go on here, finished ones come into the books; nothing past is sent."""
    caller, parts = await caller_of(request), parts_of(request)
    allow(caller, MAY, to="take orders over")
    try:
        batch = BATCH.validate_json(read_body(await request.body()))
    except ValidationError as error:
        raise wrong_shape(error.errors(include_url=False, include_input=False), what="batch") from None
    problems: list[RowProblem] = []
    read = await asyncio.to_thread(_read_all, batch.orders, problems)
    tally = Tally(orders=len(batch.orders), counts=Counter(refused=len(batch.orders) - len(read)))
    given = [(place, _candidate(order, parts, caller)) for place, order in read]
    for begin in range(0, len(given), AT_ONCE):
        some = given[begin : begin + AT_ONCE]
        fates = await take_over_all(parts.engine, [one for _, one in some], parts.now(), dry_run=dry_run)
        for (place, candidate), fate in zip(some, fates, strict=True):
            tally.note(fate, candidate.posting.external_id)
            problems += [
                RowProblem(row=place, column=each.path, code=each.code, reason=each.reason)
                for each in fate.contradictions
            ]
    return tally.answer(sorted(problems, key=lambda problem: problem.row), dry_run=dry_run)


def _read_all(given: Sequence[Any], problems: list[RowProblem]) -> list[tuple[int, PostedTakeover]]:
    """The orders that can be read, with their places; of the others every problem with its field path."""
    found = []
    seen: dict[tuple[str, str], int] = {}
    for place, raw in enumerate(given):
        try:
            order = ONE.validate_python(raw)
        except ValidationError as error:
            problems += [
                RowProblem(row=place, column=".".join(map(str, each["loc"])), code=each["type"], reason=each["msg"])
                for each in error.errors(include_url=False, include_input=False)
            ]
            continue
        first = seen.setdefault((order.channel, order.external_id), place)
        if first == place:
            found.append((place, order))
        else:
            reason = f"Order {first} of the batch is the same one"
            problems.append(RowProblem(row=place, column="external_id", code="order_twice", reason=reason))
    return found


def _candidate(order: PostedTakeover, parts: Parts, caller: Holder) -> Candidate:
    placed = PostedOrder.model_construct(**{name: getattr(order, name) for name in PostedOrder.model_fields})
    return candidate_of(placed, order.history, parts, caller)


def candidate_of(order: PostedOrder, history: History, parts: Parts, caller: Holder, **origin: str) -> Candidate:
    """The order as it is taken over; what it says of its payment counts where the history says nothing."""
    paid = order.payment
    if not history.payments and ((paid.paid_amount or 0) > 0 or paid.paid_at):
        history = history.having(payments=(PaidBefore(amount=paid.paid_amount or None, at=paid.paid_at),))
    posting = posting_of(order, caller, parts.now(), "", source_kind="takeover", **origin)
    return Candidate(posting, history)


# -- by file ---------------------------------------------------------------------------------------------------------


@router.post(
    "/v1/imports/takeover",
    response_model=TakenOver,
    summary="Take over orders from a CSV file",
    openapi_extra=FILE_BODY,
    max_body_size=MOST_BYTES,
)
async def take_over_file(
    request: Request,
    dry_run: DryRun = False,  # noqa: FBT002 (a query)
    document: Annotated[str, Query(max_length=200, description="The file's name, kept with its orders")] = "",
    first_row: Annotated[int, Query(ge=HEADER + 1, description="Of a piece: its first row in the whole file")] = 2,
) -> TakenOver:
    """A row an order line, with the columns of an order file and those of its history; empty cells are not known."""
    caller, parts = await caller_of(request), parts_of(request)
    allow(caller, MAY, to="take orders over")
    sheet, stories = await asyncio.to_thread(read_stories, File(await request.body(), first_row))
    tally = Tally(orders=len(stories))
    for begin in range(0, len(stories), AT_ONCE):
        some = stories[begin : begin + AT_ONCE]
        read = await asyncio.to_thread(_told, some)
        tally.counts["refused"] += len(some) - len(read)
        given = [
            (story, candidate_of(order, past, parts, caller, **{"document_no": document, **story.rows.origin()}))
            for story, order, past in read
        ]
        fates = await take_over_all(parts.engine, [one for _, one in given], parts.now(), dry_run=dry_run)
        for (story, candidate), fate in zip(given, fates, strict=True):
            tally.note(fate, candidate.posting.external_id)
            story.refuse(fate.contradictions)
    return tally.answer(sheet.told(), dry_run=dry_run)


def _told(stories: Sequence[OrderStory]) -> list[tuple[OrderStory, PostedOrder, History]]:
    """Those that can be read."""
    read = ((story, story.read()) for story in stories)
    return [(story, *found) for story, found in read if found is not None]
