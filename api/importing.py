"""A file of orders on its way into the inbox: its mapping confirmed, its documents known, its orders taken (SR-011)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from api import answers
from api.dependencies import Parts
from api.errors import problem
from api.files.mapping import UnknownField, folded, id_of
from api.files.order_file import OrderRows, read_orders
from api.files.order_sheet import Reading, StaleMapping, is_confirmed
from api.files.sheet import HEADER, File, Sheet, letters
from api.placing import keep_payment, posting_of
from domain.calendar import next_collection
from domain.paper import PAPER, place_of
from domain.policy import Policy
from infra.db.file_intake import (
    Document,
    Source,
    allocated_forms,
    claim_documents,
    known_documents,
    remember_fields,
    remembered_fields,
)
from infra.db.inbox import Intake, Posting, Taken
from infra.db.keys import Holder
from infra.db.policies import policy_in_force

AT_ONCE = 200
"""Orders of one step: between two, other requests are answered."""
Counts = Counter[str]
Short = Annotated[str, StringConstraints(max_length=200)]
FIRST_LOOK = "Look at it with dry_run=1, then send the file again with mapping= and the id, or header → field as JSON."


class Asked(BaseModel):
    """How a file is to be imported."""

    document: Short = Field("", description="The file's name, kept with its orders")
    first_row: int = Field(HEADER + 1, gt=HEADER, description="Of a piece: its first row in the whole file")
    sheet: Short = Field("", description="Of a workbook: which sheet; unset: the first")
    source: Short = Field("", description="Whose file it is, a store or who submits; unset: the key's name")
    mapping: str = Field("", max_length=20_000, description="Confirms how columns are read: an id, or header → field")
    dry_run: bool = Field(default=False, description="Say what would come of it; nothing is kept")
    marked: bool = Field(default=False, description="Answer an XLSX copy of the sheet, bad cells red with a comment")
    reckon_total: bool = Field(default=False, description="The sheet has no total: reckon it from the lines")
    local_times: bool = Field(default=False, description="Times without an offset are local, as in a workbook")
    channel: Short = Field("", description="Of orders whose sheet does not say")
    currency: Short = Field("", description="Of orders whose sheet does not say")
    payment_method: Short = Field("", description="Of orders whose sheet does not say")
    delivery_method: Short = Field("", description="Of orders whose sheet does not say")

    def reading(self, known: Mapping[str, tuple[str, str]]) -> Reading:
        """How a file of orders is to be read."""
        said = _said(self.mapping) if self.mapping.lstrip().startswith("{") else {}
        defaults = ("channel", "currency", "payment_method", "delivery_method")
        return Reading(
            known=known,
            mapping="" if said else self.mapping,
            said=said,
            defaults={name: getattr(self, name) for name in defaults if getattr(self, name)},
            reckon_total=self.reckon_total,
            local_times=self.local_times,
            dry_run=self.dry_run,
        )


def _said(text: str) -> dict[str, str]:
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not all(isinstance(field, str) for field in said.values()):
        todo = 'Send an object such as {"单价": "unit_price:major", "备注2": ""}.'
        raise problem(422, "mapping_unreadable", "The mapping is no object of header and field", todo=todo)
    return said


@dataclass
class Import:
    """One file of orders, or a piece of one, being imported."""

    parts: Parts
    caller: Holder
    asked: Asked
    counts: Counts = field(default_factory=Counter)
    _policies: dict[str, Policy] = field(default_factory=dict)

    async def run(self, file: File) -> Sheet:
        """Read it and take what is good; of a dry run, only say what would come of it."""
        source = Source(self.caller.tenant, self.asked.source or self.caller.name)
        async with self.parts.engine.begin() as connection:
            reading = self.asked.reading(await remembered_fields(connection, source))
        try:
            sheet, found = await asyncio.to_thread(read_orders, file, reading)
        except (StaleMapping, UnknownField) as error:
            raise problem(409, "mapping_stale", f"{error}", todo=FIRST_LOOK) from None
        if not self.asked.dry_run:
            await self._agree(sheet, source)
        for begin in range(0, len(found), AT_ONCE):
            await self._take(sheet, found[begin : begin + AT_ONCE])
        return sheet

    async def _agree(self, sheet: Sheet, source: Source) -> None:
        """What was found by likeness only is not used before somebody confirmed it; what was, is remembered."""
        if not is_confirmed(sheet):
            title = "Some columns were only recognized by likeness, and nobody has confirmed them"
            proposal = mapping_of(sheet).model_dump()
            raise problem(409, "mapping_unconfirmed", title, todo=FIRST_LOOK, mapping=proposal)
        if self.asked.mapping and sheet.columns:
            fields = {folded(column.header): (column.field, column.reading) for column in sheet.columns if column.sure}
            async with self.parts.engine.begin() as connection:
                await remember_fields(connection, source, fields, (self.caller.name, self.parts.now()))

    # -- orders --------------------------------------------------------------------------------------------------

    async def _take(self, sheet: Sheet, found: Sequence[OrderRows]) -> None:
        now = self.parts.now()
        read = [(rows, await self._posting(rows, now)) for rows in found]
        good = [(rows, posting) for rows, posting in read if posting]
        fresh = await self._documents_new(good, now)
        for rows, posting, answer in await self._answered(fresh):
            match answer.intake:
                case Intake.NEW:
                    self.counts["created"] += 1
                case Intake.KNOWN:
                    self.counts["known"] += 1
                    if not self.asked.dry_run:
                        await keep_payment(self.parts.facts, posting)
                case Intake.DIFFERENT:
                    reason = f"It is known as {answer.order_no} with other content: correct or cancel that one"
                    rows.refuse(_id_column(sheet), "other_content", reason)

    async def _answered(self, fresh: Sequence[tuple[OrderRows, Posting]]) -> list[tuple[OrderRows, Posting, Taken]]:
        postings = [posting for _, posting in fresh]
        if self.asked.dry_run:
            taken = await self.parts.inbox.look(postings)
        else:
            taken = await asyncio.gather(*map(self.parts.inbox.take, postings))
        return [(rows, posting, answer) for (rows, posting), answer in zip(fresh, taken, strict=True)]

    async def _posting(self, rows: OrderRows, now: datetime) -> Posting | None:
        order = rows.read()
        if order is None:
            return None
        origin: dict[str, Any] = {"document_no": self.asked.document, **rows.origin(), "source_kind": "file"}
        if place_of(origin["document_no"]):
            origin["source_kind"] = PAPER
        else:
            policy = await self._policy(order.channel, now)
            if order.channel in policy.offline_channels and not policy.offline_immediate:
                origin["collected_at"] = next_collection(now, policy.zone)
        return posting_of(order, self.caller, now, "", **origin)

    async def _policy(self, channel: str, now: datetime) -> Policy:
        if channel not in self._policies:
            async with self.parts.engine.begin() as connection:
                self._policies[channel] = await policy_in_force(connection, channel, now)
        return self._policies[channel]

    # -- documents -----------------------------------------------------------------------------------------------

    async def _documents_new(
        self, good: Sequence[tuple[OrderRows, Posting]], now: datetime
    ) -> list[tuple[OrderRows, Posting]]:
        """Those whose document is not known as another order's; the others are known, or told."""
        numbered = {id(rows): self._document(rows, posting) for rows, posting in good if "document_no" in rows.origin()}
        days = {place[0] for each in numbered.values() if (place := place_of(each.document_no))}
        tenant, documents = self.caller.tenant, list(numbered.values())
        async with self.parts.engine.begin() as connection:
            given = await allocated_forms(connection, days) if days else {}
            allowed = [document for document in documents if _was_given(document, given)]
            if self.asked.dry_run:
                holders = await known_documents(connection, tenant, allowed)
            else:
                holders = await claim_documents(connection, tenant, allowed, now)
        fresh = []
        for rows, posting in good:
            document = numbered.get(id(rows))
            if document is None or self._is_new(rows, document, holders, given):
                fresh.append((rows, posting))
        return fresh

    def _is_new(
        self,
        rows: OrderRows,
        document: Document,
        holders: Mapping[tuple[str, str], Document],
        given: Mapping[Any, int],
    ) -> bool:
        if not _was_given(document, given):
            rows.refuse("document_no", "unknown_document_no")
            return False
        holder = holders.get(document.key, document)
        if (holder.channel, holder.external_id) == (document.channel, document.external_id):
            return True
        if holder.business_hash == document.business_hash:
            self.counts["known"] += 1
        else:
            rows.refuse("document_no", "document_known")
        return False

    def _document(self, rows: OrderRows, posting: Posting) -> Document:
        own = self.asked.source or rows.origin().get("submitter", "") or self.caller.name
        source = PAPER if posting.source_kind == PAPER else own
        number = rows.origin()["document_no"]
        return Document(source, number, posting.channel, posting.external_id, posting.business_hash)


def _was_given(document: Document, given: Mapping[Any, int]) -> bool:
    """Whether the number is that of a form a kit was given, or no form's at all."""
    place = place_of(document.document_no)
    return place is None or 0 < place[1] <= given.get(place[0], 0)


def _id_column(sheet: Sheet) -> str:
    return "external_id" if any(column.field == "external_id" for column in sheet.columns) else "document_no"


def mapping_of(sheet: Sheet) -> answers.Mapping:
    """The mapping as it is answered, with some values of each column."""
    return answers.Mapping(
        id=id_of(sheet.columns),
        confirmed=all(column.sure for column in sheet.columns),
        header_row=sheet.header_row,
        columns=[
            answers.MappedColumn(
                column=letters(column.place),
                header=column.header,
                field=column.field,
                reading=column.reading,
                score=round(column.score, 1),
                sure=column.sure,
                samples=sheet.samples.get(column.place, []),
            )
            for column in sheet.columns
        ],
    )
