"""Orders that live: the real workflow, audit, stock and ledger; parties outside that remember what they were asked."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory

from domain.answer_code import AnswerCodes
from domain.carrier_orders import CarrierSaid, InterceptRequest
from domain.coupon_code import CouponCodes
from domain.coupon_effects import CouponIssued, CouponRequest
from domain.effects import Done, RefundRequest, ReleaseRequest
from domain.entry_effects import CancelEntryRequest, EnterOutcome, EnterRequest
from domain.inquiries import Answer, CarrierAnswer, Inquiry, PayerAnswer
from domain.recall_effects import RecallAnswer, RecallOutcome, RecallRequest
from domain.transfer_effects import PurchaseRequest
from infra.connectors.carrier import Subscription
from infra.connectors.channel import ChannelAnswer, StatusPush, TrackingPush
from infra.connectors.erp import ErpStatus
from infra.connectors.invoicing import InvoiceWish
from infra.connectors.messaging import Message
from infra.connectors.warehouse import Transfer, TransferCallOff
from infra.connectors.warehouses.plain import PlainWarehouse
from infra.relay import Connectors, Relay
from infra.relay.door import workflow_id
from tests.web.counter import Counter, Watch

CODES = CouponCodes(b"the secret of these scenes")
SECRET = "the secret of these scenes"
STOPS: set[str] = set()
"""The orders whose goods the warehouse stops."""
ANSWERS = AnswerCodes(SECRET.encode(), "http://orders/a")
SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED


def now() -> datetime:
    """The real time: what passes through a workflow cannot be elsewhere."""
    return datetime.now(UTC)  # noqa: TID251 - the scenes' watch


class RealWatch(Watch):
    """A watch that cannot be set."""

    def __call__(self) -> datetime:
        return now()


class FarDepartments:
    """The departments that speak to parties outside; the parties always agree, but for a warehouse that is to stop."""

    @activity.defn
    async def enter_order(self, request: EnterRequest) -> EnterOutcome:
        return EnterOutcome(document=f"D-{request.order_no}")

    @activity.defn
    async def cancel_entry(self, request: CancelEntryRequest) -> Done:
        return Done(reference=request.document)

    @activity.defn
    async def release_shipment(self, request: ReleaseRequest) -> Done:
        return Done(reference=f"W-{request.shipment}")

    @activity.defn
    async def recall_shipment(self, request: RecallRequest) -> RecallOutcome:
        if request.order_no in STOPS:
            return RecallOutcome(answer=RecallAnswer.STOPPED)
        message = f"the warehouse {request.warehouse} has not said yet whether it stops"
        raise TimeoutError(message)

    @activity.defn
    async def ask_warehouse(self, _request: Inquiry) -> Answer:
        return Answer()

    @activity.defn
    async def intercept_parcel(self, _request: InterceptRequest) -> CarrierSaid:
        return CarrierSaid(accepted=True, reference="KD-1")

    @activity.defn
    async def ask_carrier(self, _request: Inquiry) -> CarrierAnswer:
        return CarrierAnswer()

    @activity.defn
    async def ask_payer(self, _request: Inquiry) -> PayerAnswer:
        return PayerAnswer()

    @activity.defn
    async def refund_payment(self, request: RefundRequest) -> Done:
        return Done(reference=request.key)

    @activity.defn
    async def issue_coupon(self, request: CouponRequest) -> CouponIssued:
        return CouponIssued(amount=request.up_to, reference="YHQ-1")

    @activity.defn
    async def ask_purchasing(self, _request: PurchaseRequest) -> Answer:
        return Answer(reason="sold out")

    @property
    def all(self) -> Sequence[Callable[..., Any]]:
        return [
            self.enter_order,
            self.cancel_entry,
            self.release_shipment,
            self.ask_warehouse,
            self.ask_carrier,
            self.intercept_parcel,
            self.ask_payer,
            self.refund_payment,
            self.issue_coupon,
            self.recall_shipment,
            self.ask_purchasing,
        ]


class Willing(PlainWarehouse):
    """A warehouse that brings whatever another one is asked for, and keeps it when it is called off."""

    async def transfer(self, key: str, _transfer: Transfer) -> str:
        return f"DB-{key}"

    async def call_off(self, _key: str, _call_off: TransferCallOff) -> bool:
        return True


@dataclass
class Parties:
    """Whom letters go to: they remember every letter by its key, and fail as a scene says."""

    taken: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    tried: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    fails: dict[str, list[Exception | ChannelAnswer]] = field(default_factory=dict)
    slow: float = 0.0

    async def _take(self, key: str, letter: Any) -> ChannelAnswer | None:
        """Take a letter, or do what the scene set for the first part of its key that fits."""
        self.tried[key] += 1
        await asyncio.sleep(self.slow)
        for part, answers in self.fails.items():
            if part in key and answers:
                answer = answers.pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer
        self.taken[key].append(letter)
        return None

    async def push_tracking(self, key: str, push: TrackingPush) -> ChannelAnswer:
        return await self._take(key, push) or ChannelAnswer(accepted=True)

    async def push_status(self, key: str, push: StatusPush | ErpStatus) -> Any:
        if isinstance(push, ErpStatus):
            self.taken[f"erp {key}"].append(push)
            return "erp-1"
        return await self._take(key, push) or ChannelAnswer(accepted=True)

    async def subscribe(self, key: str, subscription: Subscription) -> str:
        await self._take(key, subscription)
        return "sub-1"

    async def send(self, key: str, message: Message) -> str:
        await self._take(key, message)
        return "msg-1"

    async def issue(self, key: str, wish: InvoiceWish) -> str:
        await self._take(key, wish)
        return f"FP-{key}"

    async def query(self, _tracking_number: str, _carrier: str) -> CarrierAnswer:
        return CarrierAnswer()


class _Erp:
    """The ERP as the outbox needs it."""

    def __init__(self, parties: Parties) -> None:
        self.push_status = parties.push_status


@dataclass
class Life:
    """Orders that live at a counter: what scenes do to them and read of them."""

    counter: Counter
    client: Client
    task_queue: str
    parties: Parties = field(default_factory=Parties)

    def relay(self, **changes: Any) -> Relay:
        """A relay, not started."""
        erp: Any = _Erp(self.parties)
        parties: Any = self.parties
        connectors = Connectors(
            channel=parties,
            carrier=parties,
            messenger=parties,
            erp=erp,
            codes=CODES,
            invoicer=parties,
            answers=ANSWERS,
        )
        return Relay(self.counter.engine, self.client, self.task_queue, connectors, now, **changes)

    async def history(self, order_no: str) -> WorkflowHistory:
        """Everything Temporal has of an order."""
        return await self.client.get_workflow_handle(workflow_id(order_no)).fetch_history()

    async def signals(self, order_no: str) -> int:
        """How often the order was signalled."""
        return sum(event.event_type == SIGNALED for event in (await self.history(order_no)).events)

    async def reaches(self, order_no: str, stage: str) -> None:
        """Wait until the order is there."""
        await self.all_reach([order_no], stage)

    async def all_reach(self, numbers: Sequence[str], stage: str) -> None:
        """Wait until the orders are there."""
        there = "SELECT order_no FROM orders WHERE order_no = ANY(:numbers) AND stage = :stage"

        async def all_there() -> bool:
            return len(await self.counter.rows(there, numbers=list(numbers), stage=stage)) == len(numbers)

        await until(all_there, f"not all of {numbers} were {stage}")

    async def asks(self, order_no: str, name: str, role: str = "operator", **fields: Any) -> Any:
        """Make a request of an order."""
        return await self.counter.send("POST", f"/v1/orders/{order_no}/{name}", fields, role=role)


async def until(holds: Callable[[], Awaitable[object]], otherwise: str, *, within: float = 30) -> None:
    """Wait until something holds; who asks costs what is asked its time, so the later, the less often."""
    end, pause = time.monotonic() + within, 0.03
    while not await holds():
        assert time.monotonic() < end, otherwise
        await asyncio.sleep(pause)
        pause = min(pause * 1.4, 0.25)
