"""Goods that left a cancelled order, inside ``LateFactWorkflow``: stopped, followed, settled (edge case 20, AC-31).

The carrier is asked beside the loop, which goes on with other facts while that carrier is away.
"""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.carrier_orders import CarrierSaid, InterceptRequest
    from domain.effects import EffectKind
    from domain.facts import OutsideFact
    from domain.late import ClosedOrder
    from domain.late_claims import SettleClaim
    from domain.late_goods import GoodsEnd, GoodsNews, Told, ended_by, intercept_of, left, moved, named, unfit
    from domain.requests import Accepted
    from domain.shipments import Package
    from domain.stage import Stage
    from workflows.after_the_end import act
    from workflows.limits import OURS
    from workflows.messages import no


class Goods:
    """The parcels of one cancelled order that are not settled, by the number of their case."""

    def __init__(self, order_no: str) -> None:
        """None is on its way."""
        self._order_no = order_no
        self.open: dict[int, Package] = {}
        self._decided: list[SettleClaim] = []
        self._asked: dict[int, asyncio.Task[None]] = {}
        self._said: list[tuple[int, CarrierSaid]] = []

    @property
    def waits(self) -> bool:
        """Whether there is something to do now."""
        return bool(self._decided or self._said)

    # -- asked ---------------------------------------------------------------------------------------------------

    def judge(self, ask: SettleClaim) -> None:
        """Refuse what cannot become of goods."""
        refused = unfit(ask)
        if refused is not None:
            raise no(refused)

    def accept(self, ask: SettleClaim) -> dict[str, Any]:
        """Note what a person says became of a parcel; the loop writes it down."""
        self._decided.append(ask)
        stage = str(Stage.CANCELLED)
        said = Accepted(order_no=self._order_no, request_id=ask.request_id, stage=stage, version=1)
        return said.model_dump(mode="json")

    # -- done ----------------------------------------------------------------------------------------------------

    async def take(self, order: ClosedOrder, fact: OutsideFact) -> bool:
        """Take a fact that tells of goods which left; False where it does not."""
        package = left(order, fact) or named(order, fact)
        if package is not None:
            await self._follow(await self._record(package, Told.LEFT), package, fact)
        return package is not None

    async def go_on(self) -> None:
        """Write down what the carriers answered and what people decided meanwhile."""
        while self._said:
            number, said = self._said.pop(0)
            if number in self.open:
                await self._record(self.open[number], Told.CARRIER_SAID, carrier=said)
        while self._decided:
            ask = self._decided.pop(0)
            if ask.case in self.open:
                await self._end(ask.case, GoodsEnd(outcome=ask.outcome, by=ask.actor))

    async def _follow(self, number: int, package: Package, fact: OutsideFact) -> None:
        """A parcel whose case is open goes on with this fact; 0 is one that was settled."""
        if not number:
            return
        known = self.open.get(number, package)
        self.open[number] = changed = moved(known, fact)
        if changed != package:
            await self._record(changed, Told.MOVED)
        end = ended_by(changed, fact)
        if end is not None:
            await self._end(number, end)
        else:
            self._ask(number, changed)

    async def _end(self, number: int, end: GoodsEnd) -> None:
        package = self.open.pop(number)
        await self._record(package, Told.ENDED, end=end)
        if number in self._asked:
            self._asked.pop(number).cancel()

    def _ask(self, number: int, package: Package) -> None:
        request = intercept_of(self._order_no, package)
        if request is not None and number not in self._asked:
            self._asked[number] = asyncio.create_task(self._hear(number, request))

    async def _hear(self, number: int, request: InterceptRequest) -> None:
        about = (request.package, f"package/{request.package}")
        said = await act(EffectKind.INTERCEPT, request, CarrierSaid, about)
        self._said.append((number, CarrierSaid(accepted=False, reason=said) if isinstance(said, str) else said))

    async def _record(self, package: Package, told: Told, **fields: Any) -> int:
        news = GoodsNews(order_no=self._order_no, at=workflow.now(), told=told, package=package, **fields)
        number: int = await workflow.execute_activity("record_goods", news, result_type=int, **OURS)
        return number
