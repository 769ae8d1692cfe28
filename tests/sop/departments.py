"""Departments with memory: they do what a scene tells them and remember everything they were asked."""

from __future__ import annotations

import asyncio
import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity

from domain.amending import amended
from domain.backlog import CountOverdue, Overdue
from domain.carriage import Choice
from domain.carrier_effects import CarrierOutcome, CarrierRequest
from domain.carrier_orders import CarrierSaid
from domain.coupon_effects import CouponIssued, CouponRequest
from domain.effects import (
    Allocation,
    AuditOutcome,
    AuditRequest,
    Content,
    Done,
    Kept,
    RefundRequest,
    ReleaseRequest,
    ReleaseStockRequest,
    ReserveOutcome,
    ReserveRequest,
)
from domain.entry_effects import CancelEntryRequest, EnterOutcome, EnterRequest
from domain.facts import Moved
from domain.findings import Finding, Severity
from domain.inquiries import Answer, CarrierAnswer, Inquiry, PayerAnswer
from domain.read_back import ReadEntryRequest
from domain.recall_effects import RecallAnswer, RecallOutcome, RecallRequest
from domain.recording import ClockRow, LookOutcome, LookRequest, Recording
from domain.transfer_effects import TransferOutcome
from tests.sop.carrying import Carrying
from tests.sop.transferring import Transferring
from worker import acts


@dataclass
class Book:
    """What the departments know of one order, and what a scene told them to do with it."""

    content: Content | None = None
    findings: tuple[Finding, ...] = ()
    relaxed: tuple[Finding, ...] = ()
    owed: tuple[Finding, ...] = ()
    stock: dict[str, int] | None = None
    warehouses: tuple[str, ...] = ("WH-SH",)
    elsewhere: tuple[str, ...] = ()
    differences: tuple[Finding, ...] = ()
    carriers: dict[str, Choice] = field(default_factory=dict)
    warehouse_answer: Answer = field(default_factory=Answer)
    carrier_answer: CarrierAnswer = field(default_factory=CarrierAnswer)
    payer_answer: PayerAnswer = field(default_factory=PayerAnswer)
    recall_answer: RecallOutcome = field(default_factory=lambda: RecallOutcome(answer=RecallAnswer.STOPPED))
    carrier_says: dict[str, CarrierSaid] = field(default_factory=dict)
    purchase_answer: Answer = field(default_factory=lambda: Answer(reason="sold out"))
    transfers: list[TransferOutcome] = field(default_factory=list)
    keeps_goods: bool = True
    overdue: Overdue = field(default_factory=lambda: Overdue(open=100, overdue=1))
    shut: set[str] = field(default_factory=set)
    broken: dict[str, Exception] = field(default_factory=dict)
    stumbling: Counter[str] = field(default_factory=Counter)
    waiting_facts: list[dict[str, Any]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    requests: list[Any] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    coupons: dict[str, int] = field(default_factory=dict)
    recordings: list[Recording] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    keeps_time: bool = False
    """Whether outcomes carry their time, as from the effect ledger; for scenes in which no time is skipped."""

    @property
    def letters(self) -> list[str]:
        """Every outbox key that was recorded, in order, without the order's number."""
        return [letter.key.split("/", 1)[1] for recording in self.recordings for letter in recording.outbox]

    @property
    def messages(self) -> list[str]:
        """Template and subject of every message to the customer, in order."""
        return [key.removeprefix("message/") for key in self.letters if key.startswith("message/")]

    @property
    def clocks(self) -> dict[tuple[str, str], list[ClockRow]]:
        """The promise ledger as recorded last: rows by clock and subject, in order of their start."""
        rows = {(row.kind, row.subject, row.start_at): row for recording in self.recordings for row in recording.clocks}
        found: dict[tuple[str, str], list[ClockRow]] = defaultdict(list)
        for (kind, subject, _), row in sorted(rows.items(), key=lambda item: item[0]):
            found[kind, subject].append(row)
        return found


class Departments(Carrying, Transferring):
    """All departments of the house; one book an order."""

    def __init__(self) -> None:
        """Open the books."""
        self.books: dict[str, Book] = defaultdict(Book)

    async def _step(self, name: str, request: Any) -> Book:
        book = self.books[request.order_no]
        book.asked[request.key] += 1
        if name in book.broken:
            raise book.broken[name]
        while name in book.shut:
            activity.heartbeat()
            await asyncio.sleep(0.02)
        if book.asked[request.key] == 1 or request.key not in {known.key for known in book.requests}:
            book.steps.append(name)
        book.requests.append(request)
        if book.stumbling[name]:
            book.stumbling[name] -= 1
            message = "it was done, and then the line went dead"
            raise ConnectionError(message)
        return book

    async def _do(self, name: str, request: Any, act: Callable[[Book], Any]) -> Any:
        """Do a step once a key; the second asking gets the first answer, as from the effect ledger."""
        book = await self._step(name, request)
        if request.key not in book.answers:
            outcome = act(book)
            timed = book.keeps_time and isinstance(outcome, Kept)
            book.answers[request.key] = outcome.having(done_at=activity.info().started_time) if timed else outcome
        return book.answers[request.key]

    @activity.defn(name="audit_order")
    async def audit_order(self, request: AuditRequest) -> AuditOutcome:
        """Judge and reserve as the scene says."""
        outcome: AuditOutcome = await self._do("audit_order", request, lambda book: self._judged(book, request))
        return outcome

    def _judged(self, book: Book, request: AuditRequest) -> AuditOutcome:
        content = book.content
        assert content is not None, "the scene gave the order no content"
        content = functools.reduce(amended, request.amendments, content)
        if request.debt:
            return AuditOutcome(version=request.version, content=content, findings=book.owed, debt=True)
        if any(finding.severity is not Severity.HOLD for finding in book.findings):
            return AuditOutcome(version=request.version, content=content, findings=book.findings)
        wanted = tuple(Moved(line=line.line, quantity=line.quantity) for line in content.lines if line.quantity > 0)
        found, short = self._allocate(book, wanted, {line.line: line.sku for line in content.lines})
        outcome = AuditOutcome(version=request.version, content=content, findings=book.findings)
        return outcome.having(allocations=found, short=short, relaxed=book.relaxed)

    @staticmethod
    def _allocate(
        book: Book, wanted: Sequence[Moved], skus: dict[str, str]
    ) -> tuple[tuple[Allocation, ...], tuple[Moved, ...]]:
        found, short = [], []
        for number, part in enumerate(wanted):
            sku = skus[part.line]
            have = part.quantity if book.stock is None else min(part.quantity, book.stock.get(sku, 0))
            if have:
                warehouse = book.warehouses[number % len(book.warehouses)]
                found.append(Allocation(line=part.line, warehouse=warehouse, quantity=have))
            if book.stock is not None:
                book.stock[sku] = book.stock.get(sku, 0) - have
            if have < part.quantity:
                short.append(Moved(line=part.line, quantity=part.quantity - have))
        return tuple(found), tuple(short)

    @activity.defn(name="reserve_stock")
    async def reserve_stock(self, request: ReserveRequest) -> ReserveOutcome:
        """Reserve what there is now."""
        outcome: ReserveOutcome = await self._do("reserve_stock", request, lambda book: self._reserved(book, request))
        return outcome

    def _reserved(self, book: Book, request: ReserveRequest) -> ReserveOutcome:
        others = [place for place in (*book.warehouses, *book.elsewhere) if place not in request.not_from]
        if request.gather and request.whole:  # of another warehouse than the one that has it
            place = request.only_from or next(iter(others), "")
            parts = request.lines if place in others else ()
            found = tuple(Allocation(line=part.line, warehouse=place, quantity=part.quantity) for part in parts)
            return ReserveOutcome(allocations=found, short=() if found else request.lines)
        given, short = self._allocate(book, request.lines, request.skus)
        return ReserveOutcome(allocations=given, short=short)

    @activity.defn(name="release_stock")
    async def release_stock(self, request: ReleaseStockRequest) -> Done:
        """Give stock back."""
        return await self._done("release_stock", request)

    @activity.defn(name="enter_order")
    async def enter_order(self, request: EnterRequest) -> EnterOutcome:
        """Write the ERP document."""
        outcome: EnterOutcome = await self._do("enter_order", request, lambda book: self._entered(book, request))
        return outcome

    def _entered(self, book: Book, request: EnterRequest) -> EnterOutcome:
        return EnterOutcome(document=f"ERP-{request.order_no}", differences=book.differences, carriers=book.carriers)

    @activity.defn(name="read_entry")
    async def read_entry(self, request: ReadEntryRequest) -> EnterOutcome:
        """Read the ERP document again."""
        outcome: EnterOutcome = await self._do(
            "read_entry", request, lambda book: EnterOutcome(document=request.document, differences=book.differences)
        )
        return outcome

    @activity.defn(name="choose_carrier")
    async def choose_carrier(self, request: CarrierRequest) -> CarrierOutcome:
        """Look into the carrier table."""
        [parcel] = request.carriage.parcels
        outcome: CarrierOutcome = await self._do(
            "choose_carrier", request, lambda book: CarrierOutcome(choice=book.carriers[parcel.warehouse])
        )
        return outcome

    @activity.defn(name="cancel_entry")
    async def cancel_entry(self, request: CancelEntryRequest) -> Done:
        """Cancel the ERP document."""
        return await self._done("cancel_entry", request)

    @activity.defn(name="release_shipment")
    async def release_shipment(self, request: ReleaseRequest) -> Done:
        """Take the shipment."""
        return await self._done("release_shipment", request)

    @activity.defn(name="recall_shipment")
    async def recall_shipment(self, request: RecallRequest) -> RecallOutcome:
        """Stop the shipment, or not."""
        said: RecallOutcome = await self._do("recall_shipment", request, lambda book: book.recall_answer)
        return said

    @activity.defn(name="ask_warehouse")
    async def ask_warehouse(self, request: Inquiry) -> Answer:
        """Answer for the warehouse."""
        answer: Answer = await self._do("ask_warehouse", request, lambda book: book.warehouse_answer)
        return answer

    @activity.defn(name="count_overdue")
    async def count_overdue(self, request: CountOverdue) -> Overdue:
        """Say how many shipments its warehouse owes."""
        said: Overdue = await self._do("count_overdue", request, lambda book: book.overdue)
        return said

    @activity.defn(name="ask_carrier")
    async def ask_carrier(self, request: Inquiry) -> CarrierAnswer:
        """Answer for the carrier."""
        answer: CarrierAnswer = await self._do("ask_carrier", request, lambda book: book.carrier_answer)
        return answer

    @activity.defn(name="ask_payer")
    async def ask_payer(self, request: Inquiry) -> PayerAnswer:
        """Answer for the gateway."""
        answer: PayerAnswer = await self._do("ask_payer", request, lambda book: book.payer_answer)
        return answer

    @activity.defn(name="issue_coupon")
    async def issue_coupon(self, request: CouponRequest) -> CouponIssued:
        """Issue what lacks to the amount; a coupon that was issued is remembered, whatever becomes of the answer."""
        book = self.books[request.order_no]
        if request.key not in book.coupons and "issue_coupon" not in book.broken:
            before = sum(book.coupons.get(key, 0) for key in request.below)
            book.coupons[request.key] = max(request.up_to - before, 0)
        issued = CouponIssued(amount=book.coupons.get(request.key, 0), reference=f"YHQ-{request.key}")
        outcome: CouponIssued = await self._do("issue_coupon", request, lambda _: issued)
        return outcome

    @activity.defn(name="refund_payment")
    async def refund_payment(self, request: RefundRequest) -> Done:
        """Pay back."""
        return await self._done("refund_payment", request)

    async def _done(self, name: str, request: Any) -> Done:
        return Done.model_validate(await self._do(name, request, lambda _: Done()))

    @activity.defn(name="record_order")
    async def record_order(self, recording: Recording) -> str:
        """Keep the recording."""
        book = self.books[recording.order_no]
        if "record_order" in book.broken:
            raise book.broken["record_order"]
        book.recordings.append(recording)
        book.told.set()
        return recording.run_id

    @activity.defn(name="look_for_facts")
    async def look_for_facts(self, request: LookRequest) -> LookOutcome:
        """Hand over what waits."""
        book = self.books[request.order_no]
        if "look_for_facts" in book.broken:
            raise book.broken["look_for_facts"]
        return LookOutcome(facts=tuple(book.waiting_facts), began=request.began)

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """All of them, for a worker."""
        return acts(self)
