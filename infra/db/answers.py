"""Questions as the answer page reads them, and the fingerprints of the codes that open it (M18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

KEEP = text(
    """
INSERT INTO answer_code (fingerprint, order_no, question, expires_at)
VALUES (:fingerprint, :order_no, :question, :expires_at) ON CONFLICT (fingerprint) DO NOTHING"""
)
KEPT = text("SELECT order_no, question FROM answer_code WHERE fingerprint = :fingerprint")
FIND = text(
    """
SELECT order_no, question, expires_at FROM answer_code WHERE fingerprint = :fingerprint AND expires_at > :now"""
)
READ = text(
    """
SELECT q.order_no, q.question, q.template, q.state, q.version, q.fields, q.options, q.default_option, q.deadline,
    q.answer, q.ended_at IS NOT NULL AS ended, i.tenant, i.channel, i.external_id, i.policy_edition
FROM question AS q JOIN inbound_order AS i USING (order_no)
WHERE q.order_no = :order_no AND q.question = :question"""
)


class CodeTaken(Exception):
    """Ours to retry never: another question has the same code; whoever is to be asked has to be called."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as its page shows it. ``options`` and ``fields`` are those of ``domain.questions``."""

    order_no: str
    question: int
    template: str
    state: str
    version: int
    fields: list[str]
    options: list[dict[str, Any]]
    default_option: str
    deadline: datetime
    answer: str
    ended: bool
    tenant: str
    channel: str
    external_id: str
    policy_edition: str


async def keep_code(
    connection: AsyncConnection, fingerprint: str, asked: tuple[str, int], expires_at: datetime
) -> None:
    """Keep what a question's code is known by, once. CodeTaken where another question has it."""
    values = {"fingerprint": fingerprint, "order_no": asked[0], "question": asked[1], "expires_at": expires_at}
    await connection.execute(KEEP, values)
    kept = (await connection.execute(KEPT, {"fingerprint": fingerprint})).one()
    if tuple(kept) != asked:
        raise CodeTaken(f"The code of {asked[0]}, question {asked[1]}, is another's: call the customer.")


async def find_code(connection: AsyncConnection, fingerprint: str, now: datetime) -> tuple[str, int, datetime] | None:
    """The order and question of a code, and until when it is good; None where it is unknown or over."""
    row = (await connection.execute(FIND, {"fingerprint": fingerprint, "now": now})).one_or_none()
    return (row.order_no, row.question, row.expires_at) if row else None


async def read_question(connection: AsyncConnection, order_no: str, question: int) -> Asked | None:
    """One question; None where the order has none of this number."""
    row = (await connection.execute(READ, {"order_no": order_no, "question": question})).one_or_none()
    return Asked(*row) if row else None
