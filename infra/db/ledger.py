"""What an order's workflow writes, and what it looks up (architecture §3.6, performance.md).

The ledger is the only writer of an order's rows after their first. Its statement is a transaction of its own in one
round trip, for it runs in every workflow task; what left a warehouse follows in a second, rarely, and just as
repeatable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic_core import from_json

from domain.facts import AT_ONCE
from domain.recording import LookOutcome, Recording
from infra.db.connections import Connections, ask
from infra.db.invoices import redden_beyond
from infra.db.outbound import consume, put_back
from infra.db.record import statement_for
from infra.db.reservations import Cause
from infra.db.stock import release, tell_freed
from infra.db.transactions import Transactions
from infra.db.waiting.facts import news


@dataclass(frozen=True)
class Ledger:
    """Writes the turns of orders, and reads the facts that wait for them."""

    connections: Connections
    engine: Transactions

    async def record(self, turn: str) -> bool:
        """Write one turn of an order, a ``Recording`` as JSON; answers whether it is the newest.

        Safe to repeat: a turn that was written, or was overtaken by a newer one, changes nothing that can change.
        """
        said = from_json(turn)
        ((newest, units_left, over, _),) = await ask(self.connections, statement_for(said), {"recording": turn})
        if units_left or over:
            await self._move_stock(Recording.model_validate_json(turn), units_left=units_left, over=over)
        if newest and said["projection"]["refunded"]:
            async with self.engine.begin() as connection:
                await redden_beyond(connection, said["order_no"], datetime.fromisoformat(said["at"]))
        return bool(newest)

    async def _move_stock(self, recording: Recording, *, units_left: bool, over: bool) -> None:
        """What left a warehouse leaves the books, or comes back; what a closed order still holds goes back."""
        if units_left:
            async with self.engine.begin() as connection:
                await put_back(connection, recording.order_no, recording.at)
                await consume(connection, recording.order_no, recording.at)
        if over or (units_left and recording.projection.final):
            key = f"{recording.order_no}/over/{recording.run_id}/{recording.sequence}"
            cause = Cause(key=key, order_no=recording.order_no, at=recording.at)
            async with self.engine.begin() as connection:
                await release(connection, cause)
                await tell_freed(connection, cause)

    async def look(self, order_no: str) -> LookOutcome:
        """The waiting facts of an order, oldest first, as `domain.facts.parse` reads them."""
        async with self.engine.begin() as connection:
            waiting = await news(connection, [order_no], everything=True)
        return LookOutcome(facts=tuple(dict(each.fact) for each in waiting[:AT_ONCE]))
