"""Invoices in the books: asked for, used, taken back by red letters, sent to the invoicing party (SR-149, EC-40)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.invoices import (
    BLUE,
    LETTER,
    RED,
    Invoice,
    InvoiceBooks,
    RedLetter,
    beyond,
    cause_of_order,
    letter_key,
    red_letters,
)
from domain.recording import DESK
from infra.db.tables import invoice, task
from infra.db.transactions import Transaction

LOCK = text("SELECT FROM orders WHERE order_no = :order_no FOR NO KEY UPDATE")
MONEY = text("""
    SELECT o.order_no, o.stage, o.currency, o.captured, o.refunded + COALESCE((
        SELECT sum(r.amount) FROM return_refund AS r WHERE r.order_no = o.order_no), 0)::bigint AS refunded
    FROM orders AS o WHERE o.order_no = :order_no AND (CAST(:tenant AS text) IS NULL OR o.tenant = :tenant)
""")
SHOWN = text("""
    SELECT i.invoice_no, i.kind, i.red_of, i.cause, i.title, i.tax_id, i.amount, i.currency, i.asked_by, i.asked_at,
        i.used_at, i.confirmation_no, COALESCE(l.reference, '') AS reference, l.sent_at AS issued_at,
        CASE WHEN l.key IS NULL THEN 'WAITING' WHEN l.sent_at IS NULL THEN 'ASKED' ELSE 'ISSUED' END AS state
    FROM invoice AS i LEFT JOIN outbox AS l ON l.key = i.order_no || '/invoice/' || i.invoice_no
    WHERE i.order_no = :order_no ORDER BY i.invoice_no
""")
PAPER = text("""
    SELECT i.title, i.tax_id, i.confirmation_no, COALESCE((SELECT l.reference FROM outbox AS l
        WHERE l.key = i.order_no || '/invoice/' || i.red_of AND l.sent_at IS NOT NULL), '') AS red_of
    FROM invoice AS i WHERE i.order_no || '/invoice/' || i.invoice_no = :key AND i.order_no = split_part(:key, '/', 1)
""")
INVOICED = text("SELECT EXISTS (SELECT FROM invoice WHERE order_no = :order_no)")
KEEP_RED = text("""
    INSERT INTO invoice (order_no, invoice_no, kind, cause, asked_by, asked_at, amount, currency, red_of)
    VALUES (:order_no, :invoice_no, :kind, :cause, :by, :at, :amount, :currency, :red_of)
""")
TODO = text("""
    INSERT INTO task (order_no, key, kind, role, opened_at, params)
    VALUES (:order_no, :key, 'CONFIRM_RED_LETTER', 'finance', :at, CAST(:params AS jsonb))
""")
ASK = text("""
    INSERT INTO outbox (key, order_no, kind, params, created_at, next_attempt_at)
    VALUES (:key, :order_no, :kind, CAST(:params AS jsonb), :at, :at) ON CONFLICT DO NOTHING
""")
SAY = text("""
    INSERT INTO order_event (order_no, key, code, at, recorded_at, actor, source, params)
    VALUES (:order_no, :key, :code, :at, :at, :actor, 'us', CAST(:params AS jsonb)) ON CONFLICT DO NOTHING
""")
WAKE = text("SELECT pg_notify('relay', 'outbox')")


async def books_of(connection: Transaction, order_no: str, tenant: str | None = None) -> InvoiceBooks | None:
    """The order's money and invoices, nobody else changing them until the commit; None: no such order."""
    await connection.execute(LOCK, {"order_no": order_no})
    row = (await connection.execute(MONEY, {"order_no": order_no, "tenant": tenant})).mappings().one_or_none()
    if row is None:
        return None
    found = (await connection.execute(SHOWN, {"order_no": order_no})).mappings()
    return InvoiceBooks(**row, invoices=tuple(_read(each) for each in found))


async def shown(connection: AsyncConnection, order_no: str) -> list[dict[str, Any]]:
    """Every invoice of the order, with the party's number where it is issued."""
    return [dict(row) for row in (await connection.execute(SHOWN, {"order_no": order_no})).mappings()]


async def numbered(connection: AsyncConnection, order_no: str, request_id: str) -> int | None:
    """The invoice that was asked for under a request; None where none was."""
    mine = (invoice.c.order_no == order_no, invoice.c.request_id == request_id)
    return (await connection.execute(select(invoice.c.invoice_no).where(*mine))).scalar_one_or_none()


async def issue(connection: AsyncConnection, books: InvoiceBooks, row: dict[str, Any], at: datetime) -> int:
    """Keep an invoice that was asked for, and ask the party; its number."""
    number = len(books.invoices) + 1
    about = {"order_no": books.order_no, "invoice_no": number, "kind": BLUE, "currency": books.currency}
    await connection.execute(insert(invoice).values(**about, **row, asked_at=at))
    money = {"amount": row["amount"], "currency": books.currency}
    await _tell(connection, (books.order_no, number), "invoice_asked", {**money, "actor": row["asked_by"]}, at)
    await _ask(connection, (books.order_no, number), {**money, "kind": BLUE}, at)
    return number


async def redden(connection: AsyncConnection, order_no: str, cause: str, amount: int, at: datetime) -> None:
    """A refund takes back what was invoiced, in its own transaction: the red letter goes beside the money."""
    books = await books_of(connection, order_no)
    if books is not None:
        await _redden(connection, books, (cause, amount), at)


async def redden_beyond(connection: Transaction, order_no: str, at: datetime) -> None:
    """The order itself paid back: its invoices stand for no more than it kept, once however often this is asked."""
    if not (await connection.execute(INVOICED, {"order_no": order_no})).scalar_one():
        return
    books = await books_of(connection, order_no)
    if books is not None and beyond(books):
        await _redden(connection, books, (cause_of_order(books), beyond(books)), at)


async def _redden(connection: Transaction, books: InvoiceBooks, refund: tuple[str, int], at: datetime) -> None:
    cause, amount = refund
    for place, red in enumerate(red_letters(books, cause, amount), len(books.invoices) + 1):
        await _keep_red(connection, books, (place, red, cause), at)


async def _keep_red(
    connection: Transaction, books: InvoiceBooks, what: tuple[int, RedLetter, str], at: datetime
) -> None:
    number, red, cause = what
    place = (books.order_no, number)
    money = {"amount": red.amount, "currency": books.currency, "red_of": red.red_of}
    row = {"kind": RED, "cause": cause, "by": DESK, "at": at, **money}
    await connection.execute(KEEP_RED, {"order_no": books.order_no, "invoice_no": number, **row})
    if not red.waits:
        await _tell(connection, place, "red_letter_begun", money, at)
        await _ask(connection, place, {**money, "kind": RED}, at)
        return
    await _tell(connection, place, "red_letter_waits", money, at)
    params = json.dumps({**money, "invoice_no": number})
    todo = {"order_no": books.order_no, "key": f"invoice/{number}/confirm", "at": at, "params": params}
    await connection.execute(TODO, todo)


async def use(connection: AsyncConnection, order_no: str, number: int, at: datetime) -> bool:
    """The buyer used an invoice; False where there is no such blue one. Told twice, the first time counts."""
    mine = (invoice.c.order_no == order_no, invoice.c.invoice_no == number, invoice.c.kind == BLUE)
    found = (await connection.execute(select(invoice.c.used_at).where(*mine))).one_or_none()
    if found is not None and found.used_at is None:
        await connection.execute(invoice.update().where(*mine).values(used_at=at))
    return found is not None


async def confirm(connection: AsyncConnection, place: tuple[str, int], confirmation_no: str, at: datetime) -> bool:
    """The 红字信息确认单 of a red letter is there, and the party is asked; False where none waits for it."""
    order_no, number = place
    await connection.execute(LOCK, {"order_no": order_no})
    mine = (invoice.c.order_no == order_no, invoice.c.invoice_no == number, invoice.c.kind == RED)
    row = (await connection.execute(select(invoice).where(*mine))).mappings().one_or_none()
    todo = (task.c.order_no == order_no, task.c.key == f"invoice/{number}/confirm")
    waits = (await connection.execute(select(task.c.key).where(*todo))).one_or_none()
    if row is None or waits is None or row["confirmation_no"] not in {"", confirmation_no}:
        return False
    await connection.execute(invoice.update().where(*mine).values(confirmation_no=confirmation_no))
    await connection.execute(task.update().where(*todo, task.c.done_at.is_(None)).values(done_at=at, done_by="finance"))
    money = {"amount": row["amount"], "currency": row["currency"], "red_of": row["red_of"]}
    await _ask(connection, place, {**money, "kind": RED}, at)
    return True


async def paper(connection: AsyncConnection, key: str) -> dict[str, str]:
    """What a letter does not say, for it names no person: title, tax id, confirmation, the number of what goes red."""
    return {**(await connection.execute(PAPER, {"key": key})).mappings().one()}


async def _ask(connection: Transaction, place: tuple[str, int], params: dict[str, Any], at: datetime) -> None:
    order_no, number = place
    row = {"key": letter_key(order_no, number), "order_no": order_no, "kind": LETTER, "at": at}
    await connection.execute(ASK, {**row, "params": json.dumps(params)})
    await connection.execute(WAKE)


async def _tell(
    connection: Transaction, place: tuple[str, int], code: str, params: dict[str, Any], at: datetime
) -> None:
    order_no, number = place
    about = json.dumps({"invoice_no": number, **params}, ensure_ascii=False)
    row = {"order_no": order_no, "key": f"{order_no}/invoice/{number}/{code}", "code": code, "at": at, "actor": DESK}
    await connection.execute(SAY, {**row, "params": about})


def _read(row: Any) -> Invoice:
    names = ("invoice_no", "kind", "amount", "red_of", "cause")
    return Invoice(**{name: row[name] for name in names}, used=row["used_at"] is not None)
