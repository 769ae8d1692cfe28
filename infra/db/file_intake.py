"""What file intake remembers: how a source's headers are read, which documents came in, which form numbers were given.

A document is known by its source and its number (edge case 34); two kits never share a form number (M7).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.tables import import_mapping, paper_form

CLAIM = text("""
INSERT INTO import_document (tenant, source, document_no, channel, external_id, business_hash, first_at)
SELECT :tenant, source, document_no, channel, external_id, business_hash, :at
FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(
    source text, document_no text, channel text, external_id text, business_hash text)
ON CONFLICT DO NOTHING
""")
KNOWN = text("""
SELECT d.source, d.document_no, d.channel, d.external_id, d.business_hash
FROM import_document AS d
JOIN jsonb_to_recordset(CAST(:given AS jsonb)) AS g(source text, document_no text) USING (source, document_no)
WHERE d.tenant = :tenant
""")


@dataclass(frozen=True, slots=True)
class Source:
    """Whose files these are."""

    tenant: str
    name: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document with a number of its source, and the order it became."""

    source: str
    document_no: str
    channel: str
    external_id: str
    business_hash: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.source, self.document_no


async def claim_documents(
    connection: AsyncConnection, tenant: str, documents: Sequence[Document], at: datetime
) -> dict[tuple[str, str], Document]:
    """By key, the document that holds it: the one of these that came first where it is new, else the known one."""
    first = {document.key: document for document in reversed(documents)}
    if first:
        given = _array([first[key] for key in sorted(first)])
        await connection.execute(CLAIM, {"given": given, "tenant": tenant, "at": at})
    return await known_documents(connection, tenant, documents)


async def known_documents(
    connection: AsyncConnection, tenant: str, documents: Sequence[Document]
) -> dict[tuple[str, str], Document]:
    """By key, those that came in before."""
    if not documents:
        return {}
    distinct = list({document.key: document for document in documents}.values())
    rows = await connection.execute(KNOWN, {"given": _array(distinct), "tenant": tenant})
    return {document.key: document for document in (Document(*row) for row in rows)}


def _array(documents: Sequence[Document]) -> str:
    return json.dumps([asdict(each) for each in documents], ensure_ascii=False)


async def remembered_fields(connection: AsyncConnection, source: Source) -> dict[str, tuple[str, str]]:
    """Header → field and reading, as somebody confirmed them for this source."""
    table = import_mapping.c
    asked = select(table.header, table.field, table.reading).where(
        tuple_(table.tenant, table.source) == (source.tenant, source.name)
    )
    return {row.header: (row.field, row.reading) for row in await connection.execute(asked)}


async def remember_fields(
    connection: AsyncConnection, source: Source, fields: Mapping[str, tuple[str, str]], signed: tuple[str, datetime]
) -> None:
    """Keep how this source's headers are read, and who confirmed it when; what was said before of these is replaced."""
    by, at = signed
    for header, (field, reading) in sorted(fields.items()):
        row = {"field": field, "reading": reading, "confirmed_by": by, "confirmed_at": at}
        key = {"tenant": source.tenant, "source": source.name, "header": header}
        await connection.execute(
            insert(import_mapping).values(**key, **row).on_conflict_do_update(constraint="pk_import_mapping", set_=row)
        )


async def allocate_forms(connection: AsyncConnection, day: date, count: int) -> int:
    """Give out so many form numbers of a day; answers the first of them."""
    statement = insert(paper_form).values(day=day, last_number=count)
    grown = statement.on_conflict_do_update(
        index_elements=["day"], set_={"last_number": paper_form.c.last_number + count}
    )
    last: int = (await connection.execute(grown.returning(paper_form.c.last_number))).scalar_one()
    return last - count + 1


async def allocated_forms(connection: AsyncConnection, days: Collection[date]) -> dict[date, int]:
    """By day, the last form number that was given out."""
    asked = select(paper_form.c.day, paper_form.c.last_number).where(paper_form.c.day.in_(days))
    return {row.day: row.last_number for row in await connection.execute(asked)}
