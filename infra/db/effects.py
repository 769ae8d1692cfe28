"""The effect ledger (architecture §3.3, invariant 4): what was done outside under a key, and what came of it.

An effect may be asked for again freely: after a retry, a reset or a duplicate its first outcome is found here. Where
the outcome was lost before it was kept, the vendor finds it under the same key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.effects import Kept, Request
from domain.value import Value
from infra.db.transactions import Transaction, Transactions, single_steps

Outcome = TypeVar("Outcome", bound=Value)
Watch = Callable[[], datetime]
"""Tells the time; whoever puts the parts together gives one."""
DONE = text("SELECT request_hash, result FROM effect WHERE key = :key")
KEEP = text("""
    INSERT INTO effect (key, request_hash, result, at) VALUES (:key, :request_hash, CAST(:result AS jsonb), :at)
""")
TAKEN = (IntegrityError, psycopg.IntegrityError)
"""What a key that is taken raises, by the way the statement went."""


class EffectConflict(Exception):
    """Ours to correct: one key was used for two different requests. The cause has to be part of the key."""


def fingerprint(request: Request) -> str:
    """What a request asks for. A field that a later release adds, with its default, does not change it.

    When it was asked does not either.
    """
    asked = request.model_dump_json(exclude_defaults=True, exclude={*request.counted_from_now})
    return sha256(asked.encode()).hexdigest()


async def recall(connection: Transaction, request: Request, outcome: type[Outcome]) -> Outcome | None:
    """The outcome that is kept under the request's key; None where nothing was done yet.

    Raises:
        EffectConflict: the key is taken by another request.
    """
    row = (await connection.execute(DONE, {"key": request.key})).one_or_none()
    if row is None:
        return None
    if row.request_hash != fingerprint(request):
        raise EffectConflict(f"{request.key} was done for another request; a different effect needs a key of its own.")
    return outcome.model_validate(row.result)


async def what_was_done(connection: Transaction, key: str, outcome: type[Outcome]) -> Outcome | None:
    """The outcome of an earlier effect, whatever it was asked with; None where it was not done."""
    row = (await connection.execute(DONE, {"key": key})).one_or_none()
    return None if row is None else outcome.model_validate(row.result)


async def keep(connection: Transaction, request: Request, outcome: Outcome, at: datetime) -> Outcome:
    """Keep an outcome, with the time of a deed, and answer it; in the transaction that made it where that was ours.

    Raises:
        IntegrityError, SQLAlchemy's or psycopg's: the same key was kept meanwhile.
    """
    if isinstance(outcome, Kept):
        outcome = outcome.having(done_at=at)
    row = {"key": request.key, "request_hash": fingerprint(request), "result": outcome.model_dump_json(), "at": at}
    await connection.execute(KEEP, row)
    return outcome


async def once(
    engine: Transactions,
    request: Request,
    act: Callable[[], Awaitable[Outcome]],
    outcome: type[Outcome],
    now: Watch,
) -> Outcome:
    """Act outside, unless it was done under the request's key before; answers the first outcome.

    Args:
        engine: to the database.
        request: what is asked; its key is the vendor's idempotency key too.
        act: does it at the vendor.
        outcome: the type of what comes of it.
        now: tells the time of the entry.
    """
    single = single_steps(engine)
    async with single.begin() as connection:
        known = await recall(connection, request, outcome)
    if known is not None:
        return known
    result = await act()
    try:
        async with single.begin() as connection:
            return await keep(connection, request, result, now())
    except TAKEN:  # another attempt was quicker; what it kept is the outcome
        async with single.begin() as connection:
            kept = await recall(connection, request, outcome)
        if kept is None:
            raise
        return kept
