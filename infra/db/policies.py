"""Editions of the policy (shapes "Policy", §6.3): immutable, for an order keeps the rules it came in under."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.policy import STANDARD, Policy
from infra.db.tables import policy_edition

IN_FORCE = text("""
SELECT body FROM policy_edition WHERE channel IN (:channel, '') AND valid_from <= :at
ORDER BY channel = :channel DESC, valid_from DESC LIMIT 1
""")


class EditionTaken(ValueError):
    """The caller's to correct: an edition of this name exists and says something else."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who put an edition, when and why (SR-058)."""

    owner: str = ""
    added_at: datetime | None = None
    reason: str = ""


OURS = Origin()
"""Of what the house brings along."""


async def put_edition(
    connection: AsyncConnection, policy: Policy, valid_from: datetime, channel: str = "", origin: Origin = OURS
) -> bool:
    """Keep an edition; False where it was known already.

    Args:
        connection: of the caller's transaction.
        policy: the rules; its ``edition`` is the name.
        valid_from: orders received from then on come in under it, unless a newer edition is for them.
        channel: only orders of this channel; empty: of every channel that has no edition of its own.
        origin: who put it; kept of the first time only.

    Raises:
        EditionTaken: the name is taken by other rules, or for another channel.
    """
    row = {"edition": policy.edition, "body": policy.model_dump(mode="json"), "channel": channel, **asdict(origin)}
    statement = insert(policy_edition).values(**row, valid_from=valid_from).on_conflict_do_nothing()
    if (await connection.execute(statement.returning(policy_edition.c.edition))).scalar_one_or_none():
        return True
    asked = select(policy_edition).where(policy_edition.c.edition == policy.edition)
    known = (await connection.execute(asked)).mappings().one()
    if (Policy.model_validate(known["body"]), known["channel"]) != (policy, channel):
        raise EditionTaken(f"Policy edition {policy.edition} exists and never changes; give the new rules a new name.")
    return False


async def policy_in_force(connection: AsyncConnection, channel: str, at: datetime) -> Policy:
    """The rules under which an order of the channel received at this moment comes in; intake chooses by the same."""
    body = (await connection.execute(IN_FORCE, {"channel": channel, "at": at})).scalar_one_or_none()
    return STANDARD if body is None else Policy.model_validate(body)
