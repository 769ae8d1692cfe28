"""Corrections of an order, kept before the order is asked to take them, for they may hold personal data (SR-019)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

PROPOSE = text(
    """
INSERT INTO correction (order_no, base_version, patch, request_id, actor, at)
VALUES (:order_no, :base_version, CAST(:patch AS jsonb), :request_id, :actor, :at)
ON CONFLICT (order_no, request_id) WHERE request_id <> '' DO NOTHING"""
)
FIND = text(
    """
SELECT id, patch = CAST(:patch AS jsonb) AND base_version = :base_version AS same
FROM correction WHERE order_no = :order_no AND request_id = :request_id"""
)
KNOWN = text("SELECT id FROM correction WHERE order_no = :order_no AND request_id = :request_id")
REFUSED = text("UPDATE correction SET status = 'refused' WHERE id = :correction AND status = 'proposed'")


class RequestIdTaken(ValueError):
    """The caller's to correct: the request id was used for another correction of this order."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be corrected, by whom: ``patch`` is {field path: new value}, personal data and all."""

    order_no: str
    base_version: int
    patch: Mapping[str, Any]
    request_id: str
    actor: str


async def propose(connection: AsyncConnection, correction: Correction, at: datetime) -> int:
    """Keep a correction, once a request id; answers its number. RequestIdTaken where the id stands for another one."""
    values = {
        "order_no": correction.order_no,
        "base_version": correction.base_version,
        "patch": json.dumps(correction.patch, ensure_ascii=False),
        "request_id": correction.request_id,
    }
    await connection.execute(PROPOSE, values | {"actor": correction.actor, "at": at})
    found = (await connection.execute(FIND, values)).one()
    if not found.same:
        raise RequestIdTaken(correction.request_id)
    return int(found.id)


async def known_correction(connection: AsyncConnection, order_no: str, request_id: str) -> int | None:
    """The number of the correction that was kept under a request id; None where none was."""
    asked = {"order_no": order_no, "request_id": request_id}
    found: int | None = (await connection.execute(KNOWN, asked)).scalar_one_or_none()
    return found


async def mark_refused(connection: AsyncConnection, correction: int) -> None:
    """The order did not take the correction."""
    await connection.execute(REFUSED, {"correction": correction})
