"""The desk of a scene: it places one order, lets time pass, brings facts, asks, and looks (taste rule 23).

Facts are sent as signals with their own ``occurred_at`` and ``received_at``; only the workflow's clock is skipped.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import operator
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.effects import Content, LineContent
from domain.facts import SIGNAL_OF
from domain.holds import Case
from domain.logistics_policy import LogisticsPolicy
from domain.order import Order
from domain.order_input import OrderInput
from domain.policy import STANDARD, Policy
from domain.recording import ClockRow, Projection
from domain.requests import Refusal
from domain.stage import Stage
from tests.sop.departments import Book, Departments
from tests.sop.patience import until
from workflows.order import OrderWorkflow

NUMBERS = itertools.count(1)
SETTLE_WITHIN = 20.0
MOMENT, LONGEST = 0.03, 0.3
"""Seconds in which a turn is mostly taken and recorded, and on a busy machine."""
WAITED_FOR = STANDARD.having(logistics=LogisticsPolicy())
"""Nothing is sent again and nothing presumed lost: for scenes in which a parcel is late or silent for long."""
NOT_ASKED = STANDARD.having(shortage=STANDARD.shortage.having(steps=("transfer", "purchasing")))
"""No customer is asked what to do about goods that lack: a person finds them."""
BEHIND = timedelta(seconds=30)
"""So far is the workflow's clock behind the desk's at ``is_just_at``: real time goes on while a scene looks."""


def a_content(**changes: Any) -> Content:
    """Two mugs at 195.00, prepaid by express."""
    line = LineContent(line="1", sku="MUG-RED", quantity=2, unit_price=19_500)
    return Content(lines=(line,), currency="CNY", total=39_000, payment_method="prepaid", region="上海市").model_copy(
        update=changes
    )


class Refused(Exception):
    """The desk said no."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the answer."""
        super().__init__(refusal.code)
        self.refusal = refusal


class Desk:
    """One order and the house around it."""

    def __init__(self, client: Client, departments: Departments, queue: str, stamp: str) -> None:
        """Sit down."""
        self._skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        self._queue = queue
        self.number = f"SO20261123{stamp}{next(NUMBERS):04d}"
        self.book: Book = departments.books[self.number]
        self._facts = itertools.count(1)
        self._asks = itertools.count(1)
        self.placed_at = datetime.fromtimestamp(int(time.time()), UTC)
        self.now = self._reached = self.placed_at
        self._handle: WorkflowHandle[Any, Any] | None = None
        self._is_over = False
        self._last: Order | None = None

    @property
    def has_an_order(self) -> bool:
        """Whether an order was placed at it."""
        return self._handle is not None

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The order's workflow."""
        assert self._handle is not None, "place an order first"
        return self._handle

    # -- what happens --------------------------------------------------------------------------------------------

    async def places(self, *, policy: Policy = STANDARD, content: Content | None = None, **changes: Any) -> None:
        """An order is placed; its workflow starts."""
        settles = changes.pop("settles", True)
        self.book.content = content or a_content()
        self.placed_at = changes.pop("placed_at", self.placed_at)
        given = OrderInput(
            order_no=self.number,
            channel=changes.pop("channel", "tmall-flagship"),
            external_id=f"T-{self.number}",
            placed_at=self.placed_at,
            received_at=changes.pop("received_at", self.now),
            content=self.book.content,
            policy=policy,
            **changes,
        )
        self._handle = await self._skipper.client.start_workflow(
            OrderWorkflow.run, given, id=f"order/{self.number}", task_queue=self._queue
        )
        if settles:
            await self.settles()

    async def passes(self, **span: float) -> None:
        """Time passes: ``hours=…, minutes=…, seconds=…``; the desk's clock is the workflow's."""
        await self.is_at(self.now + timedelta(**span))

    async def is_just_at(self, moment: datetime) -> None:
        """What is heard now happens at ``moment``, and no timer of that moment has rung yet."""
        await self.is_at(moment - BEHIND)
        self.now = moment

    async def is_at(self, moment: datetime, *, settles: bool = True) -> None:
        """It is ``moment``, on the workflow's clock."""
        virtual = await self._skipper.get_current_time(self.handle)
        if moment > virtual:
            await self._skipper.fast_forward(self.handle, moment - virtual)
        self.now = self._reached = moment
        if settles:
            await self.settles()

    async def hears(self, kind: str, *, at: datetime | None = None, settles: bool = True, **data: Any) -> str:
        """A fact of ``kind`` that happened ``at`` (now, if not said) reaches the order; returns its id."""
        fact_id = str(data.pop("id", f"test:{next(self._facts)}"))
        fact = {
            "id": fact_id,
            "kind": kind,
            "source": data.pop("source", "test"),
            "occurred_at": (at or self.now).isoformat(),
            "received_at": self.now.isoformat(),
            **data,
        }
        await self.handle.signal(SIGNAL_OF[kind], [fact])
        if settles:
            await self.settles()
        return fact_id

    async def is_paid(self, *, amount: int = 39_000, payment_no: str = "P1", **how: Any) -> None:
        """The money arrives."""
        await self.hears("paid", amount=amount, currency="CNY", payment_no=payment_no, source="payment", **how)

    async def ships(self, *, number: str | None = "SF1", accepted: bool = True, **data: Any) -> None:
        """A package goes out, with its number, which the channel takes."""
        package = data.get("package", "1")
        await self.hears("outbound", settles=False, **data)
        if number:
            told = {"package": package, "tracking_number": number, "carrier": "SF"}
            await self.hears("tracking_number", settles=False, **told)
            if accepted:
                await self.hears("tracking_accepted", tracking_number=number, settles=False)
        await self.settles()

    async def carrier_scans(self, state: str, *, at: datetime | None = None, number: str = "SF1", **data: Any) -> str:
        """The carrier sees the package."""
        return await self.hears("carrier_scan", at=at, tracking_number=number, state=state, source="carrier", **data)

    async def is_on_its_way(self, **changes: Any) -> None:
        """A paid, released order has left the warehouse with an accepted number."""
        await self.places(**changes)
        await self.is_paid()
        await self.ships()

    async def is_delivered(self, **changes: Any) -> None:
        """An order was signed for."""
        await self.is_on_its_way(**changes)
        await self.carrier_scans("DELIVERED")

    async def asks(self, name: str, *, request_id: str | None = None, **payload: Any) -> dict[str, Any]:
        """A request is made; Refused carries the answer no."""
        asked = request_id or f"ask-{next(self._asks)}"
        try:
            answer: dict[str, Any] = await self.handle.execute_update(
                name, {"request_id": asked, "actor": "li.na", **payload}, id=asked, result_type=dict
            )
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            assert isinstance(cause, ApplicationError), cause
            raise Refused(Refusal.model_validate(cause.details[0])) from error
        await self.settles()
        return answer

    async def is_refused(self, name: str, **payload: Any) -> Refusal:
        """A request is made, and the desk says no: with these words."""
        try:
            answer = await self.asks(name, **payload)
        except Refused as no:
            return no.refusal
        message = f"{name} was accepted: {answer}"
        raise AssertionError(message)

    async def settles(self) -> None:
        """Until nothing is under way but what the scene keeps waiting, and all of it is in the books."""
        async with asyncio.timeout(SETTLE_WITHIN):
            await self._is_told(MOMENT)
            moments = itertools.accumulate(itertools.repeat(1.5), operator.mul, initial=MOMENT)
            while not await self._is_settled():
                await self._is_told(min(next(moments), LONGEST))

    async def shows(self, **wanted: Any) -> None:
        """Until the order's row in the books says so; for what comes by real time."""
        await until(lambda: bool(self.book.recordings) and wanted == self._shown(set(wanted)))

    def _shown(self, names: set[str]) -> dict[str, Any]:
        return self.book.recordings[-1].projection.model_dump(include=names)

    async def ends_as(self, stage: Stage) -> None:
        """What was kept waiting comes through, and the order ends so."""
        async with asyncio.timeout(SETTLE_WITHIN):
            assert await self.handle.result() == stage
        await self.settles()

    async def _is_told(self, within: float) -> None:
        """Until a turn is recorded, or a moment; and then until the server may have heard of it."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.book.told.wait(), within)
        self.book.told.clear()
        await asyncio.sleep(MOMENT / 6)

    async def _is_settled(self) -> bool:
        """Asked of the server and of the books: a query would disturb the order."""
        described = (await self.handle.describe()).raw_description
        under_way = {activity.activity_type.name for activity in described.pending_activities}
        if described.HasField("pending_workflow_task") or under_way - {*self.book.shut, *self.book.broken}:
            return False
        self._is_over = int(described.workflow_execution_info.status) == WorkflowExecutionStatus.COMPLETED
        return bool(self.book.recordings) and not self._rings()

    def _rings(self) -> bool:
        """Whether a time has come that the books do not show yet."""
        next_at = self._told.explanation["next_at"]
        return next_at is not None and datetime.fromisoformat(next_at) <= self._reached

    @property
    def _told(self) -> Projection:
        return self.book.recordings[-1].projection

    async def is_in_the_books(self) -> bool:
        """Whether the books show what the order knows, as far as they are not closed."""
        if self._is_over or not self.book.recordings or "record_order" in self.book.broken:
            return True
        order, known = await self.order(), self._told
        cases = tuple(dict.fromkeys(str(case.kind) for case in order.open_cases))
        tries = [(effect["key"], effect["tries"], effect["status"]) for effect in known.effects]
        asked = [(effect.key, effect.tries, effect.status) for effect in order.effects]
        return known.stage == order.stage and known.open_cases == cases and tries == asked

    # -- what one sees -------------------------------------------------------------------------------------------

    async def order(self) -> Order:
        """The order as its workflow knows it."""
        if not self._is_over:
            return Order.model_validate(await self.handle.query("snapshot"))
        if self._last is None:  # an order that is over lives once more to answer
            self._last = Order.model_validate(await self.handle.query("snapshot"))
        return self._last

    async def stage(self) -> Stage:
        """Where it is."""
        return Stage(self._told.stage) if self._is_over else (await self.order()).stage

    async def open_cases(self) -> list[str]:
        """Kinds of its open cases."""
        if self._is_over:
            return list(self._told.open_cases)
        return [str(case.kind) for case in (await self.order()).open_cases]

    async def cases(self) -> list[Case]:
        """All its cases."""
        return list((await self.order()).cases)

    async def clock(self, kind: str, subject: str = "order") -> ClockRow:
        """The latest row of one clock."""
        if self._is_over:
            return self.book.clocks[kind, subject][-1]
        rows = [ClockRow.model_validate(row) for row in await self.handle.query("sla")]
        return max((row for row in rows if (row.kind, row.subject) == (kind, subject)), key=lambda row: row.start_at)

    @property
    def steps(self) -> list[str]:
        """What the departments did, each effect once, in order."""
        return self.book.steps

    @property
    def messages(self) -> list[str]:
        """What the customer was told, in order."""
        return self.book.messages
