"""Keys to the API (shapes "Keys"): a role each, kept as a prefix and a SHA-256; the key itself is shown once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.tables import api_key

PREFIX_LENGTH = 12
"""Characters of a key by which its row is found: they say nothing about the rest."""


class Role(StrEnum):
    """What a key may be used for."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    FINANCE = "finance"
    CHANNEL = "channel"
    WAREHOUSE = "warehouse"
    CARRIER = "carrier"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose key it is. ``name`` is the actor in timelines."""

    role: Role
    tenant: str = "default"
    name: str = ""


def new_key() -> str:
    """A fresh key: a prefix to find it by, and 256 random bits."""
    return f"ord_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"


async def keep_key(connection: AsyncConnection, key: str, holder: Holder, at: datetime) -> None:
    """Let a key in; nothing where it is known."""
    row = {"prefix": key[:PREFIX_LENGTH], "sha256": _digest(key), "role": holder.role, "tenant": holder.tenant}
    statement = insert(api_key).values(**row, name=holder.name or holder.role, created_at=at)
    await connection.execute(statement.on_conflict_do_nothing())


async def holder_of(connection: AsyncConnection, key: str) -> Holder | None:
    """Whose key this is; None where it is unknown or revoked."""
    asked = select(api_key).where(api_key.c.prefix == key[:PREFIX_LENGTH], api_key.c.revoked_at.is_(None))
    row = (await connection.execute(asked)).mappings().one_or_none()
    if row is None or not compare_digest(row["sha256"], _digest(key)):
        return None
    return Holder(role=Role(row["role"]), tenant=row["tenant"], name=row["name"])


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
