"""The effect ledger (architecture §3.3, invariant 4): what was done outside under a key, and what came of it.

An effect may be asked for again freely: after a retry, a reset or a duplicate its first outcome is found here. Where
the outcome was lost before it was kept, the vendor finds it under the same key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.effects import Kept, Request
from domain.value import Value
from infra.db.tables import effect

Outcome = TypeVar("Outcome", bound=Value)
Watch = Callable[[], datetime]
"""Tells the time; whoever puts the parts together gives one."""


class EffectConflict(Exception):
    """Ours to correct: one key was used for two different requests. The cause has to be part of the key."""


def fingerprint(request: Request) -> str:
    """What a request asks for. A field that a later release adds, with its default, does not change it.

    When it was asked does not either.
    """
    asked = request.model_dump_json(exclude_defaults=True, exclude={*request.counted_from_now})
    return sha256(asked.encode()).hexdigest()


async def recall(connection: AsyncConnection, request: Request, outcome: type[Outcome]) -> Outcome | None:
    """The outcome that is kept under the request's key; None where nothing was done yet.

    Raises:
        EffectConflict: the key is taken by another request.
    """
    asked = select(effect.c.request_hash, effect.c.result).where(effect.c.key == request.key)
    row = (await connection.execute(asked)).one_or_none()
    if row is None:
        return None
    if row.request_hash != fingerprint(request):
        raise EffectConflict(f"{request.key} was done for another request; a different effect needs a key of its own.")
    return outcome.model_validate(row.result)


async def what_was_done(connection: AsyncConnection, key: str, outcome: type[Outcome]) -> Outcome | None:
    """The outcome of an earlier effect, whatever it was asked with; None where it was not done."""
    result = (await connection.execute(select(effect.c.result).where(effect.c.key == key))).scalar_one_or_none()
    return None if result is None else outcome.model_validate(result)


async def keep(connection: AsyncConnection, request: Request, outcome: Outcome, at: datetime) -> Outcome:
    """Keep an outcome, with the time of a deed, and answer it; in the transaction that made it where that was ours.

    Raises:
        IntegrityError: the same key was kept meanwhile.
    """
    if isinstance(outcome, Kept):
        outcome = outcome.having(done_at=at)
    row = {"request_hash": fingerprint(request), "result": outcome.model_dump(mode="json"), "at": at}
    await connection.execute(insert(effect).values(key=request.key, **row))
    return outcome


async def once(
    engine: AsyncEngine,
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
    async with engine.begin() as connection:
        known = await recall(connection, request, outcome)
    if known is not None:
        return known
    result = await act()
    try:
        async with engine.begin() as connection:
            return await keep(connection, request, result, now())
    except IntegrityError:  # another attempt was quicker; what it kept is the outcome
        async with engine.begin() as connection:
            kept = await recall(connection, request, outcome)
        if kept is None:
            raise
        return kept
