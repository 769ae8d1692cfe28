"""An order's versions (SR-019, SR-021): the posted order as it came, and the corrections that were accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from domain.posted import UnfitCorrection, corrected
from domain.risk_rules import Papers
from infra.connectors.reference import OrderReference
from infra.db.transactions import Transaction

READ = text("""
    SELECT o.channel, o.external_id, o.raw, (
        SELECT COALESCE(jsonb_agg(c.patch ORDER BY array_position(CAST(:corrections AS bigint[]), c.id), c.id), '[]')
        FROM correction AS c WHERE c.order_no = o.order_no
            AND CASE WHEN :named THEN c.id = ANY(CAST(:corrections AS bigint[])) ELSE c.status = 'accepted' END
        ) AS patches
    FROM inbound_order AS o WHERE o.order_no = :order_no
""")
NUMBERS = text("SELECT channel, external_id FROM inbound_order WHERE order_no = :order_no")
ACCEPT = text("UPDATE correction SET status = 'accepted' WHERE id = ANY(:corrections) AND status = 'proposed'")
REPLACE = text("""
    UPDATE correction SET status = 'refused' WHERE status = 'accepted' AND id <> ALL(:corrections)
        AND order_no = :order_no AND id < (SELECT max(known) FROM unnest(CAST(:corrections AS bigint[])) AS known)
""")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an order; ``raw`` holds personal data and goes nowhere but to the party that needs it.

    ``posted`` is the order as it came.
    """

    reference: OrderReference
    raw: dict[str, Any]
    papers: Papers


async def read_version(connection: Transaction, order_no: str, corrections: Sequence[int] | None = None) -> Version:
    """The order with these corrections, in this order; None: with all that were accepted.

    Raises:
        LookupError: intake has no such order.
        UnfitCorrection: a correction is gone, or names a field the order does not have.
    """
    asked = {"order_no": order_no, "corrections": list(corrections or ()), "named": corrections is not None}
    row = (await connection.execute(READ, asked)).one_or_none()
    if row is None:
        raise _no_such(order_no)
    if len(row.patches) < len(corrections or ()):
        raise UnfitCorrection(f"A correction of {order_no} is gone; correct the order again.")
    reference = OrderReference(order_no=order_no, channel=row.channel, external_id=row.external_id)
    papers = Papers(posted=row.raw, patches=tuple(row.patches))
    return Version(reference, corrected(row.raw, row.patches), papers)


async def read_reference(connection: Transaction, order_no: str) -> OrderReference:
    """The order's numbers, as outside parties know it. LookupError where intake has no such order."""
    row = (await connection.execute(NUMBERS, {"order_no": order_no})).one_or_none()
    if row is None:
        raise _no_such(order_no)
    return OrderReference(order_no=order_no, channel=row.channel, external_id=row.external_id)


def _no_such(order_no: str) -> LookupError:
    return LookupError(f"Intake has no order {order_no}; post it to POST /v1/orders.")


async def mark_accepted(connection: Transaction, corrections: Sequence[int]) -> None:
    """The workflow took these corrections, whatever became of the caller that proposed them."""
    if corrections:
        await connection.execute(ACCEPT, {"corrections": list(corrections)})


async def mark_audited(connection: Transaction, order_no: str, corrections: Sequence[int]) -> None:
    """These corrections, and of the earlier ones no other, make up the version that was audited."""
    await mark_accepted(connection, corrections)
    if corrections:
        await connection.execute(REPLACE, {"corrections": list(corrections), "order_no": order_no})
