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
WITH given AS (
    SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(
        document_no text, channel text, external_id text, business_hash text)
), fresh AS (
    INSERT INTO import_document (tenant, source, document_no, channel, external_id, business_hash, first_at)
    SELECT DISTINCT ON (document_no) :tenant, :source, document_no, channel, external_id, business_hash,
        CAST(:at AS timestamptz)
    FROM given ORDER BY document_no
    ON CONFLICT DO NOTHING
    RETURNING document_no, channel, external_id, business_hash
)
SELECT document_no, channel, external_id, business_hash FROM fresh
UNION ALL
SELECT d.document_no, d.channel, d.external_id, d.business_hash FROM import_document AS d
WHERE d.tenant = :tenant AND d.source = :source AND d.document_no IN (SELECT document_no FROM given)
""")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that came in, and the order it became."""

    document_no: str
    channel: str
    external_id: str
    business_hash: str


@dataclass(frozen=True, slots=True)
class Source:
    """Whose files these are."""

    tenant: str
    name: str


async def claim_documents(
    connection: AsyncConnection, source: Source, documents: Sequence[Document], at: datetime
) -> dict[str, Document]:
    """By number, the document that holds it: one of these where it is new, else the one that came first."""
    given = {"given": json.dumps([asdict(each) for each in documents], ensure_ascii=False)}
    rows = await connection.execute(CLAIM, {**given, "tenant": source.tenant, "source": source.name, "at": at})
    return {row.document_no: Document(**row._mapping) for row in rows}  # noqa: SLF001 - SQLAlchemy's public name


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
